"""The hand-written query: what it is given, and running it, as written or with one rule changed."""

from __future__ import annotations

import time
from pathlib import Path

import duckdb

from bench import records
from bench.rows import Row, plain

_SQL = Path(__file__).with_suffix(".sql")
_GIVEN = ("medicines", "lines", "instructions", "units", "codes", "words")
_READ = ("issues", "templates", "patients", "registrations", "events")
# The comment that begins what is not exposure.
_EXPOSURES_END = "\n-- Section 5:"


def text() -> str:
    """The query as written."""
    return _SQL.read_text(encoding="utf-8")


def give(folder: Path, tables: dict, con) -> None:
    """Write what the query is given: the meaning of each distinct medicine, instruction, code and word."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from stepwell.knowledge import code_lists
    from stepwell.knowledge.exposure import current
    from stepwell.population.records import derived, resolve

    found = derived.derive(tables, con)
    for name in ("lines", "instructions"):
        con.to_parquet(found[name], folder / f"given_{name}.parquet")
    recognised = [
        m
        for m in resolve.recognise(derived._distinct_medicines(tables["issues"], tables["templates"]))
        if m.line
    ]
    rows = [
        {
            **resolve.medicine_row(m),
            "interval_hours": m.patch_interval_hours,
            "counted_in": m.found.product.unit if m.found.product else None,
        }
        for m in recognised
    ]
    pq.write_table(pa.Table.from_pylist(rows), folder / "given_medicines.parquet")
    units = [{"counted_in": unit, "word": word} for unit, words in current().counted_units for word in words]
    pq.write_table(pa.Table.from_pylist(units), folder / "given_units.parquet")
    lists = {name: code_lists.code_list(name) for name in derived.CONDITIONS}
    codes = [{"snomed_id": code, "condition": name} for name, found in lists.items() for code in found.codes]
    pq.write_table(pa.Table.from_pylist(codes), folder / "given_codes.parquet")
    events = tables["events"]
    terms = events.filter(events.snomed_id.isnull() & events.term.notnull()).select("term").distinct()
    words = [
        {"term": row["term"], "condition": name}
        for row in terms.to_pyarrow().to_pylist()
        for name, found in lists.items()
        if name != derived.CANCELS_PALLIATIVE and found.looks_like(row["term"])
    ]
    pq.write_table(pa.Table.from_pylist(words), folder / "given_words.parquet")


def connect(memory_limit: str, spill: Path) -> duckdb.DuckDBPyConnection:
    """A connection with the settings Stepwell's has."""
    return duckdb.connect(config={"memory_limit": memory_limit, "temp_directory": str(spill)})


def rows(
    folder: Path, con: duckdb.DuckDBPyConnection, sql: str, steps: dict[str, float] | None = None
) -> list[Row]:
    """The rows of ``sql`` over the records in ``folder``. ``steps`` is given the seconds of exposures and of the rest."""
    for name in _GIVEN:
        con.execute(f"create view {name} as from read_parquet('{folder / f'given_{name}'}.parquet')")
    for name in _READ:
        sql = sql.replace(f"read_parquet(:{name})", f"read_parquet('{folder / name}.parquet')")
    sql = sql.replace(":as_of", f"date '{records.AS_OF}'")
    sql = sql.replace(":year", str(records.AS_OF.year)).replace(":month", str(records.AS_OF.month))
    exposures, rest = sql.split(_EXPOSURES_END)
    rest = "-- " + rest
    began = time.perf_counter()
    con.execute(exposures)
    exposed = time.perf_counter()
    found = con.execute(rest).fetchall()
    if steps is not None:
        steps |= {"exposures": exposed - began, "search": time.perf_counter() - exposed}
    return [[plain(value) for value in row] for row in found]
