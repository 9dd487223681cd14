"""Numbers and days as a person reads them, in the sentences of an import."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

_SOURCES = {"emis": "EMIS", "list_report": "practice report", "gp_connect": "GP Connect"}


def day(found: date) -> str:
    """6 August 2026."""
    return f"{found.day} {found:%B %Y}"


def count(number: int, one: str, many: str) -> str:
    """``1 issue has`` or ``8,677 issues have``."""
    return f"{number:,} {one if number == 1 else many}"


def series(texts: Sequence[str]) -> str:
    """``5, 9 and 12``."""
    *before, last = texts
    return f"{', '.join(before)} and {last}" if before else last


def source(name: str) -> str:
    """A source by the name people know it by: ``EMIS``, ``practice report``."""
    return _SOURCES.get(name, name)
