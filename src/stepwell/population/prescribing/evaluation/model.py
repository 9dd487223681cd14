"""The words of an evaluation: what goes in, what was assumed, and what comes out. Values only, nothing is worked out here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
Mask = NDArray[np.bool_]


class Method(StrEnum):
    """How the course without the programme is worked out."""

    CONTROLLED_SERIES = (
        "controlled_series"  # each practice against its own earlier line, less the same among controls
    )
    MATCHED_DIFFERENCE = (
        "matched_difference"  # each practice against its own earlier level, less the same among matches
    )


class Handling(StrEnum):
    """What is done about the months whose values decided who took part."""

    ADJUST = "adjust"  # compare with controls as they would be at the same value in those months
    LEAVE_OUT = "leave_out"  # keep those months out of the baseline


class Weights(StrEnum):
    """Whether a treated practice counts by its patients or as one."""

    DENOMINATOR = "denominator"
    EQUAL = "equal"


class Found(StrEnum):
    """The verdict in one word."""

    NO_COMPARISON = "no_comparison"
    NO_EVIDENCE = "no_evidence"
    LOWER = "lower"
    HIGHER = "higher"
    IN_DOUBT = "in_doubt"  # the interval leaves out zero, but a check failed


@dataclass(frozen=True)
class Panel:
    """Practices by months.

    ``numerator`` and ``denominator`` have shape (practices, months), in the order of ``codes`` and ``months``; a missing month is NaN in
    either, never 0. ``unit`` is the numerator's ("mg OME"); ``per`` the denominator's ("1,000 patients"). ``months`` are first days,
    one after the other. ``covariates`` are facts of a practice before the start, each an array of one value per practice.
    """

    codes: tuple[str, ...]
    months: tuple[date, ...]
    numerator: Floats
    denominator: Floats
    unit: str
    per: str
    covariates: Mapping[str, Floats] = field(default_factory=dict)


@dataclass(frozen=True)
class Selection:
    """The months, first and last, whose values decided which practices took part."""

    first: date
    last: date
    handling: Handling = Handling.ADJUST


@dataclass(frozen=True)
class Design:
    """What the analyst decides before looking.

    ``anticipation`` months before the start and ``wash_in`` months from it are kept out of both periods. ``neighbours`` are codes of
    comparison practices that the programme may have reached. ``last_month`` ends the after-period (the panel's end if None).
    ``unit_cost`` is pounds per unit of the numerator, one value per month. ``autoregression``: order 0 (independent months) or 1.
    ``seasonal`` None: seasonal terms where the baseline is long enough. ``matches`` comparison practices per treated practice, nearest
    on baseline level, slope, list size and the panel's covariates named in ``match_on`` (None: all). ``checks`` False leaves out
    placebo tests, sensitivity and the month-by-month series.
    """

    primary: Method = Method.CONTROLLED_SERIES
    anticipation: int = 0
    wash_in: int = 0
    neighbours: frozenset[str] = frozenset()
    selection: Selection | None = None
    last_month: date | None = None
    weights: Weights = Weights.DENOMINATOR
    matches: int = 5
    match_on: tuple[str, ...] | None = None
    autoregression: int = 1
    seasonal: bool | None = None
    unit_cost: Floats | None = None
    checks: bool = True
    seed: int = 1


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval. ``degrees`` of freedom of the t distribution behind it; ``p`` against no effect."""

    value: float
    lower: float
    upper: float
    standard_error: float
    degrees: float
    p: float

    @property
    def leaves_out_zero(self) -> bool:
        """Whether the whole interval lies on one side of no effect."""
        return self.lower > 0 or self.upper < 0


@dataclass(frozen=True)
class Change:
    """Pooled value per ``Panel.per`` a month, before and after; ``percent`` is not known where ``before`` is 0."""

    before: float
    after: float
    percent: float | None


@dataclass(frozen=True)
class Series:
    """For the chart: one value per panel month, NaN where there is none.

    ``treated`` and ``comparison`` are pooled values as observed (the comparison weighted as in the estimate). ``counterfactual`` is what
    the treated would have had without the programme, with its interval, in the after-period.
    """

    treated: Floats
    comparison: Floats
    counterfactual: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True)
class Result:
    """One method's answer.

    ``average``: effect per ``Panel.per`` a month, mean over the after-period. ``level``: at its first month. ``slope``: change of
    slope, per month. ``during``: difference in slopes after the start, treated less comparison, with no regard to their slopes before
    (the published figure of the campaign study). ``total`` in units of the numerator; ``money`` in pounds, where a unit cost is given.
    ``comparisons``: practices that the comparison draws on, as an equivalent number; ``inference`` names where the interval comes from.
    """

    method: Method
    average: Estimate
    level: Estimate
    slope: Estimate
    during: Estimate
    total: Estimate
    money: Estimate | None
    comparisons: float
    inference: str
    series: Series | None


@dataclass(frozen=True)
class TimePlacebo:
    """The same method with a false start inside the baseline. There should be nothing to find."""

    false_start: date
    average: Estimate


@dataclass(frozen=True)
class SpacePlacebo:
    """Comparison practices pretended to be treated. ``p``: share of ``draws`` at least as far from zero as the real one, in standard errors."""

    group_size: int
    draws: int
    p: float
    smallest_p: float


@dataclass(frozen=True)
class Sensitivity:
    """The average effect with one decision changed; ``what`` says which, in words."""

    what: str
    average: Estimate


@dataclass(frozen=True)
class Verdict:
    """In plain words. ``sentences`` begin with the finding and always hold the comparison's own change, or say that there is none."""

    found: Found
    sentences: tuple[str, ...]
    wording_status: str


@dataclass(frozen=True)
class Evaluation:
    """Everything an evaluation page shows. ``results`` begin with the primary method, and are empty without a comparison group."""

    unit: str
    per: str
    months: tuple[date, ...]
    treated: tuple[str, ...]
    comparison: tuple[str, ...]
    left_out: Mapping[str, tuple[str, ...]]  # reason -> codes
    treated_change: Change
    comparison_change: Change | None
    results: tuple[Result, ...]
    time_placebos: tuple[TimePlacebo, ...]
    space_placebo: SpacePlacebo | None
    sensitivity: tuple[Sensitivity, ...]
    verdict: Verdict
    assumptions: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def primary(self) -> Result | None:
        """The method decided on beforehand; None without a comparison group."""
        return self.results[0] if self.results else None
