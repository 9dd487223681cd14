"""The funnel: practices by size, with limits that widen where there is little to judge by."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import altair as alt

from stepwell.insight import words
from stepwell.insight.charts import look
from stepwell.insight.charts.look import Size
from stepwell.knowledge import spc
from stepwell.population.prescribing.measures.model import Measure

_LINES = 80  # points of a limit's line


def funnel_of(
    measure: Measure,
    found: spc.Funnel,
    names: Mapping[str, str],
    own: Collection[str],
    shown: Collection[str],
    size: Size,
) -> str:
    """``names`` by the unit's code; ``own``: those pointed out; ``shown``: the dots drawn, the limits being of all."""
    drawn = [point for point in found.points if point.unit.name in shown or point.unit.name in own]
    widest = max(point.unit.denominator for point in drawn)
    limits = _limits(found, widest)
    top = min(1.0, max([point.value for point in drawn] + [found.target * 2]) * 1.08)
    y = alt.Y("value:Q", scale=alt.Scale(domain=[0, top], nice=False, clamp=True), axis=look.y_axis(measure))
    below = measure.denominator.column if measure.denominator else "items"
    title = f"{'Items' if below == 'items' else 'Quantity'} the share is of"
    x = alt.X(
        "size:Q",
        scale=alt.Scale(domain=[0, widest * 1.05], nice=False),
        axis=alt.Axis(title=title, grid=False, tickCount=size.ticks, format=",~f"),
    )
    layers: list[Any] = []
    for name, dash in (("998", [6, 4]), ("95", [2, 3])):
        for side in ("lower", "upper"):
            rows = [{"size": at, "value": max(0.0, each[f"{side}_{name}"])} for at, each in limits]
            line = alt.Chart(look.data(rows)).mark_line(
                color=look.GREY, strokeDash=dash, strokeWidth=1.5, clip=True
            )
            layers.append(line.encode(x=x, y=y))
    target = alt.Chart(look.data([{"value": found.target}])).mark_rule(color=look.INK, strokeWidth=1.5)
    layers.append(target.encode(y=y))
    layers += [_dots(measure, drawn, names, own, x, y, mine=mine) for mine in (False, True)]
    padding = {"left": 5, "top": 10, "bottom": 5, "right": 5}
    wide = size.width + (size.labels - 20 if size.labels > 150 else 60)
    return look.svg(
        alt.layer(*layers).properties(width=wide, height=size.height, padding=padding, autosize="pad")
    )


def _limits(found: spc.Funnel, widest: float) -> list[tuple[float, dict[str, float]]]:
    """Limits at sizes spread evenly, each of the unit next to it in size."""
    points = sorted(
        (point for point in found.points if point.unit.denominator <= widest),
        key=lambda each: each.unit.denominator,
    )
    step = max(1, len(points) // _LINES)
    chosen = points[::step]
    if points and chosen[-1] is not points[-1]:
        chosen.append(points[-1])
    return [
        (
            each.unit.denominator,
            {
                "lower_95": each.adjusted.lower_95,
                "upper_95": each.adjusted.upper_95,
                "lower_998": each.adjusted.lower_998,
                "upper_998": each.adjusted.upper_998,
            },
        )
        for each in chosen
    ]


def _dots(
    measure: Measure,
    drawn: list[spc.FunnelPoint],
    names: Mapping[str, str],
    own: Collection[str],
    x: alt.X,
    y: alt.Y,
    *,
    mine: bool,
) -> Any:
    rows = [
        {
            "size": point.unit.denominator,
            "value": point.value,
            "said": f"{names.get(point.unit.name, point.unit.name)}: {words.bare(measure, point.value)}, {point.position.words}",
        }
        for point in drawn
        if (point.unit.name in own) is mine
    ]
    mark = alt.Chart(look.data(rows)).mark_point(
        filled=True,
        shape="diamond" if mine else "circle",
        color=look.OWN if mine else look.LINE,
        stroke=look.INK if mine else None,
        opacity=1 if mine else 0.85,
        size=170 if mine else 40,
    )
    return mark.encode(x=x, y=y, description="said:N")
