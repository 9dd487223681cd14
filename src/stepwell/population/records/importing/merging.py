"""From what was staged, and the load a delta builds on, to the tables of the new load."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends import BaseBackend

from stepwell.population import engine
from stepwell.population.lake import TableCount
from stepwell.population.records.canonical import ID_COLUMN, TABLES
from stepwell.population.records.importing.columns import SEQUENCE
from stepwell.population.records.importing.people import Settled
from stepwell.population.records.importing.sink import LoadSink

ORDER = SEQUENCE.name


@dataclass(frozen=True, slots=True)
class Merge:
    """Everything the tables of a load are made from."""

    con: BaseBackend
    sink: LoadSink
    previous: Path | None  # folder of the load a delta builds on
    settled: Settled
    out: Path
    base_date: date | None = None  # the extract date of the load a delta builds on

    def write(self, table: str) -> TableCount:
        """Write ``table`` of the new load: the latest row of each id, less what was deleted, under settled keys.

        Rows are ordered by person and id, so the same rows make the same file and one person's rows lie together.
        """
        if self.previous is None and not self.sink.given[table]:
            pq.write_table(TABLES[table].empty_table(), self._path(table), compression="zstd")
            return TableCount(0, 0, 0, 0)
        staged = engine.parquet(self.con, [self.sink.staged(table)])
        duplicates = self._duplicates(table, staged)
        carried = 0
        rows = staged
        if self.previous is not None:
            path = self.previous / f"{table}.parquet"
            carried = pq.read_metadata(path).num_rows
            before = engine.parquet(self.con, [path], TABLES[table])
            rows = before.mutate(**{ORDER: ibis.literal(-1, "int64")}).union(
                staged.select(*before.columns, ORDER)
            )
        rows = self._without_deleted(table, rows)
        if duplicates or carried:
            rows = _latest(rows, ID_COLUMN[table])
        rows = self._under_settled_keys(table, rows)
        kept = self._write(table, rows)
        return TableCount(carried, self.sink.given[table], duplicates, kept)

    def _duplicates(self, table: str, staged: ir.Table) -> int:
        counted = staged.aggregate(rows=staged.count(), ids=staged[ID_COLUMN[table]].nunique())
        found = self.con.to_pyarrow(counted).to_pylist()[0]
        return int(found["rows"] - found["ids"])

    def _without_deleted(self, table: str, rows: ir.Table) -> ir.Table:
        rows = _since(rows, ID_COLUMN[table], self.sink.deleted[table])
        return (
            _since(rows, "patient_key", self.sink.deleted_people) if "patient_key" in rows.columns else rows
        )

    def _under_settled_keys(self, table: str, rows: ir.Table) -> ir.Table:
        remap = self.settled.remap
        if not remap or "patient_key" not in rows.columns:
            return rows
        pairs = _memtable({"_old": list(remap), "_new": list(remap.values())})
        joined = rows.left_join(pairs, rows.patient_key == pairs["_old"])
        return joined.mutate(patient_key=ibis.coalesce(joined["_new"], joined.patient_key)).drop(
            "_old", "_new"
        )

    def _write(self, table: str, rows: ir.Table) -> int:
        schema = TABLES[table]
        path = self._path(table)
        if table == "patients":
            given = self.con.to_pyarrow(rows.order_by(ORDER).select(*schema.names)).to_pylist()
            people = pa.Table.from_pylist(_people(given, self.settled, self.withheld()), schema)
            pq.write_table(people, path, compression="zstd", row_group_size=engine.ROW_GROUP)
        else:
            keys = [name for name in ("patient_key", ID_COLUMN[table]) if name in rows.columns]
            engine.write_parquet(self.con, rows.order_by(*keys).select(*schema.names), path)
        return int(pq.read_metadata(path).num_rows)

    def withheld(self) -> frozenset[str]:
        """Settled keys of people whose record is not whole, by this extract or by the load it builds on.

        A delta cannot end it: what was withheld is not sent again. Who is deleted and comes back in one delta, or comes new
        in a delta though registered before the load it builds on, comes without what was recorded before.
        """
        found = {*self.sink.withheld, *self.sink.deleted_people}
        if self.previous is not None:
            before = engine.parquet(self.con, [self.previous / "patients.parquet"], TABLES["patients"])
            open_ = before.filter(before.withheld.fill_null(True)).select("patient_key")
            found |= set(self.con.to_pyarrow(open_)["patient_key"].to_pylist())
        return frozenset(self.settled.remap.get(key, key) for key in found) | self.newcomers()

    def newcomers(self) -> frozenset[str]:
        """Settled keys of people new in a delta who were registered before the load it builds on, or may have been."""
        if self.previous is None or not self.sink.given["patients"]:
            return frozenset()
        before = engine.parquet(self.con, [self.previous / "patients.parquet"], TABLES["patients"])
        new = self._settled_keys(engine.parquet(self.con, [self.sink.staged("patients")]))
        new -= self._settled_keys(before)
        registrations = engine.parquet(self.con, [self.sink.staged("registrations")])
        begun_since = registrations.filter(registrations.start_date >= ibis.literal(self.base_date, "date"))
        since = self._settled_keys(begun_since)
        earlier = self._settled_keys(registrations.anti_join(begun_since, "registration_id"))
        return frozenset(key for key in new if key in earlier or key not in since)

    def returned(self) -> int:
        """How many templates a delta brings, begun before the load it builds on, of people of whom part was withheld there.

        Such a one may have been confidential: what was issued of it before is not sent again.
        """
        if self.previous is None or not self.sink.given["templates"]:
            return 0
        people = engine.parquet(self.con, [self.previous / "patients.parquet"], TABLES["patients"])
        before = engine.parquet(self.con, [self.previous / "templates.parquet"], TABLES["templates"])
        new = engine.parquet(self.con, [self.sink.staged("templates")]).anti_join(before, "template_id")
        old = new.filter(new.start_date.isnull() | (new.start_date < ibis.literal(self.base_date, "date")))
        found = old.semi_join(people.filter(people.withheld.fill_null(True)), "patient_key")
        return int(self.con.to_pyarrow(found.template_id.nunique()).as_py())

    def _settled_keys(self, rows: ir.Table) -> set[str]:
        keys = self.con.to_pyarrow(rows.select("patient_key").distinct())["patient_key"].to_pylist()
        return {self.settled.remap.get(key, key) for key in keys}

    def _path(self, table: str) -> Path:
        return self.out / f"{table}.parquet"


def _latest(rows: ir.Table, row_id: str) -> ir.Table:
    newest = ibis.row_number().over(group_by=row_id, order_by=ibis.desc(ORDER))
    return rows.mutate(_rank=newest).filter(lambda t: t["_rank"] == 0).drop("_rank")


def _since(rows: ir.Table, column: str, deleted: Mapping[str, int]) -> ir.Table:
    """Rows that were not deleted, or that came after their deletion."""
    if not deleted:
        return rows
    gone = _memtable({"_id": list(deleted), "_at": list(deleted.values())})
    joined = rows.left_join(gone, rows[column] == gone["_id"])
    return joined.filter(joined["_at"].isnull() | (joined[ORDER] > joined["_at"])).drop("_id", "_at")


def _memtable(columns: Mapping[str, list[Any]]) -> ir.Table:
    return ibis.memtable(pa.table(dict(columns)))


def _people(rows: list[dict[str, Any]], settled: Settled, withheld: frozenset[str]) -> list[dict[str, Any]]:
    """One row per person, by key, flagged where the key is not an NHS number's.

    Someone who came under two source ids keeps the row met first, and is sensitive, or has died, if either row says so.
    What is ``withheld`` of either is withheld of them.
    """
    people: dict[str, dict[str, Any]] = {}
    for row in rows:
        key = row["patient_key"]
        row["no_nhs_number"] = key in settled.source_keyed
        first = people.setdefault(key, row)
        first["sensitive"] = first["sensitive"] or row["sensitive"]
        first["withheld"] = first["withheld"] is not False or row["withheld"] is not False or key in withheld
        if first["death_year"] is None:
            first["death_year"], first["death_month"] = row["death_year"], row["death_month"]
    return [people[key] for key in sorted(people)]
