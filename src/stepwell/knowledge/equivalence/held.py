"""Which factor tables there are, what each is for, and the mark by which a changed row is noticed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from stepwell.base.errors import Place, StepwellError
from stepwell.knowledge import tables as facts
from stepwell.knowledge.equivalence.factors import factor_table


class Role(StrEnum):
    """What a table may be used for. The rows of a REFERENCE table are quoted and never used to convert."""

    DEFAULT = "default"
    COMPARED = "compared"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class FactorTable:
    """One set of factors under one id. ``effective_from`` and ``superseded`` are as the source dates them, None where it does not.

    ``status`` is verified only where every row is. ``content`` changes when a row does; a changed set needs a new id.
    """

    id: str
    name: str
    effective_from: str | None
    superseded: str | None
    role: Role
    source: str
    status: str
    content: str


@cache
def tables() -> tuple[FactorTable, ...]:
    """Every table held: the default, those compared with it in the order shown, then those held for reference."""
    entries = _document()["tables"]
    ordered = sorted(entries, key=lambda entry: entry.get("order", len(entries)))
    return tuple(_held(entry) for entry in ordered)


def _document() -> Any:
    return facts.document("ome_tables")


def _held(entry: Any) -> FactorTable:
    rows = [row for row in facts.rows("ome_factors") if row["table_id"] == entry["id"]]
    return FactorTable(
        id=entry["id"],
        name=rows[0]["table_name"],
        effective_from=_the_one({row["effective_from"] for row in rows}),
        superseded=_the_one({row["superseded"] for row in rows}),
        role=Role(entry["role"]),
        source=entry["source"],
        status=entry["status"],
        content=_content(rows),
    )


def _the_one(dates: set[str]) -> str | None:
    """The date all rows give; None where they give none or several (the default takes rows of several dates)."""
    return (dates.pop() or None) if len(dates) == 1 else None


def _content(rows: list[facts.Row]) -> str:
    # Empty cells do not count, so a new column changes nothing that was said; nor does the order of rows.
    said = sorted(json.dumps({k: v for k, v in sorted(row.items()) if v}) for row in rows)
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


def held(table_id: str) -> FactorTable:
    """One table by id. Raises StepwellError for a table that is not held."""
    factor_table(table_id)
    return next(each for each in tables() if each.id == table_id)


def compared() -> tuple[FactorTable, ...]:
    """The default and the tables shown beside it."""
    return tuple(each for each in tables() if each.role is not Role.REFERENCE)


@cache
def usable(table_id: str) -> None:
    """Raises StepwellError unless a dose may be converted under the table."""
    if held(table_id).role is Role.REFERENCE:
        raise StepwellError(
            f"The factor table {table_id} is held for reference and is not used to convert.",
            where=Place("ome_tables.yaml"),
            next_step=f"Use one of: {', '.join(each.id for each in compared())}.",
        )


@cache
def populations_only() -> frozenset[str]:
    """Obsolete substances, whose values are for totals over a population and not for a person."""
    return frozenset(_document()["populations_only"]["substances"])


def marked(mark: str) -> str:
    """The id of the one table with a mark of the register: ``counts_populations`` or ``sensitivity``."""
    return str(next(entry["id"] for entry in _document()["tables"] if entry.get(mark)))


def registered_ids() -> frozenset[str]:
    """The ids the register names, to be the same as those there are rows of."""
    return frozenset(entry["id"] for entry in _document()["tables"])
