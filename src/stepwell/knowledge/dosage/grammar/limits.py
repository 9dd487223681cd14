"""Rules for ceilings, "up to", stated totals and divided doses."""

from __future__ import annotations

from decimal import Decimal

from stepwell.knowledge.dosage.grammar.doses import measure
from stepwell.knowledge.dosage.grammar.lengths import counted_length
from stepwell.knowledge.dosage.grammar.numbers import Quantity, quantity
from stepwell.knowledge.dosage.grammar.parts import (
    Amount,
    Atom,
    Change,
    Daily,
    Divided,
    Duration,
    Every,
    Limit,
    Mark,
    RefusedError,
    Times,
    Total,
    Weekdays,
)
from stepwell.knowledge.dosage.grammar.periods import PLURALS, period_of, whole_days
from stepwell.knowledge.dosage.grammar.rules import Yield, kind, rule, sentence_end, value
from stepwell.knowledge.dosage.grammar.timings import adverb, alternate, counted, every
from stepwell.knowledge.dosage.tokens import Token

_DAY = Decimal(1)
_WEEK = Decimal(7)


@rule(
    "upto",
    ("1-2 up to qds prn for back, max 8", "0/8"),
    ("take one up to three times a day", "0/3"),
    ("up to 2 tablets four times a day", "0/8"),
    ("1-2 every 4-6 hours up to 8 a day", "0/8"),
    ("5mg-10mg up to every 4hrs prn", "0/60"),
)
def up_to(tokens: list[Token], place: int, read: list[Atom]) -> Yield | None:
    """Up to so many times, up to an amount, up to an amount a day."""
    start = tokens[place].start
    if _how_far(read):
        return [], sentence_end(tokens, place)
    at = place + 1
    while kind(tokens, at) in ("at", "a") and kind(tokens, at + 1) in ("max", "number"):
        at += 1
    here = kind(tokens, at)
    if here in ("latin", "count"):
        return _marked(counted(tokens, at, read))
    if here in ("every", "hourly", "alternate", "alternate_day"):
        return _up_to_every(tokens, at, read)
    found = quantity(tokens, at)
    if found is None:
        return None
    in_a_week = _days_in_a_week(tokens, found, start)
    if in_a_week is not None:
        return in_a_week
    return _up_to_amount(tokens, found, start)


def _up_to_every(tokens: list[Token], place: int, read: list[Atom]) -> Yield | None:
    """Up to every 4 hours, up to hourly, up to every other day; "up to every night" is nightly as needed."""
    here = kind(tokens, place)
    if here == "every":
        found = every(tokens, place, read)
    elif here == "hourly":
        found = adverb(tokens, place, read)
    else:
        found = alternate(tokens, place, read)
    if found is not None and not isinstance(found[0][0], Times | Every | Amount):
        return [*found[0], Mark(tokens[place].start, tokens[found[1] - 1].end, "prn")], found[1]
    return _marked(found)


def _up_to_amount(tokens: list[Token], found: Quantity, start: int) -> Yield | None:
    """Behind "up to" and a number: times, hours, days, or units, a day or each time."""
    after = found.after
    if kind(tokens, after) in ("times", "x") and kind(tokens, after + 1) != "number":
        days, after = period_of(tokens, after + 1)
        return [Times(start, tokens[after - 1].end, found.low, found.high, days, upto=True)], after
    if kind(tokens, after) == "hourly":
        return [Every(start, tokens[after].end, found.low, found.high, upto=True)], after + 1
    if kind(tokens, after) == "period" and kind(tokens, after - 1) == "number":
        days_long = whole_days(found.high, value(tokens, after))
        return None if days_long is None else ([Duration(start, tokens[after].end, days_long)], after + 1)
    measured = measure(tokens, after, found.high)
    if measured is None:
        return None
    low, high = found.low * measured.factor, found.high * measured.factor
    days, end = period_of(tokens, measured.after)
    if days is not None:
        return [Limit(start, tokens[end - 1].end, high, measured.unit, days, True, measured.substance)], end
    if kind(tokens, measured.after) == "per_dose":
        measured.after += 1
    amount = Amount(start, tokens[measured.after - 1].end, low, high, measured.unit, upto=True)
    return [amount], measured.after


def _marked(result: Yield | None) -> Yield | None:
    if result is not None:
        for atom in result[0]:
            if isinstance(atom, Times | Every | Amount):
                atom.upto = True
    return result


@rule(
    "max",
    ("1 or 2 6 hourly, no more than 6 a day", "4/6"),
    ("1-2 prn max 8 in 24 hours", "0/8"),
    ("1 puff prn (not more than once daily)", "0/1"),
    ("1 capsule every 4 hours max 4 doses daily", "4/4"),
    ("2 prn max qds", "0/8"),
    ("8 a day max", "0/8"),
    ("1-2 4 hourly prn max 2 tablets 4 times a day", "0/8"),
)
def ceiling(tokens: list[Token], place: int, read: list[Atom]) -> Yield | None:
    """Max 8 in 24 hours, no more than four doses a day, max 240mg/day; "8 a day max" with the word behind."""
    found = _ceiling(tokens, place, read)
    if found is not None and tokens[place].value == "upto":
        for atom in found[0]:
            if isinstance(atom, Limit):
                atom.loose = True
    return found


def _ceiling(tokens: list[Token], place: int, read: list[Atom]) -> Yield | None:
    start = tokens[place].start
    if _how_far(read):
        return [], sentence_end(tokens, place)
    daily = tokens[place].value == "daily"
    at = place + 1
    while kind(tokens, at) in (
        "at",
        "a",
        "equals",
        "upto",
        "comma",
        "max",
        "stop",
        "total",
        "dash",
        "every",
        "adverb",
    ) and _number_ahead(tokens, at + 1):
        at += 1
    here = kind(tokens, at)
    if here in ("latin", "count"):
        inner = counted(tokens, at, read)
        return None if inner is None else _as_doses(inner, start)
    if here == "in" or here == "adverb":
        return _period_first(tokens, at, start) or _number_before(tokens, place, read)
    found = quantity(tokens, at)
    if found is None:
        return _number_before(tokens, place, read)
    after = found.after
    if kind(tokens, after) in ("times", "x") and kind(tokens, after + 1) != "number":
        days, after = period_of(tokens, after + 1)
        return [Limit(start, tokens[after - 1].end, found.high, "dose", days or _DAY)], after
    in_a_week = _days_in_a_week(tokens, found, start)
    if in_a_week is not None:
        return in_a_week
    if kind(tokens, after) in ("period", "slash", "when"):
        length = _longest(tokens, at, after, start)
        if length is not None:
            return length
    measured = measure(tokens, after, found.high)
    if measured is None:
        return _limit_end(tokens, start, found.high, None, after, None, daily, read)
    amount = found.high * measured.factor
    return _limit_end(tokens, start, amount, measured.unit, measured.after, measured.substance, daily, read)


def _how_far(read: list[Atom]) -> bool:
    """ "increase by 1 weekly to max 5 nocte", "up to 50mg": behind a change, a limit is how far it may go."""
    last = read[-1] if read else None
    return isinstance(last, Change) and last.kind != "to"


def _days_in_a_week(tokens: list[Token], found: Quantity, start: int) -> Yield | None:
    """Max 3 nights a week, no more than 4 days in 7: on so many days of a week, whatever is taken on one."""
    after = found.after
    night = kind(tokens, after) == "when" and tokens[after].word in ("night", "nights", "evenings")
    day = kind(tokens, after) == "period" and value(tokens, after) == "day"
    if not (night or day) or found.high > _WEEK:
        return None
    days, further = period_of(tokens, after + 1)
    if days is None and kind(tokens, after + 1) in ("out_of", "in") and value(tokens, after + 2) == _WEEK:
        days, further = _WEEK, after + 3
    if days != _WEEK:
        return None
    return [Limit(start, tokens[further - 1].end, found.high, "day", days)], further


def _longest(tokens: list[Token], place: int, after: int, start: int) -> Yield | None:
    """Max 3 days, no longer than 2/52, 3 nights: how long, not how much. "Max 8 day" could be either."""
    one = kind(tokens, after) == "period" and tokens[after].word not in PLURALS
    length = counted_length(tokens, place, start, False)
    if one and length is not None and tokens[place].value != 1:
        raise RefusedError("ambiguous")
    return length


def _number_ahead(tokens: list[Token], place: int) -> bool:
    return kind(tokens, place) in ("number", "fraction", "count", "latin", "upto", "max", "a", "equals", "at")


def _as_doses(inner: Yield, start: int) -> Yield:
    times = inner[0][0]
    assert isinstance(times, Times)
    return [Limit(start, times.end, times.high, "dose", times.days or _DAY)], inner[1]


def _period_first(tokens: list[Token], place: int, start: int) -> Yield | None:
    """max in 24 hours 8."""
    days, after = period_of(tokens, place)
    found = quantity(tokens, after) if days is not None else None
    if found is None or days is None:
        return None
    measured = measure(tokens, found.after, found.high)
    if measured is None:
        return None
    amount = found.high * measured.factor
    return [
        Limit(start, tokens[measured.after - 1].end, amount, measured.unit, days, False, measured.substance)
    ], measured.after


def _limit_end(
    tokens: list[Token],
    start: int,
    amount: Decimal,
    unit: str | None,
    place: int,
    substance: str | None,
    daily: bool,
    read: list[Atom],
) -> Yield | None:
    """What stands behind the amount: a period, "at a time", "four times a day", or nothing."""
    here = kind(tokens, place)
    if here == "per_dose":
        return [
            Limit(start, tokens[place].end, amount, unit, None, False, substance, per_dose=True)
        ], place + 1
    inner = None
    if here in ("latin", "count"):
        inner = counted(tokens, place, read)
    elif here == "number":
        further = quantity(tokens, place)
        if further is not None and kind(tokens, further.after) in ("times", "x"):
            days, after = period_of(tokens, further.after + 1)
            inner = ([Times(start, tokens[after - 1].end, further.high, further.high, days)], after)
    elif here == "every" and kind(tokens, place + 1) != "period":
        spaced = every(tokens, place, read)
        if spaced is not None and isinstance(spaced[0][0], Every):
            most = amount * 24 / spaced[0][0].low
            return [Limit(start, spaced[0][0].end, most, unit, _DAY, False, substance)], spaced[1]
    if inner is not None:
        times = inner[0][0]
        assert isinstance(times, Times)
        total = times.high if unit == "dose" else amount * times.high
        return [Limit(start, times.end, total, unit, times.days or _DAY, False, substance)], inner[1]
    days, after = _limit_period(tokens, place)
    if days is None:
        _refuse_a_time_of_day(here)
        if here in ("in", "per", "slash", "a") or (
            here == "number" and not daily and kind(tokens, place + 1) == "period"
        ):
            return None
        after = place
    return [Limit(start, tokens[after - 1].end, amount, unit, days or _DAY, False, substance)], after


def _limit_period(tokens: list[Token], place: int) -> tuple[Decimal | None, int]:
    """The days behind a limit: "in 24 hours", ", daily", "(in 24 hours)", "per night"."""
    here = kind(tokens, place)
    if here in ("per", "a", "slash", "every") and value(tokens, place + 1) == "night":
        return _DAY, place + 2
    days, after = period_of(tokens, place)
    if days is None and here in ("comma", "open"):
        days, after = period_of(tokens, place + 1)
    return days, after


def _refuse_a_time_of_day(kind_behind: str) -> None:
    """ "1 to max 2 at night": a ceiling for one time of day is not one for the day."""
    if kind_behind in ("when", "at"):
        raise RefusedError("ambiguous")


def _number_before(tokens: list[Token], place: int, read: list[Atom]) -> Yield | None:
    """8 a day max: the amount just read was the ceiling."""
    end = tokens[place].end
    if read and isinstance(read[-1], Weekdays):
        days_a_week = read.pop()
        assert isinstance(days_a_week, Weekdays)
        return [Limit(days_a_week.start, end, Decimal(days_a_week.days), "day", _WEEK)], place + 1
    if read and isinstance(read[-1], Times) and _is_as_needed(read):
        often = read.pop()
        assert isinstance(often, Times)
        return [Limit(often.start, end, often.high, "dose", often.days or _DAY)], place + 1  # "prn, qds max"
    if read and isinstance(read[-1], Duration):
        return [], place + 1  # "28 days maximum" is how long
    if len(read) > 1 and isinstance(read[-1], Daily) and isinstance(read[-2], Amount):
        read.pop()
        amount = read.pop()
        days = _DAY
    elif (
        read and isinstance(read[-1], Amount) and kind(tokens, place + 1) in ("end", "close", "stop", "comma")
    ):
        amount = read.pop()
        days = _DAY
    elif read and isinstance(read[-1], Amount) and (behind := period_of(tokens, place + 1))[0] is not None:
        amount = read.pop()
        days = behind[0]
        end = tokens[behind[1] - 1].end
        assert isinstance(amount, Amount) and days is not None
        return [Limit(amount.start, end, amount.high, amount.unit, days, False, amount.substance)], behind[1]
    elif read and isinstance(read[-1], Limit) and read[-1].upto:
        read[-1].end = end
        return [], place + 1
    else:
        return None
    assert isinstance(amount, Amount)
    return [Limit(amount.start, end, amount.high, amount.unit, days, True, amount.substance)], place + 1


def _is_as_needed(read: list[Atom]) -> bool:
    return any(isinstance(atom, Mark) and atom.name == "prn" for atom in read)


@rule(
    "total equals",
    ("1 mane 2 nocte (total 3 daily)", "3/3"),
    ("1 mane 2 nocte (total 4 daily)", "refused"),
    ("2 qds = 8", "8/8"),
    ("2 qds = 6 a day", "refused"),
)
def stated_total(tokens: list[Token], place: int, read: list[Atom]) -> Yield | None:
    """Total 3 daily: checked against what the parts say."""
    at = place + 1
    while kind(tokens, at) in ("equals", "total", "comma"):
        at += 1
    found = quantity(tokens, at)
    if found is None:
        return _total_behind(tokens, place, at, read)
    measured = measure(tokens, found.after, found.high)
    if measured is None:
        return None
    days, after = period_of(tokens, measured.after)
    if days is not None and days != 1:
        return None
    low, high = found.low * measured.factor, found.high * measured.factor
    split = divided(tokens, after, read) if kind(tokens, after) in ("in", "divided") else None
    if split is not None:
        after = split[1]  # "i.e. 300mg in 2 divided doses"
    return [Total(tokens[place].start, tokens[after - 1].end, low, high, measured.unit)], after


def _total_behind(tokens: list[Token], place: int, after: int, read: list[Atom]) -> Yield | None:
    """ "(200mg a day total)": the amount stood before. "Total dose", with what followed taken out as a strength: nothing."""
    if kind(tokens, after) not in ("end", "close", "stop", "semicolon"):
        return None
    doses = sum(isinstance(atom, Amount) for atom in read)
    if doses > 1 and isinstance(read[-1], Daily) and isinstance(read[-2], Amount):
        read.pop()
        amount = read.pop()
        assert isinstance(amount, Amount)
        return [Total(amount.start, tokens[after - 1].end, amount.low, amount.high, amount.unit)], after
    framed = len(read) > 1 and isinstance(read[-2], Mark) and read[-2].name == "open"
    if doses > 1 and framed and isinstance(read[-1], Amount) and "daily" in tokens[place].word:
        amount = read.pop()
        assert isinstance(amount, Amount)  # "(600mg total daily dose)"
        return [Total(amount.start, tokens[after - 1].end, amount.low, amount.high, amount.unit)], after
    return ([], after) if doses == 1 else None


@rule(
    "in divided",
    ("150mg a day in two doses", "150/150"),
    ("6 daily in 3 divided doses", "6/6"),
    ("4 daily in divided doses", "4/4"),
)
def divided(tokens: list[Token], place: int, read: list[Atom]) -> Yield | None:
    """In two doses, in 2-3 divided doses, in divided doses."""
    del read
    start = tokens[place].start
    at = place + (tokens[place].kind == "in")
    if kind(tokens, at) == "divided" and kind(tokens, at + 1) in ("latin", "count"):
        many = tokens[at + 1].number
        return [Divided(start, tokens[at + 1].end, many, many)], at + 2
    if kind(tokens, at) == "divided":
        return [Divided(start, tokens[at].end, None, None)], at + 1
    found = quantity(tokens, at)
    if found is None:
        return None
    closes = kind(tokens, found.after)
    if tokens[place].value == "split" and closes in ("end", "stop", "comma", "close"):
        return [Divided(start, tokens[found.after - 1].end, found.low, found.high)], found.after
    if closes == "divided" or (closes == "unit" and value(tokens, found.after) == "dose"):
        return [Divided(start, tokens[found.after].end, found.low, found.high)], found.after + 1
    return None
