"""Every fact that nobody has yet checked against its source, table by table, for a clinician to go through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from stepwell.knowledge import tables

UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class Unverified:
    """One table. ``facts`` are its unverified rows, each a mapping of column to text; ``rows`` counts all, 0 where there are no rows.

    ``whole``: the table is one document and is unverified as a whole, whatever its parts say.
    """

    table: tables.Table
    rows: int
    facts: tuple[Mapping[str, str], ...]
    whole: bool


@cache
def unverified() -> tuple[Unverified, ...]:
    """The tables with anything unverified, in the order of the register."""
    found = (_of(table) for table in tables.register().values())
    return tuple(each for each in found if each.facts or each.whole)


def _of(table: tables.Table) -> Unverified:
    if not table.file.endswith(".csv"):
        facts = tuple(_parts(tables.document(table.name), ()))
        return Unverified(table, 0, facts, table.status == UNVERIFIED)
    rows = tables.rows(table.name)
    facts = tuple(row for row in rows if row.get("status", table.status) != "verified")
    return Unverified(table, len(rows), facts, False)


def _parts(node: Any, path: tuple[str, ...]) -> Iterator[Mapping[str, str]]:
    """The parts of a document that say of themselves that they are unverified, or mixed."""
    if isinstance(node, Mapping):
        if path and node.get("status", "verified") != "verified":
            said = {key: str(value) for key, value in node.items() if not isinstance(value, dict | list)}
            yield {"part": " / ".join(path), **said}
        for key, value in node.items():
            yield from _parts(value, (*path, str(key)))
    elif isinstance(node, list):
        for number, value in enumerate(node, start=1):
            name = value.get("id") or value.get("name") if isinstance(value, Mapping) else None
            yield from _parts(value, (*path, str(name or number)))


def label(table: tables.Table, fact: Mapping[str, str]) -> str:
    """What a row is called: its key."""
    columns = table.key or ("part",)
    return ", ".join(fact[column] for column in columns if fact.get(column)) or "a row"
