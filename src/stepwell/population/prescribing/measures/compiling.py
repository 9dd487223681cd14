"""Measures worked out over rows of prescribing: one query for any number of measures, of any number of months."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from stepwell.knowledge import equivalence
from stepwell.knowledge.supplied import Supplied
from stepwell.population.prescribing.measures.model import Measure
from stepwell.population.prescribing.measures.selecting import (
    DENOMINATOR,
    NUMERATOR,
    Unresolved,
    Worth,
    worths,
)

WORTHS = pa.schema(
    [
        ("measure", pa.string()),
        ("factor_table", pa.string()),  # null where the measure uses none
        ("side", pa.string()),
        ("presentation", pa.string()),
        ("column", pa.string()),
        ("each", pa.float64()),
        ("quantity_over", pa.float64()),
    ]
)
SUMS = pa.schema(
    [
        ("measure", pa.string()),
        ("factor_table", pa.string()),
        ("practice", pa.string()),
        ("numerator", pa.float64()),  # null: not one row of it
        ("denominator", pa.float64()),  # null: not one row of it, or the measure is per 1,000 patients
    ]
)


def factor_tables(measure: Measure) -> tuple[str | None, ...]:
    """The tables a measure is worked out under: (None,) where it uses none, else all that may be asked for, the usual first."""
    if not measure.uses_factors:
        return (None,)
    usual = equivalence.counting_table()
    others = [
        each.id
        for each in equivalence.tables()
        if each.role is not equivalence.Role.REFERENCE and each.id != usual
    ]
    return (usual, *others)


def all_worths(
    measures: Iterable[Measure], presentations: Sequence[Supplied], *, usual_only: bool = False
) -> tuple[list[Worth], list[Unresolved]]:
    """What every presentation is worth to every measure, and what could not be told under the usual tables."""
    found: list[Worth] = []
    unresolved: list[Unresolved] = []
    for measure in measures:
        for number, table in enumerate(factor_tables(measure)):
            if number and usual_only:
                break
            some, missing = worths(measure, presentations, table)
            found.extend(some)
            if not number:
                unresolved.extend(missing)
    return found, unresolved


def sums(lines: ir.Table, worths_of: Sequence[Worth], *by: str) -> ir.Table:
    """Numerator and denominator of every measure by practice (and the columns ``by``). ``lines`` is ``tables.LINES`` and those columns."""
    rows = [{name: getattr(each, name) for name in WORTHS.names} for each in worths_of]
    held = ibis.memtable(pa.Table.from_pylist(rows, WORTHS))
    joined = lines.join(held, "presentation")
    joined = joined.filter(
        joined.quantity_over.isnull() | (joined["quantity"].cast("float64") > joined.quantity_over)
    )
    column = ibis.cases(
        (joined["column"] == "items", joined["items"].cast("float64")),
        (joined["column"] == "quantity", joined["total_quantity"].cast("float64")),
        (joined["column"] == "actual_cost", joined["actual_cost"].cast("float64")),
        (joined["column"] == "nic", joined["nic"].cast("float64")),
    )
    valued = joined.mutate(value=column * joined["each"])
    return valued.group_by("measure", "factor_table", "practice", *by).aggregate(
        numerator=valued.value.sum(where=valued.side == NUMERATOR),
        denominator=valued.value.sum(where=valued.side == DENOMINATOR),
    )
