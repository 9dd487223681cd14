"""Date columns of EMIS tables."""

from __future__ import annotations

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


class Known(dict[str, str | None]):
    """Looks texts up in a table of values. What is not in it is unknown, and counted under ``unknown`` each time."""

    def __init__(self, field: dict[str, str | None], sink: Sink, unknown: str) -> None:
        super().__init__({"": None})
        self._field, self._sink, self._unknown = field, sink, unknown

    def __missing__(self, text: str) -> str | None:
        value = cells.text(text)
        if value is not None and value.casefold() not in self._field:
            self._sink.count(self._unknown)
            return None
        self[text] = None if value is None else self._field[value.casefold()]
        return self[text]
