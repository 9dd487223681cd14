"""Shocks that treated practices share: what makes them stray together, which spread between practices cannot show.

Before the start, the gap between the two groups should stray from its line no more than so many independent practices would. Where it strays
more, something moves whole groups (a policy, a supplier, a hospital), and the interval has to hold the same happening again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats  # type: ignore[import-untyped]

from stepwell.population.prescribing.evaluation import autocorrelation
from stepwell.population.prescribing.evaluation.data import rule
from stepwell.population.prescribing.evaluation.lines import lines
from stepwell.population.prescribing.evaluation.model import Floats, Rows


@dataclass(frozen=True)
class Strayed:
    """What practices strayed from their own lines: ``residuals`` has shape (panel practices, months), 0 where not seen.

    ``made`` turns months' errors into residuals; ``shown`` is the lag-one autocorrelation that residuals show on average for each true strength
    of the grid. ``own``: mean square of each practice, ``lag``: lag-one autocorrelation of their residuals, ``strength``: their true one.
    """

    months: Rows
    residuals: Floats
    made: Floats
    shown: Floats
    own: Floats
    lag: float
    strength: float


def strayed(values: Floats, months: Rows, terms: Floats, strength: float) -> Strayed:
    """Residuals of every practice's own line, given by ``terms`` (months, terms), over its observed ``months``."""
    here = values[:, months]
    residuals = np.nan_to_num(here - lines(here, terms) @ terms.T)
    residuals[(~np.isnan(here)).sum(axis=1) <= terms.shape[1]] = 0
    made = autocorrelation.residual_maker(terms)
    shown = autocorrelation.expected(months, terms)
    return Strayed(
        months,
        residuals,
        made,
        shown,
        np.asarray((residuals**2).mean(axis=1)),
        autocorrelation.lag_one(residuals, months),
        strength,
    )


def variance(
    base: Strayed, treated: Floats, compared: Floats, own: Floats, response: Floats
) -> tuple[float, float]:
    """Variance that shared shocks add to a figure, and its degrees of freedom.

    ``treated`` and ``compared``: weights over panel rows, each adding to 1. ``own``: mean square expected of each row. ``response``:
    what one unit of shock in each panel month does to the figure. Nothing is added where independent practices would often stray as much.
    """
    gap = (treated - compared) @ base.residuals
    months = len(base.months)
    seen = float(gap @ gap) / months
    expected = float(((treated**2 + compared**2) * own).sum())
    lag = autocorrelation.lag_one(gap, base.months)
    if seen > expected:  # less what independent practices put in
        lag = (seen * lag - expected * base.lag) / (seen - expected)
    strength = max(autocorrelation.explaining(lag, base.shown), base.strength)
    _, independent = _spread(base, base.strength)
    if expected > 0 and float(stats.chi2.sf(independent * seen / expected, independent)) > rule(
        "shared_chance"
    ):
        return 0.0, independent
    trace, degrees = _spread(base, strength)
    every = autocorrelation.correlation(np.arange(len(response), dtype=np.intp), strength)
    return max(seen - expected, 0.0) * months / trace * float(response @ every @ response), degrees


def _spread(base: Strayed, strength: float) -> tuple[float, float]:
    """Expected sum of squared residuals for errors of variance 1, and how many independent ones they are worth."""
    spread = base.made @ autocorrelation.correlation(base.months, strength)
    trace = float(np.trace(spread))
    return trace, trace**2 / float((spread * spread.T).sum())
