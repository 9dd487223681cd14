"""Exact limits of a count against what is expected of it, for small counts such as people on a high dose in one practice."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from scipy.special import gammaincinv  # type: ignore[import-untyped]

from stepwell.base.errors import StepwellError
from stepwell.knowledge.spc import constants, numbers


@dataclass(frozen=True, slots=True)
class Limits:
    """95 % and 99.8 % limits, each lower then upper."""

    lower_95: float
    upper_95: float
    lower_998: float
    upper_998: float


@lru_cache(maxsize=4096)
def poisson_limits(expected: float) -> Limits:
    """Limits of observed / expected, both counts: within them, 95 and 99.8 of 100 units that are like the rest.

    Exact, by the chi-square distribution with ``expected`` as if it had been observed. Raises StepwellError unless it is above 0.
    """
    count = numbers.number(expected, "expected count")
    if count <= 0:
        raise StepwellError(
            "Nothing is expected here, so a count cannot be compared with it.",
            next_step="Leave out the units with nothing expected.",
        )
    inner, outer = constants.number("funnel_tail_95"), constants.number("funnel_tail_998")
    return Limits(
        lower_95=_half_chi_square(inner, count) / count,
        upper_95=_half_chi_square(1 - inner, count + 1) / count,
        lower_998=_half_chi_square(outer, count) / count,
        upper_998=_half_chi_square(1 - outer, count + 1) / count,
    )


def _half_chi_square(probability: float, count: float) -> float:
    """Half the quantile of a chi-square with 2 x ``count`` degrees of freedom: that of a gamma of shape ``count``."""
    return float(gammaincinv(count, probability))
