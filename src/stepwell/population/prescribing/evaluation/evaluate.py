"""Did it work? One question in, one evaluation out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np

from stepwell.population.prescribing.evaluation import changes, methods, placebo, sensitivity, verdict
from stepwell.population.prescribing.evaluation.admission import admit
from stepwell.population.prescribing.evaluation.data import rule
from stepwell.population.prescribing.evaluation.methods import Prepared
from stepwell.population.prescribing.evaluation.model import (
    Design,
    Estimate,
    Evaluation,
    Floats,
    Method,
    Panel,
    Result,
    Sensitivity,
    Series,
    TimePlacebo,
)


def evaluate(panel: Panel, treated: Mapping[str, date], design: Design | None = None) -> Evaluation:
    """Controlled before-after evaluation of the practices ``treated``, each from its own start month.

    All other practices of the panel that the design does not leave out are the comparison. Without enough of them the evaluation has no results
    and says so. Raises StepwellError where the panel or design is wrong, or there are too few months before or after.
    """
    design = design or Design()
    admitted = admit(panel, treated, design)
    alone = len(admitted.controls) < rule("least_controls")
    order = sorted(Method, key=lambda method: method is not design.primary)
    prepared = [] if alone else [methods.prepare(admitted, method) for method in order]
    during = methods.prepare_as_seen(admitted).ask_slope() if prepared else None
    results = tuple(
        _result(each, method, during) for each, method in zip(prepared, order, strict=False) if during
    )
    times: tuple[TimePlacebo, ...] = ()
    space = None
    changed: tuple[Sensitivity, ...] = ()
    if prepared and design.checks:
        times = placebo.in_time(admitted, design.primary)
        space = placebo.in_space(prepared[0])
        changed = sensitivity.changed(panel, treated, design, prepared[0])
    own, other = changes.treated_change(admitted), changes.comparison_change(admitted)
    said = verdict.say(admitted, results, own, other, times, space)
    return Evaluation(
        unit=panel.unit,
        per=panel.per,
        months=panel.months,
        treated=tuple(panel.codes[row] for row in admitted.treated),
        comparison=tuple(panel.codes[row] for row in admitted.controls),
        left_out=admitted.left_out,
        treated_change=own,
        comparison_change=other,
        results=results,
        time_placebos=times,
        space_placebo=space,
        sensitivity=changed,
        verdict=said,
        assumptions=verdict.assumptions(admitted, results),
        warnings=verdict.warnings(admitted, results, times, space),
    )


def _result(prepared: Prepared, method: Method, during: Estimate) -> Result:
    design = prepared.panel.design
    weights = _weights(prepared)
    money = None
    if design.unit_cost is not None:
        money = prepared.ask(methods.total_effect(prepared, design.unit_cost))
    return Result(
        method=method,
        average=prepared.ask(methods.mean_effect(prepared)),
        level=prepared.ask(methods.line_effect(prepared, slope=False)),
        slope=prepared.ask(methods.line_effect(prepared, slope=True)),
        during=during,
        total=prepared.ask(methods.total_effect(prepared)),
        money=money,
        comparisons=float(weights.sum() ** 2 / (weights**2).sum()),
        inference=prepared.inference,
        series=_series(prepared) if design.checks else None,
    )


def _series(prepared: Prepared) -> Series:
    """Counterfactual = observed less effect, in months with an effect. Interval: that of the month's effect, turned round."""
    panel = prepared.panel
    observed = changes.pooled(panel, panel.treated)
    course, lower, upper = (np.full(len(observed), np.nan) for _ in range(3))
    for month in range(panel.cohorts[0] + panel.design.wash_in, panel.last + 1):
        functional = methods.month_effect(prepared, month)
        if not functional.kernel.any():
            continue
        effect = prepared.ask(functional)
        # Practices that have not yet started have no effect in it: their share of the pooled value stays as observed.
        share = methods.started_share(panel, month)
        course[month] = observed[month] - share * effect.value
        lower[month], upper[month] = (
            observed[month] - share * effect.upper,
            observed[month] - share * effect.lower,
        )
    compared = _compared(prepared)
    return Series(observed, compared, course, lower, upper)


def _compared(prepared: Prepared) -> Floats:
    panel, weights = prepared.panel, _weights(prepared)
    values = panel.values[panel.controls]
    seen = ~np.isnan(values)
    totals = (weights[:, None] * seen).sum(axis=0)
    sums = (weights[:, None] * np.where(seen, values, 0)).sum(axis=0)
    return np.asarray(np.divide(sums, totals, out=np.full_like(sums, np.nan), where=np.abs(totals) > 1e-9))


def _weights(prepared: Prepared) -> Floats:
    """What each comparison practice counts for, start months weighed by their treated patients."""
    panel = prepared.panel
    weights = np.zeros(len(panel.controls))
    for each in prepared.cohorts:
        weights += methods.comparison_weights(prepared, each) * panel.list_sizes[each.rows].sum()
    return weights
