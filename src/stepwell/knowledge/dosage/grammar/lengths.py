"""How long: for 7 days, x 5/7, after a week; and the cross that only introduces how often."""

from __future__ import annotations

from decimal import Decimal

from stepwell.knowledge.dosage.grammar.numbers import quantity
from stepwell.knowledge.dosage.grammar.parts import Amount, Atom, Duration, Mark, RefusedError, Times
from stepwell.knowledge.dosage.grammar.periods import DAYS_IN_FRACTION, period_of, whole_days
from stepwell.knowledge.dosage.grammar.rules import Yield, kind, rule, value
from stepwell.knowledge.dosage.grammar.timings import counted, every
from stepwell.knowledge.dosage.tokens import Token

_TWO_DAYS = 48
_MOST_SAID_BARE = 4
"""Behind a larger bare number, "x 1 daily" says how many were supplied."""


@rule(
    "for x after in",
    ("1 tds for 7 days", "3/3"),
    ("1 bd x 5 days", "2/2"),
    ("1 od 2/52", "1/1"),
    ("2 daily for one month", "2/2"),
)
def lasting(tokens: list[Token], place: int, read: list[Atom]) -> Yield | None:
    """For 7 days, x 5/7, for a week; "after 3 days" is how long what stands before lasts."""
    start = tokens[place].start
    before = tokens[place].kind in ("after", "in")
    at = place + 1
    while kind(tokens, at) in ("upto", "max", "ordinal", "every") and kind(tokens, at + 1) in (
        "number",
        "a",
        "period",
    ):
        at += 1
    changed = bool(read) and isinstance(read[-1], Mark) and read[-1].name == "change_patch"
    if tokens[place].kind == "after" and changed:
        spaced = every(tokens, place, read)
        if spaced is not None:
            return spaced  # "change after 72 hours"
    if tokens[place].kind == "x":
        counting = _crossed_times(tokens, at, start, place, read)
        if counting is not None:
            return counting
    if kind(tokens, at) in ("a", "period"):
        at += kind(tokens, at) == "a"
        days = whole_days(Decimal(1), value(tokens, at)) if kind(tokens, at) == "period" else None
        return None if days is None else ([Duration(start, tokens[at].end, days, before)], at + 1)
    return counted_length(tokens, at, start, before)


def counted_length(tokens: list[Token], place: int, start: int, before: bool) -> Yield | None:
    """7 days, 2-3 weeks, 5/7."""
    found = quantity(tokens, place)
    if found is None:
        return None
    after = found.after + (kind(tokens, found.after) == "dash")
    if kind(tokens, after) == "when" and tokens[after].word in ("nights", "mornings"):
        return [Duration(start, tokens[after].end, int(found.high), before)], after + 1
    if kind(tokens, after) == "period":
        days = _whole_days(found.high, value(tokens, after))
        return None if days is None else ([Duration(start, tokens[after].end, days, before)], after + 1)
    if kind(tokens, after) == "slash" and kind(tokens, after + 1) == "number":
        each = DAYS_IN_FRACTION.get(int(tokens[after + 1].number))
        if each is not None:
            return [Duration(start, tokens[after + 1].end, int(found.high * each), before)], after + 2
    return None


def _whole_days(number: Decimal, period: object) -> int | None:
    """Days of so many days or weeks; hours only where they are two whole days or more: 12 or 24 may be how often."""
    if period == "hour":
        return int(number / 24) if number >= _TWO_DAYS and number % 24 == 0 else None
    return whole_days(number, period)


def _crossed_times(tokens: list[Token], place: int, start: int, cross: int, read: list[Atom]) -> Yield | None:
    """x3 daily, x bd, x 3 times a day: the cross only introduces how often."""
    here = kind(tokens, place)
    if here in ("latin", "count"):
        return counted(tokens, place, read)
    if here != "number":
        return None
    if kind(tokens, place + 1) in ("adverb", "a", "slash", "per"):
        return _x_times(tokens, place, start, read)
    found = quantity(tokens, place)
    return ([], cross + 1) if found is not None and kind(tokens, found.after) == "times" else None


def _x_times(tokens: list[Token], place: int, start: int, read: list[Atom]) -> Yield | None:
    """x3 daily, x2/day: so many times a day."""
    number = tokens[place].number
    days, after = period_of(tokens, place + 1)
    last = read[-1] if read else None
    if isinstance(last, Amount) and last.unit is None and last.high > _MOST_SAID_BARE:
        raise RefusedError("ambiguous")
    if days is None or number > 6:
        return None
    return [Times(start, tokens[after - 1].end, number, number, days)], after
