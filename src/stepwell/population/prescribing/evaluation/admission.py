"""Whether there is enough to answer from, and which practices and months it is answered from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

import numpy as np

from stepwell.base.errors import StepwellError
from stepwell.population.prescribing.evaluation.data import rule, words
from stepwell.population.prescribing.evaluation.model import Design, Floats, Handling, Mask, Panel, Rows


@dataclass(frozen=True)
class Admitted:
    """A panel that may be evaluated. ``starts`` has one place per panel row: the month's place, or -1 for a practice that is not treated.

    ``values`` are numerator over denominator, NaN where either is missing. ``window`` are the months of selection (none: empty).
    """

    panel: Panel
    design: Design
    values: Floats
    weights: Floats
    starts: Rows
    treated: Rows
    controls: Rows
    window: Rows
    last: int
    left_out: Mapping[str, tuple[str, ...]]

    def before(self, start: int) -> Rows:
        """Baseline months of practices that start in month ``start``."""
        months = np.arange(max(start - self.design.anticipation, 0))
        if self.design.selection and self.design.selection.handling is Handling.LEAVE_OUT:
            months = np.setdiff1d(months, self.window)
        return months.astype(np.intp)

    def after(self, start: int) -> Rows:
        """Months of the after-period."""
        return np.arange(start + self.design.wash_in, self.last + 1, dtype=np.intp)

    @property
    def cohorts(self) -> tuple[int, ...]:
        """The start months, in order."""
        return self.cohorts_of(self.treated)

    def cohorts_of(self, rows: Rows) -> tuple[int, ...]:
        """The start months of some treated practices, in order."""
        return tuple(sorted(set(self.starts[rows].tolist())))

    @property
    def list_sizes(self) -> Floats:
        """Mean denominator of each practice."""
        seen = ~np.isnan(self.weights)
        return np.asarray(np.nansum(self.weights, axis=1) / np.maximum(seen.sum(axis=1), 1), dtype=np.float64)


def admit(panel: Panel, treated: Mapping[str, date], design: Design) -> Admitted:
    """Check the panel and the design; leave out practices with too little. Raises StepwellError where nothing can be answered."""
    _check_panel(panel)
    places = {code: row for row, code in enumerate(panel.codes)}
    months = {month: place for place, month in enumerate(panel.months)}
    if not treated:
        raise _refusal("no_treated")
    if any(code not in places for code in treated):
        raise _refusal("unknown_treated", count=sum(code not in places for code in treated))
    if any(start not in months for start in treated.values()):
        raise _refusal("unknown_start")
    _check_design(panel, design)
    last = months[design.last_month] if design.last_month else len(panel.months) - 1
    starts = np.full(len(panel.codes), -1, dtype=np.intp)
    for code, start in treated.items():
        starts[places[code]] = months[start]
    with np.errstate(divide="ignore", invalid="ignore"):
        known = ~np.isnan(panel.numerator) & (panel.denominator > 0)
        values = np.where(known, panel.numerator / panel.denominator, np.nan)
    weights = np.where(known, panel.denominator, np.nan)
    nobody = np.array([], dtype=np.intp)
    admitted = Admitted(
        panel, design, values, weights, starts, nobody, nobody, _window(months, design), last, {}
    )
    return with_practices(admitted)


def _check_panel(panel: Panel) -> None:
    shape = (len(panel.codes), len(panel.months))
    if panel.numerator.shape != shape or panel.denominator.shape != shape:
        raise _refusal("shape")
    if len(set(panel.codes)) != len(panel.codes):
        raise _refusal("twice")
    follow = [(month.year * 12 + month.month, month.day) for month in panel.months]
    if any(day != 1 for _, day in follow) or any(b[0] - a[0] != 1 for a, b in pairwise(follow)):
        raise _refusal("months")
    if np.isinf(panel.numerator).any() or np.isinf(panel.denominator).any() or (panel.denominator < 0).any():
        raise _refusal("numbers")
    if any(values.shape != (len(panel.codes),) for values in panel.covariates.values()):
        raise _refusal("shape")
    if any(np.isinf(values).any() for values in panel.covariates.values()):
        raise _refusal("numbers")


def _check_design(panel: Panel, design: Design) -> None:
    if (
        min(design.anticipation, design.wash_in) < 0
        or design.matches < 1
        or design.autoregression not in (0, 1)
    ):
        raise _refusal("design")
    cost = design.unit_cost
    if cost is not None and (
        cost.shape != (len(panel.months),) or not (cost > 0).all() or np.isinf(cost).any()
    ):
        raise _refusal("unit_cost")
    if design.last_month is not None and design.last_month not in panel.months:
        raise _refusal("last_month")
    if any(name not in panel.covariates for name in design.match_on or ()):
        raise _refusal("covariate")


def _window(months: Mapping[date, int], design: Design) -> Rows:
    if design.selection is None:
        return np.array([], dtype=np.intp)
    if design.selection.first not in months or design.selection.last not in months:
        raise _refusal("window")
    first, last = months[design.selection.first], months[design.selection.last]
    if first > last:
        raise _refusal("window")
    return np.arange(first, last + 1, dtype=np.intp)


def with_practices(panel: Admitted) -> Admitted:
    everyone = panel.starts
    treated = np.flatnonzero(everyone >= 0)
    earliest = int(everyone[treated].min())
    if len(panel.window) and panel.window[-1] >= earliest:
        raise _refusal("window_late")
    kept = np.concatenate(
        [
            rows[_enough(panel, rows, (start,))]
            for start in panel.cohorts_of(treated)
            for rows in [treated[everyone[treated] == start]]
        ]
    )
    if not len(kept):
        raise _refusal("too_short", before=int(rule("least_before")), after=int(rule("least_after")))
    kept.sort()
    reached = np.array([code in panel.design.neighbours for code in panel.panel.codes])
    others = np.flatnonzero((everyone < 0) & ~reached)
    controls = others[_enough(panel, others, panel.cohorts_of(kept))]
    left_out = {
        "neighbours": _codes(panel, np.flatnonzero((everyone < 0) & reached)),
        "treated_short": _codes(panel, np.setdiff1d(treated, kept)),
        "controls_short": _codes(panel, np.setdiff1d(others, controls)),
    }
    return replace(panel, treated=kept, controls=controls, left_out={k: v for k, v in left_out.items() if v})


def _enough(panel: Admitted, rows: Rows, starts: tuple[int, ...]) -> Mask:
    """Which practices have every fact to match on, a value in the months of selection, and enough months around every start."""
    seen = ~np.isnan(panel.values[rows])
    enough = np.ones(len(rows), dtype=bool)
    for values in covariates(panel).values():
        enough &= ~np.isnan(values[rows])
    if len(panel.window):
        enough &= seen[:, panel.window].any(axis=1)
    for start in starts:
        enough &= seen[:, panel.before(start)].sum(axis=1) >= rule("least_before")
        enough &= seen[:, panel.after(start)].sum(axis=1) >= rule("least_after")
    return enough


def covariates(panel: Admitted) -> Mapping[str, Floats]:
    """The facts of practices that matching uses."""
    names = panel.panel.covariates if panel.design.match_on is None else panel.design.match_on
    return {name: panel.panel.covariates[name] for name in names}


def _codes(panel: Admitted, rows: Rows) -> tuple[str, ...]:
    return tuple(panel.panel.codes[row] for row in rows)


def _refusal(name: str, **values: object) -> StepwellError:
    return StepwellError(words(f"refuse_{name}").format(**values), next_step=words(f"next_{name}"))
