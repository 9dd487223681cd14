"""Laney's correction for shares and rates with large denominators, where an ordinary chart would mark almost every point."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from stepwell.knowledge.spc import constants, numbers


def sigma_z(
    values: Sequence[float | None],
    centres: Sequence[float],
    spreads: Sequence[float],
    *,
    screen: bool = False,
) -> float | None:
    """How much more the values vary from one to the next than their denominators explain: 1 means no more.

    ``spreads``: the standard deviation of each value by its denominator alone. None with fewer than two neighbouring values,
    or where a spread is nought (a share of 0 or 1 throughout). ``screen``: leave out the largest moving ranges, once.
    """
    if any(spread == 0 for spread in spreads):
        return None
    scores = [
        None if value is None else (value - centre) / spread
        for value, centre, spread in zip(values, centres, spreads, strict=True)
    ]
    ranges = gap_steps(scores)
    if screen:
        ranges = numbers.screened(ranges, constants.number("moving_range_screen"))
    return numbers.mean(ranges) / constants.number("individuals_d2") if ranges else None


def gap_steps(values: Sequence[float | None]) -> list[float]:
    """The moving ranges of neighbours that are both known: a value that is missing is not bridged."""
    return [
        abs(after - before) for before, after in pairwise(values) if before is not None and after is not None
    ]
