"""What is gathered from a list of organisations while it is read, and how it is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from stepwell.base.errors import Place, StepwellError
from stepwell.population.prescribing import tables
from stepwell.population.prescribing.checks import rules

GP_PRACTICE = 4
_FEW = 5


@dataclass(frozen=True, slots=True)
class Organisations:
    """What was read. ``checks`` are sentences for the report; ``rejected`` counts rows no organisation was made of."""

    source: str
    rows: int
    organisations: int
    practices: int
    rejected: int
    checks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Relation:
    """One organisation in another, from one day to another, both included; None where the day is not known."""

    code: str
    parent: str
    parent_kind: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that could not be used. ``whole``: nothing was made of its row."""

    line: int
    column: str
    reason: str
    whole: bool


@dataclass
class Gathered:
    """Organisations (rows of ``tables.ORGANISATIONS`` by code), where they lie, what came of them, and what could not be used."""

    rows: int = 0
    counted: str = "line"  # what a number of a fault counts
    organisations: dict[str, dict[str, Any]] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)
    successions: dict[tuple[str, str], date | None] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def reject(self, line: int, column: str, reason: str) -> None:
        """A row that nothing is made of."""
        self.faults.append(Fault(line, column, reason, True))

    def doubt(self, line: int, column: str, reason: str) -> None:
        """A cell that is left out of a row that is used."""
        self.faults.append(Fault(line, column, reason, False))

    def write(self, source: str, shown: str, out: Path) -> Organisations:
        """Write the tables. Raises ``StepwellError`` when so much is unusable that it must be another kind of file."""
        rejected = [fault for fault in self.faults if fault.whole]
        if not self.organisations or (len(rejected) > _FEW and len(rejected) > _share() * self.rows):
            raise _refusal(self, rejected, shown)
        write_tables(out, self.organisations.values(), self.relations, self.successions)
        faults = [{"line": each.line, "column": each.column, "reason": each.reason} for each in self.faults]
        pq.write_table(
            pa.Table.from_pylist(faults, tables.REJECTED), out / "rejected.parquet", compression="zstd"
        )
        return Organisations(
            source,
            self.rows,
            len(self.organisations),
            practices(self.organisations.values()),
            len(rejected),
            (*self.said, *_said(self)),
        )


def practices(organisations: Iterable[Mapping[str, Any]]) -> int:
    """How many are GP practices."""
    return sum(each["kind"] == "practice" and each["setting"] == GP_PRACTICE for each in organisations)


def write_tables(
    out: Path,
    organisations: Iterable[Mapping[str, Any]],
    relations: Iterable[Relation],
    successions: Mapping[tuple[str, str], date | None],
) -> None:
    """Write three of the four tables, sorted, so that the same list gives the same files."""
    listed = sorted(organisations, key=lambda row: str(row["code"]))
    lying = sorted(
        relations, key=lambda each: (each.code, each.parent_kind, each.since or date.min, each.parent)
    )
    followed = sorted(successions.items(), key=lambda pair: pair[0])
    found: dict[str, list[dict[str, Any]]] = {
        "organisations": [dict(row) for row in listed],
        "relations": [
            {
                "code": each.code,
                "parent": each.parent,
                "parent_kind": each.parent_kind,
                "from": each.since,
                "to": each.until,
            }
            for each in lying
        ],
        "successions": [{"code": old, "successor": new, "on": day} for (old, new), day in followed],
    }
    for name, rows in found.items():
        schema = tables.DATASETS["organisations"][name]
        pq.write_table(pa.Table.from_pylist(rows, schema), out / f"{name}.parquet", compression="zstd")


def _share() -> float:
    return float(rules()["rejected"]["share"])


def _refusal(gathered: Gathered, rejected: list[Fault], shown: str) -> StepwellError:
    if not rejected:
        return StepwellError(
            "The file holds no organisation of a kind that is used here.",
            where=Place(shown),
            next_step="Nothing was loaded. Give the list of practices, or the JSON of organisations, as published.",
        )
    first = rejected[0]
    return StepwellError(
        f"{len(rejected):,} of {gathered.rows:,} rows cannot be used; the first because {first.reason}.",
        where=Place(shown, first.line, first.column),
        next_step="Nothing was loaded. Get the file again, as published.",
    )


def _said(gathered: Gathered) -> Iterable[str]:
    faults, counted = gathered.faults, gathered.counted
    for fault in [each for each in faults if each.whole][:_FEW]:
        yield f"{counted.capitalize()} {fault.line} is left out: {fault.reason} ({fault.column})."
    doubts = Counter((each.reason, each.column) for each in faults if not each.whole)
    for (reason, column), count in sorted(doubts.items()):
        first = next(
            each.line for each in faults if not each.whole and (each.reason, each.column) == (reason, column)
        )
        yield f"In {count:,} rows that are used, {reason} ({column}; the first is {counted} {first}): it counts as not known."
