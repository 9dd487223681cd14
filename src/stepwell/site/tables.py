"""Hands the list of clinical tables to the floor that signs them off."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from stepwell.knowledge import tables as registry
from stepwell.organisations import tables
from stepwell.organisations.tables import TableInfo
from stepwell.population.records.searches import all_searches


def hand_in() -> None:
    """Tell the organisations floor where the tables come from."""
    tables.provide(present)


@cache
def present() -> Sequence[TableInfo]:
    """Every table of clinical facts and every search that needs a signature, with its version and how many rows are still unverified."""
    facts = [_info(table) for table in registry.register().values() if table.needs_sign_off]
    searches = [
        TableInfo(f"search-{each.id}", str(each.version), f"Search: {each.title}")
        for each in all_searches().values()
    ]
    return (*facts, *searches)


def _info(table: registry.Table) -> TableInfo:
    if not table.row_status:
        return TableInfo(table.name, table.version, table.title)
    rows = list(registry.rows(table.name))
    unverified = sum(row.get("status") != "verified" for row in rows)
    return TableInfo(table.name, table.version, table.title, rows=len(rows), unverified=unverified)
