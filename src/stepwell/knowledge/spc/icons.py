"""The icons of Making Data Count: what a point means, which variation icon the last one gives, and the assurance icon."""

from __future__ import annotations

from stepwell.knowledge.spc.model import Assurance, Direction, Lines, Meaning, SpecialCause, Variation

_MEANING_WORDS = {
    Variation.COMMON_CAUSE: "Common cause: nothing unusual about the latest point",
    Variation.IMPROVEMENT_HIGH: "Special cause, improving: the latest point is high or rising, and higher is better",
    Variation.IMPROVEMENT_LOW: "Special cause, improving: the latest point is low or falling, and lower is better",
    Variation.CONCERN_HIGH: "Special cause, of concern: the latest point is high or rising, and lower is better",
    Variation.CONCERN_LOW: "Special cause, of concern: the latest point is low or falling, and higher is better",
    Variation.NEUTRAL_HIGH: "Special cause: the latest point is high or rising",
    Variation.NEUTRAL_LOW: "Special cause: the latest point is low or falling",
}
_ASSURANCE_WORDS = {
    Assurance.PASS: "The process as it is would keep to the target",
    Assurance.FAIL: "The process as it is would not reach the target",
    Assurance.INCONSISTENT: "Hit and miss: the target lies within the limits, so chance decides",
    Assurance.NONE: "No target to judge by",
}
_BETTER = {Direction.INCREASE: 1, Direction.DECREASE: -1}


def meaning_of(cause: SpecialCause, direction: Direction) -> Meaning:
    """What a special cause means, given which way is better."""
    if cause.side == 0:
        return Meaning.COMMON_CAUSE
    if direction is Direction.NEUTRAL:
        return Meaning.NEUTRAL_HIGH if cause.side > 0 else Meaning.NEUTRAL_LOW
    return Meaning.IMPROVEMENT if cause.side == _BETTER[direction] else Meaning.CONCERN


def variation_of(cause: SpecialCause | None, direction: Direction) -> Variation | None:
    """The variation icon of a last point. None where the point is not judged: no limits is not common cause."""
    if cause is None:
        return None
    high = cause.side > 0
    match meaning_of(cause, direction):
        case Meaning.COMMON_CAUSE:
            return Variation.COMMON_CAUSE
        case Meaning.IMPROVEMENT:
            return Variation.IMPROVEMENT_HIGH if high else Variation.IMPROVEMENT_LOW
        case Meaning.CONCERN:
            return Variation.CONCERN_HIGH if high else Variation.CONCERN_LOW
        case Meaning.NEUTRAL_HIGH:
            return Variation.NEUTRAL_HIGH
        case Meaning.NEUTRAL_LOW:
            return Variation.NEUTRAL_LOW


def assurance_of(lines: Lines, target: float | None, direction: Direction) -> Assurance:
    """The assurance icon from the lines of the last segment. NONE without a target, a direction or limits."""
    if target is None or direction is Direction.NEUTRAL or lines.lower is None or lines.upper is None:
        return Assurance.NONE
    if lines.lower <= target <= lines.upper:
        return Assurance.INCONSISTENT
    beyond_reach = target > lines.upper if direction is Direction.INCREASE else target < lines.lower
    return Assurance.FAIL if beyond_reach else Assurance.PASS


def variation_words(variation: Variation | None) -> str:
    """The variation icon in words."""
    return _MEANING_WORDS[variation] if variation else "Not judged: there are too few points for limits"


def assurance_words(assurance: Assurance) -> str:
    """The assurance icon in words."""
    return _ASSURANCE_WORDS[assurance]
