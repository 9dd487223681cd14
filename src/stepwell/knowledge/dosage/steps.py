"""The steps of a taper or a titration, in the order written."""

from __future__ import annotations

from decimal import Decimal

from stepwell.knowledge.dosage.agree import Agreement
from stepwell.knowledge.dosage.assemble import Sum, reckon
from stepwell.knowledge.dosage.grammar.day import MASS_IN_MG, Clause
from stepwell.knowledge.dosage.grammar.parts import Change, RefusedError
from stepwell.knowledge.dosage.model import Step

_MOST_STEPS = 30


def steps_of(
    clauses: list[Clause], first: Sum, stopped: bool, agreement: Agreement, text: str
) -> tuple[Step, ...]:
    """The steps written, and those a rate makes; a step that cannot be reckoned has no numbers."""
    steps: list[Step] = []
    for place, clause in enumerate(clauses):
        total: Sum | None = first
        if place:
            try:
                total = reckon(clause, agreement)
            except RefusedError:
                total = None
        words = _words(clauses, place, text)
        following = clauses[place + 1] if place + 1 < len(clauses) else None
        days = clause.days if clause.days is not None else _labelled_days(clause, following)
        if clause.changes:
            steps.extend(_by_rate(clause, total, clause.changes[0], words, agreement))
            continue
        steps.append(_step(total, days, words))
    if stopped:
        steps.append(Step(Decimal(0), Decimal(0), first.unit, None, "stop"))
    return tuple(steps)


def _step(total: Sum | None, days: int | None, words: str) -> Step:
    if total is None:
        return Step(None, None, None, days, words)
    return Step(total.low, total.high, total.unit, days, words)


def _words(clauses: list[Clause], place: int, text: str) -> str:
    start = clauses[place].start if place else 0
    end = clauses[place + 1].start if place + 1 < len(clauses) else len(text)
    return text[start : max(end, start)].strip(" ,;.-")


def _labelled_days(clause: Clause, following: Clause | None) -> int | None:
    if clause.label is None:
        return None
    if following is not None and following.label is not None:
        length = following.label.first - clause.label.first
        return length if length > 0 else None
    if clause.label.last is not None:
        return clause.label.last - clause.label.first + 1
    return None


def _by_rate(
    clause: Clause, total: Sum | None, change: Change, words: str, agreement: Agreement
) -> list[Step]:
    """4 a day, less 1 every 2 weeks: 4, 3, 2, 1, 0. Only from one exact start, only downwards, only in the same unit."""
    first = _step(total, change.days, words)
    exact = total is not None and total.low is not None and total.low == total.high
    if not exact or total is None or total.low is None or change.direction != "down" or not change.low:
        return [first]
    rate = _rate_in(change, total.unit, agreement)
    if rate is None or total.low / rate > _MOST_STEPS:
        return [first]
    steps = [first]
    level = total.low - rate
    while level > 0:
        steps.append(Step(level, level, total.unit, change.days, ""))
        level -= rate
    steps.append(Step(Decimal(0), Decimal(0), total.unit, None, ""))
    return steps


def _rate_in(change: Change, unit: str | None, agreement: Agreement) -> Decimal | None:
    del agreement
    if change.low is None:
        return None
    if change.unit in MASS_IN_MG:
        return change.low if change.unit == unit else None
    counted = unit is None or change.unit in (None, unit)
    return change.low if counted and unit not in MASS_IN_MG else None
