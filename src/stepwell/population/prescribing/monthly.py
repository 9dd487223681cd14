"""A month of prescribing read into its tables, in one pass over the file."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends import BaseBackend

from stepwell.base.errors import Place, StepwellError
from stepwell.population import engine
from stepwell.population.prescribing import forms, months, scope, survey, tables

# A dummy prescriber's code ends so, or is a dash. Source: prescribing-data reference section 4, quirk 8.
_DUMMY_ENDING = "998"
_DASH = "-"
_CODES = ("sub_icb", "icb", "region")
_NAMES = ("name", "sub_icb_name", "icb_name", "region_name")
_NUMBERS = {
    "items": "decimal(18, 3)",
    "total_quantity": "decimal(18, 3)",
    "quantity": "decimal(18, 3)",
    "nic": "decimal(18, 5)",
    "actual_cost": "decimal(18, 5)",
}
_SMALL = 500_000_000  # bytes
_REST = 4  # characters of BNF code the rest is summed by: its section


@dataclass(frozen=True, slots=True)
class Opened:
    """A file whose header was read. ``month`` is what its name and its first row say, and both agree."""

    path: Path
    shown: str
    matched: forms.Matched
    header: tuple[str, ...]
    month: str
    month_text: str
    encoding: str


class AnotherEncoding(StepwellError):
    """What differs between encodings came only after the first megabytes: read the file again, as ``latin-1``."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What was found while reading. ``unusable`` rows are in no table; ``twice`` rows were summed into the row they repeat."""

    rows: int
    unusable: int
    other_months: int
    twice: int
    uneven: int  # quantity times items is not the total quantity
    unidentified_items: int
    items: int


def open_month(path: Path, shown: str) -> Opened:
    """Read the header and the first row. Raises ``StepwellError`` for another kind of file, or a month that disagrees."""
    encoding = survey.sniffed_encoding(path)
    header, first = first_rows(path, shown, encoding)
    matched = forms.match(header, shown)
    text = first[header.index(matched.columns["month"])] if first else ""
    month = months.read(text)
    if not first:
        raise StepwellError(
            "The file holds no rows.", where=Place(shown), next_step="Get the file again, whole."
        )
    if month is None:
        raise StepwellError(
            "The month of the rows is not written in a way known here.",
            where=Place(shown, 2, matched.columns["month"]),
            next_step="Get the file again, as published.",
        )
    named = months.in_name(shown)
    if named is not None and named != month:
        raise StepwellError(
            f"The file's name says {named}, its rows say {month}.",
            where=Place(shown, 2, matched.columns["month"]),
            next_step="One of them is wrong: get the file again, or give it the name it was published under.",
        )
    return Opened(path, shown, matched, tuple(header), month, text, encoding)


def first_rows(path: Path, shown: str, encoding: str) -> tuple[list[str], list[str]]:
    """The header and the first row of a CSV file, [] where there is none."""
    if path.suffix.lower() == ".parquet":
        return _parquet_rows(path, shown)
    with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="") as file:
        reader = csv.reader(file)
        try:
            return next(reader, []), next(reader, [])
        except csv.Error:
            what = "This is not a CSV file."
        except UnicodeDecodeError:
            what = "The file is in two encodings, or is damaged."
    raise StepwellError(what, where=Place(shown), next_step="Give the file as published.")


def _parquet_rows(path: Path, shown: str) -> tuple[list[str], list[str]]:
    try:
        with pq.ParquetFile(path) as file:
            batch = next(file.iter_batches(batch_size=1), None)
            names = file.schema_arrow.names
    except (pa.ArrowInvalid, OSError):
        raise StepwellError(
            "This is not a Parquet file, or it is cut short.",
            where=Place(shown),
            next_step="Nothing was loaded. Get the file again, whole.",
        ) from None
    first = batch.to_pylist()[:1] if batch is not None else []
    return names, ["" if value is None else str(value) for value in first[0].values()] if first else []


def write_month(opened: Opened, con: BaseBackend, out: Path) -> Counted:
    """Read the rows and write ``tables.MONTH`` into ``out``. Raises ``StepwellError`` when the file is not whole."""
    grouped = _grouped(opened, con)
    name = "grouped_month"
    try:
        try:
            held = con.create_table(name, grouped, temp=True)
        except Exception as error:
            raise _refusal(error, opened) from error
        named = (held.practice.strip() != "") & (held.presentation.strip() != "")
        whole = held.mutate(usable=held.usable & named.fill_null(False))
        counted = _counted(con, whole)
        _write_rows(con, whole, out)
    finally:
        con.drop_table(name, force=True)
    return counted


def _rows(opened: Opened, con: BaseBackend) -> ir.Table:
    """The file as text, under our names; a column the form lacks is NULL."""
    if opened.path.suffix.lower() == ".parquet":
        table = engine.parquet(con, [opened.path])
        table = table.mutate(**{name: table[name].cast("string") for name in table.columns})
        places = dict(zip(opened.header, table.columns, strict=True))
    else:
        names = [f"c{number}" for number in range(len(opened.header))]
        table = engine.csv(con, opened.path, names, opened.encoding)
        places = dict(zip(opened.header, names, strict=True))
    found = {ours: table[places[theirs]] for ours, theirs in opened.matched.columns.items()}
    wanted = {**dict.fromkeys(_ours(), ibis.null("string")), **found}
    return table.select(**wanted)


def _ours() -> tuple[str, ...]:
    return (
        "month", "practice", *_CODES, *_NAMES, "presentation", "presentation_name", "snomed", "unidentified", *_NUMBERS,
    )  # fmt: skip


def _grouped(opened: Opened, con: BaseBackend) -> ir.Table:
    """One row for each row of ``lines`` and ``rest``, with what the checks count. One pass, whatever the size."""
    text = _rows(opened, con)
    rows = text.mutate(
        code=text.presentation,
        kept=scope.is_kept(text.presentation).fill_null(False),
        wrong_month=(text.month != opened.month_text).fill_null(True),
        **{name: text[name].try_cast(kind) for name, kind in _NUMBERS.items()},
    )
    rows = rows.mutate(usable=_is_usable(rows, has_quantity="quantity" in opened.matched.columns))
    kept = rows.kept & rows.usable
    # Names are dear to carry through a pass of the real size: there only the rows that are summed anyway carry them, and a prescriber
    # of nothing else has a name from the list of organisations alone.
    small = opened.path.stat().st_size < _SMALL
    keyed = rows.mutate(
        presentation=kept.ifelse(rows.code, rows.code.substr(0, _REST)),
        snomed=kept.ifelse(rows.snomed.try_cast("int64"), ibis.null("int64")),
        quantity=kept.ifelse(rows["quantity"], ibis.null(rows["quantity"].type())),
        product=kept.ifelse(rows.presentation_name, ibis.null("string")),
        uneven=(
            (rows["quantity"] * rows["items"] - rows["total_quantity"]).abs() > 0.01 * rows["items"]
        ).fill_null(False),
        row_kept=kept,
        **({} if small else {name: kept.ifelse(ibis.null("string"), rows[name]) for name in _NAMES}),
    )
    return keyed.group_by("practice", "presentation", "snomed", "quantity", "row_kept", "usable").aggregate(
        rows=keyed.count(),
        items=keyed["items"].sum(),
        total_quantity=keyed["total_quantity"].sum(),
        nic=keyed["nic"].sum(),
        actual_cost=keyed["actual_cost"].sum(),
        wrong_months=keyed["wrong_month"].sum(),
        uneven=keyed["uneven"].sum(),
        product=keyed["product"].arbitrary(),
        **{name: keyed[name].arbitrary() for name in (*_CODES, *_NAMES, "unidentified")},
    )


def _is_usable(rows: ir.Table, *, has_quantity: bool) -> ir.BooleanColumn:
    """Whether a row has its numbers, none of them below zero, and whole items."""
    usable = (rows["items"] % 1 == 0).fill_null(False)
    for name in ("items", "total_quantity", "nic", "actual_cost", *(["quantity"] if has_quantity else [])):
        usable = usable & (rows[name] >= 0).fill_null(False)
    return usable.fill_null(False)


def _counted(con: BaseBackend, held: ir.Table) -> Counted:
    lines = held.row_kept & held.usable
    found = con.to_pyarrow(
        held.aggregate(
            rows=held.rows.sum(),
            unusable=held.rows.sum(where=~held.usable),
            other_months=held.wrong_months.sum(),
            twice=(held.rows - 1).sum(where=lines),
            uneven=held.uneven.sum(where=held.usable),
            items=held["items"].sum(where=held.usable),
            unidentified_items=held["items"].sum(where=held.usable & ~is_identified(held)),
        )
    ).to_pylist()[0]
    return Counted(**{name: int(value or 0) for name, value in found.items()})


def is_identified(rows: ir.Table) -> ir.BooleanColumn:
    """Whether a row's prescriber is a real one: not a dash, not a dummy code, not marked as unidentified."""
    marked = (rows.unidentified.upper() == "Y").fill_null(False)
    practice = rows.practice.strip()
    dummy = practice.endswith(_DUMMY_ENDING) | (practice == _DASH)
    return ~(marked | dummy)


def _write_rows(con: BaseBackend, held: ir.Table, out: Path) -> None:
    """The tables of the month, each in its order."""
    used = held.filter(held.usable).mutate(
        practice=held.practice.strip().upper(), presentation=held.presentation.strip().upper()
    )
    lines = used.filter(used.row_kept)
    rest = used.filter(~used.row_kept)
    identified = used.mutate(identified=is_identified(used))
    practices = identified.group_by("practice").aggregate(
        **{name: identified[name].max() for name in (*_NAMES, *_CODES)},
        identified=identified.identified.all(),
        items=identified["items"].sum(),
    )
    practices = practices.mutate(sub_icb=_area_code(practices.sub_icb))
    products = lines.group_by("presentation").aggregate(name=lines["product"].strip().max())
    summed = rest.group_by("practice", rest.presentation.name("section")).aggregate(
        **{name: rest[name].sum() for name in ("items", "total_quantity", "nic", "actual_cost")}
    )
    for name, table, order in (
        ("lines", lines, ("presentation", "practice", "quantity", "snomed")),
        ("rest", summed, ("section", "practice")),
        ("practices", practices, ("practice",)),
        ("presentations", products, ("presentation",)),
    ):
        schema = ibis.Schema.from_pyarrow(tables.MONTH[name])
        written = table.select(*schema).cast(schema).order_by(*order)
        engine.write_parquet(con, written, out / f"{name}.parquet")


def _area_code(code: ir.StringColumn) -> ir.StringColumn:
    """An area's own code. Old files add two noughts to a code of three; the new codes of five are left whole."""
    old = (code.length() == 5) & code.endswith("00")
    return old.ifelse(code.substr(0, 3), code)


def _refusal(error: Exception, opened: Opened) -> Exception:
    """The engine's complaint of a file, as one a person can act on; another fault as it is."""
    fault = engine.csv_fault(error)
    if fault is None:
        return error
    kind, line = fault
    if kind == "encoding" and opened.encoding == "utf-8" and survey.is_plain_so_far(opened.path):
        return AnotherEncoding("The file is not in UTF-8.", where=Place(opened.shown, line))
    what = {
        "encoding": "The file is in two encodings, or is damaged.",
        "cells": "A row has another number of cells than the header: the file is cut short or damaged.",
        "unfinished": "The file ends inside a quoted cell: it is cut short.",
    }[kind]
    return StepwellError(
        what, where=Place(opened.shown, line), next_step="Nothing was loaded. Get the file again, whole."
    )
