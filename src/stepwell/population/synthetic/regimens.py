"""What a prescriber meant somebody to take, before anybody wrote it down."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

Amount = Fraction | int


@dataclass(frozen=True, slots=True)
class Regimen:
    """A meant dose, in counted units (tablets, capsules, ml, patches).

    ``daily_min`` and ``daily_max`` are units a day; ``daily_max`` is None for "when needed" with no limit. For patches
    they are patches used a day and ``worn`` is how many are on the skin at once.
    """

    shape: str  # times, hourly, parts, patch, open
    low: Fraction
    high: Fraction
    count: int  # times a day
    hours: int  # between doses or patch changes
    as_needed: bool
    ceiling: Fraction | None
    parts: tuple[tuple[str, Fraction], ...]
    worn: int
    daily_min: Fraction
    daily_max: Fraction | None

    @property
    def varies(self) -> bool:
        """A range or as needed: the person, not the prescriber, settles the dose of a day."""
        return self.as_needed or self.daily_min != self.daily_max


def times(
    low: Amount, high: Amount, count: int, *, as_needed: bool = False, ceiling: Amount | None = None
) -> Regimen:
    """``low`` to ``high`` units, ``count`` times a day."""
    low, high = Fraction(low), Fraction(high)
    return _dosed("times", low, high, count, 0, as_needed, ceiling)


def hourly(
    low: Amount, high: Amount, hours: int, *, as_needed: bool = False, ceiling: Amount | None = None
) -> Regimen:
    """``low`` to ``high`` units every ``hours`` hours (a divisor of 24)."""
    return _dosed("hourly", Fraction(low), Fraction(high), 24 // hours, hours, as_needed, ceiling)


def parts(*named: tuple[str, Amount]) -> Regimen:
    """Amounts at named times of the day: morning, lunchtime, teatime, night."""
    exact = tuple((when, Fraction(amount)) for when, amount in named)
    total = sum((amount for _, amount in exact), Fraction(0))
    return Regimen("parts", total, total, 1, 0, False, None, exact, 0, total, total)


def patch(worn: int, hours: int) -> Regimen:
    """``worn`` patches at once, changed every ``hours`` hours."""
    used = Fraction(worn * 24, hours)
    amount = Fraction(worn)
    return Regimen("patch", amount, amount, 0, hours, False, None, (), worn, used, used)


def when_needed(low: Amount, high: Amount, *, ceiling: Amount | None = None) -> Regimen:
    """``low`` to ``high`` units when needed, with no frequency; without a ceiling there is no most."""
    limit = None if ceiling is None else Fraction(ceiling)
    return Regimen("open", Fraction(low), Fraction(high), 0, 0, True, limit, (), 0, Fraction(0), limit)


def _dosed(
    shape: str, low: Fraction, high: Fraction, count: int, hours: int, as_needed: bool, ceiling: Amount | None
) -> Regimen:
    limit = None if ceiling is None else Fraction(ceiling)
    most = high * count
    if limit is not None:
        most = min(most, limit)
    least = Fraction(0) if as_needed else min(low * count, most)
    return Regimen(shape, low, high, count, hours, as_needed, limit, (), 0, least, most)
