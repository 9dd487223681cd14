"""The facts of one person at a day, and the cautions that follow. What a record does not tell is not known, never no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import ibis

from stepwell.knowledge import exposure
from stepwell.knowledge.cautions import (
    Findings,
    MedicineTaken,
    OpioidCover,
    PersonFacts,
    check,
    condition_lists,
    conditions,
)
from stepwell.knowledge.cautions.groups import groups_of
from stepwell.knowledge.equivalence import Total
from stepwell.knowledge.exposure import Cover
from stepwell.knowledge.medicines.model import MedicineClass
from stepwell.population.records.cautions.conditions import conditions_of
from stepwell.population.records.cautions.medicines import medicines_of
from stepwell.population.records.cautions.rows import PersonRows, Row, day, rows_of
from stepwell.population.records.cautions.values import values_of
from stepwell.population.records.person import PersonRecord

_NOT_WHOLE = "Part of the record is withheld, or not known to be whole."
_NO_EVENTS = "This extract holds no coded entries of anybody."
_NOT_THERE = "The newest extract does not hold this person."
_LONGEST_SUPPLY = timedelta(days=184)


@dataclass(frozen=True, slots=True)
class PersonCautions:
    """What fires, what could not be checked and why. ``not_held``: conditions no code list is held for."""

    facts: PersonFacts
    findings: Findings
    not_held: tuple[str, ...]


def person_cautions(
    tables: Mapping[str, ibis.Table], practice: str, patient_key: str, record: PersonRecord
) -> PersonCautions:
    """Every caution asked of one person at the day of their ``record``, which is of the same person and load."""
    facts = facts_of(rows_of(tables, practice, patient_key, record.as_of), record)
    not_held = tuple(sorted(conditions() - condition_lists().keys()))
    return PersonCautions(facts, check(facts, record.as_of), not_held)


def facts_of(rows: PersonRows, record: PersonRecord) -> PersonFacts:
    """What cautions may rest on. Nothing is believed to be absent from a record that is not whole."""
    as_of, person = record.as_of, rows.patient
    doubts = _doubts(rows)
    found, measured = conditions_of(rows.events, doubts=doubts), values_of(rows.events, doubts=doubts)
    medicines = medicines_of(rows.issues, rows.templates, record)
    complete = person is not None and person["withheld"] is False and not _undated(rows, as_of)
    youngest, oldest = ages(person, as_of)
    start = _era_start(record)
    return PersonFacts(
        medicines=medicines,
        medicines_complete=complete,
        problems=found.problems,
        lists_searched=found.searched,
        values=measured.values,
        why_unknown={**found.why_unknown, **measured.why_unknown},
        age=youngest,
        age_most=oldest,
        sex=_sex(person),
        ome=_ome(record, medicines),
        opioid_covers=tuple(_cover(each) for each in _opioid_covers(record)),
        opioid_era_start=start,
        opioid_history_known=complete and _seen_before(start or as_of, rows, as_of),
    )


def ages(person: Row | None, as_of: date) -> tuple[int | None, int | None]:
    """The least and the most the age can be, in whole years: only year and month of birth are held."""
    if person is None or person["birth_year"] is None:
        return None, None
    turns, month = as_of.year - int(str(person["birth_year"])), person["birth_month"]
    if not 0 <= turns <= 130:
        return None, None
    if month is None or month == as_of.month:
        return max(turns - 1, 0), turns
    age = turns if as_of.month > int(str(month)) else turns - 1
    return (age, age) if age >= 0 else (None, None)


def _sex(person: Row | None) -> str | None:
    sex = person["sex"] if person else None
    return str(sex) if sex in ("female", "male", "other") else None


def _doubts(rows: PersonRows) -> list[str]:
    if rows.patient is None:
        return [_NOT_THERE]
    found = [] if rows.has_events else [_NO_EVENTS]
    return [*found, *([_NOT_WHOLE] if rows.patient["withheld"] is not False else [])]


def _undated(rows: PersonRows, as_of: date) -> bool:
    """Whether an issue of which the day is not held may be of a medicine taken now."""
    since = as_of - _LONGEST_SUPPLY
    held = {str(row["template_id"]) for row in rows.issues if day(row["issue_date"])}
    # What was made of an older template may have been made before the load's issues begin.
    never_dated = (
        row
        for row in rows.templates
        if row["issues_made"]
        and str(row["template_id"]) not in held
        and not (rows.load_from and (day(row["start_date"]) or date.max) < rows.load_from)
    )
    return (
        any(row["issue_date"] is None for row in rows.issues)
        or any((day(row["latest"]) or as_of) >= since for row in rows.undated)
        or any((day(row["end_date"]) or as_of) >= since for row in never_dated)
    )


def _opioid_covers(record: PersonRecord) -> list[Cover]:
    return [c for c in record.covers if MedicineClass.OPIOID in c.occasion.medicine.classes]


def _cover(cover: Cover) -> OpioidCover:
    return OpioidCover(cover.start, cover.end, cover.occasion.ome_min, cover.occasion.ome_max)


def _era_start(record: PersonRecord) -> date | None:
    """The first day of the unbroken opioid era that is open now."""
    eras = exposure.eras(_opioid_covers(record), record.as_of, exposure.current())
    return eras[-1].start if eras and eras[-1].is_open else None


def _seen_before(start: date, rows: PersonRows, as_of: date) -> bool:
    """Whether the record would show an opioid in the days before, long enough to tell that an era began then."""
    before = start - timedelta(days=exposure.current().gap_days + 1)
    open_now = [
        day(row["start_date"])
        for row in rows.registrations
        if row["registration_type"] == "regular" and (day(row["end_date"]) or date.max) > as_of
    ]
    known = [each for each in open_now if each is not None]
    return bool(known) and min(known) <= before and rows.load_from is not None and rows.load_from <= before


def _ome(record: PersonRecord, medicines: Sequence[MedicineTaken]) -> Total:
    """The sum the page shows; at least that where an opioid that counts here is not in it."""
    in_sum = {(now.current.medicine.substance, now.current.own) for now in record.now}
    missing = [
        each.name
        for each in medicines
        if str(MedicineClass.OPIOID) in groups_of(each) and not _is_in(each, in_sum)
    ]
    reasons = tuple(f"Not in the sum: {name}." for name in missing)
    at_least = record.ome.at_least or bool(missing)
    return Total(record.ome.low, record.ome.high, at_least and record.ome.low is not None, reasons, None)


def _is_in(medicine: MedicineTaken, in_sum: set[tuple[str, bool]]) -> bool:
    return any((substance, not medicine.elsewhere) in in_sum for substance in medicine.substances)
