"""How every chart here looks, and how a definition becomes a drawing the content policy allows."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import altair as alt
import vl_convert

from stepwell.population.prescribing.measures.model import Kind, Measure

OWN, DECILE, MEDIAN, INK, GREY, LINE = "#a8480a", "#3182bd", "#1f5a8a", "#212b32", "#4c6272", "#768692"
GRID = "#d8dde0"


@dataclass(frozen=True, slots=True)
class Size:
    """How large the drawing is, in pixels, without the room for labels at its right, and how its dates are written."""

    width: int
    height: int
    labels: int
    font: int
    dates: str
    ticks: int


# A phone's chart is narrow and its letters are not shrunk.
WIDE = Size(520, 280, 190, 15, "%B %Y", 4)
NARROW = Size(180, 240, 92, 14, "%b %y", 3)


def data(rows: Sequence[dict[str, Any]]) -> Any:
    """Rows as the chart library takes them."""
    return alt.Data(values=list(rows))


def y_axis(measure: Measure) -> alt.Axis:
    """The axis of values, in the measure's own way of writing them."""
    if measure.kind is Kind.SHARE:
        return alt.Axis(title=None, tickCount=5, format="~%", grid=True)
    prefix = "£" if measure.unit == "GBP" else ""
    label = f"'{prefix}' + format(datum.value, ',~f')"
    return alt.Axis(title=None, tickCount=5, labelExpr=label, grid=True)


def x_axis(size: Size, months: int) -> alt.Axis:
    """The axis of months. Ticks never say the same month twice."""
    step = max(1, -(-months // size.ticks))
    return alt.Axis(
        format=size.dates,
        tickCount={"interval": "month", "step": step},
        grid=False,
        title=None,
        labelOverlap=True,
    )


def spread(
    wanted: Sequence[tuple[float, str]], height: float, top: float, bottom: float, gap: float
) -> list[float]:
    """The y values for labels wanted at values, from ``bottom`` to ``top``, moved so that none lies on another."""
    per_pixel = (top - bottom) / height if height else 1.0
    room = gap * per_pixel
    order = sorted(range(len(wanted)), key=lambda each: wanted[each][0])
    placed = [0.0] * len(wanted)
    last = bottom - room
    for each in order:
        placed[each] = max(wanted[each][0], last + room)
        last = placed[each]
    over = last - top
    if over > 0:
        # Push the upper ones down again, as far as there is room.
        ceiling = top
        for each in reversed(order):
            placed[each] = min(placed[each], ceiling)
            ceiling = placed[each] - room
    return placed


def svg(chart: Any) -> str:
    """The drawing. Each mark that says something has it as a title, which a browser shows under the pointer without a script."""
    chart = chart.configure(font="Arial, sans-serif", background="white")
    chart = chart.configure_view(stroke=None).configure_axis(
        labelColor=GREY, gridColor=GRID, domainColor=LINE, tickColor=LINE, labelFontSize=15, titleFontSize=15,
        titleFontWeight="normal", titleColor=GREY,
    )  # fmt: skip
    return _drawn(json.dumps(chart.to_dict(), sort_keys=True, default=str))


@lru_cache(maxsize=256)
def _drawn(spec: str) -> str:
    text: str = vl_convert.vegalite_to_svg(json.loads(spec))
    text = _MARK.sub(_titled, text)
    # The figure around it has the sentence; the parts of the drawing are not read one by one.
    return text.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


def _titled(mark: re.Match[str]) -> str:
    kind, attributes, said = mark.groups()
    return f"<{kind}{attributes}><title>{html.escape(html.unescape(said))}</title></{kind}>"


_MARK = re.compile(r'<(path|line)((?=[^>]*\saria-label="([^"]*)")[^>]*?)(?:/>|></(?:path|line)>)')
