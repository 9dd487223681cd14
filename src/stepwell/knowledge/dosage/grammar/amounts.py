"""Rules that begin with a number or a unit: doses, times a day, N-hourly, lengths of time."""

from __future__ import annotations

from decimal import Decimal

from stepwell.knowledge.dosage.grammar.doses import COUNTED, MASS, dose, same_in_brackets
from stepwell.knowledge.dosage.grammar.numbers import Quantity, quantity
from stepwell.knowledge.dosage.grammar.parts import (
    Amount,
    Atom,
    Daily,
    Divided,
    Duration,
    Every,
    Limit,
    Mark,
    NumberedHalf,
    RefusedError,
    Times,
    Weekdays,
    When,
)
from stepwell.knowledge.dosage.grammar.periods import hours_in, period_of, whole_days
from stepwell.knowledge.dosage.grammar.rules import Yield, kind, rule, value
from stepwell.knowledge.dosage.tokens import Token

_NOT_BEHIND_A_DOSE = frozenset({"times", "hourly", "period", "x", "slash"})


_WEEK = 7


@rule(
    "number fraction a between",
    ("1 bd", "2/2"),
    ("take two 4 times/day", "8/8"),
    ("half a tablet at night", "0.5/0.5"),
    ("one 5ml spoonful tds", "15/15"),
    ("2 x 5ml spoonfuls qds", "40/40"),
    ("1-2 4-6 hourly", "4/12"),
    ("have 1 5 times daily", "5/5"),
    ("1 tablet (30mg) bd", "2/2"),
    ("1 - 2 times a day", "refused"),
)
def numbered(tokens: list[Token], place: int, read: list[Atom]) -> Yield | None:
    """A number and what it counts: times, hours, days, or a dose."""
    found = quantity(tokens, place)
    if found is None:
        return _article(tokens, place)
    start = tokens[place].start
    found.after = after = same_in_brackets(tokens, found)
    if kind(tokens, after) == "dash" and kind(tokens, after + 1) in ("hourly", "times", "x", "period"):
        after += 1
    here = kind(tokens, after)
    nights = _nights_a_week(tokens, found, after, start) if here == "when" else None
    if nights is not None:
        return nights
    if here in ("times", "x") and _counts_times(tokens, after, read):
        return _times(tokens, found, after, start)
    if here == "hourly":
        return _every_hours(tokens, found, after, start)
    if here == "slash":
        slashed = _slashed(tokens, found, after, start, read)
        if slashed is not None:
            return slashed
    if here == "period":
        return _spell_of_time(tokens, found, after, start, read)
    if here == "divided":
        return [Divided(start, tokens[after].end, found.low, found.high)], after + 1
    if found.low == 0:
        raise RefusedError("ambiguous")
    clock = _clock(tokens, found, after, start, read)
    if clock is not None:
        return clock
    return dose(tokens, found, place)


def _nights_a_week(tokens: list[Token], found: Quantity, place: int, start: int) -> Yield | None:
    """ "1 tab 3 nights a week": on so many days of each."""
    if tokens[place].word not in ("nights", "evenings", "mornings") or found.low != found.high:
        return None
    days, further = period_of(tokens, place + 1)
    if kind(tokens, place + 1) == "out_of" and value(tokens, place + 2) == _WEEK:
        days, further = Decimal(_WEEK), place + 3
    if days != _WEEK or found.low > _WEEK or found.low != int(found.low):
        return None
    return [Weekdays(start, tokens[further - 1].end, int(found.low))], further


def _counts_times(tokens: list[Token], place: int, read: list[Atom]) -> bool:
    """ "4 times", "4x a day" against "2 x 5ml" and "2 x bd"."""
    if kind(tokens, place) == "times":
        return True
    following = kind(tokens, place + 1)
    return following in ("adverb", "a", "per", "slash", "period", "every") and not (
        following in ("a", "every") and kind(tokens, place + 2) != "period"
    )


def _times(tokens: list[Token], found: Quantity, place: int, start: int) -> Yield:
    if found.loose:
        raise RefusedError("ambiguous")
    days, after = period_of(tokens, place + 1)
    return [Times(start, tokens[after - 1].end, found.low, found.high, days)], after


def _every_hours(tokens: list[Token], found: Quantity, place: int, start: int) -> Yield:
    after = place + 1
    if kind(tokens, after) == "intervals":
        after += 1
    return [Every(start, tokens[after - 1].end, found.low, found.high)], after


def _slashed(tokens: list[Token], found: Quantity, slash: int, start: int, read: list[Atom]) -> Yield | None:
    """4/6 hourly, 3/4 times, 4/24, 5/7, 2/52, 1/12; and "4/day" right behind a dose."""
    if kind(tokens, slash + 1) == "period" and read and isinstance(read[-1], Amount):
        days, after = period_of(tokens, slash)
        if days is not None:
            return [Times(start, tokens[after - 1].end, found.low, found.high, days)], after
    if kind(tokens, slash + 1) != "number":
        return None
    second = tokens[slash + 1].number
    end = tokens[slash + 1].end
    follows = kind(tokens, slash + 2)
    if follows == "hourly" and found.low < second:
        return [Every(start, tokens[slash + 2].end, found.low, second)], slash + 3
    if follows == "times" and found.low + 1 == second:
        days, after = period_of(tokens, slash + 3)
        return [Times(start, tokens[after - 1].end, found.low, second, days)], after
    days_each = {7: 1, 52: 7, 12: 30}.get(int(second)) if second == int(second) else None
    if days_each is not None and found.low == found.high and found.low == int(found.low):
        if any(isinstance(atom, Amount) for atom in read):
            return [Duration(start, end, int(found.low) * days_each)], slash + 2
        raise RefusedError("ambiguous")
    if second == 24 and follows != "period" and any(isinstance(atom, Amount) for atom in read):
        return [Every(start, end, found.low, found.high)], slash + 2
    raise RefusedError("ambiguous")


def _spell_of_time(
    tokens: list[Token], found: Quantity, place: int, start: int, read: list[Atom]
) -> Yield | None:
    """4-6h is an interval; "7 days" a duration; "5 days a week" so many days of each."""
    after = place + 1
    end = tokens[place].end
    period = tokens[place].value
    if period == "hour":
        if _restates_interval(read):
            return [Every(start, end, found.low, found.high)], after
        if kind(tokens, after) == "intervals":
            return [Every(start, tokens[after].end, found.low, found.high)], after + 1
        tight = tokens[place].start == tokens[place - 1].end and tokens[place].word == "h"
        if (tight or found.low != found.high) and any(isinstance(atom, Amount) for atom in read):
            return [Every(start, end, found.low, found.high)], after
        return None
    if _restates_interval(read) and (restated := hours_in(found.low, period)) is not None:
        return [Every(start, end, restated, restated)], after
    if period == "minute" or found.low != found.high:
        return None
    if period == "day":
        days, further = period_of(tokens, after)
        if days == 7 and found.low == int(found.low) and found.low <= 7:
            return [Weekdays(start, tokens[further - 1].end, int(found.low), counted=True)], further
    days_long = whole_days(found.low, period)
    if days_long is None or not any(isinstance(atom, Amount) for atom in read):
        return None
    return [Duration(start, end, days_long)], after


def _restates_interval(read: list[Atom]) -> bool:
    """ "every three days (72 hours)"."""
    last = read[-1] if read else None
    return isinstance(last, Mark) and last.name == "open" and len(read) > 1 and isinstance(read[-2], Every)


def _clock(tokens: list[Token], found: Quantity, place: int, start: int, read: list[Atom]) -> Yield | None:
    """8am, 8 am, 12 noon: a time of day, or one in the morning; the bare number decides only when it can."""
    here = kind(tokens, place)
    if here == "oclock":
        return [When(start, tokens[place].end, f"clock {found.low} either")], place + 1
    if here != "when" or found.low != found.high:
        return None
    slot = str(tokens[place].value)
    word = tokens[place].word
    if slot == "noon" and found.low == 12:
        return [When(start, tokens[place].end, "noon")], place + 1
    if word not in ("am", "pm", "a m", "p m") or found.low != int(found.low) or found.low > 12:
        return None
    del read
    apart = tokens[place].start - tokens[place - 1].end > 1
    spelt = apart or not tokens[place - 1].word.isdigit()
    return [NumberedHalf(start, tokens[place].end, found.low, slot, spelt)], place + 1


def _article(tokens: list[Token], place: int) -> Yield | None:
    """A day, a week; a tablet, an ampoule."""
    if kind(tokens, place) != "a":
        return None
    if kind(tokens, place + 1) == "unit" and value(tokens, place + 1) in COUNTED | {"spoonful", "teaspoon"}:
        one = Quantity(Decimal(1), Decimal(1), place + 1)
        return dose(tokens, one, place)
    if kind(tokens, place + 1) == "number" and value(tokens, place + 3) in ("spoonful", "teaspoon"):
        spoon = quantity(tokens, place + 1)
        return None if spoon is None else dose(tokens, spoon, place + 1)  # "a 5ml spoonful"
    if kind(tokens, place + 1) == "when":
        return [When(tokens[place].start, tokens[place + 1].end, str(tokens[place + 1].value))], place + 2
    return repeated_period(tokens, place)


@rule(
    "per slash in",
    ("2 per day", "2/2"),
    ("4/day", "4/4"),
    ("2 tablets in 24 hours", "2/2"),
    ("1 per week", "0.142857/0.142857"),
)
def repeated(tokens: list[Token], place: int, read: list[Atom]) -> Yield | None:
    """A day, per day, /day, in 24 hours; the same of weeks."""
    del read
    return repeated_period(tokens, place)


def repeated_period(tokens: list[Token], place: int) -> Yield | None:
    """The period behind "a", "per", "/" or "in" as a timing."""
    days, after = period_of(tokens, place)
    if days is None:
        return None
    start, end = tokens[place].start, tokens[after - 1].end
    if days == 1:
        return [Daily(start, end)], after
    return [Every(start, end, days * 24, days * 24)], after


@rule(
    "unit",
    ("tablets 2 bd", "4/4"),
    ("apply patch every 72 hours", "0.333333/0.333333"),
)
def unit_first(tokens: list[Token], place: int, read: list[Atom]) -> Yield | None:
    """The form before the number, or one patch without a number."""
    unit = str(tokens[place].value)
    if unit not in COUNTED:
        return None
    after = place + 1
    if kind(tokens, after) in ("comma", "dash"):
        after += 1
    if kind(tokens, after) == "x" and kind(tokens, after + 2) in ("apply", "every", "latin", "at", "when"):
        after += 1  # "PLASTER x1 APPLY"
    found = quantity(tokens, after)
    clock = (
        found is not None and kind(tokens, found.after) == "when" and tokens[found.after].word in ("am", "pm")
    )
    crossed = (
        found is not None and kind(tokens, found.after) == "x" and kind(tokens, found.after + 1) == "unit"
    )
    dosed = found is not None and kind(tokens, found.after) not in _NOT_BEHIND_A_DOSE
    if found is not None and not clock and (dosed or crossed):
        atoms, end = dose(tokens, found, place)
        amount = atoms[0]
        assert isinstance(amount, Amount)
        if amount.unit is None:
            amount.unit = None if unit == "dose" else unit
        return atoms, end
    if (
        unit == "patch"
        and tokens[place].word in ("patch", "plaster")
        and not any(isinstance(atom, Amount) for atom in read)
    ):
        one = Decimal(1)
        return [Amount(tokens[place].start, tokens[place].end, one, one, "patch", assumed=True)], place + 1
    if any(isinstance(atom, Amount | Limit) for atom in read) and unit in (
        "tablet",
        "capsule",
        "patch",
        "dose",
    ):
        return _trailing_unit(tokens, place, unit, read)
    return None


def _trailing_unit(tokens: list[Token], place: int, unit: str, read: list[Atom]) -> Yield | None:
    """ "change patch every 7 days" behind a dose already said: the word adds nothing."""
    doses = [atom for atom in read if isinstance(atom, Amount)]
    if (
        isinstance(read[-1], Mark)
        and read[-1].name in ("and", "or", "pause", "dash", "stop", "then")
        and unit != "patch"
    ):
        listed = kind(tokens, place + 1) in ("comma", "dash", "semicolon", "stop", "end")
        mass = len(doses) == 1 and doses[0].unit in MASS and read[-1].name in ("pause", "dash")
        return ([], place + 1) if listed and mass else None  # "300mg, CAPSULE, ORAL"
    if doses and doses[-1].unit in (unit, None):
        doses[-1].unit = unit if unit != "dose" else doses[-1].unit
        return [], place + 1
    return None
