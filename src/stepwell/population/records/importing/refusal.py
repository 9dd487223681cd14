"""Why an extract with too many unusable rows is refused: how many, for what reason, and where the first of them are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from stepwell.base.errors import Place, StepwellError
from stepwell.population.lake import FileCount
from stepwell.population.records.canonical import Reject
from stepwell.population.records.importing import wording

REJECTED_LIMIT = 0.02  # of the rows of any one file
LINES_NAMED = 5
_REASONS_NAMED = 3


@dataclass(slots=True)
class Why:
    """One reason rows of a file were rejected: how many, and the column and lines of the first few."""

    reason: str
    rows: int = 0
    column: str | None = None
    lines: list[int] = field(default_factory=list)

    def add(self, reject: Reject) -> None:
        """One more."""
        self.rows += 1
        self.column = self.column or reject.column
        if reject.line is not None and len(self.lines) < LINES_NAMED:
            self.lines.append(reject.line)

    def __str__(self) -> str:
        found = f"{self.reason.rstrip('.')} ({self.rows:,}"
        if self.lines:
            word = "line" if len(self.lines) == 1 else "lines"
            more = "the first at " if len(self.lines) < self.rows else "at "
            found += f", {more}{word} {wording.series([str(line) for line in self.lines])}"
        if self.column:
            found += f", column {self.column}"
        return f"{found})"


class TooManyRejected(StepwellError):
    """More than 2% of the rows of a file could not be used. ``reasons`` are those of that file, the commonest first."""

    def __init__(self, file: str, rejected: int, rows: int, reasons: list[Why]) -> None:
        named = "; ".join(map(str, reasons[:_REASONS_NAMED]))
        super().__init__(
            f"{rejected:,} of {rows:,} rows could not be used, which is more than 2%: {named}.",
            where=Place(file),
            next_step="Nothing was imported and the earlier extract stands. Put these lines right where the file was made, or "
            "ask for a new extract.",
        )
        self.rejected, self.rows, self.reasons = rejected, rows, reasons


def refuse_if_broken(counts: Mapping[str, FileCount], why: Mapping[str, Mapping[str, Why]]) -> None:
    """Raises ``TooManyRejected`` when more than 2% of the rows of any file were rejected. ``why`` is by file and reason."""
    for file, count in counts.items():
        rows = max(count.read, count.rejected)
        if count.rejected > REJECTED_LIMIT * rows:
            reasons = sorted(why.get(file, {}).values(), key=lambda each: -each.rows)
            raise TooManyRejected(file, count.rejected, rows, reasons)
