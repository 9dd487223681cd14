"""One month of prescribing of the size of the real one, made from a seed: the SNOMED form, quoted, numbers with trailing dots.

    python -m bench.prescribing_month OUT.csv [--rows 18600000] [--seed 1] [--month 2026-07]

Practices, areas and most medicines are made up; the codes of the medicines for pain are those of the catalogue, so that the import
has the real choice to make. Rows come practice by practice, as published.
"""

from __future__ import annotations

import argparse
import csv
import time
from importlib import resources
from pathlib import Path

import duckdb

PRACTICES = 9_284
PRESENTATIONS = 24_000
MEAN_ROWS_A_PAIR = 1.35  # a presentation comes in so many quantities in one practice


def main() -> None:
    """Write the file and say how long it took."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("out", type=Path)
    given.add_argument("--rows", type=int, default=18_600_000)
    given.add_argument("--seed", type=int, default=1)
    given.add_argument("--month", default="2026-07")
    asked = given.parse_args()
    began = time.perf_counter()
    rows = write_month(asked.out, rows=asked.rows, seed=asked.seed, month=asked.month)
    size = asked.out.stat().st_size / 1e9
    print(f"{rows:,} rows, {size:.2f} GB, {time.perf_counter() - began:.0f} s: {asked.out.name}")


def pain_products() -> list[tuple[str, str]]:
    """BNF code and name of products of the catalogue."""
    found: dict[str, str] = {}
    for table in ("products.csv", "products_pain.csv", "products_sedative.csv"):
        text = (resources.files("stepwell.knowledge") / "data" / table).read_text(encoding="utf-8")
        for row in csv.DictReader(text.splitlines()):
            if len(row["bnf_code"]) == 15:
                found.setdefault(row["bnf_code"], row["name"])
    return sorted(found.items())


def write_month(out: Path, *, rows: int, seed: int, month: str) -> int:
    """Write about ``rows`` rows to ``out``; how many."""
    con = duckdb.connect(config={"memory_limit": "3GB", "threads": 2, "temp_directory": str(out.parent)})
    con.execute("SET enable_progress_bar = false")
    practices = max(20, round(PRACTICES * min(1.0, rows / 18_600_000)))
    con.execute("CREATE TABLE pain (code VARCHAR, name VARCHAR)")
    con.executemany("INSERT INTO pain VALUES (?, ?)", pain_products())
    con.execute(_PRESENTATIONS.format(count=PRESENTATIONS, seed=seed))
    con.execute(_PRACTICES.format(count=practices, seed=seed))
    wanted = rows / (practices * MEAN_ROWS_A_PAIR)
    total = con.execute("SELECT sum(weight) FROM presentations").fetchone()
    assert total is not None
    query = _ROWS.format(scale=wanted / total[0], seed=seed, month=month)
    written = con.execute(
        f"COPY ({query}) TO '{out}' (HEADER, FORCE_QUOTE *, DELIMITER ',', QUOTE '\"')"
    ).fetchone()
    assert written is not None
    return int(written[0])


# A number in [0, 1) of its arguments.
_CHANCE = "(hash({}) % 1000000) / 1000000.0"

_PRESENTATIONS = """
CREATE TABLE presentations AS
SELECT code, name, row_number() OVER (ORDER BY code) AS k,
       least(0.95, 0.25 * pow((hash(code, {seed}) % 1000000 + 1) / 1000000.0, -0.35) - 0.24) AS weight
FROM (SELECT code, name FROM pain
      UNION ALL
      SELECT lpad((1 + i % 21)::VARCHAR, 2, '0') || lpad((i % 9)::VARCHAR, 2, '0') || lpad((i % 4)::VARCHAR, 2, '0')
             || '0Z' || chr(65 + (i % 26)::INT) || 'AA' || lpad((i % 100)::VARCHAR, 2, '0') || lpad((i // 100)::VARCHAR, 2, '0'),
             'Fictional medicine ' || i || ' tablets'
      FROM range({count}) t(i) WHERE (1 + i % 21) NOT IN (4, 10))
"""

_PRACTICES = """
CREATE TABLE practices AS
SELECT i AS p, 'Z' || lpad(i::VARCHAR, 5, '0') AS code, 'FICTIONAL SURGERY ' || i AS name,
       'Z' || lpad((i % 106)::VARCHAR, 2, '0') || '00' AS pco, 'NHS FICTIONAL ' || (i % 36) || ' ICB - Z' || lpad((i % 106)::VARCHAR, 2, '0') AS pco_name,
       'QZ' || chr(65 + (i % 106 % 26)::INT) AS icb, 'NHS FICTIONAL ' || (i % 36) || ' INTEGRATED CARE BOARD' AS icb_name,
       'Y' || (56 + i % 106 % 7) AS region, 'REGION ' || (i % 106 % 7) AS region_name,
       0.3 + 1.4 * (hash(i, {seed}) % 1000) / 1000.0 AS size
FROM range({count}) t(i)
"""

_ROWS = """
WITH pairs AS (
    SELECT p.*, m.code AS presentation, m.name AS medicine, m.k
    FROM practices p, presentations m
    WHERE (hash(p.p, m.k, {seed}) % 1000000) / 1000000.0 < m.weight * p.size * {scale}),
many AS (
    SELECT *, unnest(range(1 + (hash(p, k, {seed}, 7) % 100 < 25)::INT + (hash(p, k, {seed}, 8) % 100 < 10)::INT)) AS v FROM pairs),
counted AS (
    SELECT *, [7, 14, 28, 30, 56, 60, 84, 100, 112, 168, 200, 224, 300, 500][1 + (hash(k, v, p % 5, {seed}) % 14)::INT] + v AS quantity,
           1 + (hash(p, k, v, {seed}, 9) % 30 * (hash(p, k, v, {seed}, 10) % 3 = 0)::INT)::INT AS items,
           0.01 + (hash(k, {seed}) % 900) / 1000.0 AS price
    FROM many)
SELECT '{month}' AS year_month, region_name AS regional_office_name, region AS regional_office_code, icb_name, icb AS icb_code,
       pco_name, pco AS pco_code, name AS practice_name, code AS practice_code, name AS address_1, 'FICTIONAL ROAD' AS address_2,
       'FICTIONAL TOWN' AS address_3, 'FICTIONALSHIRE' AS address_4, 'ZZ99 9ZZ' AS postcode,
       left(presentation, 9) AS bnf_chemical_substance_code, split_part(medicine, ' ', 1) AS bnf_chemical_substance,
       presentation AS bnf_presentation_code, medicine AS bnf_presentation_name, left(presentation, 2) || ': Chapter' AS bnf_chapter_plus_code,
       quantity || '.' AS quantity, items::VARCHAR AS items, (quantity * items) || '.' AS total_quantity, (quantity * items / 10) || '' AS adq_usage,
       round(quantity * items * price, 2)::VARCHAR AS nic, round(quantity * items * price * 0.93 + 0.1234, 5)::VARCHAR AS actual_cost,
       'N' AS unidentified, (318136000000000 + k * 1000)::VARCHAR AS snomed_code
FROM counted ORDER BY p, presentation, quantity
"""

if __name__ == "__main__":
    main()
