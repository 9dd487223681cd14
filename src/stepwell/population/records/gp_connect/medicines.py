"""What a medication entry says of the medicine, the quantity, the days and the dose."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from stepwell.population.records.gp_connect import facts
from stepwell.population.records.gp_connect.fhir import (
    Node,
    code,
    coding,
    extensions,
    node,
    nodes,
    number,
    reference,
    text,
)
from stepwell.population.records.gp_connect.record import Record

_STEP = Decimal("0.0001")
_TOO_MUCH = Decimal(10**8)  # what decimal128(12, 4) cannot hold
_TOO_LONG = 36_600  # a hundred years of days is a typing mistake


@dataclass(frozen=True, slots=True)
class Medicine:
    """``drug_code`` is the dm+d id; None where there is none or it was lost in a transfer."""

    drug_code: str | None
    drug_name: str | None


@dataclass(frozen=True, slots=True)
class Quantity:
    """``value`` and ``unit`` when there is a number; ``words`` when it was written, in part or whole, as text."""

    value: Decimal | None = None
    unit: str | None = None
    words: str | None = None


def medicine(record: Record, resource: Node) -> Medicine | None:
    """The medicine a request or statement names, by reference or directly; None when it names none."""
    named = record.find("Medication", reference(resource, "medicationReference", "Medication"))
    concept = node(named.resource, "code") if named else node(resource, "medicationCodeableConcept")
    found = coding(concept, "dmd")
    degraded = code(found) in facts.by_code("degraded_codes")
    names = [text(concept, "text")]
    if not degraded:
        names += [text(found, "display"), *(text(item, "display") for item in nodes(concept, "coding"))]
    names.append(text(node(resource, "medicationReference"), "display"))
    name = next((name for name in names if name), None)
    drug_code = None if degraded else code(found)
    return Medicine(drug_code, name) if drug_code or name else None


def quantity(request: Node) -> Quantity | None:
    """What a request supplies; None where it does not say."""
    dispensed = node(request, "dispenseRequest")
    measured = node(dispensed, "quantity")
    value, unit = number(measured, "value"), text(measured, "unit")
    words = _words((measured, dispensed))
    if value is None:
        return Quantity(words=words) if words else None
    held = _held(value)
    if held is None:
        return Quantity(words=" ".join(filter(None, (str(value), unit, words))))
    # A number with only its unit in words: the words are the unit.
    return Quantity(held, unit or words, words if unit else None)


def _words(places: Iterable[Node]) -> str | None:
    found = (text(item, "valueString") for place in places for item in extensions(place, "quantity_text"))
    return next((words for words in found if words), None)


def _held(value: Decimal) -> Decimal | None:
    """The number as the lake can hold it; None for nought, less than nought, too large and too fine."""
    try:
        rounded = value.quantize(_STEP)
    except InvalidOperation:
        return None
    return rounded if rounded == value and 0 < value < _TOO_MUCH else None


def supply_days(request: Node) -> int | None:
    """Days a request is expected to last, as the sender says; None where it does not, or not in whole days."""
    duration = node(request, "dispenseRequest", "expectedSupplyDuration")
    value = number(duration, "value")
    per_unit = facts.days_in().get(text(duration, "code") or text(duration, "unit") or "")
    if value is None or per_unit is None or not 0 < value < _TOO_LONG:
        return None
    days = value * per_unit
    return int(days) if days == int(days) else None


def dosage(resource: Node, element: str) -> str | None:
    """The dose in words, from ``dosageInstruction`` of a request or ``dosage`` of a statement."""
    written = [words for item in nodes(resource, element) if (words := text(item, "text"))]
    return "; ".join(written) or None


def count_of(value: Node, *names: str) -> int | None:
    """A count as a whole number that the lake can hold."""
    for name in names:
        found = number(value, name)
        if found is not None and 0 <= found < 2**31 and found == int(found):
            return int(found)
    return None
