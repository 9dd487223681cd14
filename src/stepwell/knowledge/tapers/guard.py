"""The guard on the whole fall: over any 28 days the dose falls by at most a set per cent of the dose they begin with.

One exception: a single smallest step may fall further, when the doses before and after it are each held for as long.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Level:
    """A dose from a day on, in whole thousandths of its unit."""

    starts_on: date
    dose: int


def over(before: int, after: int, guard_percent: Decimal) -> bool:
    """Whether a fall is more than the guard allows."""
    return before > 0 and (before - after) * 10_000 > int(guard_percent * 100) * before


def lowest_within(before: int, guard_percent: Decimal) -> int:
    """The lowest dose the guard allows from ``before``, rounded up to a whole thousandth."""
    return -(-before * (10_000 - int(guard_percent * 100)) // 10_000)


def earliest(
    levels: list[Level], after: int, *, not_before: date, guard_percent: Decimal, guard_days: int
) -> date:
    """The first day, not before a given one, on which the dose may fall to ``after``. ``levels`` in order, the present last."""
    day, days = not_before, timedelta(days=guard_days)
    present = levels[-1]
    if over(present.dose, after, guard_percent):
        day = max(day, present.starts_on + days)
    # A level before the present one (which a step beyond the guard fell from, perhaps) counts for as long as one of its days lies within the guard's days.
    for earlier, following in pairwise(levels):
        if following.starts_on + days > day and over(earlier.dose, after, guard_percent):
            day = max(day, following.starts_on + days)
    return day
