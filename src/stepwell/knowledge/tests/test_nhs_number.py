"""NHS numbers: written in several ways, checked by their last digit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepwell.knowledge import nhs_number

FICTIONAL = "9990000018"


def check_digit_by_hand(nine: str) -> int | None:
    """Tenth digit: 10 x first + 9 x second + ... ; what is missing to a multiple of 11. None where that is ten."""
    total = 0
    for weight, digit in zip((10, 9, 8, 7, 6, 5, 4, 3, 2), nine, strict=True):
        total += weight * int(digit)
    missing = 0
    while (total + missing) % 11:
        missing += 1
    return None if missing == 10 else missing


@pytest.mark.parametrize(
    "written",
    [
        "9990000018",
        "999 000 0018",
        "999-000-0018",
        " 9990000018 ",
        "999\u00a0000\u00a00018",
        "999\u2013000\u20130018",
    ],
)
def test_spaces_and_dashes_are_accepted(written: str) -> None:
    assert nhs_number.parse(written) == FICTIONAL


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("9990000019", "wrong check digit"),
        ("9999999999", "one digit repeated"),
        ("0000000000", "one digit repeated"),
        ("999000001", "nine digits"),
        ("99900000180", "eleven digits"),
        ("999 00 00018", "odd grouping"),
        ("9990000018.0", "a spreadsheet's number"),
        ("９９９００００018", "digits of another script"),
        ("", "nothing"),
        (None, "nothing"),
    ],
)
def test_anything_else_is_refused(written: str | None, why: str) -> None:
    assert nhs_number.parse(written) is None, why


@given(st.text("0123456789", min_size=9, max_size=9))
def test_one_tenth_digit_is_right_at_most(nine: str) -> None:
    right = [digit for digit in "0123456789" if nhs_number.valid(nine + digit)]
    by_hand = check_digit_by_hand(nine)
    expected = [] if by_hand is None or len(set(nine + str(by_hand))) == 1 else [str(by_hand)]
    assert right == expected


@given(st.text("0123456789", min_size=9, max_size=9))
def test_what_is_formatted_is_parsed_back(nine: str) -> None:
    by_hand = check_digit_by_hand(nine)
    number = f"{nine}{by_hand}"
    if nhs_number.valid(number):
        assert nhs_number.parse(nhs_number.formatted(number)) == number


def test_fictional_people_have_numbers_that_begin_with_999() -> None:
    assert nhs_number.is_test_range(FICTIONAL)
    assert not nhs_number.is_test_range("9434765870")


def test_people_read_three_three_four() -> None:
    assert nhs_number.formatted(FICTIONAL) == "999 000 0018"
