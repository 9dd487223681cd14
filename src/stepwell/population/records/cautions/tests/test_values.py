"""Measured values as recorded: by code, in a known unit, within bounds; the latest day, and of one day the worse."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from stepwell.knowledge.cautions import Value
from stepwell.population.records.cautions.rows import Event
from stepwell.population.records.cautions.values import values_of

DAY, LATER = date(2026, 9, 1), date(2026, 10, 1)
EGFR, CREATININE, WEIGHT, AUDIT = "80274001", "113075003", "162763007", "443280005"


def event(
    code: str | None, number: str | None, unit: str | None, on: date | None = DAY, *, other_code: bool = False
) -> Event:
    measured = None if number is None else Decimal(number)
    return Event("e", on, on, "day", code, other_code, "words", measured, unit)


def latest(name: str, *events: Event) -> Value | None:
    return next((each for each in values_of(events, doubts=()).values if each.name == name), None)


@pytest.mark.parametrize(
    ("name", "code", "number", "unit", "read"),
    [
        ("egfr", EGFR, "45", "ml/min", True),
        ("egfr", EGFR, "45", "mL/min/1.73m2", True),
        ("egfr", EGFR, "45", "mL/min/1.73m*2", True),
        ("egfr", EGFR, "45", "ml/min/1.73 m^2", True),
        ("egfr", EGFR, "45", "mL/min/{1.73_m2}", True),
        ("egfr", EGFR, "45", "%", False),
        ("egfr", EGFR, "45", None, False),
        ("egfr", EGFR, "0", "ml/min", False),
        ("egfr", EGFR, "900", "ml/min", False),
        ("egfr", EGFR, None, "ml/min", False),
        ("egfr", CREATININE, "45", "ml/min", False),
        ("creatinine_umol_l", CREATININE, "110", "umol/L", True),
        ("creatinine_umol_l", CREATININE, "110", "µmol/l", True),
        ("creatinine_umol_l", CREATININE, "110", "μmol/l", True),
        ("creatinine_umol_l", CREATININE, "1.2", "mg/dl", False),
        ("creatinine_umol_l", CREATININE, "0.11", "mmol/l", False),
        ("weight_kg", WEIGHT, "72.5", "Kg", True),
        ("weight_kg", WEIGHT, "72.5", "lb", False),
        ("weight_kg", WEIGHT, "72500", "kg", False),
        ("audit", AUDIT, "17", None, True),
        ("audit", AUDIT, "41", None, False),
    ],
)
def test_a_unit_and_bounds(name: str, code: str, number: str | None, unit: str | None, read: bool) -> None:
    assert (latest(name, event(code, number, unit)) is not None) is read


@pytest.mark.parametrize(
    ("name", "code", "unit", "worse"),
    [
        ("egfr", EGFR, "ml/min", "40"),
        ("weight_kg", WEIGHT, "kg", "40"),
        ("creatinine_umol_l", CREATININE, "umol/l", "90"),
        ("audit", AUDIT, "", "30"),
    ],
)
def test_of_one_day_the_worse(name: str, code: str, unit: str, worse: str) -> None:
    numbers = ("12", "30") if name == "audit" else ("40", "90")
    found = latest(name, *(event(code, number, unit or None) for number in numbers))
    assert found is not None
    assert found.number == Decimal(worse)


def test_the_latest_day_is_used() -> None:
    found = latest("egfr", event(EGFR, "45", "ml/min"), event(EGFR, "80", "ml/min", LATER))
    assert found is not None
    assert (found.number, found.on, found.doubt) == (Decimal(80), LATER, "")


def test_a_later_entry_that_cannot_be_read_leaves_the_earlier_in_doubt() -> None:
    found = latest("egfr", event(EGFR, "80", "ml/min"), event(EGFR, None, None, LATER))
    assert found is not None
    assert (found.number, found.doubt) == (Decimal(80), "A later eGFR cannot be read.")


@pytest.mark.parametrize(
    ("on", "doubted"), [(LATER, True), (DAY, True), (date(2026, 8, 1), False), (None, True)]
)
def test_a_later_result_of_another_system_leaves_it_in_doubt(on: date | None, doubted: bool) -> None:
    other = event(None, "20", "ml/min", on, other_code=True)
    found = latest("egfr", event(EGFR, "80", "ml/min"), other)
    assert found is not None
    assert bool(found.doubt) is doubted


def test_of_a_record_that_is_not_whole_every_value_is_in_doubt() -> None:
    (found,) = values_of([event(EGFR, "80", "ml/min")], doubts=["Part is withheld."]).values
    assert found.doubt == "Part is withheld."


def test_what_is_missing_is_said() -> None:
    found = values_of([event(WEIGHT, "11", "st")], doubts=[])
    assert found.values == ()
    assert found.why_unknown == {
        "egfr": "No eGFR is in this record.",
        "creatinine_umol_l": "No creatinine is in this record.",
        "weight_kg": "The weight in this record is not a number in a unit known here.",
        "audit": "No AUDIT score is in this record.",
    }
