"""What each group did by itself, before and after: printed beside every claim."""

from __future__ import annotations

import numpy as np

from stepwell.population.prescribing.evaluation import autocorrelation
from stepwell.population.prescribing.evaluation.admission import Admitted
from stepwell.population.prescribing.evaluation.lines import lines
from stepwell.population.prescribing.evaluation.model import Change, Floats, Rows


def treated_change(panel: Admitted) -> Change:
    """All treated practices pooled, each over the months before and after its own start."""
    before = after = np.zeros(2)
    for start, rows in by_start(panel):
        before = before + _sums(panel, rows, panel.before(start))
        after = after + _sums(panel, rows, panel.after(start))
    return change(float(before[0] / before[1]), float(after[0] / after[1]))


def comparison_change(panel: Admitted) -> Change | None:
    """All comparison practices pooled, over the same months, start months weighed by their treated patients. None without any."""
    if not len(panel.controls):
        return None
    before = after = weight = 0.0
    for start, rows in by_start(panel):
        share = float(panel.list_sizes[rows].sum())
        first, second = (
            _sums(panel, panel.controls, months) for months in (panel.before(start), panel.after(start))
        )
        before, after, weight = (
            before + share * first[0] / first[1],
            after + share * second[0] / second[1],
            weight + share,
        )
    return change(before / weight, after / weight)


def by_start(panel: Admitted) -> list[tuple[int, Rows]]:
    """Treated rows of every start month."""
    return [(start, panel.treated[panel.starts[panel.treated] == start]) for start in panel.cohorts]


def change(before: float, after: float) -> Change:
    """Two values and the percentage between them."""
    return Change(before, after, 100 * (after - before) / before if before else None)


def _sums(panel: Admitted, rows: Rows, months: Rows) -> Floats:
    part = np.ix_(rows, months)
    weights = panel.weights[part]
    return np.array([np.nansum(panel.values[part] * weights), np.nansum(weights)])


def pooled(panel: Admitted, rows: Rows) -> Floats:
    """Pooled value of some practices in every month; NaN where none was seen."""
    weights = np.nansum(panel.weights[rows], axis=0)
    sums = np.nansum(panel.values[rows] * panel.weights[rows], axis=0)
    return np.asarray(
        np.divide(sums, weights, out=np.full_like(sums, np.nan), where=weights > 0), dtype=np.float64
    )


def own_slopes(panel: Admitted, rows: Rows, harmonics: int) -> Floats:
    """Least-squares slope per month of each practice before the earliest start, over its observed months."""
    months = panel.before(panel.cohorts[0])
    return lines(
        panel.values[np.ix_(rows, months)], autocorrelation.basis(months, trend=True, harmonics=harmonics)
    )[:, 1]
