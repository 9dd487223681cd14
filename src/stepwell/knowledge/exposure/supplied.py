"""How much is supplied a day: what was issued over the last unbroken run of issues, and the days it was for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from statistics import median

from stepwell.knowledge.exposure.model import Occasion
from stepwell.knowledge.exposure.rules import Rules


class Unknown(StrEnum):
    """Why it is not known how much is supplied a day."""

    TOO_FEW = "too_few"
    QUANTITY = "quantity"


@dataclass(frozen=True, slots=True)
class Supplied:
    """``quantity`` counted units in ``days`` days, from ``first`` up to, not including, ``last``.

    ``last`` is the day of the latest issue: how long that will last is not known yet, so it is not among the ``issues`` counted.
    ``each`` and ``every`` (days) are set where all of them are of one quantity and equally far apart.
    """

    quantity: Decimal
    issues: int
    first: date
    last: date
    each: Decimal | None
    every: int | None

    @property
    def days(self) -> int:
        """The days it was for."""
        return (self.last - self.first).days

    @property
    def rate(self) -> Decimal:
        """Counted units a day."""
        return self.quantity / self.days


def supplied(line: Sequence[Occasion], as_of: date, rules: Rules) -> Supplied | Unknown:
    """By the occasions of one line in date order, up to ``as_of``. Decision 10, section 4, basis ``quantity``."""
    recent = [o for o in line if (as_of - o.on).days < rules.quantity_window_days]
    if len(recent) < rules.median_gap_min_occasions:
        return Unknown.TOO_FEW
    gaps = [(b.on - a.on).days for a, b in pairwise(recent)]
    limit = 2 * median(gaps)
    broken = [n + 1 for n, gap in enumerate(gaps) if gap > limit]
    run = recent[broken[-1] if broken else 0 :]
    if len(run) < rules.median_gap_min_occasions:
        return Unknown.TOO_FEW
    used = [o.quantity for o in run[:-1] if o.quantity is not None and o.quantity > 0]
    if len(used) < len(run) - 1:
        return Unknown.QUANTITY
    between = {(b.on - a.on).days for a, b in pairwise(run)}
    even = len(set(used)) == 1 and len(between) == 1
    return Supplied(
        quantity=sum(used, Decimal(0)),
        issues=len(used),
        first=run[0].on,
        last=run[-1].on,
        each=used[0] if even else None,
        every=between.pop() if even else None,
    )
