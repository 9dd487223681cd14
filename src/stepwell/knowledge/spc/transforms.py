"""The scales a funnel is worked out on, where units of every size vary alike, and the way back.

What each scale does is that of FunnelPlotR 0.6.0 and of the papers it follows (Spiegelhalter 2005 and 2012); written from the formulas.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from stepwell.base.errors import StepwellError
from stepwell.knowledge.spc import constants, numbers
from stepwell.knowledge.spc.poisson import Limits, poisson_limits

Count = tuple[float, float]


class Compared(StrEnum):
    """What is compared: a share of a whole, a count with the count expected, or one count with another."""

    SHARE = "PR"
    EXPECTED = "SR"
    COUNTS = "RC"


class Method(StrEnum):
    """For ratios to an expected count: by logarithms, as SHMI is, or by square roots, as CQC does."""

    LOG = "SHMI"
    ROOT = "CQC"


class Transform(Protocol):
    """One scale. Counts are (numerator, denominator); targets and limits are ratios, not multiplied."""

    @property
    def warnings(self) -> tuple[str, ...]: ...
    def target(self, counts: Sequence[Count]) -> float: ...
    def spread(self, above: float, below: float) -> float: ...
    def z(self, above: float, below: float, target: float) -> float: ...
    def trimmed(self, scores: Sequence[float], share: float) -> list[float | None]: ...
    def unadjusted(self, below: float, target: float) -> Limits: ...
    def adjusted(self, below: float, target: float, tau2: float) -> Limits: ...


def transform_of(compared: Compared, method: Method) -> Transform:
    """The scale for what is compared."""
    if compared is Compared.SHARE:
        return Share()
    if compared is Compared.COUNTS:
        return Counts()
    return ExpectedLog() if method is Method.LOG else ExpectedRoot()


def pooled(counts: Sequence[Count]) -> float:
    """All numerators over all denominators."""
    return float(numbers.total(above for above, _ in counts) / numbers.total(below for _, below in counts))


def winsorised(scores: Sequence[float], share: float) -> list[float | None]:
    """Scores, those beyond the quantiles at ``share`` from each end pulled in to them."""
    lowest, highest = quantile(scores, share), quantile(scores, 1 - share)
    return [min(max(each, lowest), highest) for each in scores]


def truncated(scores: Sequence[float], share: float) -> list[float | None]:
    """Scores, None for those in the tails: ranked into 1 / ``share`` bands, the first and the last band are dropped."""
    if share == 0:
        return list(scores)
    bands = 1 / share
    ordered = sorted(scores)
    found: list[float | None] = []
    for each in scores:
        rank = (
            bisect_left(ordered, each) + bisect_right(ordered, each) + 1
        ) / 2  # ties share their mean rank
        band = math.floor(rank * bands / (len(scores) + 1))
        found.append(each if 0 < band < bands - 1 else None)
    return found


def quantile(values: Sequence[float], share: float) -> float:
    """The quantile by linear interpolation between the ordered values, the first at 0 and the last at 1 (type 7)."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def _both_ways(at: float, spread: float) -> tuple[float, float, float, float]:
    """The ends of 95 % and 99.8 % about ``at`` on the scale: lower, upper, lower, upper."""
    inner, outer = constants.number("funnel_z_95") * spread, constants.number("funnel_z_998") * spread
    return at - inner, at + inner, at - outer, at + outer


def _root_spread(below: float) -> float:
    return 1 / (2 * math.sqrt(below))


@dataclass(frozen=True, slots=True)
class Share:
    """A share: the angle whose sine is its square root. An angle past 0 or a right angle is a share of 0 or 1."""

    warnings: tuple[str, ...] = ()

    def target(self, counts: Sequence[Count]) -> float:
        return pooled(counts)

    def spread(self, above: float, below: float) -> float:
        return _root_spread(below)

    def z(self, above: float, below: float, target: float) -> float:
        return (_angle(above / below) - _angle(target)) / _root_spread(below)

    def trimmed(self, scores: Sequence[float], share: float) -> list[float | None]:
        return winsorised(scores, share)

    def unadjusted(self, below: float, target: float) -> Limits:
        return self.adjusted(below, target, 0.0)

    def adjusted(self, below: float, target: float, tau2: float) -> Limits:
        spread = math.sqrt(_root_spread(below) ** 2 + tau2)
        ends = (min(max(each, 0.0), math.pi / 2) for each in _both_ways(_angle(target), spread))
        return Limits(*(math.sin(each) ** 2 for each in ends))


def _angle(share: float) -> float:
    return math.asin(math.sqrt(min(share, 1.0)))


@dataclass(frozen=True, slots=True)
class ExpectedLog:
    """A count over the count expected, by logarithms; the tails are dropped. A unit with no events has no logarithm."""

    warnings: tuple[str, ...] = ()

    def target(self, counts: Sequence[Count]) -> float:
        return 1.0

    def spread(self, above: float, below: float) -> float:
        return 1 / math.sqrt(below)

    def z(self, above: float, below: float, target: float) -> float:
        return math.sqrt(below) * math.log(above / below) if above > 0 else -math.inf

    def trimmed(self, scores: Sequence[float], share: float) -> list[float | None]:
        found = truncated(scores, share)
        if any(each == -math.inf for each in found):
            raise StepwellError(
                "Too many units have no events at all for the log method.",
                next_step="Compare by square roots (CQC), which takes a count of 0.",
            )
        return found

    def unadjusted(self, below: float, target: float) -> Limits:
        return poisson_limits(below)

    def adjusted(self, below: float, target: float, tau2: float) -> Limits:
        return Limits(*(math.exp(each) for each in _both_ways(0.0, math.sqrt(1 / below + tau2))))


@dataclass(frozen=True, slots=True)
class ExpectedRoot:
    """A count over the count expected, by square roots. The package draws the adjusted limits on the scale of roots, not squared."""

    warnings: tuple[str, ...] = (
        (
            "The adjusted limits of the square root method are drawn as the package draws them, on the scale of roots: "
            "narrower than ratios need, so more units lie outside. The log method (SHMI) has no such fault."
        ),
    )

    def target(self, counts: Sequence[Count]) -> float:
        return 1.0

    def spread(self, above: float, below: float) -> float:
        return _root_spread(below)

    def z(self, above: float, below: float, target: float) -> float:
        return 2 * (math.sqrt(above) - math.sqrt(below))

    def trimmed(self, scores: Sequence[float], share: float) -> list[float | None]:
        return winsorised(scores, share)

    def unadjusted(self, below: float, target: float) -> Limits:
        return poisson_limits(below)

    def adjusted(self, below: float, target: float, tau2: float) -> Limits:
        return Limits(*_both_ways(1.0, math.sqrt(_root_spread(below) ** 2 + tau2)))


@dataclass(frozen=True, slots=True)
class Counts:
    """One count over another, by logarithms with a half added to each. The package draws limits by the denominator alone."""

    warnings: tuple[str, ...] = (
        (
            "The limits of a ratio of two counts are drawn as the package draws them, by the denominator alone: where units hardly "
            "differ beyond chance they are too narrow, so more units lie outside."
        ),
    )

    def target(self, counts: Sequence[Count]) -> float:
        found = pooled(counts)
        if found == 0:
            raise StepwellError(
                "No unit has any events, so there is no ratio.", next_step="Check the numerators."
            )
        return found

    def spread(self, above: float, below: float) -> float:
        return math.sqrt(above / (above + 0.5) ** 2 + below / (below + 0.5) ** 2)

    def z(self, above: float, below: float, target: float) -> float:
        return (math.log((above + 0.5) / (below + 0.5)) - math.log(target)) / self.spread(above, below)

    def trimmed(self, scores: Sequence[float], share: float) -> list[float | None]:
        return winsorised(scores, share)

    def unadjusted(self, below: float, target: float) -> Limits:
        return self.adjusted(below, target, 0.0)

    def adjusted(self, below: float, target: float, tau2: float) -> Limits:
        spread = math.sqrt(_root_spread(below) ** 2 + tau2)
        return Limits(*(math.exp(each) for each in _both_ways(math.log(target), spread)))
