"""A small line of an organisation's months, to stand beside its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, EDGE = 120, 28, 3


@dataclass(frozen=True, slots=True)
class Spark:
    """Points of lines, as a drawing has them; one line for each run of months with a value. ``end``: the last point."""

    lines: tuple[str, ...]
    end: tuple[float, float]


def spark(values: Sequence[float | None]) -> Spark | None:
    """From nought to the highest; None with fewer than two values."""
    known = [each for each in values if each is not None]
    if len(known) < 2:
        return None
    top = max(known) or 1.0
    step = (WIDTH - 2 * EDGE) / max(1, len(values) - 1)
    runs: list[list[tuple[float, float]]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
            continue
        y = HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * value / top
        runs[-1].append((round(EDGE + place * step, 1), round(y, 1)))
    drawn = [run for run in runs if run]
    lines = tuple(" ".join(f"{x},{y}" for x, y in run) for run in drawn)
    return Spark(lines, drawn[-1][-1])
