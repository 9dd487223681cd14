"""Run charts and Shewhart charts, with parts, a frozen baseline and points left out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from statistics import stdev

from stepwell.base.errors import StepwellError
from stepwell.knowledge.spc import constants, numbers, plan
from stepwell.knowledge.spc.control_model import ControlChart, ControlPoint, Kind, Part
from stepwell.knowledge.spc.lines import Choice, Drawn, draw
from stepwell.knowledge.spc.plan import Cell
from stepwell.knowledge.spc.runs import runs

_SUBGROUPS = frozenset({Kind.MEANS, Kind.DEVIATIONS})
_OF_COUNTS = frozenset(
    {Kind.SHARES, Kind.SHARES_PRIME, Kind.COUNTS, Kind.RATES, Kind.RATES_PRIME, Kind.CASES_BETWEEN}
)
_SHARES = frozenset({Kind.SHARES, Kind.SHARES_PRIME})
_NEED_DENOMINATOR = frozenset({*_SHARES, Kind.RATES, Kind.RATES_PRIME})
_MAY_HAVE_DENOMINATOR = frozenset({*_NEED_DENOMINATOR, Kind.RUN, Kind.INDIVIDUALS, Kind.MOVING_RANGE})


def control_chart(
    kind: Kind,
    values: Sequence[float | None],
    denominators: Sequence[float | None] | None = None,
    *,
    labels: Sequence[str] | None = None,
    freeze: int | None = None,
    parts: Sequence[int] = (),
    exclude: Collection[int] = (),
    multiply: float = 1.0,
    target: float | None = None,
    centre: float | None = None,
    screen: bool = False,
) -> ControlChart:
    """A chart of ``values`` in order, each over its denominator where there are any. None is a value that is not known.

    ``freeze``, ``parts``, ``exclude``: as ``plan.planned``, places from 1. ``multiply``: such as 1000 for a rate per 1,000; ``target``
    and ``centre`` (one known beforehand) are in the unit charted. ``screen``: leave out the largest moving ranges of
    individuals, times and prime charts, once. Raises StepwellError for a row that cannot be charted, named by number.
    """
    kind = Kind(kind)
    if kind in _SUBGROUPS:
        raise StepwellError("This chart needs several values a point.", next_step="Use subgroup_chart.")
    cells, warnings = _cells(kind, values, denominators, labels)
    return _chart(
        kind,
        plan.planned(cells, freeze=freeze, parts=parts, exclude=exclude),
        _choice(centre, multiply, screen=screen),
        multiply=multiply,
        target=target,
        warnings=warnings,
    )


def subgroup_chart(
    kind: Kind,
    groups: Sequence[Sequence[float | None]],
    *,
    labels: Sequence[str] | None = None,
    freeze: int | None = None,
    parts: Sequence[int] = (),
    exclude: Collection[int] = (),
    multiply: float = 1.0,
    target: float | None = None,
    centre: float | None = None,
) -> ControlChart:
    """A chart of the means or the standard deviations of groups of values, in order. Options as ``control_chart``.

    Values that are None are left out of their group; a group of one has a mean, and no deviation or limits.
    """
    kind = Kind(kind)
    if kind not in _SUBGROUPS:
        raise StepwellError("This chart has one value a point.", next_step="Use control_chart.")
    names = plan.labels_of(labels, len(groups))
    cells = [
        _group(kind, name, row, each) for row, (name, each) in enumerate(zip(names, groups, strict=True), 1)
    ]
    return _chart(
        kind,
        plan.planned(cells, freeze=freeze, parts=parts, exclude=exclude),
        _choice(centre, multiply, screen=False),
        multiply=multiply,
        target=target,
        warnings=[],
    )


def run_chart(
    values: Sequence[float | None],
    denominators: Sequence[float | None] | None = None,
    *,
    labels: Sequence[str] | None = None,
    freeze: int | None = None,
    parts: Sequence[int] = (),
    exclude: Collection[int] = (),
    multiply: float = 1.0,
    target: float | None = None,
) -> ControlChart:
    """A run chart about the median: few points, and nothing assumed of them. Options as ``control_chart``."""
    return control_chart(
        Kind.RUN,
        values,
        denominators,
        labels=labels,
        freeze=freeze,
        parts=parts,
        exclude=exclude,
        multiply=multiply,
        target=target,
    )


def _choice(centre: float | None, multiply: float, *, screen: bool) -> Choice:
    if numbers.number(multiply, "multiplier") <= 0:
        raise StepwellError("The multiplier is not above 0.", next_step="Give 1, 100 or 1000, for example.")
    return Choice(None if centre is None else numbers.number(centre, "centre") / multiply, screen)


def _group(kind: Kind, name: str, row: int, values: Sequence[float | None]) -> Cell:
    known = [numbers.number(each, f"value of group {row}") for each in values if each is not None]
    deviation = stdev(known) if len(known) > 1 else None
    if kind is Kind.DEVIATIONS:
        value = deviation
    else:
        value = numbers.mean(known) if known else None
    amount = float(numbers.total(known)) if known else None
    return Cell(name, amount, float(len(known)), value, size=len(known), deviation=deviation)


def _cells(
    kind: Kind,
    values: Sequence[float | None],
    denominators: Sequence[float | None] | None,
    labels: Sequence[str] | None,
) -> tuple[list[Cell], list[str]]:
    least = 0.0 if kind in _OF_COUNTS else None
    counted = plan.amounts(values, "value", least=least)
    names = plan.labels_of(labels, len(counted))
    if kind is Kind.TIME_BETWEEN:
        _refuse_no_time(counted)
    if denominators is None:
        if kind in _NEED_DENOMINATOR:
            raise StepwellError("A share or a rate needs denominators.", next_step="Give one for each value.")
        cells = [Cell(name, each, None, each) for name, each in zip(names, counted, strict=True)]
        return cells, []
    if kind not in _MAY_HAVE_DENOMINATOR:
        raise StepwellError(
            "This chart takes no denominators.",
            next_step="For counts over a denominator, chart shares or rates.",
        )
    below = plan.amounts(denominators, "denominator", least=0.0)
    if len(below) != len(counted):
        raise StepwellError("There is not one denominator for each value.", next_step="Give as many of each.")
    cells = [
        _over(kind, row, name, above, under)
        for row, (name, above, under) in enumerate(zip(names, counted, below, strict=True), start=1)
    ]
    empty = [cell.label for cell in cells if cell.denominator == 0]
    warnings = [f"Left out, because the denominator is 0: {', '.join(empty)}."] if empty else []
    return cells, warnings


def _over(kind: Kind, row: int, name: str, above: float | None, under: float | None) -> Cell:
    if above is None or under is None:
        return Cell(name, above, under, None)
    if under == 0:
        if above != 0:
            raise StepwellError(
                f"Row {row} counts something out of nothing: its denominator is 0.",
                next_step="Mend the row, or leave it out.",
            )
        return Cell(name, above, under, None)
    if kind in _SHARES and above > under:
        raise StepwellError(
            f"Row {row} has more counted than there were, so it is not a share.",
            next_step="Swap numerator and denominator if they are crossed, or chart a rate.",
        )
    return Cell(name, above, under, above / under)


def _refuse_no_time(values: Sequence[float | None]) -> None:
    for row, each in enumerate(values, start=1):
        if each is not None and each <= 0:
            raise StepwellError(
                f"The time of row {row} is not above 0.",
                next_step="If events come on the same day, chart counts, or times in hours.",
            )


def _moved(cells: Sequence[Cell]) -> list[Cell]:
    """Cells whose value is the distance from the one before; the first of a part has none."""
    before: float | None = None
    found = []
    for cell in cells:
        moved = None if cell.value is None or before is None else abs(cell.value - before)
        found.append(replace(cell, value=moved))
        before = cell.value
    return found


def _chart(
    kind: Kind,
    parts: Sequence[Sequence[Cell]],
    choice: Choice,
    *,
    multiply: float,
    target: float | None,
    warnings: list[str],
) -> ControlChart:
    points: list[ControlPoint] = []
    judged: list[Part] = []
    for number, part in enumerate(parts, start=1):
        cells = _moved(part) if kind is Kind.MOVING_RANGE else part
        drawn = draw(kind, cells, choice)
        found = runs(
            [cell.value if cell.included else None for cell in cells], [each.centre for each in drawn]
        )
        judged.append(Part(number, found, kind is not Kind.MOVING_RANGE and found.signal))
        points.extend(_point(cell, each, multiply) for cell, each in zip(cells, drawn, strict=True))
    return ControlChart(
        kind=kind,
        points=tuple(points),
        parts=tuple(judged),
        target=None if target is None else numbers.number(target, "target"),
        warnings=(*warnings, *_warnings(kind, judged, points)),
    )


def _point(cell: Cell, drawn: Drawn, multiply: float) -> ControlPoint:
    value = cell.value
    above = value is not None and drawn.upper is not None and value > drawn.upper
    below = value is not None and drawn.lower is not None and value < drawn.lower

    def unit(number: float | None) -> float | None:
        return None if number is None else number * multiply

    return ControlPoint(
        label=cell.label,
        value=unit(value),
        denominator=cell.denominator,
        part=cell.part,
        baseline=cell.baseline,
        included=cell.included,
        centre=unit(drawn.centre),
        lower=unit(drawn.lower),
        upper=unit(drawn.upper),
        lower_95=unit(drawn.lower_95),
        upper_95=unit(drawn.upper_95),
        outside=above or below,
    )


def _warnings(kind: Kind, parts: Sequence[Part], points: Sequence[ControlPoint]) -> Iterator[str]:
    least = constants.whole("fewest_points_for_runs")
    for part in parts:
        here = [point for point in points if point.part == part.number]
        name = f"Part {part.number}" if len(parts) > 1 else "The chart"
        if all(point.centre is None for point in here):
            yield f"{name} has no value that lines could rest on."
        elif kind is not Kind.RUN and (said := _about_limits(here)):
            yield f"{name} {said}"
        if kind is not Kind.MOVING_RANGE and part.runs.useful < least:
            yield f"{name} has {part.runs.useful} points off the centre; the rules about runs want {least} or more."


def _about_limits(points: Sequence[ControlPoint]) -> str | None:
    limits = [(point.lower, point.upper) for point in points if point.upper is not None]
    if not limits:
        return "has too few values, or values too much alike, for limits."
    if all(lower == upper for lower, upper in limits):
        return "rests on values that do not vary: its limits have no width, and any other value lies outside them."
    return None
