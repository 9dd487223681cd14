"""The measured values cautions ask for, as recorded: in a known unit and within bounds, or not known and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from stepwell.knowledge import tables
from stepwell.knowledge.cautions import Value
from stepwell.population.records.cautions.rows import Event

_WORDS = {
    "egfr": "eGFR",
    "creatinine_clearance": "creatinine clearance",
    "creatinine_umol_l": "creatinine",
    "weight_kg": "weight",
    "audit": "AUDIT score",
}
# How a unit is written is not what it is: spaces and the marks of a raised figure go, micro is u.
_UNIT_MARKS = str.maketrans({"µ": "u", "μ": "u", **dict.fromkeys(" *^{}_()[]", None)})


@dataclass(frozen=True, slots=True)
class Values:
    """``why_unknown``: of every value that is not here, what is missing."""

    values: tuple[Value, ...]
    why_unknown: Mapping[str, str]


def values_of(events: Sequence[Event], *, doubts: Sequence[str]) -> Values:
    """The latest value of each kind. ``doubts``: sentences that keep a good value from clearing anything."""
    found: list[Value] = []
    why: dict[str, str] = {}
    for name in _codes():
        value = _latest(name, events)
        if isinstance(value, str):
            if value:
                why[name] = " ".join((value, *doubts))
        else:
            told = [value.doubt, *doubts, *_unmapped_since(value.on, events)]
            found.append(replace(value, doubt=" ".join(each for each in told if each)))
    return Values(tuple(found), why)


@cache
def _codes() -> Mapping[str, Mapping[str, str]]:
    """Of each value its codes, each with the doubt that goes with it."""
    found: dict[str, dict[str, str]] = {}
    for row in tables.rows("caution_values"):
        found.setdefault(row["name"], {})[row["code"]] = row["doubt"]
    return found


def _latest(name: str, events: Sequence[Event]) -> Value | str:
    """The value of the newest day that has one which can be read; a newer one that cannot leaves it in doubt."""
    of_name = [event for event in events if event.snomed_id in _codes()[name]]
    if not of_name:
        # Without a recorded clearance one may be worked out, and that says itself what it lacks.
        return f"No {_WORDS[name]} is in this record." if name != "creatinine_clearance" else ""
    days = sorted({event.first or date.min for event in of_name}, reverse=True)
    for day in days:
        readable = [e for e in of_name if (e.first or date.min) == day and _number(name, e) is not None]
        if readable:
            later = f"A later {_WORDS[name]} cannot be read." if day != days[0] else ""
            return _value(name, readable, later)
    return f"The {_WORDS[name]} in this record is not a number in a unit known here."


def _value(name: str, same_day: Sequence[Event], later: str) -> Value:
    worst = min if tables.document("caution_rules")["recorded_values"][name]["worst"] == "low" else max
    event = worst(same_day, key=lambda each: each.number or Decimal(0))
    number = _number(name, event)
    assert number is not None
    doubt = " ".join(each for each in (_codes()[name][str(event.snomed_id)], later) if each)
    return Value(name, number, event.first, (event.event_id,), f"code {event.snomed_id}", doubt)


def _number(name: str, event: Event) -> Decimal | None:
    """The number, where its unit is known and it can be of this value at all."""
    reading: Mapping[str, Any] = tables.document("caution_rules")["recorded_values"][name]
    if event.number is None:
        return None
    if event.unit is None:
        known = bool(reading.get("no_unit"))
    else:
        known = event.unit.lower().translate(_UNIT_MARKS) in reading["units"]
    bounded = Decimal(str(reading["least"])) <= event.number <= Decimal(str(reading["most"]))
    return event.number if known and bounded else None


def _unmapped_since(on: date | None, events: Sequence[Event]) -> list[str]:
    """A later result under a code of another system may be this value."""
    later = any(
        e.unmapped and e.number is not None and (e.last is None or on is None or e.last >= on) for e in events
    )
    return ["A later result has no SNOMED CT code, so what it is of is not known."] if later else []
