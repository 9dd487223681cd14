"""A taper as a stair: where the lines go. The numbers are in the table beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

WIDTH, HEIGHT = 640, 240
# Room on the left for "937.5mg" in the larger letters of a phone: a dose cut short is another dose.
LEFT, RIGHT, TOP, BOTTOM = 120, 16, 16, 36


@dataclass(frozen=True, slots=True)
class Stair:
    """``points`` of one line in the units of the drawing; ``marks`` are (y, words) of the axis of doses, ``days`` (x, date, anchor)."""

    points: str
    marks: tuple[tuple[int, str], ...]
    days: tuple[tuple[int, date, str], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


def stair(before: Decimal, steps: Sequence[tuple[date, Decimal]], ends: date, unit: str) -> Stair:
    """A stair from the dose before, through (first day, dose) of each step, to the day it ends. Doses start at zero."""
    first = steps[0][0]
    length = max((ends - first).days, 1)
    lead = max(length // 20, 1)
    most = max([before, *(dose for _, dose in steps)])

    def x(day: date) -> int:
        return LEFT + round((WIDTH - LEFT - RIGHT) * ((day - first).days + lead) / (length + lead))

    def y(dose: Decimal) -> int:
        return TOP + round((HEIGHT - TOP - BOTTOM) * float(1 - dose / most))

    points = [(LEFT, y(before))]
    for day, dose in steps:
        points += [(x(day), points[-1][1]), (x(day), y(dose))]
    points.append((x(ends), points[-1][1]))
    doses = (most, most / 2, Decimal(0))
    return Stair(
        points=" ".join(f"{a},{b}" for a, b in points),
        marks=tuple((y(dose), f"{format(dose.normalize(), 'f')}{unit}") for dose in doses),
        days=((x(first), first, "start"), (x(ends), ends, "end")),
    )
