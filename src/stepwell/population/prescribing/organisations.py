"""Organisations: who is a GP practice, whether it is open, and which areas it lies in. The epraccur file, which has no header.

Source: NHS Organisation Data Service; prescribing-data reference section 8.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from stepwell.base.errors import Place, StepwellError
from stepwell.population.prescribing import survey, tables

_COLUMNS = 27
_STATUS = {"A": "active", "B": "retired", "C": "closed", "D": "dormant", "P": "proposed"}
_WALES = "W00"


@dataclass(frozen=True, slots=True)
class Organisations:
    """What was read. ``checks`` are sentences for the report."""

    source: str
    rows: int
    organisations: int
    practices: int
    rejected: int
    checks: tuple[str, ...] = ()


def is_epraccur(first: Sequence[str]) -> bool:
    """Whether the first row of a file is of the list of practices: 27 cells, no header, a code of six characters first."""
    return len(first) == _COLUMNS and len(first[0]) == 6 and first[0].isalnum() and first[10].isdigit()


def write_organisations(path: Path, shown: str, out: Path) -> Organisations:
    """Read the file and write ``tables.DATASETS["organisations"]``. Raises ``StepwellError`` for a file that is not whole."""
    encoding = survey.sniffed_encoding(path)
    organisations, relations, rejected = [], [], []
    rows = 0
    with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="") as file:
        for number, cells in enumerate(csv.reader(file), start=1):
            rows += 1
            if len(cells) != _COLUMNS:
                raise StepwellError(
                    f"A row has {len(cells)} cells; the list of practices has {_COLUMNS}.",
                    where=Place(shown, number),
                    next_step="Nothing was loaded. Get the file again, whole.",
                )
            if cells[2] == _WALES:
                continue
            code = cells[0].strip().upper()
            if not code:
                rejected.append({"line": number, "column": "1", "reason": "no code"})
                continue
            organisations.append(_practice(code, cells))
            parent = cells[23].strip() or cells[14].strip()
            if parent:
                opened = _day(cells[15])
                relations.append(
                    {"code": code, "parent": parent, "parent_kind": "sub-icb", "from": opened, "to": _day(cells[16])}
                )
    for name, found in (("organisations", organisations), ("relations", relations), ("successions", []), ("rejected", rejected)):
        schema = tables.DATASETS["organisations"][name]
        pq.write_table(pa.Table.from_pylist(found, schema), out / f"{name}.parquet", compression="zstd")
    practices = sum(each["setting"] == 4 for each in organisations)
    return Organisations("epraccur", rows, len(organisations), practices, len(rejected))


def _practice(code: str, cells: list[str]) -> dict[str, object]:
    return {
        "code": code,
        "name": cells[1].strip() or None,
        "kind": "practice",
        "setting": int(cells[25]) if cells[25].strip().lstrip("-").isdigit() else None,
        "status": _STATUS.get(cells[12].strip().upper(), "unknown"),
        "opened": _day(cells[10]),
        "closed": _day(cells[11]),
    }


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text.strip(), "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None
