"""What an import tells the person who ran it. Counts and dates only: nobody is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from stepwell.population.lake import FileCount, Load, TableCount


class Outcome(StrEnum):
    """Whether anything changed."""

    LOADED = "loaded"
    UNCHANGED = "unchanged"  # the same files and options as the load that stands


@dataclass(frozen=True, slots=True)
class ImportReport:
    """One import. ``files``: rows read, used and rejected of each. ``tables``: rows carried, given and kept of each."""

    outcome: Outcome
    load_id: str
    manifest: int
    practice: str
    practice_name: str
    source: str
    kind: str
    extract_date: date
    files: Mapping[str, FileCount]
    tables: Mapping[str, TableCount]
    counters: Mapping[str, int]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    first_issue: date | None
    newest_issue: date | None
    elapsed_seconds: float

    @classmethod
    def of(cls, load: Load, outcome: Outcome, notes: tuple[str, ...], elapsed_seconds: float) -> ImportReport:
        """The report of a load."""
        return cls(
            outcome=outcome,
            load_id=load.load_id,
            manifest=load.manifest,
            practice=load.practice,
            practice_name=load.practice_name,
            source=load.source,
            kind=str(load.kind),
            extract_date=load.extract_date,
            files=load.file_counts,
            tables=load.tables,
            counters=load.counters,
            notes=notes,
            warnings=load.warnings,
            first_issue=load.first_issue,
            newest_issue=load.newest_issue,
            elapsed_seconds=round(elapsed_seconds, 2),
        )

    @property
    def rows_read(self) -> int:
        """Of all files."""
        return sum(file.read for file in self.files.values())

    @property
    def rows_rejected(self) -> int:
        """Of all files."""
        return sum(file.rejected for file in self.files.values())

    def as_dict(self) -> dict[str, Any]:
        """For printing and for JSON: dates as text."""
        days = {name: _text(getattr(self, name)) for name in ("extract_date", "first_issue", "newest_issue")}
        return {
            **asdict(self),
            **days,
            "outcome": str(self.outcome),
            "rows_read": self.rows_read,
            "rows_rejected": self.rows_rejected,
        }


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
