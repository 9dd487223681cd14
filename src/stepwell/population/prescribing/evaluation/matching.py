"""What practices are compared on, and which comparison practices are nearest."""

from __future__ import annotations

import numpy as np

from stepwell.population.prescribing.evaluation import autocorrelation
from stepwell.population.prescribing.evaluation.data import rule
from stepwell.population.prescribing.evaluation.lines import lines
from stepwell.population.prescribing.evaluation.model import Floats, Mask, Rows


def shrunk(values: Floats, noise: Floats, treated: Mask) -> Floats:
    """Measured values drawn back towards their own group's mean by as much as they are chance.

    Without this a low measured slope among comparison practices is mostly a chance one, and the practices matched on it go back up afterwards.
    A small treated group is drawn towards the mean of all: its own mean is chance too. ``noise``: variance of each value.
    """
    small = treated.sum() < rule("few_treated")
    groups = np.zeros(len(values), dtype=np.intp) if small else treated.astype(np.intp)
    means = np.array([values[groups == g].mean() if (groups == g).any() else 0.0 for g in (0, 1)])
    apart = values - means[groups]
    freedom = max(len(values) - len(np.unique(groups)), 1)
    total = float((apart**2).sum()) / freedom
    between = total - float(noise.mean())
    if between < rule("least_reliable") * total:
        between = 0.0
    spread = between + noise
    return np.asarray(
        means[groups] + apart * np.divide(between, spread, out=np.zeros_like(spread), where=spread > 0)
    )


def level_and_slope(
    values: Floats, before: Rows, harmonics: int, strength: float, treated: Mask
) -> tuple[Floats, Floats]:
    """Shrunken level (mean of the baseline) and slope (per month) of every practice. Missing months are bridged by its own line."""
    bridged = _bridged(values[:, before], before)
    coefficients = autocorrelation.fit(before, strength, trend=True, harmonics=harmonics)[1]
    mean = np.full(len(before), 1 / len(before))
    terms = autocorrelation.basis(before, trend=True, harmonics=harmonics)
    errors = autocorrelation.noise(bridged, before, terms)
    squares = ((bridged @ autocorrelation.residual_maker(terms)) ** 2).sum(axis=1)
    relative = squares / squares.mean() if squares.mean() > 0 else squares
    level = shrunk(bridged @ mean, relative * float(mean @ errors @ mean), treated)
    slope = shrunk(bridged @ coefficients, relative * float(coefficients @ errors @ coefficients), treated)
    return level, slope


def _bridged(values: Floats, months: Rows) -> Floats:
    terms = autocorrelation.basis(months, trend=True, harmonics=0)
    return np.where(np.isnan(values), lines(values, terms) @ terms.T, values)


def standardised(features: Floats) -> Floats:
    """Each column in its own standard deviations; a column that does not vary is dropped."""
    spread = features.std(axis=0)
    kept = spread > 1e-12
    return np.asarray((features[:, kept] - features[:, kept].mean(axis=0)) / spread[kept], dtype=np.float64)


def nearest(treated: Floats, controls: Floats, shares: Floats, matches: int) -> Floats:
    """Weight of each comparison practice: every treated practice gives its share evenly to its nearest ones, with replacement."""
    matches = min(matches, len(controls))
    weights = np.zeros(len(controls))
    for start in range(0, len(treated), 256):
        block = treated[start : start + 256]
        apart = ((block[:, None, :] - controls[None, :, :]) ** 2).sum(axis=2)
        chosen = np.argpartition(apart, matches - 1, axis=1)[:, :matches]
        np.add.at(weights, chosen.ravel(), np.repeat(shares[start : start + 256] / matches, matches))
    return weights
