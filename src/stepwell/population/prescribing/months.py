"""Months of prescribing, written "2017-09" here and in four other ways elsewhere."""

from __future__ import annotations

import re

from stepwell.base.errors import StepwellError

_WRITTEN = re.compile(r"((?:19|20)\d\d)[-_ ]?(0[1-9]|1[0-2])(?:[-_]?01)?")
_IN_A_NAME = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_]?(0[1-9]|1[0-2])(?!\d)")
_NAMES = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
_DAY = re.compile(
    r"\d{1,2}[-/ ]?([A-Za-z]{3})[a-z]*[-/ ]?(\d{4}|\d{2})|(\d{4})-(\d\d)-\d\d|\d{1,2}/(\d\d)/(\d{4})"
)


def read(text: str) -> str | None:
    """ "2017-09" from ``201709``, ``2017_09``, ``2017-09`` or ``2017-09-01``; None for anything else."""
    found = _WRITTEN.fullmatch(text.strip())
    return f"{found[1]}-{found[2]}" if found else None


def in_name(name: str) -> str | None:
    """The month a file's name tells, when it tells just one."""
    found = {f"{year}-{month}" for year, month in _IN_A_NAME.findall(name)}
    return found.pop() if len(found) == 1 else None


def of_day(text: str) -> str | None:
    """The month of a day written ``01SEP2017``, ``01-Apr-17``, ``2017-09-01`` or ``01/09/2017``; None for anything else."""
    found = _DAY.fullmatch(text.strip())
    if found is None:
        return None
    if found[1]:
        name = found[1].upper()
        year = found[2] if len(found[2]) == 4 else f"20{found[2]}"
        return f"{year}-{_NAMES.index(name) + 1:02d}" if name in _NAMES else None
    year, month = (found[3], found[4]) if found[3] else (found[6], found[5])
    return f"{year}-{month}" if 1 <= int(month) <= 12 else None


def require(text: str) -> str:
    """A month a person typed. Raises ``StepwellError``."""
    month = read(text)
    if month is None:
        raise StepwellError(f'"{text}" is not a month.', next_step="Write it as 2017-09.")
    return month


def after(month: str, by: int = 1) -> str:
    """The month so many later (or, below zero, earlier)."""
    year, number = (int(part) for part in month.split("-"))
    whole = year * 12 + number - 1 + by
    return f"{whole // 12}-{whole % 12 + 1:02d}"


def between(first: str, last: str) -> tuple[str, ...]:
    """Every month from ``first`` to ``last``, both included."""
    found = []
    while first <= last:
        found.append(first)
        first = after(first)
    return tuple(found)
