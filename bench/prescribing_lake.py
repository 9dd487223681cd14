"""A lake of public data of the size of England's over five years, made from a seed, straight as the lake's own tables.

60 months of 7,000 practices and 300 medicines for pain, with list sizes and a list of organisations. Every practice and area is made up.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from bench.prescribing_month import pain_products
from stepwell.base.clock import now
from stepwell.population.lake import Lake, PublicLoad, writing
from stepwell.population.prescribing import months, scope, tables

LAST = "2026-07"
# Raised when another lake is made, so that one of an earlier version is not used.
VERSION = 3
PRACTICES, PRESENTATIONS, MONTHS = 7_000, 300, 60
_ROW_GROUP = 100_000


def made(folder: Path, *, how_many: int = MONTHS, practices: int = PRACTICES, seed: int = 1) -> Lake:
    """The lake, made when it is not there. Nothing is worked out in it yet."""
    path = folder / f"prescribing-{how_many}-{practices}-version-{VERSION}"
    if (path / "made").exists():
        return Lake(path)
    lake = Lake.create(path, None)
    con = _source(practices, seed)
    periods = [months.after(LAST, -back) for back in reversed(range(how_many))]
    _commit(lake, "organisations", "now", _organisations(con))
    for number, period in enumerate(periods):
        _commit(lake, "list_sizes", period, {"list_sizes": _LIST_SIZES.format(n=number, seed=seed)}, con)
        _commit(
            lake,
            "month",
            period,
            {name: sql.format(n=number, seed=seed) for name, sql in _MONTH.items()},
            con,
        )
    (path / "made").write_text("")
    return lake


def _source(practices: int, seed: int) -> duckdb.DuckDBPyConnection:
    """Practices ``p`` and presentations ``m`` that every month is made from."""
    con = duckdb.connect(config={"memory_limit": "2GB", "threads": 2})
    con.execute("SET enable_progress_bar = false")
    kept = [each for each in pain_products() if each[0].startswith(scope.prefixes())]
    step = len(kept) / PRESENTATIONS
    chosen = [kept[int(number * step)] for number in range(PRESENTATIONS)]
    con.execute("CREATE TABLE m (k INTEGER, presentation VARCHAR, name VARCHAR)")
    con.executemany("INSERT INTO m VALUES (?, ?, ?)", [(k, *each) for k, each in enumerate(chosen)])
    con.execute(_PRACTICES.format(count=practices, seed=seed))
    return con


def _commit(
    lake: Lake,
    dataset: str,
    period: str,
    found: Mapping[str, str | pa.Table],
    con: duckdb.DuckDBPyConnection | None = None,
) -> None:
    """One load made current: each table from its query, or as it is; ``rejected`` is empty."""
    with writing(lake) as writer:
        load_id = uuid.uuid4().hex
        staged = writer.stage(load_id)
        for name, schema in tables.DATASETS[dataset].items():
            path = staged / f"{name}.parquet"
            given = found.get(name, schema.empty_table())
            if isinstance(given, str):
                assert con is not None
                con.execute(
                    f"COPY ({given}) TO '{path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROW_GROUP})"
                )
            else:
                pq.write_table(given.cast(schema), path, compression="zstd")
        load = PublicLoad(
            load_id=load_id, dataset=dataset, period=period, source="epd_snomed", imported_at=now(), importer_version="bench",
            fingerprint=load_id, files=(), file_counts={}, counts={}, checks=(), manifest=lake.current().number + 1,
        )  # fmt: skip
        writer.commit_public(load, staged, {}, lambda step: None)


def _organisations(con: duckdb.DuckDBPyConnection) -> dict[str, str | pa.Table]:
    """Practices in PCNs, sub-ICB locations, ICBs and regions, each in one of the next."""
    rows = con.execute("SELECT code, name, pcn, sub_icb, icb, region FROM p ORDER BY code").fetchall()
    listed: list[dict[str, object]] = []
    parents: set[tuple[str, str, str]] = set()
    for code, name, pcn, sub_icb, icb, region in rows:
        listed.append({"code": code, "name": name, "kind": "practice", "setting": 4, "status": "active"})
        parents |= {
            (code, pcn, "pcn"), (code, sub_icb, "sub-icb"), (sub_icb, icb, "icb"), (icb, region, "region"),
        }  # fmt: skip
    for code, kind in sorted({(parent, kind) for _, parent, kind in parents}):
        listed.append({"code": code, "name": f"Fictional {kind} {code}", "kind": kind, "status": "active"})
    related = [
        {"code": code, "parent": parent, "parent_kind": kind} for code, parent, kind in sorted(parents)
    ]
    return {
        "organisations": pa.Table.from_pylist(listed, tables.ORGANISATIONS),
        "relations": pa.Table.from_pylist(related, tables.RELATIONS),
    }


_PRACTICES = """
CREATE TABLE p AS
SELECT i, 'Z' || lpad(i::VARCHAR, 5, '0') AS code, 'Fictional Surgery ' || i AS name,
       'U' || lpad((i // 6)::VARCHAR, 5, '0') AS pcn, 'Z' || lpad((i // 6 % 106)::VARCHAR, 3, '0') AS sub_icb,
       'QZ' || chr(65 + (i // 6 % 106 % 26)::INT) AS icb, 'Y' || (56 + i // 6 % 106 % 26 % 7) AS region,
       2000 + hash(i, {seed}) % 16000 AS patients
FROM range({count}) t(i)
"""

_LIST_SIZES = """
SELECT code AS practice, (patients + hash(i, {n}, {seed}) % 60)::BIGINT AS patients, (patients // 6)::BIGINT AS patients_65
FROM p ORDER BY practice
"""

_ALL_LINES = """
SELECT code AS practice, presentation, (318136000000000 + k * 1000)::BIGINT AS snomed,
       [14, 28, 30, 56, 60, 84, 100, 112, 168, 300, 500][1 + (hash(k, i % 7, {seed}) % 11)::INT]::DECIMAL(18, 3) AS quantity,
       (1 + hash(i, k, {n}, {seed}) % 12)::BIGINT AS items, 0.01 + (hash(k, {seed}) % 900) / 1000.0 AS price
FROM p, m
"""

_MONTH = {
    "lines": f"""
SELECT practice, presentation, snomed, quantity, items, (quantity * items)::DECIMAL(18, 3) AS total_quantity,
       (quantity * items * price)::DECIMAL(18, 5) AS nic, (quantity * items * price * 0.93)::DECIMAL(18, 5) AS actual_cost
FROM ({_ALL_LINES}) ORDER BY presentation, practice, quantity, snomed
""",
    "rest": """
SELECT code AS practice, lpad(s::VARCHAR, 4, '0') AS section, (hash(i, s, {n}) % 900)::BIGINT AS items, 1000::DECIMAL(18, 3) AS total_quantity,
       100::DECIMAL(18, 5) AS nic, 93::DECIMAL(18, 5) AS actual_cost
FROM p, range(101, 121) t(s) ORDER BY section, practice
""",
    "practices": """
SELECT code AS practice, name, sub_icb, 'Fictional sub-ICB ' || sub_icb AS sub_icb_name, icb, 'Fictional ICB ' || icb AS icb_name, region,
       'Fictional region ' || region AS region_name, true AS identified, 20000::BIGINT AS items
FROM p ORDER BY practice
""",
    "presentations": "SELECT presentation, name FROM m ORDER BY presentation",
}
