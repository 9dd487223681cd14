"""The value of a measure for every organisation of a level, month by month, with its place among them.

An area's value is the sum of its practices' numerators over the sum of their denominators, never a mean of ratios. A practice with a
denominator and not one matching item has numerator 0; without a list size, or with a denominator of 0, it has no value. A practice whose list size is not known is
left out of its areas' sums on both sides, and counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis.backends import BaseBackend

from stepwell.base.errors import StepwellError
from stepwell.population import engine
from stepwell.population.lake import PublicLoad, Snapshot
from stepwell.population.prescribing import areas, derived, tables
from stepwell.population.prescribing.areas import Level
from stepwell.population.prescribing.kept import Kept
from stepwell.population.prescribing.measures import Measure, measures
from stepwell.population.prescribing.measures.compiling import SUMS, all_worths, factor_tables, sums
from stepwell.population.prescribing.measures.model import Kind

THOUSAND = 1000.0
_NONE = ibis.null("float64")
VALUES = pa.schema(
    [
        ("measure", pa.string()),
        ("month", pa.string()),
        ("organisation", pa.string()),
        ("numerator", pa.float64()),
        ("denominator", pa.float64()),  # of a list measure: thousands of patients
        ("value", pa.float64()),  # null where there is none
        ("percentile", pa.float64()),  # 0 (lowest) to 1 among the organisations of the level with a value
        ("practices", pa.int64()),  # summed
        ("without_list_size", pa.int64()),  # practices left out for want of one
    ]
)
CENTILES = tuple(number / 10 for number in range(1, 10))
_CENTILES = pa.schema(
    [
        ("month", pa.string()),
        ("centile", pa.float64()),
        ("value", pa.float64()),
        ("organisations", pa.int64()),
    ]
)
_KEPT = Kept()


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for. ``then``: areas as they were in each month. ``smoothed``: sums over three months."""

    measure: Measure
    level: Level = Level.PRACTICE
    factor_table: str | None = None
    then: bool = False
    smoothed: bool = False

    def table(self) -> str | None:
        """The factor table used. Raises ``StepwellError`` for one that cannot be."""
        held = factor_tables(self.measure)
        if self.factor_table is None:
            return held[0]
        if self.factor_table not in held:
            if held == (None,):
                raise StepwellError(
                    f"{self.measure.title} uses no table of factors.", next_step="Ask without --factor-table."
                )
            raise StepwellError(
                f'There is no factor table "{self.factor_table}" to count populations by.',
                next_step=f"The tables are: {', '.join(str(each) for each in held)}.",
            )
        return self.factor_table


def values(snapshot: Snapshot, con: BaseBackend, asked: Asked) -> pa.Table:
    """``VALUES`` of every organisation of the level and every month held, by month and organisation.

    Kept for the next who asks the same of the same manifest.
    """
    held = snapshot.manifest
    key = (snapshot.lake.lake_id, held.number, held.written_at, derived.version(), repr(asked))
    found = _KEPT.get(key)
    if found is None:
        found = _values(snapshot, con, asked)
        _KEPT.put(key, found)
    return found


def _values(snapshot: Snapshot, con: BaseBackend, asked: Asked) -> pa.Table:
    by_practice = _by_practice(snapshot, con, asked)
    summed = _summed(by_practice, areas.members(snapshot, con, asked.level, then=asked.then))
    if asked.smoothed:
        summed = _three_months(summed)
    unit = THOUSAND if asked.measure.kind is Kind.LIST else 1.0
    # Sums of decimals, carried as doubles: what lies beyond the sixth decimal is theirs, not the data's.
    summed = summed.mutate(numerator=summed.numerator.round(6), denominator=summed.denominator / unit)
    valued = summed.mutate(value=summed.numerator / summed.denominator.nullif(0))
    ranked = _ranked(valued)
    ordered = ranked.mutate(measure=ibis.literal(asked.measure.id)).select(*VALUES.names)
    return con.to_pyarrow(ordered.order_by("month", "organisation")).cast(VALUES)


def centiles(found: pa.Table, con: BaseBackend | None = None) -> pa.Table:
    """The deciles of each month over the organisations with a value, between two by a straight line: ``month, centile, value, organisations``.

    ``con`` is not used any more: the numbers are few enough without an engine.
    """
    known = found.filter(pc.is_valid(found["value"]))
    months = known["month"].combine_chunks().dictionary_encode()
    place, value = months.indices.to_numpy(), known["value"].to_numpy()
    rows = []
    for number, month in sorted(enumerate(months.dictionary.to_pylist()), key=lambda each: each[1]):
        group = value[place == number]
        for centile, at in zip(CENTILES, np.quantile(group, CENTILES), strict=True):
            rows.append({"month": month, "centile": centile, "value": float(at), "organisations": len(group)})
    return pa.Table.from_pylist(rows, _CENTILES)


def _ranked(valued: ir.Table) -> ir.Table:
    """The share of the others that are lower; ties take the lowest place. One alone has place 0."""
    known = valued.value.notnull()
    window = ibis.window(group_by=["month", known.name("known")], order_by=valued.value)
    place = ibis.percent_rank().over(window)
    return valued.mutate(percentile=known.ifelse(place, ibis.null("float64")))


def _summed(by_practice: ir.Table, members: ir.Table) -> ir.Table:
    same = (by_practice.practice == members.practice) & (
        members.month.isnull() | (members.month == by_practice.month)
    )
    joined = by_practice.join(members, same)
    joined = joined.select(
        "month",
        "organisation",
        "numerator",
        "denominator",
        left_out=joined.denominator.isnull() & joined.by_list,
    )
    counted = ~joined.left_out
    return joined.group_by("month", "organisation").aggregate(
        # One practice alone shows its numerator though it has no list size.
        numerator=ibis.coalesce(
            joined.numerator.sum(where=counted), joined.numerator.sum(where=joined.left_out)
        ),
        denominator=joined.denominator.sum(where=counted),
        practices=counted.sum(),
        without_list_size=joined.left_out.sum(),
    )


def _three_months(summed: ir.Table) -> ir.Table:
    """Sums over each month and the two before it; none where one of the three is missing."""
    number = summed.month.substr(0, 4).cast("int64") * 12 + summed.month.substr(5, 2).cast("int64")
    numbered = summed.mutate(number=number)
    window = ibis.window(group_by="organisation", order_by=numbered.number, preceding=2, following=0)
    whole = (numbered.number - numbered.number.min().over(window) == 2) & (
        numbered.denominator.count().over(window) == 3
    )
    rolled = numbered.mutate(
        numerator=whole.ifelse(numbered.numerator.sum().over(window), ibis.null("float64")),
        denominator=whole.ifelse(numbered.denominator.sum().over(window), ibis.null("float64")),
    )
    return rolled.drop("number")


def _by_practice(snapshot: Snapshot, con: BaseBackend, asked: Asked) -> ir.Table:
    """Month, practice, numerator, denominator of every practice that counts and was there in the month."""
    loads = _usable(areas.months_of(snapshot), asked.measure)
    counted = _counted(snapshot, con, asked, loads)
    together = ibis.union(
        _there(snapshot, con, loads).mutate(numerator=_NONE, denominator=_NONE),
        counted.mutate(patients=ibis.null("int64")).select(
            "month", "practice", "patients", "numerator", "denominator"
        ),
    )
    # Everyone with a numerator has rows, so one grouping is enough where joins would say the same more slowly.
    joined = together.group_by("month", "practice").aggregate(
        patients=together.patients.max(),
        numerator=together.numerator.sum(),
        denominator=together.denominator.sum(),
    )
    by_list = asked.measure.kind is Kind.LIST
    # Patients are whole people until they are summed; only then thousands.
    below = joined.patients.cast("float64") if by_list else joined.denominator.fill_null(0.0)
    return joined.select(
        "month",
        "practice",
        numerator=joined.numerator.fill_null(0.0),
        denominator=below,
        by_list=ibis.literal(by_list),
    )


def _usable(loads: Sequence[PublicLoad], measure: Measure) -> tuple[PublicLoad, ...]:
    """The months a measure can be told of: one of large quantities needs rows that were not summed over quantity."""
    sides = [measure.numerator, *([measure.denominator] if measure.denominator else [])]
    needs_grain = any(side.quantity_over is not None for side in sides)
    found = tuple(load for load in loads if not (needs_grain and load.source == "pdpi"))
    if not found:
        raise StepwellError(
            "The lake holds no month of prescribing this measure can be worked out from.",
            next_step="Import one: stepwell prescribing import FILE --lake DIR.",
        )
    return found


def _counted(snapshot: Snapshot, con: BaseBackend, asked: Asked, loads: Sequence[PublicLoad]) -> ir.Table:
    """Numerator and denominator by month and practice: as worked out at import, else worked out now from the rows."""
    table = asked.table()
    known = measures().get(asked.measure.id) == asked.measure
    stored = [load for load in loads if known and load.derived == derived.version()]
    parts = [_now(snapshot, con, load, asked.measure, table) for load in loads if load not in stored]
    if stored:
        parts.append(_stored(snapshot, con, stored, asked.measure, table))
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def _stored(
    snapshot: Snapshot, con: BaseBackend, loads: Sequence[PublicLoad], measure: Measure, table: str | None
) -> ir.Table:
    paths = {
        load.period: snapshot.lake.derived_directory(load.load_id, str(load.derived)) / "measures.parquet"
        for load in loads
    }
    held = engine.parquet_by(con, paths, "month", SUMS)
    wanted = held.measure == measure.id
    if table is not None:
        wanted = wanted & (held.factor_table == table)
    return held.filter(wanted).select("practice", "numerator", "denominator", "month")


def _now(
    snapshot: Snapshot, con: BaseBackend, load: PublicLoad, measure: Measure, table: str | None
) -> ir.Table:
    folder = snapshot.lake.load_directory(load.load_id)
    names = con.to_pyarrow(
        engine.parquet(con, [folder / "presentations.parquet"], tables.PRESENTATIONS)
    ).to_pylist()
    known = derived.resolved((row["presentation"], row["name"] or "") for row in names)
    found, _ = all_worths([measure], known)
    found = [each for each in found if each.factor_table == table]
    lines = engine.parquet(con, [folder / "lines.parquet"], tables.LINES)
    return sums(lines, found).select("practice", "numerator", "denominator", month=ibis.literal(load.period))


def _there(snapshot: Snapshot, con: BaseBackend, loads: Sequence[PublicLoad]) -> ir.Table:
    """Month, practice and patients of everyone with rows or a list size in a month; those with both come twice."""
    months = [load.period for load in loads]
    seen = areas.prescribers(snapshot, con).select("month", "practice")
    sizes = {
        load.period: snapshot.lake.load_directory(load.load_id) / "list_sizes.parquet"
        for load in snapshot.manifest.public
        if load.dataset == "list_sizes" and load.period in months
    }
    seen = seen.filter(seen.month.isin(months)).mutate(patients=ibis.null("int64"))
    if not sizes:
        return seen
    listed = engine.parquet_by(con, sizes, "month", tables.LIST_SIZES)
    return seen.union(listed.select("month", "practice", "patients"))
