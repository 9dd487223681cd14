"""What a chart over time says: which way is better, what each point shows, and the icons that sum it up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from stepwell.base.errors import StepwellError


class Direction(StrEnum):
    """Which way is better."""

    INCREASE = "increase"
    DECREASE = "decrease"
    NEUTRAL = "neutral"

    @classmethod
    def of(cls, text: str) -> Direction:
        """The direction a word names. Raises StepwellError for any other word."""
        try:
            return cls(text)
        except ValueError:
            raise StepwellError(
                "Which way is better is not said in a word known here.",
                next_step="Say increase, decrease or neutral.",
            ) from None


class SpecialCause(StrEnum):
    """Why a point is marked; the first rule that fits, in this order."""

    ABOVE_LIMIT = "above_limit"
    BELOW_LIMIT = "below_limit"
    TREND_RISING = "trend_rising"
    TREND_FALLING = "trend_falling"
    TWO_IN_THREE_HIGH = "two_in_three_high"
    TWO_IN_THREE_LOW = "two_in_three_low"
    SHIFT_HIGH = "shift_high"
    SHIFT_LOW = "shift_low"
    COMMON_CAUSE = "common_cause"

    @property
    def side(self) -> int:
        """1 for high or rising, -1 for low or falling, 0 for common cause."""
        if self is SpecialCause.COMMON_CAUSE:
            return 0
        return 1 if self in _HIGH else -1


_HIGH = frozenset(
    {
        SpecialCause.ABOVE_LIMIT,
        SpecialCause.TREND_RISING,
        SpecialCause.TWO_IN_THREE_HIGH,
        SpecialCause.SHIFT_HIGH,
    }
)


class Meaning(StrEnum):
    """What a point means, given which way is better. Looked up in ``constants.palette`` for its colour, shape and words."""

    COMMON_CAUSE = "common_cause"
    IMPROVEMENT = "improvement"
    CONCERN = "concern"
    NEUTRAL_HIGH = "neutral_high"
    NEUTRAL_LOW = "neutral_low"


class Variation(StrEnum):
    """The variation icon: what the last point shows. Never shown without the list of marked points."""

    COMMON_CAUSE = "common_cause"
    IMPROVEMENT_HIGH = "improvement_high"
    IMPROVEMENT_LOW = "improvement_low"
    CONCERN_HIGH = "concern_high"
    CONCERN_LOW = "concern_low"
    NEUTRAL_HIGH = "neutral_high"
    NEUTRAL_LOW = "neutral_low"


class Assurance(StrEnum):
    """The assurance icon: whether the process as it is would keep to the target. Inconsistent is also called hit and miss."""

    PASS = "pass"
    FAIL = "fail"
    INCONSISTENT = "inconsistent"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of one segment, in the unit of the values. Limits are not clipped at nought.

    With one value there is no moving range: ``lower`` to ``near_upper`` are None, not known.
    """

    centre: float
    mean_moving_range: float | None
    lower: float | None
    upper: float | None
    near_lower: float | None
    near_upper: float | None


@dataclass(frozen=True, slots=True)
class XmrPoint:
    """One value with its lines. ``special_cause`` and ``meaning`` are None where there are no limits to judge it by."""

    on: date
    value: float
    segment: int
    lines: Lines
    special_cause: SpecialCause | None
    meaning: Meaning | None

    @property
    def marked(self) -> bool:
        """Whether the point is a special cause."""
        return self.special_cause not in (None, SpecialCause.COMMON_CAUSE)


@dataclass(frozen=True, slots=True)
class Segment:
    """The points between two rebasings. ``number`` counts from 0; ``fixed_on`` is how many points the lines rest on.

    ``short``: too few points for limits to be relied on. ``variation`` is None where its last point is not judged.
    """

    number: int
    first: date
    last: date
    points: int
    fixed_on: int
    lines: Lines
    short: bool
    variation: Variation | None


@dataclass(frozen=True, slots=True)
class Xmr:
    """An XmR chart, points in order of date. ``warnings`` are sentences to show with the chart."""

    points: tuple[XmrPoint, ...]
    segments: tuple[Segment, ...]
    direction: Direction
    target: float | None
    variation: Variation | None
    assurance: Assurance
    warnings: tuple[str, ...]

    @property
    def marked(self) -> tuple[XmrPoint, ...]:
        """The points that are special causes, to be listed beside the variation icon."""
        return tuple(point for point in self.points if point.marked)
