"""Rows of one EMIS table, over all its files in order, with every row accounted for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TypeVar

from stepwell.base.errors import Place, StepwellError
from stepwell.base.progress import Progress
from stepwell.population.records.canonical import Reject
from stepwell.population.records.emis.layout import TableFile
from stepwell.population.records.extracts import Sink
from stepwell.population.records.reading import cells

BATCH = 2_000
_PROGRESS_EVERY = 10_000
_RAW_LIMIT = 4096
_DISTINCT = 200_000

T = TypeVar("T")

# A row as its table's handler gets it: the wanted cells in the order asked for, "" for a column the file has not got.
Cells = tuple[str, ...]
# Handles one row of a file at a line. Raises ``Unusable``.
Handle = Callable[[str, int, Cells], None]


class Unusable(Exception):
    """A row that is rejected: the reason in a sentence, and the column where there is one."""

    def __init__(self, reason: str, column: str | None = None) -> None:
        super().__init__(reason)
        self.reason, self.column = reason, column


@dataclass(slots=True)
class Batch:
    """Canonical rows of one table on their way to the sink."""

    sink: Sink
    table: str
    held: list[Mapping[str, object]]

    @classmethod
    def of(cls, sink: Sink, table: str) -> Batch:
        """An empty one."""
        return cls(sink, table, [])

    def add(self, row: Mapping[str, object]) -> None:
        """Push when full."""
        self.held.append(row)
        if len(self.held) >= BATCH:
            self.flush()

    def delete(self, row_id: str) -> None:
        """A deletion counts from where it stands among the rows, so those before it go first."""
        self.flush()
        self.sink.delete(self.table, row_id)

    def flush(self) -> None:
        """Push what is held."""
        if self.held:
            self.sink.rows(self.table, self.held)
            self.held = []


class Reading(dict[str, T]):
    """Cells of one column, each distinct text read once. What cannot be read rejects the row, naming the column."""

    def __init__(self, column: str, read: Callable[[str], T]) -> None:
        super().__init__()
        self._column, self._read = column, read

    def __missing__(self, text: str) -> T:
        try:
            value = self._read(text)
        except cells.BadCell as bad:
            raise Unusable(f"{self._column} {bad}", self._column) from None
        if len(self) >= _DISTINCT:
            self.clear()
        self[text] = value
        return value


class Lenient(dict[str, T | None]):
    """Cells of a column that can be done without: what cannot be read is unknown, and counted."""

    def __init__(self, column: str, read: Callable[[str], T | None], sink: Sink) -> None:
        super().__init__()
        self._column, self._read, self._sink = column, read, sink

    def __missing__(self, text: str) -> T | None:
        try:
            value = self._read(text)
        except cells.BadCell:
            # Not remembered, so that each is counted.
            self._sink.count(f"{self._column} cells that could not be read, taken as unknown")
            return None
        if len(self) >= _DISTINCT:
            self.clear()
        self[text] = value
        return value


def each(
    files: Sequence[TableFile],
    columns: Sequence[str],
    handle: Handle,
    *,
    sink: Sink,
    progress: Progress,
    in_order: bool = False,
) -> int:
    """Give every row of the files to ``handle``; count, and reject what it cannot use. The number of rows read.

    ``in_order``: a file whose ProcessingIds are not ascending is sorted by them first (in memory: meant for deltas).
    """
    total = 0
    for file in files:
        progress.step(f"Reading {file.table}")
        total += _File(file, columns, sink, progress).run(handle, in_order)
    return total


class _File:
    def __init__(self, file: TableFile, columns: Sequence[str], sink: Sink, progress: Progress) -> None:
        self._file, self._sink, self._progress = file, sink, progress
        self._broken = 0
        self._get = getter(file, columns)

    def run(self, handle: Handle, in_order: bool) -> int:
        name, get, reported = self._file.name, self._get, 0
        source = self._file.delimited.data(self._on_broken)
        if in_order and not _ascending(self._file):
            source = iter(sorted(source, key=lambda row: _processing_id(self._file, row[1])))
        read = 0
        for line, row in source:
            read += 1
            row.append("")  # where the columns are that this file has not got
            try:
                handle(name, line, get(row))
            except Unusable as unusable:
                self._reject(line, unusable.column, unusable.reason, row)
            if read - reported >= _PROGRESS_EVERY:
                self._progress.done(read - reported)
                reported = read
        self._progress.done(read - reported)
        self._sink.read(name, read + self._broken)
        return read + self._broken

    def _on_broken(self, line: int, reason: str, raw: str) -> None:
        self._broken += 1
        self._sink.reject(Reject(self._file.name, line, None, reason, raw))

    def _reject(self, line: int, column: str | None, reason: str, row: list[str]) -> None:
        raw = self._file.delimited.separator.join(row[:-1])[:_RAW_LIMIT]
        self._sink.reject(Reject(self._file.name, line, column, reason, raw))


def getter(file: TableFile, columns: Sequence[str]) -> Callable[[list[str]], Cells]:
    """Picks the cells of ``columns`` from a row that has had one blank cell appended. At least two columns."""
    places = [file.positions.get(column) for column in columns]
    return itemgetter(*(file.width if place is None else place for place in places))


def simple_rows(file: TableFile, columns: Sequence[str]) -> Iterator[Cells]:
    """Wanted cells of the rows of a file that can be read; broken rows are passed over. For looking, not for loading."""
    get = getter(file, [*columns, columns[0]])
    for _, row in file.delimited.data(lambda line, reason, raw: None):
        row.append("")
        yield get(row)[:-1]


def require_rows(table: str, rows: int, files: Sequence[TableFile]) -> None:
    """A full extract with an empty table is broken: nothing recorded is not the same as nothing sent."""
    if not rows:
        raise StepwellError(
            "the table holds no rows, and this is a full extract.",
            where=Place(files[0].name if files else table),
            next_step="Ask for the whole extract again. If it is what changed since the last, import it as a delta.",
        )


def _ascending(file: TableFile) -> bool:
    if file.positions.get("ProcessingId") is None:
        return True
    last = -1
    for (text,) in simple_rows(file, ["ProcessingId"]):
        number = int(text) if text.isdigit() else last
        if number < last:
            return False
        last = number
    return True


def _processing_id(file: TableFile, row: list[str]) -> int:
    place = file.positions.get("ProcessingId")
    text = "" if place is None else row[place].strip()
    return int(text) if text.isdigit() else -1
