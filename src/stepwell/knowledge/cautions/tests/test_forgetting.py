"""Knowing less never reassures: whatever is forgotten of a person, no caution that was not clear becomes clear."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from stepwell.knowledge.cautions import MedicineTaken, PersonFacts, check
from stepwell.knowledge.cautions.tests.made import (
    CODEINE,
    DIAZEPAM,
    FENTANYL_PATCH,
    IBUPROFEN,
    LAXATIVE,
    ON,
    PREGABALIN,
    named,
    outcome,
    person,
)
from stepwell.knowledge.cautions.tests.test_spec import CASES
from stepwell.knowledge.medicines.model import Release


def of_each(**forgotten: Any) -> Callable[[PersonFacts], PersonFacts]:
    def forget(facts: PersonFacts) -> PersonFacts:
        return replace(facts, medicines=tuple(replace(each, **forgotten) for each in facts.medicines))

    return forget


def of_person(**forgotten: Any) -> Callable[[PersonFacts], PersonFacts]:
    return lambda facts: replace(facts, **forgotten)


def older_or_younger(*, by: int) -> Callable[[PersonFacts], PersonFacts]:
    """The day of birth is not held: the age may be a year less, or a year more."""

    def forget(facts: PersonFacts) -> PersonFacts:
        if facts.age is None:
            return facts
        low, high = sorted((max(facts.age + by, 0), facts.age))
        return replace(facts, age=low, age_most=high)

    return forget


FORGETTING = {
    "age": of_person(age=None),
    "day of birth, perhaps younger": older_or_younger(by=-1),
    "day of birth, perhaps older": older_or_younger(by=1),
    "sex": of_person(sex=None),
    "values": of_person(values=()),
    "flags": of_person(flags={}),
    "conditions": of_person(problems=(), lists_searched=frozenset()),
    "dates of conditions": lambda facts: replace(
        facts, problems=tuple(replace(each, on=None) for each in facts.problems)
    ),
    "dates of values": lambda facts: replace(facts, values=tuple(replace(each, on=None) for each in facts.values)),
    "that values are sure": lambda facts: replace(facts, values=tuple(replace(each, doubt="Not sure.") for each in facts.values)),
    "OME": of_person(ome=None),
    "history": of_person(opioid_history_known=False, opioid_covers=(), opioid_era_start=None),
    "other medicines": of_person(medicines_complete=False),
    "doses": of_each(doses=()),
    "cover": of_each(cover_from=None, cover_to=None),
    "all dates": of_each(cover_from=None, cover_to=None, last_issued=None, started_on=None),
    "when a patch began": of_each(newly_started=None, started_on=None),
    "instructions": of_each(doses=(), times_a_day_min=None, times_a_day_max=None, change_days_min=None, change_days_max=None),
    "intervals": of_each(mr_interval_hours=None, patch_interval_hours=None),
    "rate": of_each(patch_mcg_per_hour=None),
    "quantity": of_each(last_quantity=None),
    "unit and strength": of_each(unit=None, strength_mg_per_unit=None),
    "release": of_each(release=Release.UNKNOWN, is_patch=None),
}  # fmt: skip


@pytest.mark.parametrize(
    ("caution_id", "expected", "medicines", "known"), [case for case in CASES if case[1] != "clear"]
)
def test_no_caution_becomes_clear_by_forgetting(
    caution_id: str, expected: str, medicines: tuple[MedicineTaken, ...], known: dict[str, Any]
) -> None:
    facts = person(*medicines, **known)
    left = {what: outcome(caution_id, forget(facts)) for what, forget in FORGETTING.items()}
    assert {what: each for what, each in left.items() if each == "clear"} == {}


PPI = named("Omeprazole 20mg gastro-resistant capsules")
OTHERS = [(CODEINE, IBUPROFEN), (DIAZEPAM, PREGABALIN), (FENTANYL_PATCH, LAXATIVE, PPI)]


@pytest.mark.parametrize(("caution_id", "expected", "medicines", "known"), CASES)
def test_another_medicine_clears_nothing_but_what_it_protects_from(
    caution_id: str, expected: str, medicines: tuple[MedicineTaken, ...], known: dict[str, Any]
) -> None:
    facts = person(*medicines, **known)
    before = set(check(facts, ON).clear)
    for others in OTHERS:
        after = set(check(replace(facts, medicines=(*facts.medicines, *others)), ON).clear)
        assert after - before <= {"S11B", "S11C", "S14D"}
