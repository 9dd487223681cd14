"""Atoms to clauses: the steps of an instruction in the order written."""

from __future__ import annotations

import itertools
from decimal import Decimal

from stepwell.knowledge.dosage.grammar.builder import Builder
from stepwell.knowledge.dosage.grammar.day import Clause
from stepwell.knowledge.dosage.grammar.parts import Atom, RefusedError


def clauses(atoms: list[Atom]) -> tuple[list[Clause], bool]:
    """The steps in the order written, and whether the last is followed by a stop."""
    builder = Builder(atoms)
    built = builder.build()
    if len(built) == 1 and built[0].label is not None:
        raise RefusedError("not_understood")
    return _merge_through_the_day(_inherit(built)), builder.stopped


def _inherit(built: list[Clause]) -> list[Clause]:
    """ "1 od then bd": a later step without a dose keeps the dose before it; without a time, the time before it."""
    for earlier, later in itertools.pairwise(built):
        if len(earlier.parts) != 1 or len(later.parts) != 1:
            continue
        before, after = earlier.parts[0], later.parts[0]
        if later.joined == "semicolon" and not after.timed and not after.prn:
            raise RefusedError("ambiguous")
        if after.dose is None and (after.timed or later.prn):
            after.dose = before.dose
        elif after.dose is not None and not after.timed and not after.divided and not before.stat:
            after.times, after.every, after.daily = before.times, before.every, before.daily
            after.slots, after.weekdays = before.slots, before.weekdays
        if later.joined == "change" and before.dose is not None and not before.timed and not before.divided:
            if not (before.prn or earlier.prn or earlier.limits or earlier.totals):
                before.times, before.every, before.daily = after.times, after.every, after.daily
                before.slots, before.weekdays = after.slots, after.weekdays
    return built


_THROUGH_DAY = (
    "morning",
    "mid_morning",
    "noon",
    "afternoon",
    "tea",
    "dinner",
    "supper",
    "evening",
    "pm",
    "night",
)


def _merge_through_the_day(built: list[Clause]) -> list[Clause]:
    """ "1 mane then 2 nocte" is one day; "1 nocte then 2 nocte" is two steps."""
    merged = [built[0]]
    for clause in built[1:]:
        before = merged[-1]
        plain = (
            clause.joined in ("then", "semicolon")
            and before.days is None
            and before.label is None
            and not before.dated
            and not before.changes
        )
        slots_only = all(part.only_slots and not part.stat for part in (*before.parts, *clause.parts))
        if plain and slots_only and _later(before, clause):
            clause.parts[0].joined = "and"
            before.parts.extend(clause.parts)
            before.limits.extend(clause.limits)
            before.days = clause.days
            before.prn = before.prn or clause.prn
            before.end = clause.end
        elif plain and (clause.joined == "semicolon" or (slots_only and _distinct(before, clause))):
            raise RefusedError("ambiguous")
        else:
            merged.append(clause)
    return merged


def _later(before: Clause, after: Clause) -> bool:
    last = _hour(before.parts[-1].slots[-1])
    first = _hour(after.parts[0].slots[0])
    return first > last


def _hour(slot: str) -> Decimal:
    if slot.startswith("clock"):
        return Decimal(slot.split()[1])
    return Decimal(8 + 2 * _THROUGH_DAY.index(slot))


def _distinct(before: Clause, after: Clause) -> bool:
    return not {slot for part in before.parts for slot in part.slots} & {
        slot for part in after.parts for slot in part.slots
    }
