"""The factor tables, by substance and route, as the rows of ``ome_factors`` give them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from types import MappingProxyType

from stepwell.base.errors import Place, StepwellError
from stepwell.knowledge import tables


@dataclass(frozen=True, slots=True)
class Factor:
    """One row: a factor per mg (or per microgram/h), a published value at one rate, or a rule not to convert.

    ``value`` is the factor, or, for a lookup, mg of OME a day at ``rate``. None for ``do_not_convert``.
    """

    table: str
    substance: str
    route: str
    kind: str
    value: Decimal | None
    rate: Decimal | None
    status: str
    source: str
    note: str


@cache
def _tables() -> Mapping[str, tuple[Factor, ...]]:
    found: dict[str, list[Factor]] = {}
    for row in tables.rows("ome_factors"):
        value = row["ome_value"] if row["kind"] == "lookup" else row["factor"]
        found.setdefault(row["table_id"], []).append(
            Factor(
                table=row["table_id"],
                substance=row["substance"],
                route=row["route"],
                kind=row["kind"],
                value=Decimal(value) if value else None,
                rate=Decimal(row["input_low"]) if row["kind"] == "lookup" and row["input_low"] else None,
                status=row["status"],
                source=row["source"],
                note=row["note"],
            )
        )
    return MappingProxyType({name: tuple(rows) for name, rows in found.items()})


def factor_table(name: str) -> tuple[Factor, ...]:
    """All rows of one factor table. Raises StepwellError for a table that is not held."""
    try:
        return _tables()[name]
    except KeyError:
        raise StepwellError(
            f"There is no factor table called {name}.",
            where=Place("ome_factors.csv"),
            next_step=f"The tables are: {', '.join(sorted(_tables()))}.",
        ) from None


@cache
def _keyed(name: str) -> Mapping[tuple[str, str, str], tuple[Factor, ...]]:
    found: dict[tuple[str, str, str], list[Factor]] = {}
    for row in factor_table(name):
        found.setdefault((row.substance, row.route, row.kind), []).append(row)
    return {key: tuple(rows) for key, rows in found.items()}


def never_converted(table: str, substance: str) -> Factor | None:
    """The row that forbids conversion of a substance by any route, if there is one."""
    rows = _keyed(table).get((substance, "any", "do_not_convert"), ())
    return rows[0] if rows else None


def factor(table: str, substance: str, route: str) -> Factor | None:
    """The plain factor of a substance by a route; None where the table has none, or more than one."""
    rows = _keyed(table).get((substance, route, "factor"), ())
    return rows[0] if len(rows) == 1 else None


def lookups(table: str, substance: str, route: str) -> Mapping[Decimal, Factor]:
    """Published values by rate in microgram/h."""
    rows = _keyed(table).get((substance, route, "lookup"), ())
    return {row.rate: row for row in rows if row.rate is not None}
