"""Date columns of EMIS tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from stepwell.population.records.emis.rows import Reading
from stepwell.population.records.extracts import Sink
from stepwell.population.records.reading import cells

_SERIALS = "dates written as Excel day counts"


class Dates(Reading[date | None]):
    """A date column. Excel day counts are read and counted; two-digit years are refused, as EMIS writes four."""

    def __init__(self, column: str, sink: Sink) -> None:
        super().__init__(column, cells.day)
        self._sink = sink

    def read(self, text: str) -> date | None:
        """The date in a cell, None when blank. Raises ``Unusable``."""
        found = self[text]
        if found is not None and len(text) < 8 and cells.is_serial(text):
            self._sink.count(_SERIALS)
        return found


def floored(day: date, precision: str | None) -> date:
    """The earliest day that a date of this precision (day, month, year) can mean."""
    if precision == "year":
        return day.replace(month=1, day=1)
    if precision == "month":
        return day.replace(day=1)
    return day


def known_value(field: dict[str, str | None], sink: Sink, unknown: str) -> Callable[[str], str | None]:
    """Looks a text up in a table of values; counts under ``unknown`` what is not in it."""

    def look_up(text: str) -> str | None:
        value = cells.text(text)
        if value is None:
            return None
        if value.casefold() not in field:
            sink.count(unknown)
            return None
        return field[value.casefold()]

    return look_up
