"""Read bundles into a fake sink."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stepwell.base.progress import Silent
from stepwell.population.records.extracts import Options
from stepwell.population.records.gp_connect import Accounting, GpConnectReader
from stepwell.population.records.gp_connect.tests.bundles import PersonBundle
from stepwell.population.records.tests.fakes import FakeSink


@dataclass(frozen=True, slots=True)
class Read:
    """What was read."""

    sink: FakeSink
    accounting: Accounting

    def rows(self, table: str) -> list[Any]:
        """The rows of a table."""
        return self.sink.tables[table]

    def one(self, table: str) -> Any:
        """The only row of a table."""
        (row,) = self.sink.tables[table]
        return row

    def by_id(self, table: str, column: str) -> dict[Any, Any]:
        """The rows of a table by their id."""
        return {row[column]: row for row in self.sink.tables[table]}

    def reasons(self) -> list[tuple[str | None, str]]:
        """Where and why entries were rejected, without the number of the entry."""
        return [((r.column or "").split(".", 2)[-1], r.reason) for r in self.sink.rejects]


Reading = Callable[..., Read]


def read(path: Path, options: Options | None = None) -> Read:
    """Read a path."""
    reader = GpConnectReader(path, options or Options())
    sink = FakeSink()
    reader.read(sink, Silent())
    accounting = reader.accounting()
    for kind in accounting.read:
        assert accounting.unaccounted(kind) == 0, accounting.lines()
    assert sum(sink.rows_read.values()) == accounting.read.total()
    return Read(sink, accounting)


def read_bundles(folder: Path, *bundles: PersonBundle) -> Read:
    """Write bundles to a folder and read it."""
    for number, bundle in enumerate(bundles):
        bundle.write(folder, f"{number}.json")
    return read(folder)
