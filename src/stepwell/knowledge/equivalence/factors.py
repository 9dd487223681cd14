"""The rows of the factor tables, by substance and route, as ``ome_factors`` gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from types import MappingProxyType

from stepwell.base.errors import Place, StepwellError
from stepwell.knowledge import tables


@dataclass(frozen=True, slots=True)
class Factor:
    """One row: a factor per ``input_unit``, a published value at one rate, a range, or a rule not to convert.

    ``value`` is the factor, or, for a lookup, mg of OME a day at ``rate`` (microgram/h). None for ``do_not_convert``.
    ``low`` and ``high`` are mg of OME a day at ``rate``, for the rows that give a range or an upper bound.
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
    input_unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None


@cache
def _tables() -> Mapping[str, tuple[Factor, ...]]:
    found: dict[str, list[Factor]] = {}
    for row in tables.rows("ome_factors"):
        found.setdefault(row["table_id"], []).append(_factor(row))
    return MappingProxyType({name: tuple(rows) for name, rows in found.items()})


def _factor(row: tables.Row) -> Factor:
    at_a_rate = row["kind"] in {"lookup", "range", "upper_bound"}
    return Factor(
        table=row["table_id"],
        substance=row["substance"],
        route=row["route"],
        kind=row["kind"],
        value=_number(row["ome_value"] if row["kind"] == "lookup" else row["factor"]),
        rate=_number(row["input_low"]) if at_a_rate else None,
        status=row["status"],
        source=row["source"],
        note=row["note"],
        input_unit=row["input_unit"],
        low=_number(row["ome_value"]),
        high=_number(row["ome_value_high"]),
    )


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def table_ids() -> tuple[str, ...]:
    """Every factor table there are rows of."""
    return tuple(_tables())


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


def not_listed(table: str, substance: str) -> Factor | None:
    """The row by which a table says itself that it has no factor for a substance, if there is one."""
    rows = [r for r in factor_table(table) if r.substance == substance and r.kind == "not_listed"]
    return rows[0] if rows else None


def factor(table: str, substance: str, route: str) -> Factor | None:
    """The plain factor of a substance by a route; None where the table has none, or several that differ.

    Several rows that agree (one for each salt) are one factor, verified only if all of them are. A route the table does
    not name is looked up under the wider route it belongs to.
    """
    rows = _keyed(table).get((substance, route, "factor"), ())
    if not rows:
        wider = tables.document("ome_tables")["wider_routes"]["words"].get(route)
        return None if wider is None else factor(table, substance, wider)
    if len({(row.value, row.input_unit) for row in rows}) > 1:
        return None
    verified = all(row.status == "verified" for row in rows)
    return rows[0] if verified else replace(rows[0], status="unverified")


def lookups(table: str, substance: str, route: str) -> Mapping[Decimal, Factor]:
    """Published values by rate in microgram/h."""
    rows = _keyed(table).get((substance, route, "lookup"), ())
    return {row.rate: row for row in rows if row.rate is not None}
