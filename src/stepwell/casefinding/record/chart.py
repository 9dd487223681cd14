"""The chart of a person's daily OME over time: as SVG for the page, as rows for its table and CSV."""

from __future__ import annotations

import html
import re
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
    later = next(s for s in [*found[found.index(other) + 1 :], found[-1]] if s.high is not None)
    return f"Daily OME is {said(now)} since {words.month(later.since)}, {way} from {other.said}"


@dataclass(frozen=True, slots=True)
class _Size:
    """How wide the drawing is, in pixels, and how its dates are written there."""

    width: int
    font: int
    dates: str
    ticks: int
    shown: timedelta
    label: str


WIDE = _Size(1080, 16, "%B %Y", 6, _SHOWN, f"High dose: {_HIGH_DOSE}mg or more")
# A phone shows the last year in letters that can be read, not three years shrunk.
NARROW = _Size(255, 14, "%b %Y", 3, timedelta(days=365), f"High: {_HIGH_DOSE}mg")


def svg(record: PersonRecord, size: _Size = WIDE) -> str:
    """The drawing, with nothing in it that the content policy would refuse. Empty when there is nothing to draw.

    Each stretch and each issue has a title, which a browser shows under the pointer without a script.
    """
    start = record.as_of - size.shown
    drawn = [s for s in segments(record) if s.high is not None and s.until > start]
    if not drawn:
        return ""
    text: str = vl_convert.vegalite_to_svg(_spec(drawn, record.issues, start, record.as_of, size))
    text = _MARK.sub(_titled, text)
    # The figure around it has the sentence; the parts of the drawing are not read one by one.
    return text.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


def _titled(mark: re.Match[str]) -> str:
    """A mark with what it says as its title. The words come from an extract, so they are escaped here as well."""
    kind, attributes, said = mark.groups()
    return f"<{kind}{attributes}><title>{html.escape(html.unescape(said))}</title></{kind}>"


_MARK = re.compile(r'<(path|line)((?=[^>]*\saria-label="([^"]*)")[^>]*?)(?:/>|></(?:path|line)>)')


def _spec(
    drawn: list[Segment], issues: Sequence[IssueShown], start: date, as_of: date, size: _Size
) -> dict[str, Any]:
    first = max(start, min(s.since for s in drawn))
    # A little room before the first day, so that its mark does not lie on the axis.
    room = timedelta(days=max(2, (as_of - first).days // 60))
    x = alt.Scale(domain=[(first - room).isoformat(), (as_of + room).isoformat()], type="utc")
    top = max(float(max(s.high or 0 for s in drawn)) * 1.1, _HIGH_DOSE + 10)
    doses = _doses(drawn, first, x, top, size)
    marks = _issue_marks(issues, first, x, size)
    chart = alt.vconcat(doses, marks, spacing=8).configure(font="Arial, sans-serif", background="white")
    chart = chart.configure_view(stroke=None).configure_axis(
        labelFontSize=size.font,
        labelColor=_GREY,
        gridColor="#d8dde0",
        domainColor="#768692",
        tickColor="#768692",
    )
    spec: dict[str, Any] = chart.to_dict()
    return spec


def _data(rows: list[dict[str, Any]]) -> Any:
    """Rows as the chart library takes them."""
    return alt.Data(values=rows)


def _doses(drawn: list[Segment], first: date, x: alt.Scale, top: float, size: _Size) -> Any:
    rows = [
        {
            "since": max(s.since, first).isoformat(),
            "until": s.until.isoformat(),
            "low": float(s.low or 0),
            "high": float(s.high or 0),
            "said": f"{words.long_date(s.since)} to {words.long_date(s.until)}: {s.said} a day",
        }
        for s in drawn
    ]
    y = alt.Scale(domain=[0, top])
    # Over less than a month a tick, two ticks would say the same month.
    shown = max(s.until for s in drawn) - first
    dates = size.dates if shown > timedelta(days=31 * size.ticks) else "%-d %b %Y"
    axis = alt.Axis(format=dates, tickCount=size.ticks, grid=False, title=None, labelOverlap=True)
    base = alt.Chart(_data(rows)).encode(
        x=alt.X("since:T", scale=x, axis=axis), x2="until:T", description="said:N"
    )
    side = alt.Axis(title=None, tickCount=5)
    area = base.mark_rect(color=_PALE).encode(y=alt.Y("high:Q", scale=y, axis=side), y2=alt.datum(0))
    high = base.mark_rule(color=_BLUE, strokeWidth=3).encode(y=alt.Y("high:Q", scale=y, axis=side))
    low = base.mark_rule(color=_BLUE, strokeWidth=2, strokeDash=[4, 3]).encode(
        y=alt.Y("low:Q", scale=y, axis=side)
    )
    line = alt.Chart(_data([{"y": _HIGH_DOSE}])).mark_rule(color=_INK, strokeDash=[2, 3]).encode(y="y:Q")
    label = (
        alt.Chart(_data([{"y": _HIGH_DOSE, "text": size.label}]))
        .mark_text(align="right", dy=-10, fontSize=size.font, color=_INK)
        .encode(y="y:Q", text="text:N", x=alt.value(size.width))
    )
    return alt.layer(area, low, high, line, label).properties(width=size.width, height=260)


def _issue_marks(issues: Sequence[IssueShown], first: date, x: alt.Scale, size: _Size) -> Any:
    rows = [
        {
            "on": i.issue_date.isoformat(),
            "row": "Issues",
            "said": f"{i.drug_name or 'Medicine not named'}, issued {words.long_date(i.issue_date)}",
        }
        for i in issues
        if i.opioid and i.issue_date >= first
    ]
    side = alt.Axis(title=None, domain=False, ticks=False, labelPadding=8)
    return (
        alt.Chart(_data(rows))
        .mark_square(size=50, color=_BLUE, opacity=1)
        .encode(x=alt.X("on:T", scale=x, axis=None), y=alt.Y("row:N", axis=side), description="said:N")
        .properties(width=size.width, height=24)
    )
