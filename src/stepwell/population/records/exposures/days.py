"""Dates as day numbers and back. Day 0 is 1970-01-01."""

from __future__ import annotations

from datetime import date

import ibis

_EPOCH = date(1970, 1, 1)


def number(day: date) -> int:
    """The day number of a date."""
    return (day - _EPOCH).days


def numbers(column: ibis.Value) -> ibis.Value:
    """A date column as day numbers."""
    return column.delta(ibis.date(_EPOCH), unit="day").cast("int32")


def dates(column: ibis.Value) -> ibis.Value:
    """Day numbers as a date column."""
    return (column.as_interval("D") + ibis.date(_EPOCH)).cast("date")
