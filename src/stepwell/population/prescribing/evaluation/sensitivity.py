"""The same question with one decision changed at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

import numpy as np
from statsmodels.regression.linear_model import GLSAR, OLS  # type: ignore[import-untyped]

from stepwell.base.errors import StepwellError
from stepwell.population.prescribing.evaluation import autocorrelation, changes, methods
from stepwell.population.prescribing.evaluation.admission import admit
from stepwell.population.prescribing.evaluation.data import rule, words
from stepwell.population.prescribing.evaluation.estimating import estimate
from stepwell.population.prescribing.evaluation.methods import Prepared
from stepwell.population.prescribing.evaluation.model import (
    Design,
    Estimate,
    Floats,
    Handling,
    Method,
    Panel,
    Selection,
    Sensitivity,
    Weights,
)


def changed(
    panel: Panel, treated: Mapping[str, date], design: Design, prepared: Prepared
) -> tuple[Sensitivity, ...]:
    """Average effects of the primary method with other comparison practices, months, weights and error models. What cannot be had is left out."""
    found = [_other_controls(prepared, design.primary)]
    for what, other in _designs(design):
        try:
            admitted = admit(panel, treated, other)
        except StepwellError:  # this variation leaves too few months
            continue
        if len(admitted.controls) >= rule("least_controls"):
            again = methods.prepare(admitted, design.primary)
            found.append(Sensitivity(what, again.ask(methods.mean_effect(again))))
    return (*found, *_as_one_series(prepared))


def _other_controls(prepared: Prepared, method: Method) -> Sensitivity:
    matched = method is Method.CONTROLLED_SERIES
    again = methods.prepare(prepared.panel, method, matched=matched)
    what = words("sense_other_controls_matched" if matched else "sense_other_controls_all")
    return Sensitivity(what, again.ask(methods.mean_effect(again)))


def _designs(design: Design) -> Iterator[tuple[str, Design]]:
    if design.neighbours:
        yield words("sense_neighbours"), replace(design, neighbours=frozenset())
    for months in sorted(
        {0, design.anticipation + 1, max(design.anticipation - 1, 0)} - {design.anticipation}
    ):
        yield words("sense_anticipation").format(count=months), replace(design, anticipation=months)
    other = Weights.EQUAL if design.weights is Weights.DENOMINATOR else Weights.DENOMINATOR
    yield words(f"sense_weights_{other.value}"), replace(design, weights=other)
    order = words("sense_order" if design.autoregression else "sense_order_one")
    yield order, replace(design, autoregression=1 - design.autoregression)
    if design.seasonal is not False and design.primary is Method.CONTROLLED_SERIES:
        yield words("sense_season"), replace(design, seasonal=False)
    if design.selection:
        first, last = design.selection.first, design.selection.last
        for handling in Handling:
            if handling is not design.selection.handling:
                chosen = Selection(first, last, handling)
                yield words(f"sense_selection_{handling.value}"), replace(design, selection=chosen)
        yield words("sense_selection_none"), replace(design, selection=None)


def _as_one_series(prepared: Prepared) -> Iterator[Sensitivity]:
    """The gap between the groups as one time series, with textbook errors. Only where all start together."""
    if len(prepared.cohorts) > 1:
        return
    gap, terms, average = _gap(prepared)
    for order in (1, 2):
        fitted = GLSAR(gap, terms, rho=order).iterative_fit(maxiter=8)
        yield Sensitivity(words(f"sense_gap_ar_{order}"), _tested(fitted, average))
    lags = int(np.floor(4 * (len(gap) / 100) ** (2 / 9))) + 1
    robust = OLS(gap, terms).fit(
        cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True}, use_t=True
    )
    yield Sensitivity(words("sense_gap_newey_west"), _tested(robust, average))


def _gap(prepared: Prepared) -> tuple[Floats, Floats, Floats]:
    """The gap's values, its regression terms (months left out or not seen have a term of their own), and the average effect as a contrast."""
    panel = prepared.panel
    start = panel.cohorts[0]
    months = np.arange(panel.last + 1, dtype=np.intp)
    weights = methods.comparison_weights(prepared, prepared.cohorts[0])
    values = panel.values[panel.controls]
    seen = ~np.isnan(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        compared = (weights[:, None] * np.where(seen, values, 0)).sum(axis=0) / (weights[:, None] * seen).sum(
            axis=0
        )
    gap = (changes.pooled(panel, panel.treated) - compared)[months]
    since = np.maximum(months - start - panel.design.wash_in, 0)
    begun = months >= start + panel.design.wash_in
    waves = prepared_harmonics = methods.harmonics(panel)
    lines = [autocorrelation.basis(months, trend=True, harmonics=waves), begun[:, None], since[:, None]]
    used = np.isin(months, np.concatenate([panel.before(start), panel.after(start)])) & ~np.isnan(gap)
    alone = np.eye(len(months))[:, ~used]
    terms = np.hstack([*lines, alone]).astype(np.float64)
    average = np.zeros(terms.shape[1])
    place = 2 + 2 * prepared_harmonics
    average[place], average[place + 1] = 1, since[begun & used].mean()
    return np.where(np.isnan(gap), 0, gap), terms, average


def _tested(fitted: object, average: Floats) -> Estimate:
    test = fitted.t_test(average)  # type: ignore[attr-defined]
    degrees = float(fitted.df_resid)  # type: ignore[attr-defined]
    return estimate(float(test.effect.item()), float(test.sd.item()), degrees)
