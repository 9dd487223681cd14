"""The funnel: many practices at one time, each against limits for its size, wider where practices differ more than chance."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from stepwell.base.errors import StepwellError
from stepwell.knowledge.spc import constants, numbers, transforms
from stepwell.knowledge.spc.poisson import Limits
from stepwell.knowledge.spc.transforms import Compared, Method


class Position(StrEnum):
    """Where a unit lies, by the adjusted limits. ``words`` are for pages: never "worst"."""

    FAR_ABOVE = "far_above"
    ABOVE = "above"
    WITHIN = "within"
    BELOW = "below"
    FAR_BELOW = "far_below"

    @property
    def words(self) -> str:
        """What to say of a unit that lies here."""
        return _WORDS[self]


_WORDS = {
    Position.FAR_ABOVE: "much higher than expected for its size (above the 99.8 % limit)",
    Position.ABOVE: "higher than expected for its size (above the 95 % limit)",
    Position.WITHIN: "as expected for its size",
    Position.BELOW: "lower than expected for its size (below the 95 % limit)",
    Position.FAR_BELOW: "much lower than expected for its size (below the 99.8 % limit)",
}


@dataclass(frozen=True, slots=True)
class Unit:
    """One practice or area: what was counted, and out of what (or what was expected)."""

    name: str
    numerator: float
    denominator: float


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    """One unit. ``ratio`` is numerator / denominator; ``value`` and the limits are that times the multiplier.

    ``z`` is its distance from the target in its own standard errors, and ``z_used`` the same as overdispersion was judged by:
    pulled in to the tails' edge, or None where the tails were dropped. Limits are lower then upper.
    """

    unit: Unit
    ratio: float
    value: float
    z: float
    z_used: float | None
    unadjusted: Limits
    adjusted: Limits
    position: Position
    position_unadjusted: Position


@dataclass(frozen=True, slots=True)
class Funnel:
    """A funnel. ``target`` is the ratio all are held against, not multiplied; ``phi`` the dispersion, 1 where chance explains all;
    ``tau2`` the variance between units. Where not ``overdispersed`` the adjusted limits are the unadjusted ones.

    ``left_out``: units with a denominator of 0. ``warnings``: sentences to show with the chart.
    """

    compared: Compared
    method: Method
    multiply: float
    target: float
    phi: float
    tau2: float
    overdispersed: bool
    points: tuple[FunnelPoint, ...]
    left_out: tuple[Unit, ...]
    warnings: tuple[str, ...]

    @property
    def outside(self) -> tuple[FunnelPoint, ...]:
        """The units outside the adjusted limits, to be named in words beside the chart."""
        return tuple(point for point in self.points if point.position is not Position.WITHIN)


def funnel(
    units: Iterable[Unit],
    *,
    compared: Compared,
    method: Method = Method.LOG,
    trim: float | None = None,
    multiply: float = 1.0,
) -> Funnel:
    """A funnel of units that each appear once. ``method`` matters only for ratios to an expected count.

    ``trim``: the share of units at each end that is pulled in (dropped, by the log method) before overdispersion is judged;
    0.1 by default. Raises StepwellError for a unit that cannot be compared, named by its row, from 1.
    """
    kept, left_out = _checked(list(units), Compared(compared))
    share = constants.number("funnel_trim") if trim is None else trim
    if not 0 <= share < 0.5:
        raise StepwellError(
            "The trimmed share is not from 0 to under 0.5.", next_step="Leave it out: 0.1 is used."
        )
    how = transforms.transform_of(Compared(compared), Method(method))
    counts = [(each.numerator, each.denominator) for each in kept]
    target = how.target(counts)
    scores = [how.z(*each, target) for each in counts]
    used = how.trimmed(scores, share)
    spreads = [how.spread(*each) for each in counts]
    phi, tau2 = dispersion(used, spreads)
    over = phi > 1 and tau2 > 0
    points = []
    for unit, z, z_used in zip(kept, scores, used, strict=True):
        plain = how.unadjusted(unit.denominator, target)
        wide = how.adjusted(unit.denominator, target, tau2) if over else plain
        ratio = unit.numerator / unit.denominator
        points.append(
            FunnelPoint(
                unit=unit,
                ratio=ratio,
                value=ratio * multiply,
                z=z,
                z_used=z_used,
                unadjusted=_times(plain, multiply),
                adjusted=_times(wide, multiply),
                position=position_of(ratio, wide),
                position_unadjusted=position_of(ratio, plain),
            )
        )
    return Funnel(
        compared=Compared(compared),
        method=Method(method),
        multiply=multiply,
        target=target,
        phi=phi,
        tau2=tau2,
        overdispersed=over,
        points=tuple(points),
        left_out=left_out,
        warnings=(*_left_out_words(left_out), *how.warnings),
    )


def dispersion(scores: Sequence[float | None], spreads: Sequence[float]) -> tuple[float, float]:
    """(phi, tau2) from z scores, None where a unit is not used, and the standard error of each on the transformed scale."""
    used = [(z, spread) for z, spread in zip(scores, spreads, strict=True) if z is not None]
    if not used:
        return 0.0, 0.0
    count = len(used)
    phi = math.fsum(z * z for z, _ in used) / count
    weights = [1 / (spread * spread) for _, spread in used]
    whole = math.fsum(weights)
    room = whole - math.fsum(each * each for each in weights) / whole
    if count < 2 or room <= 0:
        return phi, 0.0
    return phi, max(0.0, (count * phi - (count - 1)) / room)


def position_of(ratio: float, limits: Limits) -> Position:
    """Where a ratio lies among limits. On a limit is within it."""
    if ratio > limits.upper_998:
        return Position.FAR_ABOVE
    if ratio > limits.upper_95:
        return Position.ABOVE
    if ratio < limits.lower_998:
        return Position.FAR_BELOW
    if ratio < limits.lower_95:
        return Position.BELOW
    return Position.WITHIN


def _times(limits: Limits, multiply: float) -> Limits:
    return Limits(
        limits.lower_95 * multiply,
        limits.upper_95 * multiply,
        limits.lower_998 * multiply,
        limits.upper_998 * multiply,
    )


def _checked(units: list[Unit], compared: Compared) -> tuple[list[Unit], tuple[Unit, ...]]:
    kept: list[Unit] = []
    left_out: list[Unit] = []
    rows: dict[str, int] = {}
    for row, unit in enumerate(units, start=1):
        if unit.name in rows:
            raise StepwellError(
                f"Rows {rows[unit.name]} and {row} are of the same unit.",
                next_step="Add them up, one row for each unit.",
            )
        rows[unit.name] = row
        above = numbers.number(unit.numerator, f"numerator of row {row}")
        below = numbers.number(unit.denominator, f"denominator of row {row}")
        if above < 0 or below < 0:
            raise StepwellError(
                f"Row {row} has a count below 0.", next_step="Mend it, or leave the unit out."
            )
        if below == 0 and above > 0:
            raise StepwellError(
                f"Row {row} counts something out of nothing: its denominator is 0.", next_step="Mend the row."
            )
        if compared is Compared.SHARE and above > below:
            raise StepwellError(
                f"Row {row} has more counted than there were, so it is not a share.",
                next_step="Swap numerator and denominator if they are crossed, or compare a ratio of counts.",
            )
        (kept if below > 0 else left_out).append(Unit(unit.name, above, below))
    if not kept:
        raise StepwellError(
            "There is no unit to compare.", next_step="Give units with a denominator above 0."
        )
    return kept, tuple(left_out)


def _left_out_words(left_out: Sequence[Unit]) -> list[str]:
    if not left_out:
        return []
    return [f"Left out, because the denominator is 0: {', '.join(each.name for each in left_out)}."]
