"""The XmR chart: any rate or count of one practice over time, by the rules of Making Data Count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from stepwell.base.errors import StepwellError
from stepwell.knowledge.spc import constants, icons, numbers
from stepwell.knowledge.spc.model import Assurance, Direction, Lines, Segment, Xmr, XmrPoint
from stepwell.knowledge.spc.special_causes import special_causes

Value = tuple[date, float]


def xmr(
    points: Iterable[Value],
    *,
    direction: Direction,
    target: float | None = None,
    rebase_on: Iterable[date] = (),
    fix_after: int | None = None,
    screen_outliers: bool = True,
) -> Xmr:
    """An XmR chart of (date, value) in any order. Each date of ``rebase_on`` begins a segment with lines of its own.

    ``fix_after``: lines rest on the first so many points of each segment, at least 12; on all of them by default.
    ``screen_outliers``: the largest moving ranges are left out, once. Raises StepwellError for no points, two values of one
    date, a value that is not a number, and ``fix_after`` under 12; rows are named by number, from 1.
    """
    series = sorted_series(points)
    better = Direction.of(direction)
    goal = None if target is None else numbers.number(target, "target")
    _check_fix(fix_after)
    rebased = frozenset(rebase_on)
    made = [
        _segment(place, each, better, fix_after, screen_outliers)
        for place, each in enumerate(_split(series, rebased))
    ]
    segments = tuple(segment for segment, _ in made)
    last = segments[-1]
    assurance = icons.assurance_of(last.lines, goal, better)
    return Xmr(
        points=tuple(point for _, charted in made for point in charted),
        segments=segments,
        direction=better,
        target=goal,
        variation=last.variation,
        assurance=assurance,
        warnings=tuple(_warnings(series, segments, rebased, goal, assurance)),
    )


def sorted_series(points: Iterable[Value]) -> list[Value]:
    """The points in order of date. Raises StepwellError as ``xmr`` does; rows count from 1 in the order given."""
    first_seen: dict[date, int] = {}
    series: list[Value] = []
    for row, (on, value) in enumerate(points, start=1):
        if not isinstance(on, date) or isinstance(on, datetime):
            raise StepwellError(
                f"The date of row {row} is not a date.", next_step="Give a day, or the first of a month."
            )
        if on in first_seen:
            raise StepwellError(
                f"Rows {first_seen[on]} and {row} have the same date.",
                next_step="Keep one value for each date; for several practices, chart one at a time.",
            )
        first_seen[on] = row
        series.append((on, numbers.number(value, f"value of row {row}")))
    if not series:
        raise StepwellError("There are no values to chart.", next_step="Give at least one date and value.")
    return sorted(series)


def _check_fix(fix_after: int | None) -> None:
    least = constants.whole("fewest_points_to_fix")
    if fix_after is not None and fix_after < least:
        raise StepwellError(
            f"Limits cannot be fixed on fewer than {least} points.",
            next_step=f"Fix them after {least} or more, or not at all.",
        )


def _split(series: Sequence[Value], rebased: frozenset[date]) -> list[list[Value]]:
    """Segments: a new one at each point whose date is a rebase date."""
    segments: list[list[Value]] = []
    for on, value in series:
        if not segments or on in rebased:
            segments.append([])
        segments[-1].append((on, value))
    return segments


def lines_of(values: Sequence[float], *, screen_outliers: bool = True) -> Lines:
    """The lines that rest on ``values``, in order of date. One value has a centre and no limits.

    Where nothing varies the limits lie on the centre: the package has none there, and would call a later change nothing.
    """
    centre = numbers.mean(values)
    ranges = numbers.steps(values)
    if screen_outliers:
        ranges = numbers.screened(ranges, constants.number("moving_range_screen"))
    if not ranges:
        return Lines(centre, None, None, None, None, None)
    mean_range = numbers.mean(ranges)
    limit, share = constants.number("xmr_limit"), constants.exact("near_limit_share")
    away = limit * mean_range
    near = share.numerator * (limit / share.denominator) * mean_range
    return Lines(centre, mean_range, centre - away, centre + away, centre - near, centre + near)


def _segment(
    place: int, series: Sequence[Value], direction: Direction, fix_after: int | None, screen: bool
) -> tuple[Segment, list[XmrPoint]]:
    values = [value for _, value in series]
    baseline = values[:fix_after]
    lines = lines_of(baseline, screen_outliers=screen)
    causes = special_causes(values, lines)
    points = []
    for i, (on, value) in enumerate(series):
        cause = causes[i] if causes else None
        meaning = icons.meaning_of(cause, direction) if cause else None
        points.append(XmrPoint(on, value, place, lines, cause, meaning))
    segment = Segment(
        number=place,
        first=series[0][0],
        last=series[-1][0],
        points=len(series),
        fixed_on=len(baseline),
        lines=lines,
        short=len(series) < constants.whole("fewest_points_unwarned"),
        variation=icons.variation_of(points[-1].special_cause, direction),
    )
    return segment, points


def _warnings(
    series: Sequence[Value],
    segments: Sequence[Segment],
    rebased: frozenset[date],
    target: float | None,
    assurance: Assurance,
) -> Iterator[str]:
    for on in sorted(rebased - {on for on, _ in series}):
        yield f"No value is dated {on.isoformat()}, so the limits were not worked out anew there."
    for each in segments:
        span = f"{each.first.isoformat()} to {each.last.isoformat()}"
        if each.lines.mean_moving_range is None:
            yield f"One value, of {each.first.isoformat()}, has no limits: nothing can be said of its variation."
        elif each.short:
            yield f"Only {each.points} points from {span}: the limits will move as more come."
        if each.lines.mean_moving_range == 0:
            yield (
                f"The limits from {span} rest on values that are all equal and have no width: "
                "any other value lies outside them."
            )
    if target is not None and assurance is Assurance.NONE:
        yield "There is a target but no assurance icon: it needs limits, and to know which way is better."
