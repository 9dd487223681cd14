"""How often: the timings of one part brought to one number of occasions in one number of days."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from stepwell.knowledge.dosage.grammar.day import Part
from stepwell.knowledge.dosage.grammar.parts import Every, RefusedError, Times

ONE = Decimal(1)
_DAY = Decimal(24)
_TWO_DAYS = Decimal(48)
_WEEK = Decimal(7)
PERIOD_ASSUMED = "period_assumed"
_WIDEST = 4


@dataclass(frozen=True, slots=True)
class Occasions:
    """``low`` to ``high`` occasions in ``days_low`` to ``days_high`` days. ``slotted``: by times of day alone."""

    low: Decimal
    high: Decimal
    days_low: Decimal
    days_high: Decimal
    slotted: bool


ONCE_A_DAY = Occasions(ONE, ONE, ONE, ONE, slotted=False)


def _daily(low: Decimal, high: Decimal, slotted: bool = False) -> Occasions:
    return Occasions(low, high, ONE, ONE, slotted)


def occasions(part: Part, flags: list[str]) -> Occasions | None:
    """The occasions of a part, None when it says nothing of when; RefusedError when its words disagree."""
    times = _one_of(part.times)
    every = _one_interval(part.every)
    if times is not None:
        found = _by_times(part, times, every, flags)
    elif every is not None:
        found = _by_interval(part, every)
    elif part.weekdays is not None:
        many = max(len(part.slots), 1)
        found = Occasions(part.weekdays * Decimal(many), part.weekdays * Decimal(many), _WEEK, _WEEK, False)
    elif part.daily:
        found = _by_day(part)
    elif part.slots:
        count = Decimal(len(part.slots))
        found = _daily(count, count, slotted=True)
    elif part.wear:
        found = _daily(ONE, ONE)
    else:
        return None
    if found.high == 0 or found.days_low == 0:
        raise RefusedError("ambiguous")
    return found


def _one_of(times: list[Times]) -> Times | None:
    """The one count, however often it was said. "twice" and "twice a day" are one."""
    if not times:
        return None
    first = times[0]
    for other in times[1:]:
        if (other.low, other.high) != (first.low, first.high):
            raise RefusedError("conflict")
        if first.days is None:
            first = other
        elif other.days not in (None, first.days):
            raise RefusedError("conflict")
    return first


def _one_interval(every: list[Every]) -> Every | None:
    if not every:
        return None
    if any((other.low, other.high) != (every[0].low, every[0].high) for other in every[1:]):
        raise RefusedError("conflict")
    if every[0].low <= 0 or every[0].high > every[0].low * _WIDEST:
        raise RefusedError("ambiguous")
    return every[0]


def _by_times(part: Part, times: Times, every: Every | None, flags: list[str]) -> Occasions:
    low, high = times.low, times.high
    days = times.days
    slots = len(part.slots)
    if every is not None:
        return _times_and_interval(part, times, every)
    if part.weekdays is not None:
        return _times_and_weekdays(part, times)
    if days is None:
        if slots or part.daily or part.wear:
            days = ONE
        elif low == high == 1:
            raise RefusedError("no_frequency")
        else:
            flags.append(PERIOD_ASSUMED)
            days = ONE
    if slots and not (low <= slots <= high):
        if not (days > 1 and slots == 1):
            raise RefusedError("conflict")
    if part.daily and (days != 1 or high > 1):
        raise RefusedError("conflict")
    extra = Decimal(part.extra_slots)
    if extra and days != 1:
        raise RefusedError("conflict")
    return Occasions(low + extra, high + extra, days, days, False)


def _times_and_interval(part: Part, times: Times, every: Every) -> Occasions:
    """qds every 4-6 hours; once every 3 days; twice daily on alternate days; weekly, once a week."""
    if part.slots and len(part.slots) != times.high:
        raise RefusedError("conflict")
    if part.extra_slots or part.weekdays is not None:
        raise RefusedError("conflict")
    low_days, high_days = every.low / _DAY, every.high / _DAY
    if every.alternate and every.low > _TWO_DAYS and times.days is not None:
        raise RefusedError("conflict")
    if times.days is None or (every.alternate and times.days == 1):
        if every.low < _DAY:
            if times.high != 1:
                raise RefusedError("conflict")
            return _daily(_DAY / every.high, _DAY / every.low)
        return Occasions(times.low, times.high, low_days, high_days, False)
    if times.days == 1 and every.low < _DAY:
        too_few = times.high < _DAY / every.high and not (times.upto or part.prn)
        if times.high > _DAY / every.low or too_few:
            raise RefusedError("conflict")
        return _daily(times.low, times.high)
    if times.days == low_days == high_days and times.low == times.high == 1:
        return Occasions(ONE, ONE, times.days, times.days, False)
    if (
        times.days == _WEEK
        and times.low * every.low <= 7 * _DAY <= (times.high + 1) * every.high
        and every.low > _DAY
    ):
        return Occasions(times.low, times.high, _WEEK, _WEEK, False)
    raise RefusedError("conflict")


def _times_and_weekdays(part: Part, times: Times) -> Occasions:
    assert part.weekdays is not None
    if part.slots and len(part.slots) != times.high:
        raise RefusedError("conflict")
    named = Decimal(part.weekdays)
    if times.days == _WEEK:
        if not times.low == times.high == named:
            raise RefusedError("conflict")
        return Occasions(named, named, _WEEK, _WEEK, False)
    if times.days in (None, ONE):
        return Occasions(times.low * named, times.high * named, _WEEK, _WEEK, False)
    raise RefusedError("conflict")


def _by_interval(part: Part, every: Every) -> Occasions:
    slots = len(part.slots)
    if part.weekdays is not None:
        if every.low == every.high == _WEEK * _DAY and part.weekdays == 1:
            return Occasions(ONE, ONE, _WEEK, _WEEK, False)
        raise RefusedError("conflict")
    if part.daily and not (every.low == every.high == _DAY or every.alternate):
        raise RefusedError("conflict")
    if every.high < _DAY or (every.low < _DAY and every.high >= _DAY):
        if slots and not (_DAY / every.high <= slots <= _DAY / every.low):
            raise RefusedError("conflict")
        return _daily(_DAY / every.high, _DAY / every.low)
    other_weeks = every.alternate and every.low > _TWO_DAYS and (part.daily or slots)
    if other_weeks or (slots > 1 and every.high >= _WEEK * _DAY):
        raise RefusedError("conflict")
    many = Decimal(max(slots, 1))
    return Occasions(many, many, every.low / _DAY, every.high / _DAY, False)


def _by_day(part: Part) -> Occasions:
    """Daily, with at most one time of day, or a single unit at several."""
    slots = len(part.slots)
    if slots <= 1:
        return _daily(ONE, ONE)
    dose = part.dose
    if dose is not None and (dose.high > 1 or dose.unit in ("mg", "microgram", "ml")):
        raise RefusedError("ambiguous")
    return _daily(Decimal(slots), Decimal(slots))
