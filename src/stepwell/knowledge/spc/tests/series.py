"""Made-up monthly series for the tests of charts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from stepwell.knowledge.spc import Direction, Xmr, xmr


def month(place: int) -> date:
    """The first day of a month, counted from January 2024."""
    return date(2024 + place // 12, place % 12 + 1, 1)


def monthly(values: Sequence[float]) -> list[tuple[date, float]]:
    """The values, one a month."""
    return [(month(place), value) for place, value in enumerate(values)]


def charted(values: Sequence[float], direction: Direction = Direction.DECREASE, **options) -> Xmr:
    """An XmR chart of the values, one a month."""
    return xmr(monthly(values), direction=direction, **options)


def marks(chart: Xmr) -> str:
    """A letter a point: A and B outside, R and F trends, H and L two in three, U and D shifts, . common cause, ? not judged."""
    letters = {
        None: "?",
        "above_limit": "A",
        "below_limit": "B",
        "trend_rising": "R",
        "trend_falling": "F",
        "two_in_three_high": "H",
        "two_in_three_low": "L",
        "shift_high": "U",
        "shift_low": "D",
        "common_cause": ".",
    }
    return "".join(letters[point.special_cause] for point in chart.points)
