"""Text against quantity: over-ordering above 1.25 of the maximum, under-use below half of the minimum."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from stepwell.base.errors import StepwellError
from stepwell.knowledge import exposure
from stepwell.knowledge.exposure import TextState, occasions
from stepwell.knowledge.exposure.disagreement import limits, of_line, text_against_quantity
from stepwell.knowledge.exposure.tests.test_rules import issue

# what it is | by the text, a day | supplied a day | outcome | ratio
TABLE = [
    ("4 a day, 168 every 28 days", "4", "4", "6", "over_ordering", "1.5"),
    ("just over a quarter more", "4", "4", "5.04", "over_ordering", "1.26"),
    ("a quarter more is not above it", "4", "4", "5", "agrees", "1.25"),
    ("as written", "4", "4", "4", "agrees", "1"),
    ("half is not below half", "4", "4", "2", "agrees", "0.5"),
    ("less than half", "4", "4", "1.9", "under_use", "0.475"),
    ("nothing supplied", "4", "4", "0", "under_use", "0"),
    ("a range is over by its maximum", "4", "8", "9", "agrees", "1.125"),
    ("above the range", "4", "8", "12", "over_ordering", "1.5"),
    ("a range is under by its minimum", "4", "8", "3", "agrees", "0.375"),
    ("below the range", "4", "8", "1", "under_use", "0.25"),
    ("as needed: none taken is as written", "0", "8", "0", "agrees", "0"),
    ("as needed up to 8, 12 supplied", "0", "8", "12", "over_ordering", "1.5"),
    ("as needed without a maximum", "0", None, "6", "not_compared", None),
    ("a minimum alone can show under-use", "4", None, "1", "under_use", "0.25"),
    ("a minimum alone cannot show agreement", "4", None, "6", "not_compared", None),
    ("no text", None, None, "6", "not_compared", None),
    ("no quantity", "4", "4", None, "not_compared", None),
    ("none taken by the text", "0", "0", "2", "not_compared", None),
]


def number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@pytest.mark.parametrize(
    ("low", "high", "supplied", "outcome", "ratio"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_what_is_supplied_against_what_is_written(low, high, supplied, outcome, ratio):
    found = text_against_quantity(number(low), number(high), number(supplied))
    assert (found.outcome.value, found.ratio) == (outcome, number(ratio))
    assert found.is_finding == (outcome in ("over_ordering", "under_use"))
    assert (found.text_min, found.text_max, found.by_quantity) == (
        number(low),
        number(high),
        number(supplied),
    )
    assert bool(found.reason) == (outcome == "not_compared") and bool(found.formula) == (ratio is not None)


def test_the_sum_is_written_out():
    found = text_against_quantity(Decimal(4), Decimal(4), Decimal(6))
    assert found.formula == "6 supplied a day / 4 by the instruction = 1.5"


def test_the_limits_are_those_of_the_table():
    assert limits() == (Decimal("1.25"), Decimal("0.5"))


@pytest.mark.parametrize("wrong", [("8", "4", "4"), ("-1", "4", "4"), ("4", "4", "-1")])
def test_numbers_that_cannot_be_are_an_error(wrong):
    with pytest.raises(StepwellError, match="smaller to a larger"):
        text_against_quantity(*map(number, wrong))


AS_OF = date(2026, 11, 20)
RULES = exposure.current()


def every_28_days(quantity: str, **said: object) -> list[exposure.Occasion]:
    days = [AS_OF - timedelta(days=back) for back in (112, 84, 56, 28, 0)]
    return occasions([issue(day, quantity=quantity, **said) for day in days], RULES)


@pytest.mark.parametrize(
    ("quantity", "said", "outcome"),
    [
        ("168", {"daily": ("4", "4")}, "over_ordering"),
        ("112", {"daily": ("4", "4")}, "agrees"),
        ("28", {"daily": ("4", "4")}, "under_use"),
        ("168", {"state": "open"}, "not_compared"),
        ("168", {"state": "unreadable"}, "not_compared"),
        (None, {"daily": ("4", "4")}, "not_compared"),
    ],
)
def test_of_the_issues_of_one_line(quantity, said, outcome):
    assert of_line(every_28_days(quantity, **said), AS_OF, RULES).outcome.value == outcome


def test_a_lone_issue_is_not_compared():
    lone = every_28_days("168", daily=("4", "4"))[-1:]
    assert lone[0].state is TextState.READ
    assert of_line(lone, AS_OF, RULES).outcome.value == "not_compared"


def test_the_issues_behind_the_rate_are_told():
    found = of_line(every_28_days("168", daily=("4", "4")), AS_OF, RULES).supplied
    assert (found.quantity, found.issues, found.days, found.rate) == (672, 4, 112, 6)
    assert (found.each, found.every) == (168, 28)
    assert (found.first, found.last) == (AS_OF - timedelta(days=112), AS_OF)


def line_of(*rows: tuple[int, str, dict[str, object]]) -> list[exposure.Occasion]:
    """(days ago, quantity, what the instruction says), oldest first."""
    return occasions([issue(AS_OF - timedelta(days=ago), quantity=q, **said) for ago, q, said in rows], RULES)


FOUR, TWO = {"daily": ("4", "4")}, {"daily": ("2", "2")}


def test_uneven_issues_have_no_quantity_of_each():
    found = of_line(line_of((60, "112", FOUR), (33, "100", FOUR), (0, "112", FOUR)), AS_OF, RULES).supplied
    assert (found.quantity, found.days, found.each, found.every) == (212, 60, None, None)


def test_what_was_issued_under_another_dose_says_nothing_of_this_one():
    """Halved as agreed: the tablets issued before are no over-ordering."""
    before = [(ago, "112", FOUR) for ago in (140, 112, 84, 56)]
    found = of_line(line_of(*before, (28, "56", TWO), (0, "56", TWO)), AS_OF, RULES)
    assert (found.outcome.value, found.by_quantity) == ("not_compared", None)
    assert found.reason == "The dose by the instruction changed, and too few issues have been made since."


def test_what_was_issued_since_the_dose_changed_is_compared():
    before = [(ago, "112", FOUR) for ago in (168, 140, 112, 84)]
    since = [(56, "112", TWO), (28, "112", TWO), (0, "112", TWO)]
    found = of_line(line_of(*before, *since), AS_OF, RULES)
    assert (found.outcome.value, found.ratio, found.supplied.issues) == ("over_ordering", 2, 2)


def test_an_instruction_that_could_not_be_read_in_between_may_have_been_another_dose():
    rows = [(112, "112", FOUR), (84, "112", {"state": "unreadable"}), (56, "112", FOUR), (0, "112", FOUR)]
    assert of_line(line_of(*rows), AS_OF, RULES).outcome.value == "not_compared"


def test_an_instruction_of_several_steps_is_not_compared():
    found = of_line(every_28_days("28", daily=("4", "4")), AS_OF, RULES, stepped=True)
    assert (found.outcome.value, "has steps" in found.reason) == ("not_compared", True)


@pytest.mark.parametrize(
    ("quantity", "outcome"), [("168", "over_ordering"), ("112", "not_compared"), ("28", "not_compared")]
)
def test_where_more_may_have_been_supplied_only_too_much_is_found(quantity, outcome):
    found = of_line(every_28_days(quantity, **FOUR), AS_OF, RULES, more="Part of it is withheld.")
    assert found.outcome.value == outcome
    assert found.reason == ("" if outcome == "over_ordering" else "Part of it is withheld.")


def test_why_nothing_is_known_of_what_is_supplied():
    assert "takes 3 issues" in of_line(every_28_days("28", **FOUR)[-1:], AS_OF, RULES).reason
    assert "quantity of an issue" in of_line(every_28_days(None, **FOUR), AS_OF, RULES).reason
