"""Conditions of a record: found, surely not there, or not known, and why."""

from __future__ import annotations

from datetime import date

import pytest

from stepwell.knowledge import code_lists
from stepwell.population.records.cautions.conditions import Conditions, conditions_of
from stepwell.population.records.cautions.rows import Event


def event(
    code: str | None,
    on: date | None = date(2026, 5, 5),
    last: date | None = None,
    *,
    term: str | None = None,
    other_code: bool = False,
) -> Event:
    precision = "day" if last is None else "month"
    return Event("e", on, last or on, precision, code, other_code, term, None, None)


def code(name: str) -> str:
    return min(code_lists.code_list(name).codes)


def told(found: Conditions, name: str) -> str:
    if any(each.code_list == name for each in found.problems):
        return "found"
    return "no" if name in found.searched else "not known"


@pytest.mark.parametrize("name", ["cancer", "palliative", "opioid_dependence", "ckd"])
def test_a_whole_list_says_yes_or_no(name: str) -> None:
    assert told(conditions_of([event(code(name))], doubts=()), name) == "found"
    assert told(conditions_of([event("314530002")], doubts=()), name) == "no"


@pytest.mark.parametrize(
    ("name", "by"), [("alcohol_dependence",) * 2, ("pregnancy",) * 2, ("neurological_disease", "epilepsy")]
)
def test_a_narrow_list_says_yes_and_never_no(name: str, by: str) -> None:
    assert told(conditions_of([event(code(by))], doubts=()), name) == "found"
    empty = conditions_of([], doubts=())
    assert told(empty, name) == "not known"
    assert empty.why_unknown[name]


@pytest.mark.parametrize("name", ["copd", "heart_failure", "peptic_ulcer", "fall", "surgery"])
def test_a_condition_without_a_list_is_never_no(name: str) -> None:
    found = conditions_of([], doubts=())
    assert told(found, name) == "not known"
    assert found.why_unknown[name].startswith("No code list for ")


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (event(None, term="CKD stage 3"), "not known"),
        (event(None, term="Seen in surgery"), "no"),
        (event(None, term="Seen in surgery", other_code=True), "not known"),
        (event(None), "not known"),
        (event("314530002", other_code=True), "no"),
    ],
)
def test_an_entry_without_a_code_of_ours(entry: Event, expected: str) -> None:
    assert told(conditions_of([entry], doubts=()), "ckd") == expected


def test_a_doubt_about_the_record_keeps_every_no_away_and_no_yes() -> None:
    found = conditions_of([event(code("ckd"))], doubts=["Part is withheld."])
    assert (told(found, "ckd"), told(found, "cancer")) == ("found", "not known")
    assert "Part is withheld." in found.why_unknown["cancer"]


NEEDED, NOT_NEEDED = code("palliative"), code("palliative_not_indicated")


@pytest.mark.parametrize(
    ("care", "cancel", "expected"),
    [
        ((date(2026, 5, 5), None), (date(2026, 4, 4), None), "found"),
        ((date(2026, 5, 5), None), (date(2026, 6, 6), None), "no"),
        ((date(2026, 5, 5), None), (date(2026, 5, 5), None), "no"),
        ((None, None), (date(2026, 6, 6), None), "not known"),
        ((date(2026, 5, 5), None), (None, None), "not known"),
        ((date(2026, 5, 5), None), (date(2026, 5, 1), date(2026, 5, 31)), "not known"),  # some day in May
    ],
)
def test_palliative_care_and_what_cancels_it(
    care: tuple[date | None, date | None], cancel: tuple[date | None, date | None], expected: str
) -> None:
    found = conditions_of([event(NEEDED, *care), event(NOT_NEEDED, *cancel)], doubts=())
    assert told(found, "palliative") == expected
