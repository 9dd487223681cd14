"""This organisation's months on those of its peers: deciles, or dots where there are too few for deciles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from stepwell.insight import words
from stepwell.insight.charts import look
from stepwell.insight.charts.look import Size
from stepwell.population.prescribing.measures.model import Measure

MIDDLE = 0.5
_FAR = 0.5

Months = Sequence[tuple[str, float | None]]


def deciles(
    measure: Measure,
    own: Mapping[str, Months],
    bands: Sequence[Mapping[str, Any]],
    size: Size,
    kind: str,
    kinds: str,
) -> str:
    """``own``: months by name, the first the page's own. ``bands``: rows of month, centile, value."""
    bottom, top = _range(own, [row["value"] for row in bands])
    months = sorted({row["month"] for row in bands} | {month for each in own.values() for month, _ in each})
    y = alt.Y(
        "value:Q", scale=alt.Scale(domain=[bottom, top], nice=False, zero=False), axis=look.y_axis(measure)
    )
    rows = [
        {
            "month": f"{row['month']}-01",
            "value": row["value"],
            "band": round(row["centile"] * 10),
            "said": f"{words.month(row['month'])}: {_band(row['centile'], kinds)}, {words.bare(measure, row['value'])}",
        }
        for row in bands
    ]
    base = alt.Chart(look.data(rows)).encode(x=_x(months, size), y=y, detail="band:N")
    thin = base.transform_filter("datum.band != 5").mark_line(
        color=look.DECILE, strokeWidth=1, strokeDash=[4, 3]
    )
    middle = base.transform_filter("datum.band == 5").mark_line(color=look.MEDIAN, strokeWidth=2.5)
    labels = _labels(measure, own, bands, months[-1], bottom, top, size, kind)
    return look.svg(_layers([thin, middle, *_own_lines(measure, own, months, y, size), labels], size))


def dots(measure: Measure, own: Mapping[str, Months], others: Sequence[Mapping[str, Any]], size: Size) -> str:
    """``others``: rows of month, name, value, one a dot."""
    bottom, top = _range(own, [row["value"] for row in others])
    months = sorted({row["month"] for row in others} | {month for each in own.values() for month, _ in each})
    y = alt.Y(
        "value:Q", scale=alt.Scale(domain=[bottom, top], nice=False, zero=False), axis=look.y_axis(measure)
    )
    rows = [
        {
            "month": f"{row['month']}-01",
            "value": row["value"],
            "said": f"{row['name']}, {words.month(row['month'])}: {words.bare(measure, row['value'])}",
        }
        for row in others
    ]
    peers = (
        alt.Chart(look.data(rows))
        .mark_point(filled=True, shape="circle", color=look.LINE, opacity=0.8, size=22)
        .encode(x=_x(months, size), y=y, description="said:N")
    )
    labels = _labels(measure, own, [], months[-1], bottom, top, size, "")
    return look.svg(_layers([peers, *_own_lines(measure, own, months, y, size), labels], size))


def _x(months: Sequence[str], size: Size) -> alt.X:
    domain = [f"{months[0]}-01", f"{months[-1]}-01"]
    return alt.X("month:T", scale=alt.Scale(domain=domain, type="utc"), axis=look.x_axis(size, len(months)))


def _layers(layers: Sequence[Any], size: Size) -> Any:
    padding = {"left": 5, "top": 10, "bottom": 5, "right": 5}
    return alt.layer(*layers).properties(
        width=size.width, height=size.height, padding=padding, autosize="pad"
    )


def _range(own: Mapping[str, Months], others: Sequence[float]) -> tuple[float, float]:
    """The values drawn: from nought, but where all lie far above it, when small differences would be lost."""
    every = [value for each in own.values() for _, value in each if value is not None] + list(others)
    low, high = min(every, default=0.0), max(every, default=0.0)
    room = 0.06 * (high - low or high or 1.0)
    return (0.0, high * 1.06 or 1.0) if low < _FAR * high or low <= 0 else (low - room, high + room)


_DASHES: tuple[list[int], ...] = ([1, 0], [7, 3], [2, 2], [9, 3, 2, 3])
_COLOURS = (look.OWN, "#00695c", "#490092", look.INK)


def _own_lines(
    measure: Measure, own: Mapping[str, Months], months: Sequence[str], y: alt.Y, size: Size
) -> list[Any]:
    layers = []
    for place, (name, values) in enumerate(own.items()):
        rows, run = [], 0
        for month, value in values:
            if value is None:
                run += 1
                continue
            said = f"{name}, {words.month(month)}: {words.bare(measure, value)}"
            rows.append({"month": f"{month}-01", "value": value, "run": run, "said": said})
        colour, dash = _COLOURS[place % len(_COLOURS)], _DASHES[place % len(_DASHES)]
        base = alt.Chart(look.data(rows)).encode(x=_x(months, size), y=y, detail="run:N")
        layers.append(base.mark_line(color=colour, strokeWidth=3, strokeDash=dash, strokeJoin="round"))
        points = base.mark_point(filled=True, shape="circle", color=colour, size=26, opacity=1)
        layers.append(points.encode(description="said:N"))
    return layers


def _labels(
    measure: Measure,
    own: Mapping[str, Months],
    bands: Sequence[Mapping[str, Any]],
    newest: str,
    bottom: float,
    top: float,
    size: Size,
    kind: str,
) -> Any:
    """At the end of each line, what it is: every other decile, the middle, and the organisations."""
    short = size.labels < 150
    wanted: list[tuple[float, str, str, bool]] = []
    for row in bands:
        if row["month"] == newest and round(row["centile"] * 10) in (1, 5, 9):
            text = _band_label(row["centile"], kind, short=short)
            wanted.append((row["value"], text, look.MEDIAN, row["centile"] == MIDDLE))
    for place, (name, values) in enumerate(own.items()):
        known = [(month, value) for month, value in values if value is not None]
        if known:
            last = known[-1][1] or 0.0
            shown = _cut(name, 11 if short else 20)
            text = f"{shown} {words.bare(measure, last)}" if not short else shown
            wanted.append((last, text, _COLOURS[place % len(_COLOURS)], True))
    placed = look.spread([(each[0], each[1]) for each in wanted], size.height, top, bottom, size.font + 3)
    layers = [
        alt.Chart(look.data([{"y": at, "text": text}]))
        .mark_text(
            align="left", dx=8, fontSize=size.font - 1, color=colour, fontWeight="bold" if bold else "normal"
        )
        .encode(x=alt.value(size.width), y=alt.Y("y:Q"), text="text:N")
        for at, (_, text, colour, bold) in zip(placed, wanted, strict=True)
    ]
    return alt.layer(*layers)


def _cut(name: str, most: int) -> str:
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"


def _band_label(centile: float, kind: str, *, short: bool) -> str:
    if centile == MIDDLE:
        return "Middle" if short else f"Middle {kind}"
    tenths = round(centile * 10)
    return f"{tenths} in 10" if short else f"{tenths} in 10 are below this"


def _band(centile: float, kinds: str) -> str:
    return (
        f"the middle of {kinds}"
        if centile == MIDDLE
        else f"{round(centile * 10)} in 10 {kinds} are below this"
    )
