"""The chart of a person's daily OME over time: as SVG for the page, as rows for its table and CSV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import altair as alt
import vl_convert

from stepwell.casefinding.record import words
from stepwell.knowledge.equivalence import threshold
from stepwell.knowledge.exposure import DailyOme, Point
from stepwell.population.records.person import IssueShown, PersonRecord

_SHOWN = timedelta(days=3 * 365)
_HIGH_DOSE = int(threshold("high_90").value)
_BLUE, _PALE, _INK, _GREY = "#005eb8", "#d6e6f5", "#212b32", "#4c6272"


@dataclass(frozen=True, slots=True)
class Segment:
    """From ``since`` up to ``until`` one daily OME held, in mg; ``said`` is how it is written."""

    since: date
    until: date
    low: Decimal | None
    high: Decimal | None
    said: str


def segments(record: PersonRecord) -> list[Segment]:
    """The history as stretches of time, the oldest first."""
    points = list(record.history)
    ends = [point.since for point in points[1:]] + [record.as_of]
    return [_segment(point, end) for point, end in zip(points, ends, strict=True)]


def _segment(point: Point, until: date) -> Segment:
    ome = point.ome
    return Segment(point.since, until, ome.low, ome.high, said(ome))


def said(ome: DailyOme) -> str:
    """An OME in words. No open supply and a dose that cannot be worked out are two different things."""
    if ome.low is None:
        return "not known" if ome.missing else "no opioid supply open"
    return words.mg(ome.low, ome.high, at_least=ome.at_least)


def title(found: Sequence[Segment], record: PersonRecord) -> str:
    """What the chart says, in a sentence."""
    now = record.ome
    if now.low is None:
        return f"Daily OME on {words.long_date(record.as_of)}: {said(now)}"
    start = record.as_of - _SHOWN
    earlier = [s for s in found if s.high is not None and s.until > start and s.high != now.high]
    if not earlier or now.high is None:
        return f"Daily OME is {said(now)}, and no other dose is on record in the last 3 years"
    other = earlier[-1]
    way = "down" if other.high is not None and other.high > now.high else "up"
    return f"Daily OME is {said(now)}, {way} from {other.said} in {words.month(other.since)}"


def svg(record: PersonRecord) -> str:
    """The drawing, with nothing in it that the content policy would refuse. Empty when there is nothing to draw."""
    start = record.as_of - _SHOWN
    drawn = [s for s in segments(record) if s.high is not None and s.until > start]
    if not drawn:
        return ""
    text: str = vl_convert.vegalite_to_svg(_spec(drawn, record.issues, start, record.as_of))
    # The figure around it has the sentence; the parts of the drawing are not read one by one.
    return text.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


def _spec(drawn: list[Segment], issues: Sequence[IssueShown], start: date, as_of: date) -> dict[str, Any]:
    first = max(start, min(s.since for s in drawn))
    x = alt.Scale(domain=[first.isoformat(), as_of.isoformat()], type="utc")
    top = max(float(max(s.high or 0 for s in drawn)) * 1.1, _HIGH_DOSE + 10)
    doses = _doses(drawn, first, x, top)
    marks = _issue_marks(issues, first, x)
    chart = alt.vconcat(doses, marks, spacing=8).configure(font="Arial, sans-serif", background="white")
    chart = chart.configure_view(stroke=None).configure_axis(
        labelFontSize=16, labelColor=_GREY, gridColor="#d8dde0", domainColor="#768692", tickColor="#768692"
    )
    spec: dict[str, Any] = chart.to_dict()
    return spec


def _data(rows: list[dict[str, Any]]) -> Any:
    """Rows as the chart library takes them."""
    return alt.Data(values=rows)


def _doses(drawn: list[Segment], first: date, x: alt.Scale, top: float) -> Any:
    rows = [
        {
            "since": max(s.since, first).isoformat(),
            "until": s.until.isoformat(),
            "low": float(s.low or 0),
            "high": float(s.high or 0),
        }
        for s in drawn
    ]
    y = alt.Scale(domain=[0, top])
    axis = alt.Axis(format="%B %Y", tickCount=6, grid=False, title=None, labelOverlap=True)
    base = alt.Chart(_data(rows)).encode(x=alt.X("since:T", scale=x, axis=axis), x2="until:T")
    side = alt.Axis(title=None, tickCount=5)
    area = base.mark_rect(color=_PALE).encode(y=alt.Y("high:Q", scale=y, axis=side), y2=alt.datum(0))
    high = base.mark_rule(color=_BLUE, strokeWidth=3).encode(y=alt.Y("high:Q", scale=y, axis=side))
    low = base.mark_rule(color=_BLUE, strokeWidth=2, strokeDash=[4, 3]).encode(
        y=alt.Y("low:Q", scale=y, axis=side)
    )
    line = alt.Chart(_data([{"y": _HIGH_DOSE}])).mark_rule(color=_INK, strokeDash=[2, 3]).encode(y="y:Q")
    label = (
        alt.Chart(_data([{"y": _HIGH_DOSE, "text": f"High dose: {_HIGH_DOSE}mg or more"}]))
        .mark_text(align="right", dy=-10, fontSize=16, color=_INK)
        .encode(y="y:Q", text="text:N", x=alt.value(1090))
    )
    return alt.layer(area, low, high, line, label).properties(width=1090, height=260)


def _issue_marks(issues: Sequence[IssueShown], first: date, x: alt.Scale) -> Any:
    rows = [
        {"on": i.issue_date.isoformat(), "row": "Issues"}
        for i in issues
        if i.opioid and i.issue_date >= first
    ]
    return (
        alt.Chart(_data(rows))
        .mark_square(size=50, color=_BLUE, opacity=1)
        .encode(
            x=alt.X("on:T", scale=x, axis=None),
            y=alt.Y("row:N", axis=alt.Axis(title=None, domain=False, ticks=False)),
        )
        .properties(width=1090, height=24)
    )
