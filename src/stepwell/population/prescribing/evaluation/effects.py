"""What each practice did beyond its own forecast, month by month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stepwell.population.prescribing.evaluation import autocorrelation
from stepwell.population.prescribing.evaluation.lines import lines
from stepwell.population.prescribing.evaluation.model import Floats, Rows


@dataclass(frozen=True)
class Forecast:
    """How a practice's course is carried on from its baseline. ``none``: not at all, the values themselves are compared."""

    trend: bool
    harmonics: int
    strength: float
    none: bool = False


def beyond_forecast(values: Floats, before: Rows, after: Rows, how: Forecast) -> Floats:
    """Observed less forecast, for practices (rows) with months before; NaN outside ``after`` and where not observed."""
    found = np.full_like(values, np.nan)
    found[:, after] = values[:, after]
    if how.none:
        return found
    terms = autocorrelation.basis(before, trend=how.trend, harmonics=how.harmonics)
    ahead = autocorrelation.basis(after, trend=how.trend, harmonics=how.harmonics)
    found[:, after] -= (
        lines(values[:, before], terms, autocorrelation.correlation(before, how.strength)) @ ahead.T
    )
    return found


def filled_from_others(effects: Floats, weights: Floats, after: Rows) -> Floats:
    """Comparison effects with a missing month taken from the other comparison practices' mean, which leaves the mean as it is."""
    part = effects[:, after]
    seen = ~np.isnan(part)
    shares = weights[:, None] * seen
    totals = shares.sum(axis=0)
    means = np.divide(
        (shares * np.where(seen, part, 0)).sum(axis=0), totals, out=np.zeros_like(totals), where=totals > 0
    )
    filled = effects.copy()
    filled[:, after] = np.where(seen, part, means[None, :])
    return filled


def apart_from_all(values: Floats) -> Floats:
    """Values less each month's mean over practices: what all share (days in the month, a season, a policy) is no practice's own straying."""
    seen = ~np.isnan(values)
    means = np.where(seen, values, 0).sum(axis=0) / np.maximum(seen.sum(axis=0), 1)
    return np.asarray(values - means, dtype=np.float64)
