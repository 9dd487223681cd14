"""The constants of charts of means and standard deviations, which depend on how many values a subgroup has."""

from __future__ import annotations

import math
from functools import lru_cache


@lru_cache(maxsize=1024)
def c4(size: int) -> float:
    """The expected standard deviation of ``size`` (2 or more) normal values whose true one is 1."""
    return math.sqrt(2 / (size - 1)) * math.exp(math.lgamma(size / 2) - math.lgamma((size - 1) / 2))


def mean_away(size: int, sigmas: float) -> float:
    """Times the pooled standard deviation: from the centre of means to a limit (A3 for 3 sigmas)."""
    return sigmas / (c4(size) * math.sqrt(size))


def deviation_share(size: int, sigmas: float) -> float:
    """Share of the centre that a limit of standard deviations lies away from it (B4 is 1 and this, B3 is 1 less this)."""
    unbiased = c4(size)
    return sigmas * math.sqrt(1 - unbiased * unbiased) / unbiased
