"""Numbers as charts need them: what is a number, and means that do not depend on the order of the values."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from stepwell.base.errors import StepwellError


def number(value: object, what: str) -> float:
    """``value`` as a float. ``what`` names it, such as "value of row 3": the message never shows the value itself.

    Raises StepwellError for text, truth values, nothing, NaN and infinity.
    """
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        try:
            found = float(value)
        except (OverflowError, ValueError):
            found = math.nan
        if math.isfinite(found):
            return found
    raise StepwellError(
        f"The {what} is not a number.", next_step="Mend it, or leave it out if it is not known."
    )


def mean(values: Sequence[float]) -> float:
    """The mean, rounded once: a point that lies on it is seen to lie on it, whatever the order of the values."""
    return float(total(values) / len(values))


def total(values: Iterable[float]) -> Fraction:
    """The sum, exact."""
    return sum((Fraction(each) for each in values), Fraction(0))


def steps(values: Sequence[float]) -> list[float]:
    """The moving ranges: the distance between each value and the one before it. One fewer than the values."""
    return [abs(after - before) for before, after in pairwise(values)]


def screened(ranges: Sequence[float], screen: float) -> list[float]:
    """The moving ranges below ``screen`` times their mean, once. Where all are nought none is below it, and all are kept."""
    if not ranges:
        return []
    line = screen * mean(ranges)
    return [each for each in ranges if each < line] or list(ranges)
