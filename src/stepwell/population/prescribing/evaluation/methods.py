"""The two methods: a controlled interrupted time series, and difference-in-differences against matched practices.

Both handle staggered starts the same way: every start month is compared with practices that never start, looked at from that same month, and
only then are start months added up. No treated practice is ever another's comparison.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from stepwell.population.prescribing.evaluation import autocorrelation, matching, shared
from stepwell.population.prescribing.evaluation.admission import Admitted, covariates
from stepwell.population.prescribing.evaluation.data import rule
from stepwell.population.prescribing.evaluation.effects import (
    Forecast,
    apart_from_all,
    beyond_forecast,
    filled_from_others,
)
from stepwell.population.prescribing.evaluation.estimating import (
    Arms,
    Cohort,
    Functional,
    Ground,
    answer,
    control_weights,
    estimate,
)
from stepwell.population.prescribing.evaluation.model import (
    Estimate,
    Floats,
    Handling,
    Mask,
    Method,
    Rows,
    Weights,
)


@dataclass(frozen=True)
class Prepared:
    """One method made ready for its questions. ``weights`` (practices, months): what a treated practice's month counts for."""

    panel: Admitted
    cohorts: tuple[Cohort, ...]
    ground: Ground
    weights: Floats
    inference: str

    def ask(self, functional: Functional) -> Estimate:
        """One figure with its interval."""
        arms = self.arms(functional)
        return estimate(arms.value, arms.standard_error, arms.degrees)

    def ask_slope(self) -> Estimate:
        """Change of slope, per month."""
        return self.ask(line_effect(self, slope=True))

    def arms(self, functional: Functional) -> Arms:
        """One figure in its pieces."""
        return answer(self.cohorts, functional, self.ground)


def harmonics(panel: Admitted) -> int:
    """Waves within a year that the shortest baseline can carry."""
    shortest = min(len(panel.before(start)) for start in panel.cohorts)
    wanted = panel.design.seasonal
    if wanted is None:
        wanted = shortest >= rule("better_before")
    return int(rule("harmonics")) if wanted else 0


def strength(panel: Admitted) -> float:
    """Autocorrelation of a practice's months, from the baseline of the earliest start."""
    if panel.design.autoregression == 0:
        return 0.0
    rows = np.concatenate([panel.treated, panel.controls])
    return autocorrelation.strength(
        apart_from_all(panel.values[rows]), panel.before(panel.cohorts[0]), harmonics(panel)
    )


def prepare(panel: Admitted, method: Method, *, matched: bool | None = None) -> Prepared:
    """Forecasts, features and comparison weights of every start month. ``matched`` None: as the method has it."""
    series = method is Method.CONTROLLED_SERIES
    how = Forecast(trend=series, harmonics=harmonics(panel) if series else 0, strength=strength(panel))
    return _prepared(panel, how, (not series) if matched is None else matched)


def prepare_as_seen(panel: Admitted) -> Prepared:
    """No forecast and no adjustment: the values themselves, for slopes as the campaign study printed them."""
    how = Forecast(trend=True, harmonics=harmonics(panel), strength=strength(panel), none=True)
    return _prepared(replace(panel, design=replace(panel.design, selection=None)), how, False)


def _prepared(panel: Admitted, how: Forecast, matched: bool) -> Prepared:
    cohorts = tuple(_cohort(panel, start, how, matched) for start in panel.cohorts)
    weights = (
        panel.weights
        if panel.design.weights is Weights.DENOMINATOR
        else np.where(np.isnan(panel.weights), np.nan, 1.0)
    )
    few = len(panel.treated) < rule("few_treated")
    return Prepared(panel, cohorts, _ground(panel, how), weights, "borrowed" if few else "between_practices")


def _ground(panel: Admitted, how: Forecast) -> Ground:
    """One start month: the after-period too teaches how groups stray, from a curve of its own. Several: only the months before the earliest."""
    months = panel.before(panel.cohorts[0])
    terms = autocorrelation.basis(months, trend=how.trend, harmonics=how.harmonics)
    after = panel.after(panel.cohorts[0])
    if len(panel.cohorts) == 1:
        months = np.concatenate([months, after])
        terms = autocorrelation.basis(months, trend=how.trend, harmonics=how.harmonics)
        since = (months - after[0])[:, None] / len(after)
        terms = np.hstack([terms, (since >= 0) * since ** np.arange(3)])
    return Ground(
        panel.list_sizes, panel.controls, shared.strayed(_own_courses(panel), months, terms, how.strength)
    )


def _own_courses(panel: Admitted) -> Floats:
    """Values apart from what practices share; NaN for practices that are in neither group."""
    rows = np.concatenate([panel.treated, panel.controls])
    courses = np.full_like(panel.values, np.nan)
    courses[rows] = apart_from_all(panel.values[rows])
    return courses


def _cohort(panel: Admitted, start: int, how: Forecast, matched: bool) -> Cohort:
    before, after = panel.before(start), panel.after(start)
    rows = panel.treated[panel.starts[panel.treated] == start]
    everyone = np.concatenate([rows, panel.controls])
    effects = beyond_forecast(panel.values[everyone], before, after, how)
    is_treated = np.arange(len(everyone)) < len(rows)
    by_list = panel.design.weights is Weights.DENOMINATOR
    regress = panel.list_sizes[panel.controls] if by_list else np.ones(len(panel.controls))
    regress = regress / regress.sum()
    controls = filled_from_others(effects[~is_treated], regress, after)
    features, base = _selection_feature(panel, everyone), regress
    if matched:
        features = _matching_features(panel, everyone, before, is_treated, slopes=not how.trend)
        shares = panel.list_sizes[rows] if by_list else np.ones(len(rows))
        base = matching.nearest(
            features[is_treated], features[~is_treated], shares / shares.sum(), panel.design.matches
        )
    if len(panel.controls) < rule("controls_per_covariate") * features.shape[1]:
        features = features[:, :0]
    response = np.nan_to_num(beyond_forecast(np.eye(panel.values.shape[1]), before, after, how))
    return Cohort(
        rows,
        effects[is_treated],
        controls,
        features[is_treated],
        features[~is_treated],
        base,
        regress,
        response,
    )


def _selection_feature(panel: Admitted, rows: Rows) -> Floats:
    """The value in the months of selection, where the design adjusts for it; otherwise nothing."""
    selection = panel.design.selection
    if selection is None or selection.handling is not Handling.ADJUST:
        return np.zeros((len(rows), 0))
    return matching.standardised(np.nanmean(panel.values[np.ix_(rows, panel.window)], axis=1)[:, None])


def _matching_features(panel: Admitted, rows: Rows, before: Rows, treated: Mask, *, slopes: bool) -> Floats:
    """Level (or value in the months of selection), list size, the panel's covariates, and slope where the forecast does not hold it already.

    A method that subtracts each practice's own line must not choose its comparison by the same line: chance in it would be taken off twice.
    """
    waves = int(rule("harmonics")) if len(before) >= rule("better_before") else 0
    level, slope = matching.level_and_slope(
        apart_from_all(panel.values[rows]), before, waves, strength(panel), treated
    )
    chosen = _selection_feature(panel, rows)
    columns = [chosen[:, 0] if chosen.shape[1] else level, np.log(panel.list_sizes[rows])]
    if slopes:
        columns.append(slope)
    columns += [values[rows] for values in covariates(panel).values()]
    return matching.standardised(np.stack(columns, axis=1))


def mean_effect(prepared: Prepared) -> Functional:
    """Average over the after-period's practice-months, each counted by its weight."""
    kernel, totals = _observed(prepared, prepared.weights)
    return Functional(totals / totals.sum(), kernel)


def total_effect(prepared: Prepared, unit_cost: Floats | None = None) -> Functional:
    """Sum over the after-period in units of the numerator, or in pounds where each unit has a cost."""
    units = prepared.panel.weights if unit_cost is None else prepared.panel.weights * unit_cost
    kernel, totals = _observed(prepared, units)
    return Functional(totals, kernel)


def month_effect(prepared: Prepared, month: int) -> Functional:
    """Effect in one month of the calendar, over the practices that have started by then."""
    only = np.full_like(prepared.weights, np.nan)
    only[:, month] = prepared.weights[:, month]
    kernel, totals = _observed(prepared, only)
    return Functional(totals / max(totals.sum(), 1e-300), kernel)


def line_effect(prepared: Prepared, *, slope: bool) -> Functional:
    """The line through a practice's monthly effects: its slope per month, or its height in the first month of the after-period."""
    kernel, totals = _observed(prepared, prepared.weights)
    seen = kernel != 0
    month = np.broadcast_to(np.arange(kernel.shape[1], dtype=np.float64), kernel.shape)
    first = np.where(seen.any(axis=1), seen.argmax(axis=1), 0)[:, None]
    count = np.maximum(seen.sum(axis=1, keepdims=True), 1)
    centre = (month * seen).sum(axis=1, keepdims=True) / count
    apart = np.where(seen, month - centre, 0)
    squares = np.maximum((apart**2).sum(axis=1, keepdims=True), 1e-300)
    line = apart / squares
    return Functional(
        totals / totals.sum(), line if slope else np.where(seen, 1 / count + (first - centre) * line, 0)
    )


def _observed(prepared: Prepared, units: Floats) -> tuple[Floats, Floats]:
    """Each treated practice's after-months as shares of its own total (rows, months), and that total."""
    panel = prepared.panel
    kept = np.zeros_like(units)
    for start in panel.cohorts:
        rows = panel.treated[panel.starts[panel.treated] == start]
        kept[np.ix_(rows, panel.after(start))] = np.nan_to_num(units[np.ix_(rows, panel.after(start))])
    totals = kept.sum(axis=1)
    return np.divide(kept, totals[:, None], out=np.zeros_like(kept), where=totals[:, None] != 0), totals


def comparison_weights(prepared: Prepared, cohort: Cohort) -> Floats:
    """What each comparison practice counts for against one start month; they add to 1 and, where differences are regressed away, may be below 0."""
    shares = prepared.panel.list_sizes[cohort.rows]
    return control_weights(cohort, shares / shares.sum() @ cohort.treated_features)[0]


def started_share(panel: Admitted, month: int) -> float:
    """Of all treated patients seen in a month, the share in practices whose after-period holds it."""
    weights = np.nan_to_num(panel.weights[panel.treated, month])
    started = panel.starts[panel.treated] + panel.design.wash_in <= month
    return float(weights[started].sum() / weights.sum()) if weights.sum() > 0 else 0.0
