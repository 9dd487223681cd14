"""What the benchmark of prescribing data is held against: the shortest SQL for the engine that comes to the same files and numbers."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

from stepwell.population.lake import Lake
from stepwell.population.prescribing import scope, survey
from stepwell.population.prescribing.measures import measure
from stepwell.population.prescribing.measures.compiling import factor_tables

Row = tuple[float | None, float | None, float | None, float | None]


def connected() -> duckdb.DuckDBPyConnection:
    """An engine with what an import of ours has."""
    con = duckdb.connect(config={"memory_limit": "2500MB", "threads": 2})
    con.execute("SET enable_progress_bar = false")
    return con


def import_month(file: Path, out: Path, *, lines_only: bool = False) -> None:
    """Read the month and write its tables, sorted. ``lines_only``: no more than the rows of medicines for pain."""
    con = connected()
    con.execute(f"SET temp_directory = '{out / 'spill'}'")
    kept = " OR ".join(f"starts_with(bnf_presentation_code, '{prefix}')" for prefix in scope.prefixes())
    source = (
        f"read_csv('{file}', all_varchar = true, header = true, encoding = '{survey.sniffed_encoding(file)}')"
    )
    if lines_only:
        con.execute(f"CREATE TEMP VIEW month AS SELECT *, true AS kept FROM {source} WHERE {kept}")
        _write(con, _LINES.format(source="month"), out / "lines.parquet")
        return
    con.execute(_GROUPED.format(source=source, kept=kept))
    for name, sql in _TABLES.items():
        _write(con, sql, out / f"{name}.parquet")


def _write(con: duckdb.DuckDBPyConnection, sql: str, path: Path) -> None:
    con.execute(f"COPY ({sql}) TO '{path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 100000)")


_NUMBERS = """items::DECIMAL(18, 3)::BIGINT AS items, total_quantity::DECIMAL(18, 3) AS total_quantity,
       nic::DECIMAL(18, 5) AS nic, actual_cost::DECIMAL(18, 5) AS actual_cost"""

_LINES = f"""
SELECT practice_code AS practice, bnf_presentation_code AS presentation, snomed_code::BIGINT AS snomed, quantity::DECIMAL(18, 3) AS quantity,
       {_NUMBERS}
FROM {{source}} ORDER BY presentation, practice, quantity, snomed
"""

_GROUPED = f"""
CREATE TEMP TABLE month AS
SELECT kept, practice_code AS practice, CASE WHEN kept THEN bnf_presentation_code ELSE bnf_presentation_code[:4] END AS presentation,
       CASE WHEN kept THEN snomed_code::BIGINT END AS snomed, CASE WHEN kept THEN quantity::DECIMAL(18, 3) END AS quantity,
       sum(items)::BIGINT AS items, sum(total_quantity)::DECIMAL(18, 3) AS total_quantity, sum(nic)::DECIMAL(18, 5) AS nic,
       sum(actual_cost)::DECIMAL(18, 5) AS actual_cost, any_value(CASE WHEN kept THEN product END) AS product,
       any_value(CASE WHEN NOT kept THEN name END) AS name, any_value(CASE WHEN NOT kept THEN sub_icb_name END) AS sub_icb_name,
       any_value(CASE WHEN NOT kept THEN icb_name END) AS icb_name, any_value(CASE WHEN NOT kept THEN region_name END) AS region_name,
       any_value(pco_code) AS sub_icb, any_value(icb_code) AS icb, any_value(regional_office_code) AS region, any_value(unidentified) AS unidentified
FROM (SELECT practice_code, bnf_presentation_code, snomed_code, quantity, {_NUMBERS}, bnf_presentation_name AS product, practice_name AS name,
             pco_name AS sub_icb_name, icb_name, regional_office_name AS region_name, pco_code, icb_code, regional_office_code, unidentified,
             {{kept}} AS kept
      FROM {{source}})
GROUP BY ALL
"""

_TABLES = {
    "lines": """SELECT practice, presentation, snomed, quantity, items, total_quantity, nic, actual_cost FROM month WHERE kept
                ORDER BY presentation, practice, quantity, snomed""",
    "rest": """SELECT practice, presentation AS section, items, total_quantity, nic, actual_cost FROM month WHERE NOT kept
               ORDER BY section, practice""",
    "practices": """SELECT practice, max(name) AS name, max(sub_icb) AS sub_icb, max(sub_icb_name) AS sub_icb_name, max(icb) AS icb,
                           max(icb_name) AS icb_name, max(region) AS region, max(region_name) AS region_name,
                           bool_and(unidentified <> 'Y' AND practice <> '-' AND practice NOT LIKE '%998') AS identified, sum(items)::BIGINT AS items
                    FROM month GROUP BY practice ORDER BY practice""",
    "presentations": "SELECT presentation, max(product) AS name FROM month WHERE kept GROUP BY presentation ORDER BY presentation",
}


def values(lake: Path, measure_id: str, level: str) -> dict[tuple[str, str], Row]:
    """Numerator, denominator, value and percentile by month and organisation."""
    rows = query(connected(), lake, measure_id, level).to_pylist()
    return {
        (row["month"], row["organisation"]): (
            row["numerator"],
            row["denominator"],
            row["value"],
            row["percentile"],
        )
        for row in rows
    }


def query(con: duckdb.DuckDBPyConnection, lake: Path, measure_id: str, level: str) -> pa.Table:
    """The same numbers as ours, from the same Parquet: what was worked out at import, list sizes and organisations."""
    held = Lake(lake)
    one, table = measure(measure_id), factor_tables(measure(measure_id))[0]
    public = held.current().public
    months = {load.load_id: load.period for load in public}
    sums = [
        str(held.derived_directory(load.load_id, str(load.derived)) / "measures.parquet")
        for load in public
        if load.dataset == "month"
    ]
    lists = [
        str(held.load_directory(load.load_id) / "list_sizes.parquet")
        for load in public
        if load.dataset == "list_sizes"
    ]
    (listed,) = (held.load_directory(load.load_id) for load in public if load.dataset == "organisations")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE months AS SELECT unnest(?) AS load, unnest(?) AS month",
        [list(months), list(months.values())],
    )
    belongs = f"SELECT code AS practice, code AS organisation FROM '{listed}/organisations.parquet' WHERE setting = 4"
    if level == "icb":
        belongs = f"""SELECT a.code AS practice, b.parent AS organisation FROM '{listed}/relations.parquet' a
                      JOIN '{listed}/relations.parquet' b ON b.code = a.parent AND b.parent_kind = 'icb' WHERE a.parent_kind = 'sub-icb'"""
    below = "l.patients / 1000.0" if one.denominator is None else "coalesce(s.denominator, 0)"
    found = con.execute(
        f"""
        WITH belongs AS ({belongs}),
        s AS (SELECT month, practice, numerator, denominator FROM read_parquet(?, filename = true) JOIN months ON load = split_part(filename, '/', -3)
              WHERE measure = ? AND factor_table IS NOT DISTINCT FROM ?),
        l AS (SELECT month, practice, patients FROM read_parquet(?, filename = true) JOIN months ON load = split_part(filename, '/', -2)),
        summed AS (SELECT month, organisation, sum(coalesce(s.numerator, 0)) AS numerator, sum({below}) AS denominator
                   FROM l JOIN belongs USING (practice) LEFT JOIN s USING (month, practice) GROUP BY ALL),
        valued AS (SELECT *, numerator / nullif(denominator, 0) AS value FROM summed)
        SELECT month, organisation, numerator, denominator, value,
               CASE WHEN value IS NOT NULL THEN percent_rank() OVER (PARTITION BY month, value IS NOT NULL ORDER BY value) END AS percentile
        FROM valued ORDER BY month, organisation""",
        [sums, measure_id, table, lists],
    )
    return found.to_arrow_table()
