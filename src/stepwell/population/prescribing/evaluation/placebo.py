"""Tests that should find nothing: a start that was none, and practices that had no programme."""

from __future__ import annotations

from dataclasses import replace
from math import comb

import numpy as np

from stepwell.base.errors import StepwellError
from stepwell.population.prescribing.evaluation import methods
from stepwell.population.prescribing.evaluation.admission import Admitted, with_practices
from stepwell.population.prescribing.evaluation.data import rule
from stepwell.population.prescribing.evaluation.estimating import borrowed
from stepwell.population.prescribing.evaluation.methods import Prepared
from stepwell.population.prescribing.evaluation.model import Floats, Mask, Method, SpacePlacebo, TimePlacebo


def in_time(panel: Admitted, method: Method) -> tuple[TimePlacebo, ...]:
    """The same method with one false start for all inside the baseline, and the months from the earliest true start on forgotten.

    A false start lies after the months of selection: before their end the choice is still being made.
    """
    earliest = panel.cohorts[0]
    last = earliest - panel.design.anticipation - 1
    least = int(rule("least_after")) + panel.design.wash_in - 1
    nearest = earliest - (last - least)
    first = int(rule("least_before")) + panel.design.anticipation
    if len(panel.window):
        first = max(first, int(panel.window[-1]) + 1)
    farthest = earliest - first
    if nearest > farthest or nearest < 1:
        return ()
    backs = np.unique(np.linspace(nearest, farthest, int(rule("time_placebos"))).round().astype(int))
    found = []
    for back in backs:
        moved = np.where(panel.starts >= 0, earliest - back, -1).astype(np.intp)
        try:
            false = with_practices(replace(panel, starts=moved, last=last))
        except StepwellError:  # too few months once some are missing
            continue
        if len(false.controls) < rule("least_controls"):
            continue
        prepared = methods.prepare(false, method)
        month = panel.panel.months[earliest - int(back)]
        found.append(TimePlacebo(month, prepared.ask(methods.mean_effect(prepared))))
    return tuple(found)


def in_space(prepared: Prepared) -> SpacePlacebo:
    """Groups of comparison practices pretended to be treated: single ones where one is treated, else random groups of as many (at most half)."""
    arms = prepared.arms(methods.mean_effect(prepared))
    real = abs(arms.value) / arms.standard_error if arms.standard_error > 0 else np.inf
    count = len(arms.scores)
    size = max(min(len(prepared.panel.treated), count // 2), 1)
    picked = _picked(count, size, np.random.default_rng(prepared.panel.design.seed))
    weights = prepared.cohorts[0].regress
    own = None if arms.own_variance else borrowed(arms.scores**2, prepared.ground, prepared.panel.controls)
    false = np.abs(_studentised(arms.scores, picked, weights, own))
    draws = len(picked)
    p = (1 + int((false >= real).sum())) / (1 + draws)
    return SpacePlacebo(size, draws, p, 1 / (1 + min(draws, comb(count, size))))


def _picked(count: int, size: int, random: np.random.Generator) -> Mask:
    """Groups of ``size`` of ``count`` comparison practices, one a row: every single one where few enough, else as many draws as the rule has."""
    draws = int(rule("space_draws"))
    if size == 1:
        singles = np.arange(count) if count <= draws else random.choice(count, draws, replace=False)
        return np.asarray(singles[:, None] == np.arange(count))
    return np.asarray(np.argsort(np.argsort(random.random((draws, count)), axis=1), axis=1) < size)


def _studentised(scores: Floats, picked: Mask, weights: Floats, own: Floats | None) -> Floats:
    """Difference between picked and other practices over its standard error, per draw; ``own``: variance of each practice, if few are picked."""
    means, variances = [], []
    for group in (picked, ~picked):
        shares = group * weights
        shares = shares / shares.sum(axis=1, keepdims=True)
        mean = shares @ scores
        squares = (
            (scores[None, :] - mean[:, None]) ** 2 / (1 - np.minimum(shares, 0.99))
            if own is None
            else own[None, :]
        )
        means.append(mean)
        variances.append((shares**2 * squares).sum(axis=1))
    return np.asarray((means[0] - means[1]) / np.sqrt(variances[0] + variances[1]))
