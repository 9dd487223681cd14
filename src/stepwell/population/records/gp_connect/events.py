"""Problems and observations as coded events."""

from __future__ import annotations

from stepwell.population.records.gp_connect.accounting import Accountant
from stepwell.population.records.gp_connect.bundles import Entry
from stepwell.population.records.gp_connect.fhir import (
    FhirDate,
    code,
    coding,
    extensions,
    fhir_date,
    node,
    nodes,
    number,
    reference_id,
    text,
)
from stepwell.population.records.gp_connect.people import Row, Whose
from stepwell.population.records.gp_connect.record import Record

_PROBLEM_STATUS = {
    "active": "active",
    "recurrence": "active",
    "inactive": "past",
    "remission": "past",
    "resolved": "past",
}
_NOT_SO = {"entered-in-error": "entered in error", "refuted": "refuted", "cancelled": "cancelled"}


def event_rows(record: Record, whose: Whose, accountant: Accountant) -> list[Row]:
    """The rows of ``events``."""
    rows = [_problem(entry, whose, accountant) for entry in record.of("Condition")]
    rows += [_observation(entry, whose, accountant) for entry in record.of("Observation")]
    return [row for row in rows if row is not None]


def problem_id(condition: Entry) -> str:
    """The event id of a problem."""
    return f"Condition/{condition.id}"


def problems_of_requests(record: Record) -> dict[str, str]:
    """Of each MedicationRequest that a problem names as related: the problem's event id."""
    found: dict[str, str] = {}
    for condition in record.of("Condition"):
        if text(condition.resource, "verificationStatus") in _NOT_SO:
            continue
        for related in extensions(condition.resource, "related_content"):
            request = reference_id(node(related, "valueReference"), "MedicationRequest")
            if request is not None:
                found.setdefault(request, problem_id(condition))
    return found


def _problem(entry: Entry, whose: Whose, accountant: Accountant) -> Row | None:
    resource = entry.resource
    onset = fhir_date(text(resource, "onsetDateTime")) or fhir_date(
        text(node(resource, "onsetPeriod"), "start")
    )
    ended = fhir_date(text(resource, "abatementDateTime"))
    return _event(
        entry,
        whose,
        accountant,
        event_id=problem_id(entry),
        not_so=text(resource, "verificationStatus"),
        dated=onset,
        is_problem=True,
        problem_status=_PROBLEM_STATUS.get(text(resource, "clinicalStatus") or ""),
        problem_end_date=ended.day if ended else None,
        numeric_value=None,
        unit=None,
    )


def _observation(entry: Entry, whose: Whose, accountant: Accountant) -> Row | None:
    resource = entry.resource
    dated = fhir_date(text(resource, "effectiveDateTime")) or fhir_date(
        text(node(resource, "effectivePeriod"), "start")
    )
    measured = node(resource, "valueQuantity")
    value = number(measured, "value")
    return _event(
        entry,
        whose,
        accountant,
        event_id=f"Observation/{entry.id}",
        not_so=text(resource, "status"),
        dated=dated,
        is_problem=False,
        problem_status=None,
        problem_end_date=None,
        numeric_value=float(value) if value is not None else None,
        unit=text(measured, "unit") or text(measured, "code"),
    )


def _event(
    entry: Entry,
    whose: Whose,
    accountant: Accountant,
    *,
    not_so: str | None,
    dated: FhirDate | None,
    **values: object,
) -> Row | None:
    if not_so in _NOT_SO:
        accountant.left_out(entry, _NOT_SO[not_so])
        return None
    concept = node(entry.resource, "code")
    snomed = coding(concept, "snomed")
    displays = (text(item, "display") for item in nodes(concept, "coding"))
    term = text(concept, "text") or text(snomed, "display") or next((d for d in displays if d), None)
    read_v2, ctv3 = code(coding(concept, "read_v2")), code(coding(concept, "ctv3"))
    if not any((code(snomed), read_v2, ctv3, term)):
        accountant.reject(entry, "code", "the entry has neither a code nor words.")
        return None
    if dated is None:
        # Kept: a condition without a date is still a condition, and may keep someone from harm.
        accountant.note("events without a date")
    accountant.used(entry, "as an event")
    return whose.row(
        entry,
        event_date=dated.day if dated else None,
        date_precision=dated.precision if dated else None,
        snomed_id=code(snomed),
        ctv3=ctv3,
        read_term_id=read_v2,
        term=term,
        **values,
    )
