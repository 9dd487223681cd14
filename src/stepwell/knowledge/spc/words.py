"""A chart in sentences: the icon never stands without the marked points, nor a colour without its word."""

from __future__ import annotations

from itertools import groupby

from stepwell.knowledge.spc import constants, icons
from stepwell.knowledge.spc.model import SpecialCause, Xmr, XmrPoint

_CAUSES = {
    SpecialCause.ABOVE_LIMIT: "above the upper limit",
    SpecialCause.BELOW_LIMIT: "below the lower limit",
    SpecialCause.TREND_RISING: "{trend} or more rising in a row",
    SpecialCause.TREND_FALLING: "{trend} or more falling in a row",
    SpecialCause.TWO_IN_THREE_HIGH: "two of three near the upper limit",
    SpecialCause.TWO_IN_THREE_LOW: "two of three near the lower limit",
    SpecialCause.SHIFT_HIGH: "{shift} or more in a row above the average",
    SpecialCause.SHIFT_LOW: "{shift} or more in a row below the average",
    SpecialCause.COMMON_CAUSE: "nothing unusual",
}


def cause_words(cause: SpecialCause | None) -> str:
    """Why a point is marked, in words."""
    if cause is None:
        return "not judged"
    counts = {"trend": constants.whole("trend_points"), "shift": constants.whole("shift_points")}
    return _CAUSES[cause].format(**counts)


def sentences(chart: Xmr) -> tuple[str, ...]:
    """What to say with a chart: the latest point, the target, then every marked point, in order of date."""
    said = [f"{icons.variation_words(chart.variation)}.", f"{icons.assurance_words(chart.assurance)}."]
    if not chart.marked:
        return (*said, "No point is marked." if chart.variation else "No point could be judged.")
    stretches = [list(each) for _, each in groupby(chart.points, key=lambda point: point.special_cause)]
    marked = [_stretch(each) for each in stretches if each[0].marked]
    return (*said, f"Marked: {'; '.join(marked)}.")


def _stretch(points: list[XmrPoint]) -> str:
    first, last = points[0], points[-1]
    span = first.on.isoformat() if first is last else f"{first.on.isoformat()} to {last.on.isoformat()}"
    look = constants.palette()[first.meaning.value].words if first.meaning else ""
    return f"{span}, {cause_words(first.special_cause)} ({look})"
