"""From practices' effects to a group's, with an interval that needs no model of how months depend on one another.

Every figure is a weighted sum over treated practices and their months, less the same sum of what comparison practices did, and every practice
(all its months together) is one observation. So autocorrelation within practices, of whatever order, is inside the interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats  # type: ignore[import-untyped]

from stepwell.population.prescribing.evaluation import shared
from stepwell.population.prescribing.evaluation.data import rule
from stepwell.population.prescribing.evaluation.model import Estimate, Floats, Rows


@dataclass(frozen=True)
class Cohort:
    """Treated practices that start in one month, and every comparison practice looked at from that month.

    ``treated`` (practices, months) and ``controls`` (comparisons, months) are effects beyond forecast; ``rows`` are the practices' places in the
    panel. ``features`` of the two are what chance differences are regressed on (no columns: none). ``base`` is the comparison's weights,
    adding to 1, before that regression; ``regress`` the weights of the regression. ``response`` (months, months): the effects that a
    unit in each month would make.
    """

    rows: Rows
    treated: Floats
    controls: Floats
    treated_features: Floats
    control_features: Floats
    base: Floats
    regress: Floats
    response: Floats


@dataclass(frozen=True)
class Ground:
    """What all cohorts stand on: ``list_sizes`` of panel rows, the comparison's rows, and how practices strayed from their lines."""

    list_sizes: Floats
    controls: Rows
    strayed: shared.Strayed


@dataclass(frozen=True)
class Functional:
    """What is asked: ``shares`` (one per treated practice of the panel rows) times ``kernel`` (rows, months; 0 where nothing was observed)."""

    shares: Floats
    kernel: Floats


@dataclass(frozen=True)
class Arms:
    """The pieces of one answer. ``scores`` are comparison practices' contributions after regression, for placebo groups."""

    value: float
    standard_error: float
    degrees: float
    scores: Floats
    own_variance: bool


def estimate(value: float, standard_error: float, degrees: float) -> Estimate:
    """A figure with the t interval and p that go with it."""
    reach = float(stats.t.ppf(0.975, degrees)) * standard_error
    p = (
        float(2 * stats.t.sf(abs(value) / standard_error, degrees))
        if standard_error > 0
        else float(value == 0)
    )
    return Estimate(value, value - reach, value + reach, standard_error, degrees, p)


def answer(cohorts: Sequence[Cohort], ask: Functional, ground: Ground) -> Arms:
    """The value asked for, and its standard error.

    Many treated practices: each group's own spread. Few: the comparison practices' spread, by list size, stands for the treated ones'. To
    either is added what groups were seen to stray together.
    """
    pieces = [_piece(each, ask) for each in cohorts if ask.shares[each.rows].sum() != 0]
    total = sum(piece.mass for piece in pieces)
    scores, weighting, influence = (
        np.sum([piece.mass * part for piece, part in zip(pieces, parts, strict=True)], axis=0)
        for parts in (
            [piece.left for piece in pieces],
            [piece.weights for piece in pieces],
            [piece.weights * piece.left for piece in pieces],
        )
    )
    response = np.sum([piece.mass * piece.response for piece in pieces], axis=0)
    freedom = float(max(len(ground.controls) - 1 - cohorts[0].control_features.shape[1], 1))
    treated, own_variance = _treated_variance(pieces), True
    if treated is None:
        rows = np.concatenate([each.rows for each in cohorts])
        spread = borrowed((scores / total) ** 2, ground, rows)
        treated, own_variance = (float((ask.shares[rows] ** 2 * spread).sum()), freedom), False
    variances = (
        treated,
        (float((influence**2).sum()), min(_degrees(weighting), freedom)),
        _shared(ground, ask.shares / total, weighting / total, response, own_variance),
    )
    variance = sum(part for part, _ in variances)
    below = sum(part**2 / degrees for part, degrees in variances)
    value = sum(float(piece.shares @ piece.net) for piece in pieces)
    degrees = max(variance**2 / below, 1.0) if below > 0 else 1.0
    return Arms(value, float(np.sqrt(variance)), degrees, scores, own_variance)


@dataclass(frozen=True)
class _Piece:
    """One cohort's part: ``net`` effect of each treated practice, what is ``left`` of each comparison practice's after regression (with its
    leverage allowed for), and what one unit in each month would do."""

    mass: float
    shares: Floats
    net: Floats
    apart: Floats
    left: Floats
    weights: Floats
    response: Floats


def _piece(cohort: Cohort, ask: Functional) -> _Piece:
    shares, kernel = ask.shares[cohort.rows], ask.kernel[cohort.rows]
    mass = float(shares.sum())
    own = np.where(kernel != 0, cohort.treated * kernel, 0).sum(axis=1)
    mean_kernel = shares @ kernel / mass
    asked = mean_kernel != 0
    controls = cohort.controls[:, asked] @ mean_kernel[asked]
    centre = shares @ cohort.treated_features / mass
    weights, slopes, hats = control_weights(cohort, centre)
    learnt = slopes @ controls
    carried = cohort.control_features @ learnt
    level = np.average(controls - carried, weights=cohort.regress)
    net = own - float(weights @ controls)
    return _Piece(
        mass=mass,
        shares=shares,
        net=net,
        apart=net - (cohort.treated_features - centre) @ learnt,
        left=(controls - carried - level) / np.sqrt(1 - hats),
        weights=weights,
        response=cohort.response[:, asked] @ mean_kernel[asked],
    )


def _shared(
    ground: Ground, treated: Floats, weighting: Floats, response: Floats, own_variance: bool
) -> tuple[float, float]:
    compared = np.zeros_like(treated)
    compared[ground.controls] = weighting
    own = ground.strayed.own
    if not own_variance:
        rows = np.flatnonzero(treated)
        own = own.copy()
        own[rows] = borrowed(own[ground.controls], ground, rows)
    return shared.variance(ground.strayed, treated, compared, own, response)


def control_weights(cohort: Cohort, centre: Floats) -> tuple[Floats, Floats, Floats]:
    """Comparison weights that meet the treated centre; slopes on features as linear functions of comparison scores; leverages."""
    features, regress = cohort.control_features, cohort.regress / cohort.regress.sum()
    if not features.shape[1]:
        return cohort.base, np.zeros((0, len(features))), np.minimum(regress, 0.99)
    apart = features - regress @ features
    # A feature that does not vary among the comparison has no slope to learn: the pseudo-inverse leaves it alone.
    slopes = np.linalg.pinv(apart.T @ (regress[:, None] * apart), rcond=1e-6) @ (regress[:, None] * apart).T
    weights = cohort.base + (centre - cohort.base @ features) @ slopes
    hats = regress + (apart * slopes.T).sum(axis=1)
    return weights, slopes, np.clip(hats, 0, 0.99)


def _treated_variance(pieces: Sequence[_Piece]) -> tuple[float, float] | None:
    """Variance of the treated sum from spread within cohorts, and its degrees of freedom; None with too few practices.

    Cohorts of one practice are pooled, which can only widen it.
    """
    if sum(len(piece.apart) for piece in pieces) < rule("few_treated"):
        return None
    groups = [(piece.apart, piece.shares) for piece in pieces if len(piece.apart) > 1]
    alone = [(piece.apart, piece.shares) for piece in pieces if len(piece.apart) == 1]
    if len(alone) == 1:
        alone.append(groups.pop())
    if alone:
        groups.append((np.concatenate([a for a, _ in alone]), np.concatenate([s for _, s in alone])))
    strayed = []
    for values, shares in groups:
        weights = shares / shares.sum()
        strayed.append(shares * (values - weights @ values) / np.sqrt(1 - np.minimum(weights, 0.99)))
    every = np.concatenate([shares for _, shares in groups])
    variance = float((np.concatenate(strayed) ** 2).sum())
    return variance, max(_degrees(every) - len(groups), 1.0)


def _degrees(weights: Floats) -> float:
    """How many equal practices these weighted ones are worth when their spread is measured."""
    fourth = float((weights**4).sum())
    return max(float((weights**2).sum()) ** 2 / fourth, 1.0) if fourth > 0 else 1.0


def borrowed(squares: Floats, ground: Ground, rows: Rows) -> Floats:
    """Variance expected of practices ``rows``: a + b / list size, both at least 0, fitted to the comparison practices' squares."""
    lists = ground.list_sizes[ground.controls]
    scaled = squares * lists  # large practices vary least, so they are weighed most
    flat, steep = np.linalg.lstsq(np.stack([lists, np.ones_like(lists)], axis=1), scaled, rcond=None)[0]
    if min(flat, steep) < 0:
        only_flat, only_steep = float((scaled * lists).sum() / (lists**2).sum()), float(scaled.mean())
        flatter = ((scaled - only_flat * lists) ** 2).sum() <= ((scaled - only_steep) ** 2).sum()
        flat, steep = (only_flat, 0.0) if flatter else (0.0, only_steep)
    return np.asarray(flat + steep / ground.list_sizes[rows], dtype=np.float64)
