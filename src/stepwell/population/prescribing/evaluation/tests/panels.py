"""Small made-up panels: 48 months from January 2020, every practice on its own line, with what a test adds."""

from __future__ import annotations

from datetime import date

import numpy as np

from stepwell.population.prescribing.evaluation import Panel
from stepwell.population.prescribing.evaluation.model import Floats

COUNT = 48
MONTHS = tuple(date(2020 + k // 12, k % 12 + 1, 1) for k in range(COUNT))
START = 30
T = np.arange(COUNT)


def codes(count: int) -> tuple[str, ...]:
    return tuple(f"Z99{row:03d}" for row in range(count))


def lines(count: int, *, seed: int = 1, noise: float = 0.0, slope: float = 0.2) -> Floats:
    """Values: own levels about 60, own slopes, a bump common to all, and noise."""
    random = np.random.default_rng(seed)
    level = 60 + 10 * random.standard_normal(count)
    slopes = slope + 0.05 * random.standard_normal(count)
    common = 2 * np.sin(T / 5) + 0.3 * np.maximum(T - START, 0)
    return level[:, None] + slopes[:, None] * T + common + noise * random.standard_normal((count, COUNT))


def panel(values: Floats, lists: Floats | None = None, **more: object) -> Panel:
    lists = np.linspace(3, 12, len(values)) if lists is None else lists
    denominator = np.repeat(lists[:, None], COUNT, axis=1)
    return Panel(
        codes(len(values)), MONTHS, values * denominator, denominator, "mg OME", "1,000 patients", **more
    )  # type: ignore[arg-type]


def starting(rows: range | list[int], start: int = START) -> dict[str, date]:
    return {f"Z99{row:03d}": MONTHS[start] for row in rows}
