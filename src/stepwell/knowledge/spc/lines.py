"""The lines of each kind of Shewhart chart over one part, before its unit is multiplied.

Formulas are Montgomery's, as qicharts2's documentation states them; Laney's for the prime charts. Written from the formulas.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from stepwell.knowledge.spc import constants, laney, numbers, subgroups
from stepwell.knowledge.spc.control_model import Kind
from stepwell.knowledge.spc.plan import Cell


@dataclass(frozen=True, slots=True)
class Drawn:
    """The lines at one point; None where there is no such line or it is not known."""

    centre: float | None
    lower: float | None = None
    upper: float | None = None
    lower_95: float | None = None
    upper_95: float | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen for a whole chart: a centre known beforehand, and whether the largest moving ranges are left out."""

    centre: float | None = None
    screen: bool = False


Draw = Callable[[Sequence[Cell], Choice], list[Drawn]]
_UNKNOWN = Drawn(None)


def draw(kind: Kind, cells: Sequence[Cell], choice: Choice) -> list[Drawn]:
    """The lines at each cell of one part. Without a single cell to rest on, and no centre given, none is known."""
    if not any(cell.counts for cell in cells):
        return [_UNKNOWN for _ in cells]
    return _DRAW[kind](cells, choice)


def _counted(cells: Sequence[Cell]) -> list[float]:
    return [cell.value for cell in cells if cell.counts and cell.value is not None]


def _centre(cells: Sequence[Cell], choice: Choice) -> float:
    return numbers.mean(_counted(cells)) if choice.centre is None else choice.centre


def _pooled(cells: Sequence[Cell], choice: Choice) -> float:
    """The sum of what was counted over the sum of the denominators."""
    if choice.centre is not None:
        return choice.centre
    used = [cell for cell in cells if cell.counts]
    counted = numbers.total(cell.amount for cell in used if cell.amount is not None)
    return float(counted / numbers.total(cell.denominator for cell in used if cell.denominator is not None))


def _around(
    centre: float, spread: float | None, *, least: float | None = None, most: float | None = None
) -> Drawn:
    """Lines at 3 and 2 standard deviations, kept within what the value can be."""
    if spread is None:
        return Drawn(centre)
    outer = constants.number("control_limit_sigmas") * spread
    inner = constants.number("warning_limit_sigmas") * spread
    ends = (centre - outer, centre + outer, centre - inner, centre + inner)
    lower, upper, lower_95, upper_95 = (_kept(each, least, most) for each in ends)
    return Drawn(centre, lower, upper, lower_95, upper_95)


def _kept(value: float, least: float | None, most: float | None) -> float:
    value = value if least is None else max(value, least)
    return value if most is None else min(value, most)


def _run(cells: Sequence[Cell], choice: Choice) -> list[Drawn]:
    centre = median(_counted(cells)) if choice.centre is None else choice.centre
    return [Drawn(centre) for _ in cells]


def _individual_spread(values: Sequence[float | None], screen: bool) -> float | None:
    ranges = laney.gap_steps(values)
    if screen:
        ranges = numbers.screened(ranges, constants.number("moving_range_screen"))
    return numbers.mean(ranges) / constants.number("individuals_d2") if ranges else None


def _baseline_with_gaps(cells: Sequence[Cell]) -> list[float | None]:
    """The values lines rest on. One left out is closed over, so that its neighbours meet; a missing one leaves a gap."""
    return [cell.value for cell in cells if cell.baseline and cell.included]


def _individuals(cells: Sequence[Cell], choice: Choice) -> list[Drawn]:
    spread = _individual_spread(_baseline_with_gaps(cells), choice.screen)
    return [_around(_centre(cells, choice), spread)] * len(cells)


def _moving_range(cells: Sequence[Cell], choice: Choice) -> list[Drawn]:
    centre = _centre(cells, choice)
    upper = constants.number("moving_range_limit") * centre
    share = constants.number("warning_limit_sigmas") / constants.number("control_limit_sigmas")
    return [Drawn(centre, 0.0, upper, 0.0, upper * share)] * len(cells)


def _counts(cells: Sequence[Cell], choice: Choice) -> list[Drawn]:
    centre = _centre(cells, choice)
    return [_around(centre, math.sqrt(centre), least=0.0)] * len(cells)


def _by_denominator(
    cells: Sequence[Cell],
    choice: Choice,
    variance: Callable[[float], float],
    *,
    prime: bool,
    most: float | None,
) -> list[Drawn]:
    """Limits that narrow as the denominator grows; wider by Laney's factor on a prime chart."""
    centre = _pooled(cells, choice)
    unit = math.sqrt(variance(centre))
    spreads = [unit / math.sqrt(cell.denominator) if cell.denominator else None for cell in cells]
    if prime:
        used = [
            (cell, spread)
            for cell, spread in zip(cells, spreads, strict=True)
            if cell.baseline and cell.included
        ]
        wider = laney.sigma_z(
            [cell.value for cell, _ in used],
            [centre] * len(used),
            [unit if spread is None else spread for _, spread in used],
            screen=choice.screen,
        )
        spreads = [None if spread is None or wider is None else spread * wider for spread in spreads]
    return [_around(centre, spread, least=0.0, most=most) for spread in spreads]


def _share_variance(share: float) -> float:
    return max(0.0, share * (1 - share))


def _shares(cells: Sequence[Cell], choice: Choice) -> list[Drawn]:
    return _by_denominator(cells, choice, _share_variance, prime=False, most=1.0)


def _shares_prime(cells: Sequence[Cell], choice: Choice) -> list[Drawn]:
    return _by_denominator(cells, choice, _share_variance, prime=True, most=1.0)


def _rates(cells: Sequence[Cell], choice: Choice) -> list[Drawn]:
    return _by_denominator(cells, choice, float, prime=False, most=None)


def _rates_prime(cells: Sequence[Cell], choice: Choice) -> list[Drawn]:
    return _by_denominator(cells, choice, float, prime=True, most=None)


def _cases_between(cells: Sequence[Cell], choice: Choice) -> list[Drawn]:
    """Limits about the mean; the centre drawn is the median, since such counts are far from symmetric."""
    mean = numbers.mean(_counted(cells))
    about = _around(mean, math.sqrt(mean * (mean + 1)), least=0.0)
    centre = median(_counted(cells)) if choice.centre is None else choice.centre
    return [Drawn(centre, about.lower, about.upper, about.lower_95, about.upper_95)] * len(cells)


def _time_between(cells: Sequence[Cell], choice: Choice) -> list[Drawn]:
    """An individuals chart of the times raised to 1/3.6, brought back."""
    power = constants.number("times_exponent")
    turned = [None if value is None else value ** (1 / power) for value in _baseline_with_gaps(cells)]
    known = [value for value in turned if value is not None]
    centre = numbers.mean(known) if choice.centre is None else choice.centre ** (1 / power)
    about = _around(centre, _individual_spread(turned, choice.screen))
    back = [
        None if each is None else max(each, 0.0) ** power
        for each in (about.centre, about.lower, about.upper, about.lower_95, about.upper_95)
    ]
    return [Drawn(*back)] * len(cells)


def _pooled_deviation(cells: Sequence[Cell]) -> float | None:
    used = [cell for cell in cells if cell.counts and cell.size and cell.deviation is not None]
    freedom = sum((cell.size or 0) - 1 for cell in used)
    if not freedom:
        return None
    squares = math.fsum(
        cell.deviation**2 * ((cell.size or 0) - 1) for cell in used if cell.deviation is not None
    )
    return math.sqrt(squares / freedom)


def _means(cells: Sequence[Cell], choice: Choice) -> list[Drawn]:
    if choice.centre is None:
        used = [cell for cell in cells if cell.counts]
        size = sum(cell.size or 0 for cell in used)
        centre = float(numbers.total(cell.amount or 0.0 for cell in used) / size)
    else:
        centre = choice.centre
    deviation = _pooled_deviation(cells)
    outer, inner = constants.number("control_limit_sigmas"), constants.number("warning_limit_sigmas")
    found = []
    for cell in cells:
        if deviation is None or cell.size is None or cell.size < 2:
            found.append(Drawn(centre))
            continue
        away = subgroups.mean_away(cell.size, outer) * deviation
        near = subgroups.mean_away(cell.size, inner) * deviation
        found.append(Drawn(centre, centre - away, centre + away, centre - near, centre + near))
    return found


def _deviations(cells: Sequence[Cell], choice: Choice) -> list[Drawn]:
    centre = _pooled_deviation(cells) if choice.centre is None else choice.centre
    outer, inner = constants.number("control_limit_sigmas"), constants.number("warning_limit_sigmas")
    found = []
    for cell in cells:
        if centre is None or cell.size is None or cell.size < 2:
            found.append(Drawn(centre))
            continue
        away, near = (subgroups.deviation_share(cell.size, each) for each in (outer, inner))
        lower, lower_95 = (max(0.0, 1 - each) * centre for each in (away, near))
        found.append(Drawn(centre, lower, (1 + away) * centre, lower_95, (1 + near) * centre))
    return found


_DRAW: dict[Kind, Draw] = {
    Kind.RUN: _run,
    Kind.INDIVIDUALS: _individuals,
    Kind.MOVING_RANGE: _moving_range,
    Kind.MEANS: _means,
    Kind.DEVIATIONS: _deviations,
    Kind.TIME_BETWEEN: _time_between,
    Kind.SHARES: _shares,
    Kind.SHARES_PRIME: _shares_prime,
    Kind.COUNTS: _counts,
    Kind.RATES: _rates,
    Kind.RATES_PRIME: _rates_prime,
    Kind.CASES_BETWEEN: _cases_between,
}
