"""The four rules of special cause, over one segment; the first that fits a point names it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from stepwell.knowledge.spc import constants
from stepwell.knowledge.spc.model import Lines, SpecialCause


def special_causes(values: Sequence[float], lines: Lines) -> list[SpecialCause] | None:
    """The special cause of each value, in order of date. None where there are no limits to judge by."""
    if lines.lower is None or lines.upper is None or lines.near_lower is None or lines.near_upper is None:
        return None
    sides = [_side(value - lines.centre) for value in values]
    outside = [value > lines.upper or value < lines.lower for value in values]
    near = [
        not out and (value < lines.near_lower or value > lines.near_upper)
        for value, out in zip(values, outside, strict=True)
    ]
    trend, two, shift = trends(values), _two_in_three(near, sides), shifts(sides)
    return [
        _first(sides[i], outside=outside[i], trend=trend[i], two=two[i], shift=shift[i])
        for i in range(len(values))
    ]


def _first(side: int, *, outside: bool, trend: int, two: bool, shift: bool) -> SpecialCause:
    high = side > 0
    if outside:
        return SpecialCause.ABOVE_LIMIT if high else SpecialCause.BELOW_LIMIT
    if trend:
        return SpecialCause.TREND_RISING if trend > 0 else SpecialCause.TREND_FALLING
    if two:
        return SpecialCause.TWO_IN_THREE_HIGH if high else SpecialCause.TWO_IN_THREE_LOW
    if shift:
        return SpecialCause.SHIFT_HIGH if high else SpecialCause.SHIFT_LOW
    return SpecialCause.COMMON_CAUSE


def trends(values: Sequence[float]) -> list[int]:
    """1 for each point of a rising trend, -1 of a falling one, else 0. A tie breaks a trend; of two, the later one counts."""
    needed = constants.whole("trend_points")
    ways = [_side(after - before) for before, after in pairwise(values)]
    found = [0] * len(values)
    for start, length, way in _stretches(ways):
        if way and length + 1 >= needed:
            found[start : start + length + 1] = [way] * (length + 1)
    return found


def shifts(sides: Sequence[int]) -> list[bool]:
    """Whether each point is one of enough in a row on one side of the centre. A point on the centre breaks the row."""
    needed = constants.whole("shift_points")
    found = [False] * len(sides)
    for start, length, side in _stretches(sides):
        if side and length >= needed:
            found[start : start + length] = [True] * length
    return found


def _two_in_three(near: Sequence[bool], sides: Sequence[int]) -> list[bool]:
    """Near points of any three in a row that hold at least two such and lie on one side of the centre."""
    found = [False] * len(near)
    for start in range(len(near) - 2):
        window = range(start, start + 3)
        if sum(near[i] for i in window) >= 2 and abs(sum(sides[i] for i in window)) == 3:
            for i in window:
                found[i] = found[i] or near[i]
    return found


def _stretches(marks: Sequence[int]) -> list[tuple[int, int, int]]:
    """(start, length, mark) of each stretch of equal marks."""
    found: list[tuple[int, int, int]] = []
    for place, mark in enumerate(marks):
        if found and found[-1][2] == mark:
            start, length, _ = found[-1]
            found[-1] = (start, length + 1, mark)
        else:
            found.append((place, 1, mark))
    return found


def _side(distance: float) -> int:
    return (distance > 0) - (distance < 0)
