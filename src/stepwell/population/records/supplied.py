"""What was issued to one person set against what the instructions say, with what the record does not tell of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from stepwell.knowledge import exposure
from stepwell.knowledge.exposure import CurrentLine, Issue
from stepwell.knowledge.exposure.disagreement import Disagreement, of_line

_WITHHELD = "Part of the record is withheld, or not known to be whole, so more may have been issued."
_UNDATED = "The record holds issues of it without a date, so more may have been issued."
_TWO_SOURCES = "It is recorded from here and from elsewhere, so more may have been supplied."


@dataclass(frozen=True, slots=True)
class SuppliedAgainstText:
    """The issues of one person and what they take now, ``undated`` rows, the (line, text) of instructions with steps, the day."""

    issues: Sequence[Issue]
    now: Sequence[CurrentLine]
    undated: Sequence[Mapping[str, object]]
    stepped: frozenset[tuple[str, str | None]]
    withheld: bool
    as_of: date

    def of(self, current: CurrentLine) -> Disagreement:
        """The finding for one line taken now."""
        name, own = current.medicine.line, current.own
        issues = exposure.lines(self.issues, self.as_of)[name, own]
        rules = exposure.current()
        last = {(name, issue.text) for issue in issues if issue.issue_date == current.last.occasion.on}
        return of_line(
            exposure.occasions(issues, rules),
            self.as_of,
            rules,
            stepped=bool(last & self.stepped),
            more=self._more(name, own=own),
        )

    def _more(self, name: str, *, own: bool) -> str:
        """Why more may have been supplied than the issues of the line say; "" where nothing tells so."""
        if self.withheld:
            return _WITHHELD
        if any(row["line"] == name and self._may_be_recent(row) for row in self.undated):
            return _UNDATED
        other = any(
            issue.medicine.line == name and issue.own is not own and self._is_recent(issue.issue_date)
            for issue in self.issues
        )
        both = other or any(c.medicine.line == name and c.own is not own for c in self.now)
        return _TWO_SOURCES if both else ""

    def _may_be_recent(self, row: Mapping[str, object]) -> bool:
        latest = row["latest"]
        return not isinstance(latest, date) or latest > self.as_of or self._is_recent(latest)

    def _is_recent(self, day: date) -> bool:
        return day <= self.as_of and (self.as_of - day).days < exposure.current().quantity_window_days
