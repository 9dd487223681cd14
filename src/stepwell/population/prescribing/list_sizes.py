"""Patients registered at a practice, month by month. Both published forms: five-year bands, and totals alone.

The total of a practice is the row of all sexes and all ages. Summing the column would count everybody three times.
Source: NHS Digital, Patients Registered at a GP Practice; prescribing-data reference section 9.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from stepwell.base.errors import Place, StepwellError
from stepwell.population.prescribing import months, survey, tables

_BANDS = {"EXTRACT_DATE", "ORG_TYPE", "ORG_CODE", "SEX", "NUMBER_OF_PATIENTS"}
_TOTALS = {"EXTRACT_DATE", "CODE", "NUMBER_OF_PATIENTS"}
_AGES = ("AGE_GROUP_5", "AGE")
_ALL = "ALL"
_OLD = 65


@dataclass
class _Practice:
    total: int | None = None
    by_age: int = 0
    old: int = 0


@dataclass
class _Found:
    month: str | None = None
    practices: dict[str, _Practice] = field(default_factory=dict)
    rejected: list[dict[str, object]] = field(default_factory=list)
    rows: int = 0


@dataclass(frozen=True, slots=True)
class ListSizes:
    """What was read: the month and how many rows were in the file and how many of them could not be used."""

    month: str
    rows: int
    practices: int
    rejected: int


def is_list_sizes(header: list[str]) -> bool:
    """Whether a header is of a file of list sizes."""
    names = {name.strip().upper() for name in header}
    return names >= _BANDS or names >= _TOTALS


def write_list_sizes(path: Path, shown: str, out: Path) -> ListSizes:
    """Read the file and write ``tables.DATASETS["list_sizes"]``. Raises ``StepwellError`` for a file that is not whole."""
    found = _Found()
    with path.open(encoding=_encoding(path), newline="") as file:
        reader = csv.reader(file)
        header = [name.strip().upper() for name in next(reader, [])]
        for row in _rows(reader, header, shown):
            found.rows += 1
            _take(row, found, Place(shown, reader.line_num))
    if found.month is None:
        raise StepwellError(
            "The file holds no rows of practices.", where=Place(shown), next_step="Get it again, whole."
        )
    sizes = [
        {
            "practice": code,
            "patients": practice.total if practice.total is not None else practice.by_age or None,
            "patients_65": practice.old if practice.by_age else None,
        }
        for code, practice in sorted(found.practices.items())
    ]
    pq.write_table(
        pa.Table.from_pylist(sizes, tables.LIST_SIZES), out / "list_sizes.parquet", compression="zstd"
    )
    pq.write_table(pa.Table.from_pylist(found.rejected, tables.REJECTED), out / "rejected.parquet")
    return ListSizes(found.month, found.rows, len(sizes), len(found.rejected))


def _encoding(path: Path) -> str:
    encoding = survey.sniffed_encoding(path)
    return "utf-8-sig" if encoding == "utf-8" else encoding


def _rows(reader: Iterator[list[str]], header: list[str], shown: str) -> Iterator[dict[str, str]]:
    for number, cells in enumerate(reader, start=2):
        if not cells:
            continue
        if len(cells) != len(header):
            raise StepwellError(
                "A row has another number of cells than the header: the file is cut short or damaged.",
                where=Place(shown, number),
                next_step="Nothing was loaded. Get the file again, whole.",
            )
        yield dict(zip(header, (cell.strip() for cell in cells), strict=True))


def _take(row: dict[str, str], found: _Found, place: Place) -> None:
    kind = row.get("ORG_TYPE", row.get("TYPE", "GP")).upper()
    if kind not in {"GP", "PRACTICE"}:
        return  # areas: sums of practices
    month = months.of_day(row["EXTRACT_DATE"])
    if month is None or (found.month is not None and month != found.month):
        raise StepwellError(
            "The date of the list is not one known here."
            if month is None
            else "The file holds lists of several months.",
            where=Place(place.file, place.line, "EXTRACT_DATE"),
            next_step="Give one month's file, as published.",
        )
    found.month = month
    code = row.get("ORG_CODE", row.get("CODE", "")).upper()
    patients = row["NUMBER_OF_PATIENTS"]
    if not code or not patients.isdigit():
        reason = "no code of a practice" if not code else "the number of patients is not a whole number"
        column = "ORG_CODE" if not code else "NUMBER_OF_PATIENTS"
        found.rejected.append({"line": place.line, "column": column, "reason": reason})
        return
    _count(row, int(patients), found.practices.setdefault(code, _Practice()))


def _count(row: dict[str, str], patients: int, practice: _Practice) -> None:
    sex = row.get("SEX", _ALL).upper()
    age = next((row[name].upper() for name in _AGES if name in row), _ALL)
    if sex == _ALL and age == _ALL:
        practice.total = patients
    elif sex != _ALL and age != _ALL:
        practice.by_age += patients
        if _starts_at(age) >= _OLD:
            practice.old += patients


def _starts_at(age: str) -> int:
    """The youngest age of a band: ``65_69``, ``95+``, or a single year."""
    digits = age.replace("+", "_").split("_")[0]
    return int(digits) if digits.isdigit() else -1
