"""A sink that keeps everything, and small reports written to disk."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook

from stepwell.base.progress import Silent
from stepwell.population.records.canonical import Identity, Reject
from stepwell.population.records.extracts import Options
from stepwell.population.records.list_report import ListReportReader

NUMBERS = ("9990000018", "9990000026", "9990000034", "9990000042")


class Kept:
    """Rows by table, identities, rejects and counts, in the order they came."""

    def __init__(self) -> None:
        self.tables: dict[str, list[Mapping[str, object]]] = {}
        self.people: list[Identity] = []
        self.rejects: list[Reject] = []
        self.counts: Counter[str] = Counter()
        self.rows_read = 0

    def patient_key(self, *, nhs_number: str | None, source_patient_id: str) -> str:
        return f"key-{nhs_number or source_patient_id}"

    def known_patient(self, source_patient_id: str) -> str | None:
        return None

    def rows(self, table: str, rows: Sequence[Mapping[str, object]]) -> None:
        self.tables.setdefault(table, []).extend(rows)

    def identities(self, identities: Iterable[Identity]) -> None:
        self.people.extend(identities)

    def delete(self, table: str, row_id: str) -> None:
        raise AssertionError("a list report deletes nothing")

    def delete_patient(self, patient_key: str) -> None:
        raise AssertionError("a list report deletes nobody")

    def take_back(self, table: str, row_id: str) -> None:
        raise AssertionError("a list report takes nothing back")

    def withhold(self, patient_key: str) -> None:
        raise AssertionError("a list report does not say that anything is withheld")

    def previous(self, table: str) -> Iterable[Mapping[str, object]]:
        return ()

    def reject(self, reject: Reject) -> None:
        self.rejects.append(reject)

    def count(self, name: str, by: int = 1) -> None:
        self.counts[name] += by

    def read(self, file: str, rows: int) -> None:
        self.rows_read += rows

    def issues(self, *columns: str) -> list[tuple[object, ...]]:
        """The issues, these columns of each."""
        return [tuple(row[name] for name in columns) for row in self.tables.get("issues", [])]


def csv_report(
    path: Path, rows: Iterable[Sequence[object]], *, encoding: str = "utf-8", separator: str = ","
) -> Path:
    """Write ``rows``, the headings among them, as a delimited file."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=separator).writerows(rows)
    return path


def xlsx_report(path: Path, sheets: Mapping[str, Iterable[Sequence[object]]]) -> Path:
    """Write each sheet of a workbook."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def read(path: Path, **options: object) -> Kept:
    """Read a report as practice Z99901 unless told otherwise."""
    sink = Kept()
    stated = {"practice": "Z99901", **options}
    ListReportReader(path, Options(**stated)).read(sink, Silent())  # type: ignore[arg-type]
    return sink
