"""The one place that names an analysis engine. Everything else speaks Ibis and is handed a connection."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends import BaseBackend

from stepwell.base.errors import StepwellError

ROW_GROUP = 100_000


def connect(
    url: str = "duckdb://",
    memory_limit: str | None = None,
    threads: int | None = None,
    temp_dir: Path | None = None,
) -> BaseBackend:
    """An Ibis backend for ``url``, with no data of its own.

    ``memory_limit`` is a size such as "800MB"; what does not fit is spilled into ``temp_dir``. ``threads`` is the most
    it may use. Raises ``StepwellError`` for an engine this installation does not have.
    """
    engine = urlsplit(url).scheme
    if engine != "duckdb":
        raise StepwellError(
            f'This installation has no analysis engine called "{engine or url}".',
            next_step='Use "duckdb://", the embedded engine.',
        )
    settings: dict[str, object] = {
        "autoinstall_known_extensions": False,  # never fetch code from the network in the middle of a query
        "autoload_known_extensions": False,
    }
    if memory_limit is not None:
        settings["memory_limit"] = memory_limit
    if threads is not None:
        settings["threads"] = threads
    if temp_dir is not None:
        settings["temp_directory"] = str(temp_dir)
    connection = ibis.duckdb.connect(**settings)
    connection.raw_sql("SET enable_progress_bar = false")
    return connection


def parquet(con: BaseBackend, paths: Sequence[Path], schema: pa.Schema | None = None) -> ir.Table:
    """Several Parquet files of one shape as one table, in the columns and order of ``schema`` when it is given.

    A column of ``schema`` that a file was written without, before there was such a column, is NULL in its rows.

    With no files the table is empty, which needs ``schema`` to say its columns.
    """
    if not paths:
        if schema is None:
            raise ValueError("no files and no schema: the columns of an empty table are unknown")
        return ibis.memtable(schema.empty_table())
    if schema is None:
        return con.read_parquet([str(path) for path in paths])
    table = con.read_parquet([str(path) for path in paths], union_by_name=True)
    types = ibis.Schema.from_pyarrow(schema)
    missing = {name: ibis.null(types[name]) for name in schema.names if name not in table.columns}
    return table.mutate(**missing).select(*schema.names) if missing else table.select(*schema.names)


def parquet_by(con: BaseBackend, paths: Mapping[str, Path], column: str, schema: pa.Schema) -> ir.Table:
    """One Parquet file for each of several names (months, say) as one table: ``schema``, and ``column``, the name.

    One reading of many files: a union of as many tables takes longer to compile than to run.
    """
    if not paths:
        return ibis.memtable(schema.append(pa.field(column, pa.string())).empty_table())
    table = con.read_parquet([str(path) for path in paths.values()], union_by_name=True, filename=True)
    names = pa.table({"path": [str(path) for path in paths.values()], column: list(paths)})
    named = table.join(ibis.memtable(names), [("filename", "path")])
    return named.select(*schema.names, column)


def csv(con: BaseBackend, path: Path, names: Sequence[str], encoding: str) -> ir.Table:
    """A CSV file with one header line as a table of text, its columns called ``names``, every cell as it stands.

    ``encoding`` is "utf-8" or "latin-1". Nothing is guessed from the rows. A row with another number of cells, or bytes that are not of the
    encoding, raise the engine's own error when the table is read; ``csv_fault`` says what it means.
    """
    return con.read_csv(
        str(path),
        columns=dict.fromkeys(names, "VARCHAR"),
        header=True,
        encoding=encoding,
        delim=",",
        quote='"',
        escape='"',
        auto_detect=False,
        strict_mode=True,
        max_line_size=1_000_000,
    )


def csv_fault(error: Exception) -> tuple[str, int | None] | None:
    """What the engine's complaint of a CSV file means: "encoding", "cells" or "unfinished", and the line; None: not of CSV.

    The complaint itself holds the line's text, so it is never shown.
    """
    text = str(error)
    line = re.search(r"CSV Error on Line: (\d+)", text)
    if line is None:
        return None
    kinds = {
        "Invalid unicode": "encoding",
        "Expected Number of Columns": "cells",
        "unterminated quote": "unfinished",
    }
    kind = next((kind for words, kind in kinds.items() if words in text), "cells")
    return kind, int(line[1])


def write_parquet(con: BaseBackend, table: ir.Table, path: Path) -> None:
    """Write ``table``, in its order, in row groups of about 100,000 rows, without holding it in memory."""
    con.to_parquet(table, path, compression="zstd", row_group_size=ROW_GROUP)


def kept(con: BaseBackend, table: ir.Table) -> ir.Table:
    """``table`` worked out now, in ``con``, and kept there as long as ``con`` lives: for what several queries share."""
    return con.create_table(ibis.util.gen_name("kept"), table, temp=True)
