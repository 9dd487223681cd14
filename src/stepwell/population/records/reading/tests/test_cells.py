"""What a cell says, or that it cannot be read. Tables in, answers out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepwell.population.records.reading import cells, quantities

LATEST = date(2026, 7, 1)
DATES = {
    "12-Mar-24": date(2024, 3, 12),
    "12-Mar-2024": date(2024, 3, 12),
    "12/03/2024": date(2024, 3, 12),
    "2024-03-12": date(2024, 3, 12),
    "12 Mar 2024": date(2024, 3, 12),
    "12 Mar 2024 10:30:00": date(2024, 3, 12),
    "1 September 2024": date(2024, 9, 1),
    "12/03/2024 09:15": date(2024, 3, 12),
    "2024-03-12T10:30:00Z": date(2024, 3, 12),
    "12.03.2024": date(2024, 3, 12),
    "44706": date(2022, 5, 25),
    "44706.458333": date(2022, 5, 25),
    "46162": date(2026, 5, 20),
    "01/07/26": date(2026, 7, 1),
    "02/07/26": date(1926, 7, 2),  # not after the latest date: the century before
    "29/02/00": date(2000, 2, 29),
    "": None,
    " NULL ": None,
    "03/13/2024": "the day comes before the month",
    "31/04/2024": "date that exists",
    "12-Foo-2024": "English month",
    "2014": "known form",  # a year is not a day count
    "0001-01-01": "outside",
    "12/03-2024": "known form",
    "soon": "known form",
}


@pytest.mark.parametrize(("cell", "says"), DATES.items())
def test_dates(cell: str, says: date | str | None) -> None:
    if isinstance(says, str):
        with pytest.raises(cells.BadCell, match=says) as caught:
            cells.day(cell, LATEST)
        assert cell not in str(caught.value)
    else:
        assert cells.day(cell, LATEST) == says


def test_a_two_figure_year_without_a_latest_date_is_refused() -> None:
    with pytest.raises(cells.BadCell, match="either century"):
        cells.day("12-Mar-24")


@given(st.dates(date(1930, 1, 1), date(2150, 12, 31)))
def test_every_way_of_writing_a_day_says_that_day(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    for text in (
        day.isoformat(),
        f"{day:%d/%m/%Y}",
        f"{day:%d-%b-%Y}",
        f"{day:%d %b %Y %H:%M:%S}",
        str(serial),
    ):
        assert cells.day(text) == day
    assert cells.is_serial(str(serial)) and not cells.is_serial(day.isoformat())


QUANTITIES = {
    # cell, unit cell: value, unit
    ("56", ""): ("56", None),
    ("56 tablets", ""): ("56", "tablets"),
    ("56", "tablet"): ("56", "tablet"),
    ("56 tablets", "tablet(s)"): ("56", "tablet(s)"),
    ("2x100", "tablet(s)"): ("200", "tablet(s)"),
    ("2 x 28", ""): ("56", None),
    ("2 x 28 tablets", ""): ("56", "tablets"),
    ("28 tablets x 2", ""): ("56", "tablets"),
    ("2.5 ml", ""): ("2.5", "ml"),
    ("2 x 2.5 ml", ""): ("5", "ml"),
    ("1,000", "ml"): ("1000", "ml"),
    ("100.00", "ml"): ("100", "ml"),
    ("2,5", "ml"): (None, "ml"),  # a decimal comma, or a slip?
    ("28 capsules", "tablet"): (None, "tablet"),  # which?
    ("1 x 15g + 1 x 30g", ""): (None, None),
    ("0", "tablet"): (None, "tablet"),  # nothing is not a quantity
    ("-5", ""): (None, None),
    ("a box", ""): (None, None),
    ("999999999999", ""): (None, None),
    ("", "tablet"): (None, "tablet"),
    ("NULL", ""): (None, None),
}


@pytest.mark.parametrize(("written", "says"), QUANTITIES.items())
def test_quantities(written: tuple[str, str], says: tuple[str | None, str | None]) -> None:
    found = quantities.parse(*written)
    value = None if says[0] is None else Decimal(says[0])
    assert (found.value, found.unit) == (value, says[1])
    assert written[0] in ("", "NULL") or written[0] in (found.text or "")


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("TRUE", True),
        ("False", False),
        ("1", True),
        ("0", False),
        ("Y", True),
        ("no", False),
        ("", None),
        ("NULL", None),
    ],
)
def test_booleans(cell: str, says: bool | None) -> None:
    assert cells.boolean(cell) is says


@pytest.mark.parametrize(
    ("read", "cell"),
    [
        (cells.boolean, "perhaps"),
        (cells.code, "3.2E+17"),
        (cells.code, "x1"),
        (cells.whole, "2.5"),
        (cells.whole, "-1"),
        (cells.number, "nan"),
        (cells.number, "1,2"),
    ],
)
def test_what_cannot_be_read_is_not_guessed(read: object, cell: str) -> None:
    with pytest.raises(cells.BadCell):
        read(cell)  # type: ignore[operator]


def test_codes_numbers_and_ids() -> None:
    assert cells.code(" 871731000000106 ") == "871731000000106"
    assert cells.guid("{ab-12}") == cells.guid("AB-12") == "AB-12"
    assert cells.guid("{}") is cells.guid("NULL") is None
    assert cells.number("1,234.5") == Decimal("1234.5")
    assert cells.nhs_number("999 000 0077") == "9990000077"
    assert cells.nhs_number("{{nhs}}") is cells.nhs_number("") is None
