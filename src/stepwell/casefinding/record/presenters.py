"""Turns a person and their record into what the pages say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from stepwell.base import clock
from stepwell.casefinding.record import chart, words
from stepwell.casefinding.record.records import FoundRecord
from stepwell.knowledge import tables as registry
from stepwell.knowledge.equivalence import DEFAULT_TABLE
from stepwell.people.models import Person
from stepwell.population.records.person import MedicineNow, PersonRecord
from stepwell.population.records.searches import all_searches, reason

# The conditions every page answers for: found with a date, or none recorded.
ASKED = ("palliative", "cancer", "opioid_dependence", "epilepsy", "neuropathy", "post_herpetic_pain")
FACTOR_TABLE = "ome_factors"

_STATES = {
    "read": "",
    "open": "As needed, with no maximum written",
    "empty": "No instruction written",
    "unreadable": "Could not be read",
    "implausible": "Not believable as written",
}


@dataclass(frozen=True, slots=True)
class Banner:
    """Who this is, as the identity banner says it."""

    name: str
    born: str
    age: int | None
    nhs_number: str
    practice: str


def banner(of: Any, practice: str, *, on: date) -> Banner:
    """From a ``Person`` or an ``Identity`` of the vault: both hold the same facts."""
    number = of.nhs_number or ""
    return Banner(
        name=words.full_name(of.given_name, of.family_name),
        born=words.long_date(of.date_of_birth),
        age=words.age_on(of.date_of_birth, on),
        nhs_number=f"{number[:3]} {number[3:6]} {number[6:]}" if number else "not recorded",
        practice=practice,
    )


def extract_words(extract_date: date) -> str:
    """The extract's date, and how old it is today."""
    days = (clock.today() - extract_date).days
    age = "today's" if days == 0 else f"{days:,} {'day' if days == 1 else 'days'} old"
    return f"{words.long_date(extract_date)}, {age}"


@dataclass(frozen=True, slots=True)
class MedicineRow:
    """A medicine taken now: as written, as read, and its share of the daily OME."""

    name: str
    issued: str
    written: tuple[str, ...]
    read: tuple[str, ...]
    ome: str
    basis: str
    formulas: tuple[str, ...]
    notes: tuple[str, ...]


def _medicine(now: MedicineNow) -> MedicineRow:
    current = now.current
    opioid = any(issue.opioid for issue in now.issues)
    kinds = sorted({issue.kind.capitalize() for issue in now.issues if issue.kind})
    notes = [f"Recorded from elsewhere: {issue.elsewhere}" for issue in now.issues if issue.elsewhere]
    if current.unclear:
        notes.append("Dose not clear: a clinician looks at it")
    if current.lapsed:
        notes.append("Supply has run out, within the gap that still counts")
    if current.last.occasion.quantity is None:
        notes.append("Quantity issued: not recorded")
    if opioid and not current.medicine.convertible:
        ome = "not converted"
    else:
        ome = words.span(current.ome_min, current.ome_max) if opioid else "not an opioid"
    written = tuple(
        dict.fromkeys(
            f"“{issue.instruction}”" if issue.instruction else "No instruction written"
            for issue in now.issues
        )
    )
    return MedicineRow(
        name=now.name,
        issued=", ".join([*kinds, words.long_date(current.last.occasion.on)]),
        written=written,
        read=tuple(_read(row, now.unit) for row in now.instructions) or ("Not read",),
        ome=ome,
        basis=words.BASES[current.basis.value],
        formulas=tuple(_formula(str(row["formula"])) for row in now.instructions if row.get("formula")),
        notes=tuple(dict.fromkeys(notes)),
    )


def _counted(unit: str, counted: str) -> str:
    """A unit after its number: 1 tablet, 2 tablets, 0 to 4 capsules, 5 ml."""
    return unit if counted == "1" or unit in ("ml", "g", "mg") or unit.endswith("s") else f"{unit}s"


def _formula(text: str) -> str:
    return text.replace(" microgram/h", " micrograms an hour").replace(" mg", "mg").replace(" x ", " × ")


def _read(row: Mapping[str, Any], unit: str | None) -> str:
    if row["state"] in ("read", "open") and row["units_max"] is not None:
        counted = words.span(row["units_min"], row["units_max"])
        of = _counted(str(row["unit"] or unit or "unit"), counted)
        dose = f": {words.mg(row['mg_min'], row['mg_max'])} a day" if row["mg_max"] is not None else ""
        return f"{counted} {of} a day{dose}"
    if row["patch_mcg_per_hour"] is not None:
        return f"{words.figure(row['patch_mcg_per_hour'])}micrograms an hour"
    said = _STATES.get(str(row["state"]), "Not read")
    return said or "Not read as an amount a day"


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """Something a search asks about: when it is recorded, or that it is not."""

    name: str
    recorded: str
    found: bool


def _conditions(record: PersonRecord) -> list[ConditionRow]:
    rows = []
    for name in ASKED:
        dates = [c for c in record.conditions if c.condition == name and not c.unmapped]
        text = ", ".join(words.long_date(c.event_date) for c in dates)
        rows.append(ConditionRow(words.condition(name), text or "none recorded", bool(dates)))
    for other in record.conditions:
        if other.unmapped or other.condition not in ASKED:
            how = ", from words without a code" if other.unmapped else ""
            rows.append(
                ConditionRow(words.condition(other.condition), words.long_date(other.event_date) + how, True)
            )
    return rows


def record_page(found: FoundRecord) -> dict[str, Any]:
    """Everything below the banner, for the template."""
    record = found.record
    segments = chart.segments(record)
    return {
        "found": found,
        "record": record,
        "extract": extract_words(found.extract_date),
        "medicines": [_medicine(now) for now in record.now],
        "total": words.span(record.ome.low, record.ome.high, at_least=record.ome.at_least)
        if record.ome.low is not None
        else ("not known" if record.ome.missing else "no opioid now"),
        "sum": sum_words(record),
        "factors": f"{DEFAULT_TABLE}, version {registry.version(FACTOR_TABLE)}",
        "chart_title": chart.title(segments, record),
        "chart_svg": chart.svg(record),
        "segments": list(reversed(segments)),
        "conditions": _conditions(record),
    }


def sum_words(record: PersonRecord) -> str:
    """The sum of the daily OME written out, with what is missing from it."""
    shares = [now for now in record.now if any(issue.opioid for issue in now.issues)]
    known = [
        words.span(s.current.ome_min, s.current.ome_max) for s in shares if s.current.ome_max is not None
    ]
    if not shares:
        return "No opioid supply is open."
    missing = len(shares) - len(known)
    left_out = (
        f" {missing} of {len(shares)} opioids could not be counted, so the true figure is higher."
        if missing
        else ""
    )
    if not known:
        return "No opioid's dose is known, so there is no sum. This is not the same as zero."
    total = words.mg(record.ome.low, record.ome.high, at_least=record.ome.at_least)
    parts = " + ".join(f"({k})" if " to " in k and len(known) > 1 else k for k in known)
    return f"{parts} = {total}.{left_out}" if len(known) > 1 else f"{total}, from one opioid.{left_out}"


@dataclass(frozen=True, slots=True)
class Why:
    """One list someone was taken from."""

    title: str
    as_of: str
    reasons: tuple[str, ...]
    decision: str


def why_here(candidates: Iterable[Any]) -> list[Why]:
    """Why someone is on the practice's list: the searches that found them."""
    found = []
    for candidate in candidates:
        of = candidate.candidate_list
        search = all_searches().get(of.search_id)
        rules = [reason(search, name) for name in candidate.reasons] if search else []
        texts = tuple(rule.reason for rule in rules if rule) or ("Meets the definition.",)
        decided = (
            f"{candidate.get_decision_display()}: {candidate.decision_reason}" if candidate.decision else ""
        )
        found.append(Why(search.title if search else of.search_id, words.long_date(of.as_of), texts, decided))
    return found


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A line of the list of people."""

    pk: Any
    name: str
    nhs_number: str
    born: str
    age: int | None
    practice: str
    added: Any
    as_of: date


def person_rows(people: Iterable[Person]) -> list[PersonRow]:
    """People as rows."""
    today = clock.today()
    return [
        PersonRow(
            person.pk,
            words.full_name(person.given_name, person.family_name),
            person.nhs_number,
            words.long_date(person.date_of_birth),
            words.age_on(person.date_of_birth, today),
            person.practice.name,
            person.added_at,
            person.as_of,
        )
        for person in people
    ]
