"""Patients registered at a practice, month by month. Both published forms: by sex and age, and totals alone.

The total of a practice is its row of all sexes and all ages; summing the column would count everybody three times. Where that row is missing, the
rows that make it up are summed instead: sexes by ages, else ages, else sexes, and never one sex alone. Where both are there and differ, the total
stands and the number of older patients is not known. Rows of areas are sums of practices and are not read.
Source: NHS Digital, Patients Registered at a GP Practice; prescribing-data reference section 9. The form of totals alone, and that of single
years of age, are unverified: their headers were not seen in a file.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from stepwell.base.errors import Place, StepwellError
from stepwell.population.prescribing import months, tables
from stepwell.population.prescribing.checks import rules

_COUNTED = {"EXTRACT_DATE", "NUMBER_OF_PATIENTS"}
_CODES = ("ORG_CODE", "CODE")
_KINDS = ("ORG_TYPE", "TYPE")
_AGES = ("AGE_GROUP_5", "AGE")
_ALL = "ALL"
_PRACTICE_KINDS = frozenset({"GP", "PRACTICE"})
_SEXES = frozenset({"FEMALE", "MALE"})
_OLD = 65
_FEW = 5
_AGAIN = "Nothing was loaded. Get the file again, whole and as published."

Cell = tuple[str, str]  # sex and age, as written


@dataclass
class _Practice:
    """A practice's rows: patients by sex and age. ``spoilt``: a row of it cannot be used, or two say different things."""

    patients: dict[Cell, int] = field(default_factory=dict)
    spoilt: set[Cell] = field(default_factory=set)


@dataclass
class _Found:
    month: str | None = None
    practices: dict[str, _Practice] = field(default_factory=dict)
    rejected: list[dict[str, object]] = field(default_factory=list)
    rows: int = 0
    areas: int = 0


@dataclass(frozen=True, slots=True)
class _Size:
    """One practice's list. ``how`` names, for the report, what the figures rest on; "" where there is nothing to say."""

    patients: int | None
    older: int | None  # aged 65 and over
    how: str = ""


@dataclass(frozen=True, slots=True)
class ListSizes:
    """What was read: the month, how many rows were in the file, how many could not be used. ``checks`` are sentences for the report."""

    month: str
    rows: int
    practices: int
    rejected: int
    checks: tuple[str, ...] = ()


def is_list_sizes(header: list[str]) -> bool:
    """Whether a header is of a file of list sizes."""
    names = {name.strip().upper() for name in header}
    return names >= _COUNTED and any(code in names for code in _CODES)


def write_list_sizes(path: Path, shown: str, out: Path) -> ListSizes:
    """Read the file and write ``tables.DATASETS["list_sizes"]``. Raises ``StepwellError`` for a file that is not whole."""
    found = _read(path, shown)
    if found.month is None or not found.practices:
        raise StepwellError("The file holds no rows of practices.", where=Place(shown), next_step=_AGAIN)
    if len(found.rejected) > _FEW and len(found.rejected) > float(rules()["rejected"]["share"]) * found.rows:
        first = found.rejected[0]
        raise StepwellError(
            f"{len(found.rejected):,} of {found.rows:,} rows cannot be used; the first because {first['reason']}.",
            where=Place(shown, int(str(first["line"])), str(first["column"])),
            next_step=_AGAIN,
        )
    sizes = {code: _size(practice) for code, practice in sorted(found.practices.items())}
    if all(size.patients is None for size in sizes.values()):
        raise StepwellError(
            "The file gives no practice's whole list: it holds one sex, or a part of the ages.",
            where=Place(shown),
            next_step="Nothing was loaded. Give the file of totals, or of five-year age groups.",
        )
    rows = [
        {"practice": code, "patients": size.patients, "patients_65": size.older}
        for code, size in sizes.items()
    ]
    pq.write_table(
        pa.Table.from_pylist(rows, tables.LIST_SIZES), out / "list_sizes.parquet", compression="zstd"
    )
    pq.write_table(
        pa.Table.from_pylist(found.rejected, tables.REJECTED), out / "rejected.parquet", compression="zstd"
    )
    return ListSizes(found.month, found.rows, len(sizes), len(found.rejected), tuple(_said(found, sizes)))


def _read(path: Path, shown: str) -> _Found:
    found = _Found()
    reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    try:
        header = [name.strip().upper() for name in next(reader, [])]
        if not is_list_sizes(header):
            raise StepwellError("This is not a file of list sizes.", where=Place(shown, 1), next_step=_AGAIN)
        for row in _rows(reader, header, shown):
            found.rows += 1
            _take(row, found, Place(shown, reader.line_num))
    except csv.Error:
        raise StepwellError(
            "A row cannot be read as CSV.", where=Place(shown, reader.line_num), next_step=_AGAIN
        ) from None
    return found


def _text(path: Path) -> str:
    """The file is published as Latin-1 or as UTF-8. At most some hundred megabytes: all of it is looked at to tell which."""
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _rows(reader: Iterator[list[str]], header: list[str], shown: str) -> Iterator[dict[str, str]]:
    for number, cells in enumerate(reader, start=2):
        if not cells or cells == ["\x1a"]:
            continue
        if len(cells) != len(header):
            raise StepwellError(
                "A row has another number of cells than the header: the file is cut short or damaged.",
                where=Place(shown, number),
                next_step=_AGAIN,
            )
        yield dict(zip(header, (cell.strip() for cell in cells), strict=True))


def _take(row: dict[str, str], found: _Found, place: Place) -> None:
    if _named(row, _KINDS, "GP") not in _PRACTICE_KINDS:
        found.areas += 1
        return
    _require_month(row, found, place)
    code, cell = _named(row, _CODES, ""), (row.get("SEX", _ALL).upper(), _named(row, _AGES, _ALL))
    if not code:
        _reject(found, place, next(name for name in _CODES if name in row), "there is no code of a practice")
        return
    practice = found.practices.setdefault(code, _Practice())
    if not re.fullmatch(r"[0-9]{1,9}", row["NUMBER_OF_PATIENTS"]):
        _reject(found, place, "NUMBER_OF_PATIENTS", "the number of patients is not a whole number")
        practice.spoilt.add(cell)
        return
    patients = int(row["NUMBER_OF_PATIENTS"])
    if cell in practice.patients:
        differs = practice.patients[cell] != patients
        _reject(
            found,
            place,
            "NUMBER_OF_PATIENTS",
            f"the row comes twice, with {'another' if differs else 'the same'} number",
        )
        if differs:
            practice.spoilt.add(cell)
        return
    practice.patients[cell] = patients


def _named(row: dict[str, str], names: tuple[str, ...], otherwise: str) -> str:
    return next((row[name] for name in names if name in row), otherwise).upper()


def _require_month(row: dict[str, str], found: _Found, place: Place) -> None:
    month = months.of_day(row["EXTRACT_DATE"])
    if month is None or (found.month is not None and month != found.month):
        raise StepwellError(
            "The date of the list is not one known here."
            if month is None
            else "The file holds lists of several months.",
            where=Place(place.file, place.line, "EXTRACT_DATE"),
            next_step="Nothing was loaded. Give one month's file, as published.",
        )
    found.month = month


def _reject(found: _Found, place: Place, column: str, reason: str) -> None:
    found.rejected.append({"line": place.line, "column": column, "reason": reason})


def _size(practice: _Practice) -> _Size:
    told, whole = practice.patients.get((_ALL, _ALL)), practice.patients
    if (_ALL, _ALL) in practice.spoilt:
        return _Size(None, None, "have a total that cannot be used, or two: their list is not known")
    parts = _parts(practice)
    added = sum(parts.values()) if parts else None
    if told is None:
        if added is None:
            return _Size(None, None, "have no total and not all that makes it up: their list is not known")
        return _Size(added, _older(parts), "have no total row: their ages and sexes are summed")
    if added is not None and added != told:
        return _Size(
            told,
            None,
            "have a total that is not the sum of its parts: the total is used, and who is 65 or over is not known",
        )
    if len(whole) + len(practice.spoilt) > 1 and added is None:
        return _Size(
            told,
            None,
            "have ages or sexes of which some are missing: the total is used, and who is 65 or over is not known",
        )
    return _Size(told, _older(parts))


def _parts(practice: _Practice) -> dict[Cell, int]:
    """The rows that make up the total, each person once; {} where none do."""
    both = {cell: n for cell, n in practice.patients.items() if _ALL not in cell}
    ages = {cell: n for cell, n in practice.patients.items() if cell[0] == _ALL and cell[1] != _ALL}
    sexes = {cell: n for cell, n in practice.patients.items() if cell[0] != _ALL and cell[1] == _ALL}
    for parts in (both, ages, sexes):
        spoilt = {cell for cell in practice.spoilt if _like(cell, parts)}
        sexed = {cell[0] for cell in parts} - {_ALL}
        if parts and not spoilt and (not sexed or sexed >= _SEXES):
            return parts
    return {}


def _like(cell: Cell, parts: dict[Cell, int]) -> bool:
    """Whether a row is of the same kind as these: by sex and age, by age, or by sex."""
    return any([part == _ALL for part in cell] == [part == _ALL for part in other] for other in parts)


def _older(parts: dict[Cell, int]) -> int | None:
    """Patients of 65 and over; None where an age is missing or cannot be read, unless nobody is of it."""
    starts = {cell: _starts_at(cell[1]) for cell, patients in parts.items() if patients}
    if not parts or None in starts.values():
        return None
    return sum(patients for cell, patients in parts.items() if patients and (starts[cell] or 0) >= _OLD)


def _starts_at(age: str) -> int | None:
    """The youngest age of a group: ``65_69``, ``95+``, or a single year."""
    digits = re.match(r"[0-9]+", age)
    return int(digits[0]) if digits else None


def _said(found: _Found, sizes: dict[str, _Size]) -> Iterator[str]:
    for how, count in sorted(Counter(size.how for size in sizes.values() if size.how).items()):
        yield f"{count:,} practices {how}."
    if found.areas:
        yield f"{found.areas:,} rows are of areas, not of practices, and are not read."
    for each in found.rejected[:_FEW]:
        yield f"Line {each['line']} is left out: {each['reason']} ({each['column']})."
