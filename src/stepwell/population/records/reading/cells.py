"""Text cells turned into dates, numbers, booleans and codes. A cell that cannot be read is a ``BadCell``, never a guess.

Blank, and the literal ``NULL`` some systems write, are None. Results are kept, as extracts repeat themselves.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache

from stepwell.knowledge import nhs_number as nhs_numbers

_DISTINCT = 200_000
_FIRST_YEAR, _LAST_YEAR = 1850, 2199

_MONTHS = {
    month: number
    for number, months in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
         "sep sept september", "oct october", "nov november", "dec december"),
        start=1,
    )
    for month in months.split()
}  # fmt: skip
_TIME = r"(?:[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s*[AaPp][Mm])?\s*(?:Z|[+-]\d{2}:?\d{2})?)?"
_ISO = re.compile(rf"(\d{{4}})-(\d{{1,2}})-(\d{{1,2}}){_TIME}")
_DAY_FIRST = re.compile(rf"(\d{{1,2}})([/.-])(\d{{1,2}})\2(\d{{4}}|\d{{2}}){_TIME}")
_NAMED_MONTH = re.compile(rf"(\d{{1,2}})([- /]?)([A-Za-z]{{3,9}})\2(\d{{4}}|\d{{2}}){_TIME}")
_SERIAL = re.compile(r"(\d{4,5})(?:\.\d+)?")
# Excel counts 29 February 1900, which did not exist, as day 60: from day 61 the count starts a day earlier.
_EXCEL_START = date(1899, 12, 30)
# Four figures up to here are more likely a year than a day count before 1906.
_SMALLEST_SERIAL = 2200

_TRUE = frozenset({"true", "t", "yes", "y", "1"})
_FALSE = frozenset({"false", "f", "no", "n", "0"})


class BadCell(ValueError):
    """A cell that cannot be read. The message is a sentence about it, without its contents."""


def text(cell: str) -> str | None:
    """The cell without surrounding space; None when blank or ``NULL``."""
    stripped = cell.strip()
    return None if not stripped or stripped.upper() == "NULL" else stripped


def code(cell: str) -> str | None:
    """A code of digits, as text: 18-digit codes lose figures as numbers. ``BadCell`` for anything else."""
    value = text(cell)
    if value is not None and not (value.isascii() and value.isdigit()):
        raise BadCell("is not a code of digits (a spreadsheet may have damaged it)")
    return value


def guid(cell: str) -> str | None:
    """An id without its braces, in upper case."""
    value = cell.strip("{} \t\r\n").upper()
    return value if value and value != "NULL" else None


@cache
def boolean(cell: str) -> bool | None:
    """true/yes/y/1 or false/no/n/0 in any case."""
    value = text(cell)
    if value is None:
        return None
    if (lowered := value.lower()) in _TRUE:
        return True
    if lowered in _FALSE:
        return False
    raise BadCell("is neither true nor false")


@lru_cache(_DISTINCT)
def day(cell: str, latest: date | None = None) -> date | None:
    """The date in a cell; a time after it is dropped. Day before month, always.

    2024-03-12, 12/03/2024, 12.03.2024, 12-Mar-24, 12-Mar-2024, 12 Mar 2024 10:30:00, or an Excel day count (44706 =
    2022-05-25). A two-digit year is the last such year with the date not after ``latest``; without ``latest`` it is
    refused.
    """
    value = text(cell)
    if value is None:
        return None
    if match := _ISO.fullmatch(value):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := _DAY_FIRST.fullmatch(value):
        return _with_year(match[4], int(match[3]), int(match[1]), latest)
    if match := _NAMED_MONTH.fullmatch(value):
        month = _MONTHS.get(match[3].lower())
        if month is None:
            raise BadCell("is not a date: the month is not an English month")
        return _with_year(match[4], month, int(match[1]), latest)
    if is_serial(value):
        return _EXCEL_START + timedelta(days=int(float(value)))
    raise BadCell("is not a date in a known form (such as 2024-03-12, 12/03/2024 or 12-Mar-2024)")


@lru_cache(_DISTINCT)
def is_serial(cell: str) -> bool:
    """Whether a date cell is an Excel day count, to be counted in the report."""
    match = _SERIAL.fullmatch(cell.strip())
    return match is not None and int(match[1]) > _SMALLEST_SERIAL


def _with_year(year: str, month: int, day_of_month: int, latest: date | None) -> date:
    if len(year) == 4:
        return _date(int(year), month, day_of_month)
    if latest is None:
        raise BadCell("has a year of two figures, which could be either century")
    century = latest.year - latest.year % 100
    for candidate in (century + int(year), century - 100 + int(year)):
        # A 29 February may exist in one of the two centuries only: then the other is not meant.
        try:
            found = _date(candidate, month, day_of_month)
        except BadCell:
            continue
        if found <= latest:
            return found
    raise BadCell("is not a date that exists")


def _date(year: int, month: int, day_of_month: int) -> date:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise BadCell(f"is a date outside {_FIRST_YEAR} to {_LAST_YEAR}")
    try:
        return date(year, month, day_of_month)
    except ValueError:
        raise BadCell("is not a date that exists (the day comes before the month)") from None


@lru_cache(_DISTINCT)
def number(cell: str) -> Decimal | None:
    """A decimal number. Commas are accepted only where they group thousands."""
    value = text(cell)
    if value is None:
        return None
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", value):
        value = value.replace(",", "")
    try:
        found = Decimal(value)
    except InvalidOperation:
        raise BadCell("is not a number") from None
    if not found.is_finite():
        raise BadCell("is not a number")
    return found


@lru_cache(_DISTINCT)
def whole(cell: str) -> int | None:
    """A whole number that is not negative and fits 32 bits."""
    found = number(cell)
    if found is None:
        return None
    if found != found.to_integral_value() or not 0 <= found < 2**31:
        raise BadCell("is not a whole number")
    return int(found)


def nhs_number(cell: str) -> str | None:
    """Ten valid digits, or None: blank, a placeholder, a wrong check digit and a repeated digit all count as none."""
    value = text(cell)
    return None if value is None else nhs_numbers.parse(value)
