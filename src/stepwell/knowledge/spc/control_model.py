"""What a run chart or a Shewhart chart says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from stepwell.knowledge.spc.runs import Runs


class Kind(StrEnum):
    """The charts. Those of counts and shares assume a distribution; with large denominators use the prime ones."""

    RUN = "run"
    INDIVIDUALS = "i"
    MOVING_RANGE = "mr"
    MEANS = "xbar"
    DEVIATIONS = "s"
    TIME_BETWEEN = "t"
    SHARES = "p"
    SHARES_PRIME = "pp"
    COUNTS = "c"
    RATES = "u"
    RATES_PRIME = "up"
    CASES_BETWEEN = "g"


@dataclass(frozen=True, slots=True)
class ControlPoint:
    """One point, every number in the unit of ``multiply``. None is not known: no value, or a chart without such a line.

    ``part`` counts from 1. ``baseline``: it is in the stretch the lines rest on. ``included``: it was not excluded.
    ``outside``: beyond a control limit.
    """

    label: str
    value: float | None
    denominator: float | None
    part: int
    baseline: bool
    included: bool
    centre: float | None
    lower: float | None
    upper: float | None
    lower_95: float | None
    upper_95: float | None
    outside: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a chart. ``shifted``: by its runs it shifts or trends; always False on a moving range chart."""

    number: int
    runs: Runs
    shifted: bool


@dataclass(frozen=True, slots=True)
class ControlChart:
    """A run chart or a Shewhart chart, points in the order given. ``warnings`` are sentences to show with it."""

    kind: Kind
    points: tuple[ControlPoint, ...]
    parts: tuple[Part, ...]
    target: float | None
    warnings: tuple[str, ...]

    @property
    def signal(self) -> bool:
        """Whether any point is outside, or any part shifts."""
        return any(each.outside for each in self.points) or any(each.shifted for each in self.parts)
