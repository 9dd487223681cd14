"""How strongly one month of a practice resembles the next, and the weights that follow from it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.optimize import nnls  # type: ignore[import-untyped]

from stepwell.population.prescribing.evaluation.model import Floats, Mask, Rows

_MIXED = (0.0, 0.3, 0.6, 0.8, 0.9, 0.95)
_GRID = np.linspace(0.0, 0.95, 39)


def correlation(months: Rows, strength: float) -> Floats:
    """Correlations of a first-order autoregression between ``months``, which need not follow on one another."""
    return np.asarray(strength ** np.abs(months[:, None] - months[None, :]), dtype=np.float64)


def basis(months: Rows, *, trend: bool, harmonics: int) -> Floats:
    """Terms of the line before the start: 1, month, and waves within a year. Shape (months, terms)."""
    terms = [np.ones(len(months))]
    if trend:
        terms.append(months.astype(np.float64))
    for wave in range(1, harmonics + 1):
        angle = 2 * np.pi * wave * months / 12
        terms.append(np.cos(angle))
        if wave != 6:
            terms.append(np.sin(angle))
    return np.stack(terms, axis=1)


def fit(months: Rows, strength: float, *, trend: bool, harmonics: int) -> Floats:
    """Coefficients as linear functions of the values in ``months``: generalised least squares. Shape (terms, months)."""
    terms = basis(months, trend=trend, harmonics=harmonics)
    weighted = np.linalg.solve(correlation(months, strength), terms)
    return np.asarray(np.linalg.solve(terms.T @ weighted, weighted.T), dtype=np.float64)


def residual_maker(terms: Floats) -> Floats:
    """What is left of a series after its own ordinary least-squares line (terms: months, terms), as a matrix (months, months)."""
    return np.asarray(np.eye(len(terms)) - terms @ np.linalg.pinv(terms), dtype=np.float64)


def expected(months: Rows, terms: Floats) -> Floats:
    """The lag-one autocorrelation that residuals show on average, for each true strength of the grid: it is always too small."""
    return _expected(months.tobytes(), terms.tobytes())


@lru_cache(maxsize=256)
def _expected(months: bytes, terms: bytes) -> Floats:
    at = np.frombuffer(months, dtype=np.intp)
    made = residual_maker(np.frombuffer(terms).reshape(len(at), -1))
    lag = np.diff(at) == 1
    shown = []
    for strength in _GRID:
        spread = made @ correlation(at, float(strength)) @ made
        shown.append(np.diagonal(spread, 1)[lag].sum() / np.trace(spread))
    return np.asarray(shown, dtype=np.float64)


def strength(values: Floats, months: Rows, harmonics: int) -> float:
    """The autocorrelation of one month with the next, pooled over practices (rows), corrected for the fitted lines.

    0 where no practice is complete in ``months``: intervals come from differences between practices and stay right, only wider.
    """
    whole = values[:, months]
    whole = whole[~np.isnan(whole).any(axis=1)]
    terms = basis(months, trend=True, harmonics=harmonics)
    return explaining(lag_one(whole @ residual_maker(terms), months), expected(months, terms))


def lag_one(left: Floats, months: Rows) -> float:
    """The lag-one autocorrelation of residuals, pooled over rows; 0 where they show none."""
    left = np.atleast_2d(left)
    squares = float((left**2).sum())
    lag: Mask = np.diff(months) == 1
    if squares <= 0 or not lag.any():
        return 0.0
    return float((left[:, 1:] * left[:, :-1])[:, lag].sum()) / squares


def explaining(lag: float, shown: Floats) -> float:
    """The strength at which residuals show a lag-one autocorrelation of ``lag``."""
    return float(np.interp(lag, shown, _GRID))


def noise(values: Floats, months: Rows, terms: Floats) -> Floats:
    """Covariance of an average practice's errors between ``months``: a mixture of autoregressions, fast and slow, that explains the residuals'
    autocovariances up to a year. One autoregression would miss slow wandering, which is what makes chance slopes.
    """
    left = values @ residual_maker(terms)
    parts = np.stack([correlation(months, mixed) for mixed in _MIXED])
    made = residual_maker(terms)
    seen = _diagonals(left.T @ left / len(left))
    shown = np.stack([_diagonals(made @ part @ made) for part in parts], axis=1)
    weights, _ = nnls(shown, seen)
    return np.asarray(np.tensordot(weights, parts, axes=1), dtype=np.float64)


def _diagonals(square: Floats) -> Floats:
    return np.array([np.diagonal(square, lag).sum() for lag in range(min(13, len(square)))])
