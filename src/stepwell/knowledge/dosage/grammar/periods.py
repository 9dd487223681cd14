"""Days, weeks and the ways of saying "a day"."""

from __future__ import annotations

from decimal import Decimal

from stepwell.knowledge.dosage.grammar.rules import kind, value
from stepwell.knowledge.dosage.tokens import Token

_DAYS = {"day": Decimal(1), "week": Decimal(7), "fortnight": Decimal(14)}
DAYS_IN_FRACTION = {7: 1, 52: 7, 12: 30}
"""Days of one in "5/7", "2/52", "1/12"."""

PLURALS = frozenset({"hours", "hrs", "days", "weeks", "wks", "months", "minutes", "mins"})
"""Without a number these say nothing: "every hours" has lost one."""

_DAYS_IN_MONTH = Decimal(30)


def days_in(period: object) -> Decimal | None:
    """Days of one day, week or fortnight; None for hours and months."""
    return _DAYS.get(str(period))


def whole_days(number: Decimal, period: object) -> int | None:
    """How long "2 weeks" or "1 month" lasts, in days; a month is taken as 30."""
    each = _DAYS_IN_MONTH if period == "month" else days_in(period)
    if each is None:
        return None
    days = number * each
    return int(days) if days == int(days) else None


def period_of(tokens: list[Token], place: int) -> tuple[Decimal | None, int]:
    """The days of "a day", "per week", "/24h", "daily", "in 24 hours", "every day"; None and the same place if none."""
    at = place
    if kind(tokens, at) == "comma" and kind(tokens, at + 1) in ("adverb", "per", "slash"):
        at += 1
    if kind(tokens, at) == "dash" and kind(tokens, at + 1) == "adverb":
        at += 1
    if kind(tokens, at) == "adverb":
        days = value(tokens, at)
        return (None, place) if days == "month" else (Decimal(str(days)), at + 1)
    while kind(tokens, at) in ("in", "per", "a", "every", "slash"):
        at += 1
    led = any(token.kind != "a" for token in tokens[place:at])
    if kind(tokens, at) == "period":
        return _named(tokens, at, place)
    if led and kind(tokens, at) == "number":
        return _counted(tokens, at, place)
    if (
        not led
        and kind(tokens, at) == "number"
        and tokens[at].number == 24
        and value(tokens, at + 1) == "hour"
    ):
        return Decimal(1), at + 2
    return None, place


def _named(tokens: list[Token], at: int, place: int) -> tuple[Decimal | None, int]:
    days = days_in(value(tokens, at))
    if days is None or tokens[at].word in PLURALS:
        return None, place
    return days, at + 1


def _counted(tokens: list[Token], at: int, place: int) -> tuple[Decimal | None, int]:
    """in 24 hours, per 48 hours, every 2 days (as in "twice every 2 days"), /24."""
    number = tokens[at].number
    period = value(tokens, at + 1) if kind(tokens, at + 1) == "period" else None
    if kind(tokens, at + 1) == "dash" and kind(tokens, at + 2) == "period":
        return _counted_dash(tokens, at, place)
    if period == "hour":
        days = number / 24
        return (days, at + 2) if days >= 1 and days == int(days) else (None, place)
    each = days_in(period)
    if each is not None:
        return number * each, at + 2
    if number == 24 and kind(tokens, at + 1) == "slash" and kind(tokens, at + 2) == "number":
        return (Decimal(1), at + 3) if tokens[at + 2].number == 24 else (None, place)
    if number == 24 and kind(tokens, at - 1) == "slash" and period is None:
        return Decimal(1), at + 1
    return None, place


def _counted_dash(tokens: list[Token], at: int, place: int) -> tuple[Decimal | None, int]:
    number = tokens[at].number
    if value(tokens, at + 2) == "hour" and number % 24 == 0:
        return number / 24, at + 3
    return None, place


def hours_in(number: Decimal, period: object) -> Decimal | None:
    """Hours of "4 hours", "3 days", "2 weeks"; None for a month, whose length the text does not say."""
    if period == "minute":
        return number / 60
    if period == "hour":
        return number
    days = days_in(period)
    return None if days is None else number * days * 24
