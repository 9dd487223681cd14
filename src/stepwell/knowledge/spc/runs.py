"""The Anhoej rules: a run on one side of the centre that is too long, or too few crossings of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from stepwell.base.errors import StepwellError
from stepwell.knowledge.spc import constants


@dataclass(frozen=True, slots=True)
class RunLimits:
    """What chance allows among so many useful points: the longest run, and the fewest crossings."""

    longest_run: int
    fewest_crossings: int


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of a series. ``useful`` points do not lie on the centre. ``limits`` is None where there are no useful points."""

    useful: int
    longest_run: int
    crossings: int
    limits: RunLimits | None

    @property
    def signal(self) -> bool:
        """Whether the series shifts or trends more than chance allows."""
        if self.limits is None:
            return False
        return self.longest_run > self.limits.longest_run or self.crossings < self.limits.fewest_crossings


@lru_cache(maxsize=1024)
def anhoej_limits(useful: int) -> RunLimits:
    """The limits for a number of useful points. Raises StepwellError under 1."""
    if useful < 1:
        raise StepwellError(
            "There are no points off the centre, so there are no runs to judge.",
            next_step="Chart a series that varies.",
        )
    return RunLimits(
        longest_run=round(math.log2(useful)) + constants.whole("run_length_added"),
        fewest_crossings=_coin_quantile(useful - 1),
    )


def _coin_quantile(tosses: int) -> int:
    """The fewest heads k of fair ``tosses`` such that k or fewer come up at least 1 time in 20. Exact."""
    wanted = constants.exact("crossings_probability") * 2**tosses
    ways = 1
    counted = ways
    heads = 0
    while counted < wanted:
        ways = ways * (tosses - heads) // (heads + 1)
        heads += 1
        counted += ways
    return heads


def runs(values: Sequence[float | None], centres: Sequence[float | None]) -> Runs:
    """The runs of values about their centres, in order. Where either is not known, or both are equal, a point is not useful."""
    sides = [
        value > centre
        for value, centre in zip(values, centres, strict=True)
        if value is not None and centre is not None and value != centre
    ]
    longest = current = crossings = 0
    for place, side in enumerate(sides):
        crossed = place > 0 and side != sides[place - 1]
        crossings += crossed
        current = 1 if crossed else current + 1
        longest = max(longest, current)
    return Runs(len(sides), longest, crossings, anhoej_limits(len(sides)) if sides else None)
