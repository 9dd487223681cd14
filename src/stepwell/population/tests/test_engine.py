"""The engine: one connection, and only one module that knows which."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import stepwell
from stepwell.base.errors import StepwellError
from stepwell.population import engine
from stepwell.population.records.canonical import TABLES
from stepwell.population.records.importing.tests.synthetic_reader import issue


def test_an_engine_this_installation_lacks_is_refused():
    with pytest.raises(StepwellError, match='no analysis engine called "spark"'):
        engine.connect("spark://cluster")
    with pytest.raises(StepwellError, match='called "nonsense"'):
        engine.connect("nonsense")


def test_memory_threads_and_spilling_are_set(tmp_path: Path):
    con = engine.connect(memory_limit="100MB", threads=1, temp_dir=tmp_path)
    settings = "select current_setting('memory_limit'), current_setting('threads'), current_setting('temp_directory')"
    assert con.raw_sql(settings).fetchall() == [("95.3 MiB", 1, str(tmp_path))]


def test_no_progress_bar_and_no_code_from_the_network():
    con = engine.connect()
    settings = (
        "select current_setting('enable_progress_bar'), current_setting('autoinstall_known_extensions')"
    )
    assert con.raw_sql(settings).fetchall() == [(False, False)]


def test_several_files_are_one_table(tmp_path: Path):
    paths = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    for number, path in enumerate(paths):
        pq.write_table(pa.table({"n": [number], "m": ["x"]}), path)
    con = engine.connect()
    assert sorted(con.to_pyarrow(engine.parquet(con, paths))["n"].to_pylist()) == [0, 1]


def test_a_file_written_before_a_column_was_there_does_not_know_it(tmp_path: Path):
    paths = [tmp_path / "old.parquet", tmp_path / "new.parquet"]
    pq.write_table(pa.table({"n": [0]}), paths[0])
    pq.write_table(pa.table({"m": [True], "n": [1]}), paths[1])
    schema = pa.schema([("n", pa.int64()), ("m", pa.bool_()), ("day", pa.date32())])
    for given, known in ((paths, [(0, None, None), (1, True, None)]), (paths[:1], [(0, None, None)])):
        con = engine.connect()
        rows = con.to_pyarrow(engine.parquet(con, given, schema)).to_pylist()
        assert sorted((row["n"], row["m"], row["day"]) for row in rows) == known


def test_no_files_are_an_empty_table_of_the_right_columns():
    con = engine.connect()
    table = con.to_pyarrow(engine.parquet(con, [], TABLES["issues"]))
    assert table.num_rows == 0
    assert table.schema.names == TABLES["issues"].names


def test_an_empty_table_of_unknown_columns_is_refused():
    with pytest.raises(ValueError, match="columns of an empty table are unknown"):
        engine.parquet(engine.connect(), [])


def test_what_is_written_has_the_canonical_types(tmp_path: Path):
    rows = [issue("I1", "k", quantity_value=Decimal("2.5"), issue_date=date(2026, 1, 31))]
    first, second = tmp_path / "first.parquet", tmp_path / "second.parquet"
    pq.write_table(pa.Table.from_pylist(rows, TABLES["issues"]), first)
    con = engine.connect()
    engine.write_parquet(con, engine.parquet(con, [first], TABLES["issues"]), second)
    written = pq.read_table(second).schema
    assert (written.names, written.types) == (TABLES["issues"].names, TABLES["issues"].types)
    assert pq.read_table(second).to_pylist() == rows
    assert pq.ParquetFile(second).metadata.row_group(0).column(0).compression == "ZSTD"


def test_only_the_engine_module_names_an_engine():
    source = Path(stepwell.__file__).parent
    naming = [
        path.relative_to(source).as_posix()
        for path in sorted(source.rglob("*.py"))
        if "tests" not in path.parts
        and re.search(r"duckdb|pyspark", path.read_text(encoding="utf-8"), re.IGNORECASE)
    ]
    assert naming == ["population/engine.py"]
