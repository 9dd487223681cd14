"""Times of day: which units an instruction says are taken at each, and the usual times where it says only how often."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from stepwell.knowledge.dosage import Dosage, Part
from stepwell.knowledge.medicines.model import Product, Release
from stepwell.knowledge.tapers import rules
from stepwell.knowledge.tapers.ladder import plain
from stepwell.knowledge.tapers.model import Time

_CLOCK = "clock "
_HALF, _TENTH = Decimal("0.5"), Decimal("0.1")

Day = tuple[tuple[Time, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Written:
    """Units at each time of day, in order. ``assumed``: some time is the usual one, because none we write was read."""

    day: Day
    assumed: bool


def usual(often: int) -> tuple[Time, ...]:
    """The times of day of a medicine taken so often; () where it is too often for a plan."""
    return tuple(Time(word) for word in dict(rules.current().usual_times).get(often, ()))


def named(part: Part) -> tuple[Time | None, ...]:
    """The times a part names, as a plan writes them; None for one that may be either of two."""
    return tuple(_time(word) for word in part.times_of_day)


def _time(word: str) -> Time | None:
    rule = rules.current()
    if word.startswith(_CLOCK):
        hour = Decimal(word.removeprefix(_CLOCK))
        begun = [name for name, first in rule.clock_from if first <= hour]
        return Time(begun[-1] if begun else rule.clock_from[-1][0])
    found = dict(rule.times_by_word).get(word)
    return Time(found) if found else None


def written(read: Dosage) -> Written | None:
    """The most that is written for each time of day; None where what is taken at each time cannot be told.

    A dose with no time of day goes to the usual times, in the order written; none of them is added to another.
    """
    at: dict[Time, Decimal] = {}
    loose: list[Decimal] = []
    for part in read.parts:
        units, often = part.dose_max, part.times_max
        slots = named(part)
        if units is None or often is None or often != int(often) or (slots and often != len(slots)):
            return None
        if extra_at_any_time(read, part):
            return None
        for time in slots:
            if time is None:
                loose.append(units)
            elif time in at:
                return None
            else:
                at[time] = units
        loose += [units] * (int(often) - len(slots))
    if not _placed(at, loose) or sum(at.values()) != read.daily_max:
        return None
    day = tuple((time, plain(at[time])) for time in Time if time in at)
    return Written(day, assumed=bool(loose))


def extra_at_any_time(read: Dosage, part: Part) -> bool:
    """Whether a part is one more when needed, beside a regular dose, with no time of day: "1 nocte, may be repeated"."""
    return part.as_needed and not part.times_of_day and any(not other.as_needed for other in read.parts)


def _placed(at: dict[Time, Decimal], loose: Sequence[Decimal]) -> bool:
    """Doses without a time at the usual times that are free, and then at the others; whether there is room, and one way."""
    if len(set(loose)) > 1:
        return False
    often = len(at) + len(loose)
    first = [time for time in usual(often) if time not in at]
    free = first + [time for time in Time if time not in at and time not in first]
    if not usual(often) or len(free) < len(loose):
        return False
    at.update(zip(free, loose, strict=False))
    return True


def smallest_part(product: Product) -> Decimal:
    """The smallest part of a unit somebody may already be taking: half a plain tablet, 0.1 ml; a whole of all others."""
    if product.unit == "ml":
        return rules.current().smallest_liquid_ml
    plain_tablet = product.unit == "tablet" and product.release is Release.IMMEDIATE
    return _HALF if plain_tablet else Decimal(1)


def shared(daily: Decimal, times: Sequence[Time], product: Product) -> Day | None:
    """A number of units over the times, as even as whole units (else the parts it may be taken in) allow, more at night."""
    for size in _sizes(product):
        pieces = daily / size
        if pieces != int(pieces) or (size > smallest_part(product) and pieces < len(times)):
            continue
        each, rest = divmod(int(pieces), len(times))
        shares = [each * size] * len(times)
        for place in range(rest):
            shares[-1 - place] += size
        return tuple((time, plain(units)) for time, units in zip(times, shares, strict=True) if units)
    return None


def _sizes(product: Product) -> Iterator[Decimal]:
    least = smallest_part(product)
    yield from (size for size in (Decimal(1), _HALF, _TENTH) if size >= least)
