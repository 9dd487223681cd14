"""An organisation's own figures over time: what is unusual in them, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from stepwell.insight import words
from stepwell.insight.choices import FIXED_ON
from stepwell.knowledge import spc
from stepwell.population.prescribing.measures.model import Direction, Measure

_BETTER = {
    Direction.LOWER: spc.Direction.DECREASE,
    Direction.HIGHER: spc.Direction.INCREASE,
    Direction.NONE: spc.Direction.NEUTRAL,
}
_SHORT = {
    spc.Variation.COMMON_CAUSE: "As usual",
    spc.Variation.IMPROVEMENT_HIGH: "Improving: higher",
    spc.Variation.IMPROVEMENT_LOW: "Improving: lower",
    spc.Variation.CONCERN_HIGH: "Of concern: higher",
    spc.Variation.CONCERN_LOW: "Of concern: lower",
    spc.Variation.NEUTRAL_HIGH: "Higher than usual",
    spc.Variation.NEUTRAL_LOW: "Lower than usual",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One month of one organisation, as the core gives it."""

    month: str
    numerator: float | None
    denominator: float | None
    value: float | None
    practices: int
    without_list_size: int


@dataclass(frozen=True, slots=True)
class Change:
    """A chart of an organisation's months, and what it says. ``since``: the first month of the latest unusual stretch, if it lasts."""

    chart: spc.Xmr | None
    short: str
    since: str | None
    icon: str

    @property
    def unusual(self) -> bool:
        """Whether the newest month is a special cause."""
        return self.since is not None


def change(measure: Measure, rows: Sequence[Row], *, fixed: bool = False) -> Change:
    """The XmR chart of the months with a value. Fewer than two months cannot be judged."""
    points = [(first_day(row.month), row.value) for row in rows if row.value is not None]
    if len(points) < 2:
        return Change(None, "Too few months", None, "none")
    fix_after = FIXED_ON if fixed and len(points) > FIXED_ON else None
    chart = spc.xmr(points, direction=_BETTER[measure.direction], fix_after=fix_after)
    if chart.variation is None or any(each.short for each in chart.segments):
        return Change(chart, f"Only {words_of(len(points))}", None, "none")
    return Change(chart, _SHORT[chart.variation], _since(chart), chart.variation.value)


def words_of(count: int) -> str:
    """1 month, 5 months."""
    return f"{count} month{'' if count == 1 else 's'}"


def first_day(period: str) -> date:
    """The day a month is charted at."""
    year, number = period.split("-")
    return date(int(year), int(number), 1)


def period(on: date) -> str:
    """The month charted at a day."""
    return f"{on:%Y-%m}"


def _since(chart: spc.Xmr) -> str | None:
    """Where the stretch of marked points on the newest one's side began."""
    if not chart.points[-1].marked:
        return None
    side = _side(chart.points[-1])
    first = chart.points[-1]
    for point in reversed(chart.points):
        if not point.marked or _side(point) != side:
            break
        first = point
    return period(first.on)


def _side(point: spc.XmrPoint) -> int:
    return point.special_cause.side if point.special_cause else 0


def title(found: Change, measure: Measure) -> str:
    """What the chart over time says, in a sentence."""
    chart = found.chart
    if chart is None:
        return "There are too few months to say what is usual"
    last = chart.points[-1]
    newest = words.month(period(last.on))
    if found.icon == "none":
        return f"{words_of(len(chart.points)).capitalize()} of figures: too few to say what is usual"
    if found.since is not None:
        way = "higher" if _side(last) > 0 else "lower"
        better = {"improvement": ", a change for the better", "concern": ", which is of concern"}
        meaning = better.get(last.meaning.value if last.meaning else "", "")
        since = words.month(found.since)
        when = f"Since {since}" if found.since != period(last.on) else f"In {newest}"
        return f"{when} the figure is {way} than usual, by more than chance{meaning}"
    if chart.marked:
        count = len(chart.marked)
        return f"{newest} is as usual; {count} earlier {'month is' if count == 1 else 'months are'} unusual"
    return f"No month is unusual: the figure varies around {words.bare(measure, last.lines.centre)}"


def stretches(chart: spc.Xmr) -> list[str]:
    """Every stretch of marked months: "April 2025 to September 2026: 7 or more in a row below the average (improvement)"."""
    said: list[tuple[spc.XmrPoint, spc.XmrPoint]] = []
    before: spc.XmrPoint | None = None
    for point in chart.points:
        if point.marked:
            if before is not None and before.marked and before.special_cause is point.special_cause:
                said[-1] = (said[-1][0], point)
            else:
                said.append((point, point))
        before = point
    return [_stretch(first, last) for first, last in said]


def _stretch(first: spc.XmrPoint, last: spc.XmrPoint) -> str:
    span = words.month(period(first.on))
    if first is not last:
        span = f"{span} to {words.month(period(last.on))}"
    meaning = spc.palette()[first.meaning.value].words if first.meaning else ""
    return f"{span}: {spc.cause_words(first.special_cause)} ({meaning})"
