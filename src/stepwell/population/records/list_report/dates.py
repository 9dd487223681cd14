"""Dates of a report: years of two figures, and dates of which only the month or the year is recorded."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from decimal import Decimal

from stepwell.population.records.reading import cells

# Batch issues are dated ahead: a year of two figures may lie this far after the report's own date.
_AHEAD = timedelta(days=366)
_OLDEST = 110
_TWO_FIGURES = re.compile(r"\d{1,2}([-/. ])(?:\d{1,2}|[A-Za-z]{3,9})\1(\d{2})(?:\s+\d{1,2}:.*)?")
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
_MONTH = re.compile(r"([A-Za-z]{3})[a-z]*[-/ ](\d{4})")
_YEAR = re.compile(r"(?:19|20)\d{2}")


def issued(cell: str, report_date: date) -> date | None:
    """A date of issue. A year of two figures is the latest that is not more than a year after ``report_date``."""
    return cells.day(cell, report_date + _AHEAD)


def past(cell: str, report_date: date) -> date | None:
    """A date of something that has happened, such as a death or a registration."""
    return cells.day(cell, report_date)


def born(cell: str, age: Decimal | None, report_date: date) -> date | None:
    """A date of birth. With a year of two figures, the century is told by ``age`` in years or by what is possible.

    ``BadCell`` where both centuries are possible: somebody of 102 must not become somebody of two.
    """
    latest = cells.day(cell, report_date)
    if latest is None or not _TWO_FIGURES.fullmatch(cell.strip()):
        return latest
    possible = [day for day in (latest, _century_before(latest)) if day and _age(day, report_date) <= _OLDEST]
    if age is not None:
        possible = [day for day in possible if abs(_age(day, report_date) - age) <= 1]
    if len(possible) != 1:
        raise cells.BadCell("has a year of two figures, which could be either century")
    return possible[0]


def happened(cell: str, report_date: date) -> tuple[date, str] | None:
    """The earliest day a date of an event can mean, and its precision: day, month or year."""
    value = cells.text(cell)
    if value is None:
        return None
    if _YEAR.fullmatch(value):
        return date(int(value), 1, 1), "year"
    if (found := _MONTH.fullmatch(value)) and (month := _MONTHS.get(found[1].lower())):
        return date(int(found[2]), month, 1), "month"
    day = past(value, report_date)
    return None if day is None else (day, "day")


def _century_before(day: date) -> date | None:
    try:
        return day.replace(year=day.year - 100)
    except ValueError:  # 29 February of a year that had none
        return None


def _age(born_on: date, on: date) -> int:
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))
