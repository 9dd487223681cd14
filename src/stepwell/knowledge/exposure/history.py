"""How a person's OME went over time: at each day something changed, what would have been said that day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from stepwell.knowledge.exposure.current import current_lines, daily_ome
from stepwell.knowledge.exposure.model import DailyOme, Issue
from stepwell.knowledge.exposure.occasions import covers, lines, occasions
from stepwell.knowledge.exposure.rules import Rules


@dataclass(frozen=True, slots=True)
class Point:
    """From ``since`` until the next point. OME as in ``DailyOme``."""

    since: date
    ome: DailyOme


def ome_over_time(issues: Sequence[Issue], as_of: date, rules: Rules) -> list[Point]:
    """The points at which the OME of a person changed, up to ``as_of``, in order.

    Each is worked out with the issues known that day, so a later issue never changes what an earlier day shows.
    """
    points: list[Point] = []
    for day in _days_of_change(issues, as_of, rules):
        ome = daily_ome(current_lines(issues, day, rules))
        if not points or points[-1].ome != ome:
            points.append(Point(day, ome))
    return points


def _days_of_change(issues: Sequence[Issue], as_of: date, rules: Rules) -> list[date]:
    days: set[date] = {as_of}
    for line in lines(issues, as_of).values():
        for cover in covers(occasions(line, rules), rules):
            # Supply begins, runs out, and is given up after the gap; a template ends.
            days |= {cover.occasion.on, cover.end, cover.end + timedelta(days=rules.gap_days + 1)}
            days |= {
                end for end in (cover.occasion.template_end, cover.occasion.open_until) if end is not None
            }
            days.add(cover.occasion.on + timedelta(days=rules.elsewhere_days + 1))
    first = min((i.issue_date for i in issues if i.issue_date <= as_of), default=as_of)
    return sorted(day for day in days if first <= day <= as_of)
