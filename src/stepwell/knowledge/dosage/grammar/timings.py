"""Rules for when and how often: Latin, once and twice, every, daily, times of day, days of the week."""

from __future__ import annotations

from decimal import Decimal

from stepwell.knowledge.dosage.grammar.numbers import quantity
from stepwell.knowledge.dosage.grammar.parts import (
    Amount,
    Atom,
    Daily,
    Every,
    Mark,
    RefusedError,
    Times,
    Weekdays,
    When,
)
from stepwell.knowledge.dosage.grammar.periods import PLURALS, days_in, hours_in, period_of
from stepwell.knowledge.dosage.grammar.rules import Yield, kind, rule, value
from stepwell.knowledge.dosage.tokens import Token

_TWO_DAYS = Decimal(48)
# An hour of the clock and too many tablets: "at 8 in the morning".
_FIRST_HOUR, _LAST_HOUR = 5, 11


@rule(
    "latin count",
    ("1 qds", "4/4"),
    ("2 b.d.", "4/4"),
    ("1 T/D/S", "3/3"),
    ("1 bd-tds", "2/3"),
    ("one twice a day", "2/2"),
    ("one once or twice a day", "1/2"),
    ("2 twice weekly", "0.571429/0.571429"),
)
def counted(tokens: list[Token], place: int, read: list[Atom]) -> Yield | None:
    """od, bd, tds, qds; once, twice; and ranges of them."""
    del read
    low = high = tokens[place].number
    after = place + 1
    if kind(tokens, after) in ("dash", "or", "to", "slash") and kind(tokens, after + 1) in ("latin", "count"):
        high = tokens[after + 1].number
        after += 2
    elif kind(tokens, after) in ("or", "to", "dash") and tokens[place].kind == "count":
        further = quantity(tokens, after + 1)
        if further is not None and further.low == further.high and kind(tokens, further.after) == "times":
            high = further.low
            after = further.after
    if low > high:
        low, high = high, low
    if kind(tokens, after) == "times":
        after += 1
    word = tokens[place].kind
    days: Decimal | None = Decimal(1) if word == "latin" else None
    labelled = word == "latin" and kind(tokens, after) == "period"
    if not labelled and (kind(tokens, after) != "every" or kind(tokens, after + 1) == "period"):
        found, further_after = period_of(tokens, after)
        if found is not None:
            if word == "latin" and found != 1:
                raise RefusedError("conflict")
            days, after = found, further_after
    return [Times(tokens[place].start, tokens[after - 1].end, low, high, days, word=word)], after


@rule(
    "every intervals_of",
    ("1 every 4-6 hours", "4/6"),
    ("1 every day", "1/1"),
    ("1 every third day", "0.333333/0.333333"),
    ("apply 1 patch every 72 hours", "0.333333/0.333333"),
    ("1 patch every 7/7", "0.142857/0.142857"),
    ("one each night", "1/1"),
    ("1 every Monday and Thursday", "0.285714/0.285714"),
    ("1-2 q4h", "6/12"),
)
def every(tokens: list[Token], place: int, read: list[Atom]) -> Yield | None:
    """Every 4 to 6 hours, every day, every third day, each night, every Monday."""
    start = tokens[place].start
    at = place + 1
    if kind(tokens, at) == "when":
        return [When(start, tokens[at].end, str(tokens[at].value))], at + 1
    if kind(tokens, at) in ("weekday", "weekdays"):
        return weekdays(tokens, at, read)
    if kind(tokens, at) == "hourly":
        return [Every(start, tokens[at].end, Decimal(1), Decimal(1))], at + 1
    if kind(tokens, at) == "ordinal":
        return _ordinal(tokens, at, start)
    found = quantity(tokens, at)
    if found is None:
        bare = _bare_period(tokens, at, start)
        told = bare is not None and isinstance(bare[0][0], Daily) and any(isinstance(a, Times) for a in read)
        return ([], bare[1]) if told and bare is not None else bare  # "four times a day, every day"
    after = found.after
    if kind(tokens, after) == "dash":
        after += 1
    if kind(tokens, after) == "slash" and kind(tokens, after + 1) == "number":
        return _every_slashed(tokens, found.low, found.high, after, start)
    if kind(tokens, after) == "hourly":
        return [Every(start, tokens[after].end, found.low, found.high)], after + 1
    if kind(tokens, after) != "period":
        return None
    return _spans(tokens, found.low, found.high, after, start)


def _spans(tokens: list[Token], low: Decimal, high: Decimal, place: int, start: int) -> Yield | None:
    period = tokens[place].value
    if period == "month":
        return [Every(start, tokens[place].end, low * 28 * 24, high * 31 * 24)], place + 1
    shortest, longest = hours_in(low, period), hours_in(high, period)
    if shortest is None or longest is None or shortest == 0:
        return None
    after = place + 1
    if kind(tokens, after) == "intervals":
        after += 1
    return [Every(start, tokens[place].end, shortest, longest)], after


def _every_slashed(tokens: list[Token], low: Decimal, high: Decimal, slash: int, start: int) -> Yield | None:
    """every 7/7, every 4/24, every 2/52, every 4/6 hours."""
    second = tokens[slash + 1].number
    end = tokens[slash + 1].end
    follows = kind(tokens, slash + 2)
    if follows == "hourly" or (follows == "period" and value(tokens, slash + 2) == "hour"):
        if low == high and low < second:
            return [Every(start, tokens[slash + 2].end, low, second)], slash + 3
        return None
    hours = (
        {7: Decimal(24), 24: Decimal(1), 52: Decimal(168)}.get(int(second)) if second == int(second) else None
    )
    if hours is None or low == 0:
        return None
    return [Every(start, end, low * hours, high * hours)], slash + 2


def _ordinal(tokens: list[Token], place: int, start: int) -> Yield | None:
    number = tokens[place].number
    after = place + 1
    if kind(tokens, after) == "period":
        hours = hours_in(number, tokens[after].value)
        return None if hours is None else ([Every(start, tokens[after].end, hours, hours)], after + 1)
    if kind(tokens, after) == "when" and value(tokens, after) in ("night", "morning", "evening"):
        hours = number * 24
        return [Every(start, tokens[after].end, hours, hours)], after + 1
    return None


def _bare_period(tokens: list[Token], place: int, start: int) -> Yield | None:
    """Every day, each week, every month, every hour."""
    if kind(tokens, place) == "adverb" and value(tokens, place) == "1":
        return [Daily(start, tokens[place].end)], place + 1
    if kind(tokens, place) != "period" or tokens[place].word in PLURALS:
        return None
    period = tokens[place].value
    end = tokens[place].end
    if period == "day":
        return [Daily(start, end)], place + 1
    if period == "month":
        return [Every(start, end, Decimal(28 * 24), Decimal(31 * 24))], place + 1
    if period == "hour":
        return [Every(start, end, Decimal(1), Decimal(1))], place + 1
    days = days_in(period)
    return None if days is None else ([Every(start, end, days * 24, days * 24)], place + 1)


@rule(
    "adverb hourly",
    ("one daily", "1/1"),
    ("1 patch weekly", "0.142857/0.142857"),
)
def adverb(tokens: list[Token], place: int, read: list[Atom]) -> Yield | None:
    """daily, weekly, fortnightly, monthly, hourly."""
    token = tokens[place]
    if token.kind == "hourly":
        return [Every(token.start, token.end, Decimal(1), Decimal(1))], place + 1
    if token.value == "month":
        return [Every(token.start, token.end, Decimal(28 * 24), Decimal(31 * 24))], place + 1
    if token.value == "1":
        return _daily(tokens, place, read)
    hours = Decimal(str(token.value)) * 24
    return [Every(token.start, token.end, hours, hours, bare=True)], place + 1


def _daily(tokens: list[Token], place: int, read: list[Atom]) -> Yield:
    """daily; before "max" it may belong to either side: "1 prn daily max 8" says two things and is refused."""
    token = tokens[place]
    if kind(tokens, place + 1) == "max" and tokens[place + 1].word.startswith("max"):
        last = read[-1] if read else None
        if isinstance(last, Amount) or (isinstance(last, Mark) and last.name == "prn"):
            raise RefusedError("ambiguous")
        if isinstance(last, Times | Every | When | Daily | Mark):
            return [], place + 1
    return [Daily(token.start, token.end)], place + 1


@rule(
    "alternate alternate_day",
    ("1 on alternate days", "0.5/0.5"),
    ("1 every other day", "0.5/0.5"),
    ("1 alt nights", "0.5/0.5"),
    ("1 eod", "0.5/0.5"),
)
def alternate(tokens: list[Token], place: int, read: list[Atom]) -> Yield | None:
    """Alternate days, every other night, eod, alternate weeks."""
    del read
    token = tokens[place]
    if token.kind == "alternate_day":
        return [Every(token.start, token.end, _TWO_DAYS, _TWO_DAYS, alternate=True)], place + 1
    following = kind(tokens, place + 1)
    if following == "when":
        return [Every(token.start, tokens[place + 1].end, _TWO_DAYS, _TWO_DAYS, alternate=True)], place + 2
    if following != "period":
        return None
    days = days_in(value(tokens, place + 1))
    if days is None:
        return None
    hours = days * 2 * 24
    return [Every(token.start, tokens[place + 1].end, hours, hours, alternate=True)], place + 2


@rule(
    "when clock",
    ("1 mane 2 nocte", "3/3"),
    ("ii om i midday ii on", "5/5"),
    ("1 at 8am and 8pm", "2/2"),
    ("one with breakfast and with evening meal", "2/2"),
    ("15ml nocte", "15/15"),
)
def time_of_day(tokens: list[Token], place: int, read: list[Atom]) -> Yield | None:
    """A named time of day, or a clock time with minutes."""
    del read
    token = tokens[place]
    if token.kind == "when":
        return [When(token.start, token.end, str(token.value))], place + 1
    after = place + 1
    minutes = int(str(token.value))
    if kind(tokens, after) == "when" and tokens[after].word in ("am", "pm", "a m", "p m"):
        minutes += 12 * 60 if tokens[after].word.startswith("p") and minutes < 12 * 60 else 0
        after += 1
    return [When(token.start, tokens[after - 1].end, f"clock {Decimal(minutes) / 60}")], after


@rule(
    "at",
    ("2 at 8 am", "2/2"),
)
def at_clock(tokens: list[Token], place: int, read: list[Atom]) -> Yield | None:
    """at 8am, at 10 pm, at 8 o'clock; "at" with a bare number is not understood."""
    if kind(tokens, place + 1) == "clock":
        return time_of_day(tokens, place + 1, read)
    found = quantity(tokens, place + 1)
    if found is None:
        return None
    follows = kind(tokens, found.after)
    if found.low != found.high and not (
        follows == "when" and tokens[found.after].word in ("am", "pm") and found.low + 2 > found.high
    ):
        return None  # "at 8-9pm" is about then
    written = tokens[place + 1].word
    if written.isdigit() and "1000" <= written < "2400" and len(written) == 4 and written[2:] < "60":
        hours = Decimal(int(written[:2]) * 60 + int(written[2:])) / 60
        return [When(tokens[place].start, tokens[place + 1].end, f"clock {hours}")], place + 2
    if follows == "hourly":
        after = found.after + 1 + (kind(tokens, found.after + 1) == "intervals")
        return [Every(tokens[place].start, tokens[after - 1].end, found.low, found.low)], after
    if follows == "when" and value(tokens, found.after) == "noon" and found.low == 12:
        return [When(tokens[place].start, tokens[found.after].end, "noon")], found.after + 1
    if (
        follows == "period"
        and value(tokens, found.after) == "hour"
        and kind(tokens, found.after + 1) == "intervals"
    ):
        return [Every(tokens[place].start, tokens[found.after].end, found.low, found.low)], found.after + 2
    if follows == "oclock":
        return [
            When(tokens[place].start, tokens[found.after].end, f"clock {found.low} either")
        ], found.after + 1
    word = tokens[found.after].word if follows == "when" else ""
    if value(tokens, found.after) in ("morning", "evening") and _FIRST_HOUR <= found.low <= _LAST_HOUR:
        return _hours_in_words(tokens, place, found.low, found.after)
    if word not in ("am", "pm", "a m", "p m"):
        return None
    hour = found.low + (12 if word in ("pm", "p m") and found.low < 12 else 0)
    return [When(tokens[place].start, tokens[found.after].end, f"clock {hour}")], found.after + 1


def _hours_in_words(tokens: list[Token], place: int, hour: Decimal, after: int) -> Yield | None:
    """ "at 8 in the morning and 8 in the evening": both hours at once, for the second has no "at"."""
    atoms: list[Atom] = [_hour_of(tokens, place, hour, after)]
    if kind(tokens, after + 1) == "and" and kind(tokens, after + 2) == "number":
        again = after + 3
        told = value(tokens, again) in ("morning", "evening") and tokens[again].word not in ("am", "pm")
        second = tokens[after + 2].number
        if told and _FIRST_HOUR <= second <= _LAST_HOUR:
            atoms.append(_hour_of(tokens, after + 2, second, again))
            return atoms, again + 1
    return atoms, after + 1


def _hour_of(tokens: list[Token], place: int, hour: Decimal, after: int) -> When:
    late = value(tokens, after) == "evening"
    return When(tokens[place].start, tokens[after].end, f"clock {hour + 12 * late}")


@rule(
    "weekday weekdays",
    ("1 on Mon Wed Fri", "0.428571/0.428571"),
    ("1 daily Mon-Fri", "0.714286/0.714286"),
    ("1 at weekends", "0.285714/0.285714"),
)
def weekdays(tokens: list[Token], place: int, read: list[Atom]) -> Yield | None:
    """Named days, lists and ranges of them."""
    del read
    start = tokens[place].start
    if tokens[place].kind == "weekdays":
        first, last = str(tokens[place].value).split("-")
        return [Weekdays(start, tokens[place].end, int(last) - int(first) + 1)], place + 1
    days = {int(str(tokens[place].value))}
    after = place + 1
    if kind(tokens, after) in ("dash", "to") and kind(tokens, after + 1) == "weekday":
        last_day = int(str(tokens[after + 1].value))
        length = (last_day - min(days)) % 7 + 1
        return [Weekdays(start, tokens[after + 1].end, length)], after + 2
    while True:
        step = after
        while kind(tokens, step) in ("comma", "and", "slash", "on", "every"):
            step += 1
        if kind(tokens, step) != "weekday":
            break
        days.add(int(str(tokens[step].value)))
        after = step + 1
    return [Weekdays(start, tokens[after - 1].end, len(days))], after
