"""Against the regression of the reference: value on time, step, time since, and the same four by group."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.regression.linear_model import OLS

from stepwell.population.prescribing.evaluation import Design, Weights, evaluate
from stepwell.population.prescribing.evaluation.autocorrelation import basis, expected, strength
from stepwell.population.prescribing.evaluation.tests.panels import COUNT, START, T, lines, panel, starting

DESIGN = Design(weights=Weights.EQUAL, autoregression=0, seasonal=False)


def test_the_controlled_series_is_the_pooled_regression_with_group_terms() -> None:
    values = lines(40, noise=2.0)
    values[:15] += -0.5 * np.maximum(T - START + 1, 0)
    found = evaluate(panel(values), starting(range(15)), DESIGN).primary
    step, since = (T >= START).astype(float), np.maximum(T - START, 0.0)
    one = np.stack([np.ones(COUNT), T, step, since], axis=1)
    group = (np.arange(40) < 15).astype(float)
    terms = np.vstack([np.hstack([one, g * one]) for g in group])
    fitted = OLS(values.ravel(), terms).fit(
        cov_type="cluster", cov_kwds={"groups": np.repeat(np.arange(40), COUNT)}
    )
    assert found.slope.value == pytest.approx(fitted.params[7])
    assert found.level.value == pytest.approx(fitted.params[6])
    assert found.average.value == pytest.approx(fitted.params[6] + fitted.params[7] * since[START:].mean())
    assert found.slope.standard_error == pytest.approx(fitted.bse[7], rel=0.05)


def test_the_gap_as_one_series_gives_the_same_effect_when_months_are_independent() -> None:
    values = lines(40, noise=2.0)
    values[:15] += np.where(START <= T, -4, 0)
    found = evaluate(panel(values), starting(range(15)), DESIGN)
    robust = next(each for each in found.sensitivity if "Newey-West" in each.what)
    assert robust.average.value == pytest.approx(found.primary.average.value, abs=0.3)


@pytest.mark.parametrize("true", [0.0, 0.3, 0.6, 0.85])
def test_autocorrelation_is_found_without_the_usual_shortfall(true: float) -> None:
    random = np.random.default_rng(1)
    errors = random.standard_normal((2_000, 30))
    for month in range(1, 30):
        errors[:, month] = true * errors[:, month - 1] + np.sqrt(1 - true**2) * errors[:, month]
    months = np.arange(30)
    assert strength(errors, months, 2) == pytest.approx(true, abs=0.03)
    assert (
        np.interp(true, np.linspace(0, 0.95, 39), expected(months, basis(months, trend=True, harmonics=2)))
        < true - 0.02
        or true == 0
    )


def test_shocks_that_move_all_treated_practices_together_widen_the_interval() -> None:
    random = np.random.default_rng(2)
    alone = lines(80, noise=1.0)
    shared = np.zeros(COUNT)
    for month in range(1, COUNT):
        shared[month] = 0.6 * shared[month - 1] + random.standard_normal()
    together = alone + np.where(np.arange(80) < 30, 1.0, 0.0)[:, None] * shared
    narrow = evaluate(panel(alone), starting(range(30)), Design(checks=False)).primary.average
    wide = evaluate(panel(together), starting(range(30)), Design(checks=False)).primary.average
    assert wide.standard_error > 2 * narrow.standard_error
