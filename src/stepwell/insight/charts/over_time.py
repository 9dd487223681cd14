"""The XmR chart: months, average, limits, and what each point means by colour and shape."""

from __future__ import annotations

from typing import Any

import altair as alt

from stepwell.insight import changes, words
from stepwell.insight.charts import look
from stepwell.insight.charts.look import Size
from stepwell.knowledge import spc
from stepwell.population.prescribing import months
from stepwell.population.prescribing.measures.model import Measure


def over_time(measure: Measure, chart: spc.Xmr, size: Size) -> str:
    """The drawing. A lower limit under nought is not drawn, since no figure lies there."""
    values = [point.value for point in chart.points]
    lines = chart.points[-1].lines
    edges = [each for each in (lines.lower, lines.upper) if each is not None]
    low, high = min([*values, *edges]), max([*values, *edges])
    room = (high - low or abs(high) or 1.0) * 0.08
    bottom, top = max(0.0, low - room), high + room
    y = alt.Y(
        "value:Q", scale=alt.Scale(domain=[bottom, top], nice=False, zero=False), axis=look.y_axis(measure)
    )
    first, last = chart.points[0].on.isoformat(), chart.points[-1].on.isoformat()
    x = alt.X("on:T", scale=alt.Scale(domain=[first, last], type="utc"), axis=look.x_axis(size, len(values)))
    layers = [*_lines(lines, y, bottom, top, measure, size), *_points(measure, chart, x, y)]
    padding = {"left": 5, "top": 10, "bottom": 5, "right": 5}
    return look.svg(
        alt.layer(*layers).properties(width=size.width, height=size.height, padding=padding, autosize="pad")
    )


def _lines(lines: spc.Lines, y: alt.Y, bottom: float, top: float, measure: Measure, size: Size) -> list[Any]:
    short = size.labels < 150
    drawn = [("Average", lines.centre, [1, 0])]
    for name, value in (("Upper limit", lines.upper), ("Lower limit", lines.lower)):
        if value is not None and value >= 0:
            drawn.append((name, value, [6, 4]))
    placed = look.spread([(value, name) for name, value, _ in drawn], size.height, top, bottom, size.font + 3)
    layers: list[Any] = []
    for at, (name, value, dash) in zip(placed, drawn, strict=True):
        text = name.removesuffix(" limit") if short else f"{name} {words.bare(measure, value)}"
        rule = alt.Chart(look.data([{"value": value}])).mark_rule(
            color=look.INK if name == "Average" else look.GREY, strokeWidth=1.5, strokeDash=dash
        )
        label = alt.Chart(look.data([{"value": at, "text": text}])).mark_text(
            align="left", dx=8, fontSize=size.font - 1, color=look.INK
        )
        layers.append(rule.encode(y=y))
        layers.append(label.encode(x=alt.value(size.width), y=y, text="text:N"))
    return layers


def _points(measure: Measure, chart: spc.Xmr, x: alt.X, y: alt.Y) -> list[Any]:
    palette = spc.palette()
    rows: list[dict[str, Any]] = []
    run, before = 0, ""
    for point in chart.points:
        held = changes.period(point.on)
        # The line does not cross a month without a figure.
        run += bool(before) and held != months.after(before)
        before = held
        meaning = point.meaning.value if point.meaning else "common_cause"
        look_of = palette[meaning]
        side = point.special_cause.side if point.special_cause else 0
        month = words.month(held)
        rows.append(
            {
                "on": point.on.isoformat(),
                "value": point.value,
                "colour": look_of.colour,
                "shape": "circle" if side == 0 else "triangle-up" if side > 0 else "triangle-down",
                "run": run,
                "size": 70 if side == 0 else 110,
                "said": f"{month}: {words.bare(measure, point.value)}, {spc.cause_words(point.special_cause)}",
            }
        )
    base = alt.Chart(look.data(rows)).encode(x=x, y=y)
    line = base.encode(detail="run:N").mark_line(color=look.LINE, strokeWidth=1.5)
    points = base.mark_point(filled=True, stroke=look.INK, strokeWidth=1.2, opacity=1).encode(
        fill=alt.Fill("colour:N", scale=None),
        shape=alt.Shape("shape:N", scale=None),
        size=alt.Size("size:Q", scale=None),
        description="said:N",
    )
    return [line, points]
