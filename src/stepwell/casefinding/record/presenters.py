"""Turns a person and their record into what the pages say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from stepwell.base import clock
from stepwell.casefinding.record import cautions, chart, reasons, supply, words
from stepwell.casefinding.record.records import FoundRecord
from stepwell.knowledge import tables as registry
from stepwell.people.models import Person
from stepwell.population.records.person import MedicineNow, PersonRecord
from stepwell.population.records.searches import all_searches, reason

# The conditions every page answers for: found with a date, or none recorded.
ASKED = ("palliative", "cancer", "opioid_dependence", "epilepsy", "neuropathy", "post_herpetic_pain")

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
    """A medicine taken now: as written, as read, what was issued, and its share of the daily OME."""

    name: str
    issued: str
    since: str
    written: tuple[str, ...]
    read: tuple[str, ...]
    ome: str
    basis: str
    formulas: tuple[str, ...]
    notes: tuple[str, ...]
    supply: supply.SupplyWords


def medicine_row(now: MedicineNow, as_of: date) -> MedicineRow:
    """One medicine taken at ``as_of``, in words."""
    current = now.current
    opioid = any(issue.opioid for issue in now.issues)
    kinds = sorted({words.KINDS.get(issue.kind, issue.kind) for issue in now.issues if issue.kind})
    notes = [
        f"Recorded from elsewhere: {words.ELSEWHERE.get(issue.elsewhere, 'not said where')}"
        for issue in now.issues
        if issue.elsewhere
    ]
    ends = [issue.ended for issue in now.issues if issue.ended and issue.ended <= as_of]
    if ends:
        notes.append(_ended(max(ends), current.last.occasion.on))
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
        issued=f"{', '.join(kinds) + ', issued' if kinds else 'Issued'} {words.long_date(current.last.occasion.on)}",
        since=f"Taken since {words.long_date(current.run_start)}",
        written=written,
        read=tuple(_read(row, now) for row in now.instructions) or ("Not read",),
        ome=ome,
        basis=words.BASES[current.basis.value],
        formulas=tuple(_formula(str(row["formula"])) for row in now.instructions if row.get("formula")),
        notes=tuple(dict.fromkeys(notes)),
        supply=supply.supply_words(now),
    )


def _ended(on: date, last_issue: date) -> str:
    if on < last_issue:
        return f"The record ended it on {words.long_date(on)}, and it was issued again after that"
    # Cancelled does not tell whether what was issued was taken, so it counts until it would run out.
    return f"The record ends it on {words.long_date(on)}. What was issued is still counted"


def _formula(text: str) -> str:
    return text.replace(" microgram/h", " micrograms an hour").replace(" mg", "mg").replace(" x ", " × ")


def _read(row: Mapping[str, Any], now: MedicineNow) -> str:
    if row["state"] in ("read", "open") and row["units_max"] is not None:
        counted = words.span(row["units_min"], row["units_max"])
        of = words.counted_unit(str(row["unit"] or now.unit or "unit"), counted)
        substance = now.current.medicine.substance
        # A compound product and a brand do not say of what the milligrams are.
        what = "" if substance.casefold() in now.name.casefold() else f" of {substance}"
        dose = f": {words.mg(row['mg_min'], row['mg_max'])}{what} a day" if row["mg_max"] is not None else ""
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
        "medicines": [medicine_row(now, record.as_of) for now in record.now],
        "total": words.span(record.ome.low, record.ome.high, at_least=record.ome.at_least)
        if record.ome.low is not None
        else ("not known" if record.ome.missing else "no opioid now"),
        "sum": sum_words(record),
        "factors": reasons.factor_table(),
        "chart_title": chart.title(segments, record),
        "chart_svg": chart.svg(record),
        "chart_narrow": chart.svg(record, chart.NARROW),
        "segments": list(reversed(segments)),
        "conditions": _conditions(record),
        "cautions": cautions.card(found.cautions) if found.cautions else None,
    }


def sum_words(record: PersonRecord) -> str:
    """The sum of the daily OME written out, with what is missing from it."""
    opioids = [now.current for now in record.now if any(issue.opioid for issue in now.issues)]
    shares = [(line.ome_min, line.ome_max) for line in opioids]
    known = all(share[1] is not None for share in shares)
    causes = {
        "withheld": record.withheld,
        "elsewhere": any(not line.own for line in opioids),
        "patch": record.ome.missing and known and any(line.medicine.is_patch for line in opioids),
    }
    because = [name for name, holds in causes.items() if holds]
    return reasons.sum_of(
        shares, record.ome.low, record.ome.high, at_least=record.ome.at_least, because=because
    )


@dataclass(frozen=True, slots=True)
class Why:
    """One list that found someone: the facts as they were at its date, and what a clinician decided."""

    title: str
    as_of: str
    outcome: str
    reasons: tuple[str, ...]
    facts: tuple[str, ...]
    lines: tuple[tuple[str, str, str], ...]
    sum: str
    factors: str
    decision: str
    candidate_pk: Any


def why_here(candidates: Iterable[Any], found: FoundRecord | None = None) -> list[Why]:
    """Why someone is on the practice's list: the searches that found them, with the facts that made them in.

    The medicines are those copied when the person was adopted; before that, those of ``found`` where it is the list's own load.
    """
    return [_why(candidate, found) for candidate in candidates]


def _why(candidate: Any, found: FoundRecord | None) -> Why:
    of = candidate.candidate_list
    search = all_searches().get(of.search_id)
    rules = [reason(search, name) for name in candidate.reasons] if search else []
    lines = candidate.evidence.get("lines")
    if lines is None and found and search and (found.load_id, found.record.as_of) == (of.load_id, of.as_of):
        lines = reasons.lines_of_record(found.record, search)
    facts = tuple(reasons.long(kept, of.as_of) for kept in reasons.kept_with(candidate, search))
    return Why(
        title=of.title,
        as_of=words.long_date(of.as_of),
        outcome=candidate.get_outcome_display(),
        reasons=tuple(rule.reason for rule in rules if rule),
        facts=facts or ("Met the definition. “Every rule” shows by which recorded facts.",),
        lines=tuple(reasons.line_words(line) for line in lines or ()),
        sum=_sum_then(candidate, lines),
        factors=candidate.evidence.get("factors", "")
        or (reasons.factor_table() if of.knowledge_version == registry.knowledge_version() else ""),
        decision=f"{candidate.get_decision_display()}: {candidate.decision_reason}"
        if candidate.decision
        else "",
        candidate_pk=candidate.pk,
    )


def _sum_then(candidate: Any, lines: Sequence[Mapping[str, Any]] | None) -> str:
    """The OME at the list's date: as a sum where its lines are known, else the total that was found."""
    if lines:
        return reasons.sum_of_lines(lines, candidate)
    if candidate.daily_ome_max is None:
        return ""
    low, high = candidate.daily_ome_min, candidate.daily_ome_max
    return f"{words.mg(low, high, at_least=candidate.ome_at_least)}, {words.bases(candidate.basis)}."


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
