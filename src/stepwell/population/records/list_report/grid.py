"""A report as rows of text, whether it is a delimited file or a workbook."""

from __future__ import annotations

import itertools
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from stepwell.base.errors import Place, StepwellError
from stepwell.population.records.list_report import words
from stepwell.population.records.reading.delimited import CELL_LIMIT, Delimited
from stepwell.population.records.reading.sources import Member, open_source

HEAD = 40
# How a text file was read, in the words of the programs that save one.
_SEPARATED = {
    ",": "columns separated by commas",
    "\t": "columns separated by tabs",
    ";": "columns separated by semicolons",
    "|": "columns separated by bars",
}
_ENCODING = {
    "utf-8": "letters in UTF-8",
    "utf-8-sig": "letters in UTF-8",
    "utf-16": "letters in UTF-16",
    "utf-16-le": "letters in UTF-16",
    "utf-16-be": "letters in UTF-16",
    "cp1252": "letters of Windows",
}
_XLSX = (".xlsx", ".xlsm")
# A workbook is a zip inside: refused when it would unpack to more than this, or by more than the ratio.
_UNPACKED_LIMIT = 4 << 30
_RATIO_LIMIT = 250


class Grid(Protocol):
    """Rows of a report. ``found`` says in words how it was read, for the preview."""

    name: str
    found: str

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """(line, cells) of every row that is not blank."""


def open_grid(path: Path) -> tuple[Grid, Member]:
    """The one report at ``path``: a file, or a zip or folder with a single file in it."""
    members = open_source(path)
    if len(members) != 1:
        names = ", ".join(member.name for member in members[:5])
        raise StepwellError(
            f"A list report is one file; here are {len(members)} ({names}).",
            next_step="Import them one at a time.",
        )
    member = members[0]
    if member.name.lower().endswith(_XLSX):
        return _Sheet(member), member
    return _Text(member), member


class _Text:
    def __init__(self, member: Member) -> None:
        self._file = Delimited(member)
        self.name = member.name
        self.found = f"A text file, {_SEPARATED[self._file.separator]} ({_ENCODING[self._file.encoding]})"

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        for line, found in self._file.rows():
            if any(cell and not cell.isspace() for cell in found):
                yield line, found


@dataclass(frozen=True, slots=True)
class _Choice:
    title: str
    known: int


class _Sheet:
    def __init__(self, member: Member) -> None:
        self._member = member
        self.name = member.name
        self._refuse_bomb()
        self._title = self._with_header()
        self.found = f"A workbook, its sheet “{self._title}”"

    def _refuse_bomb(self) -> None:
        try:
            with zipfile.ZipFile(self._member.path) as archive:
                size = sum(entry.file_size for entry in archive.infolist())
                packed = sum(entry.compress_size for entry in archive.infolist()) or 1
        except zipfile.BadZipFile as error:
            raise self._damaged() from error
        if size > _UNPACKED_LIMIT or (size > 50 << 20 and size / packed > _RATIO_LIMIT):
            raise StepwellError(
                "the workbook unpacks to far more than it holds, as a harmful file does.",
                where=Place(self.name),
                next_step="Save it again from the clinical system as CSV.",
            )

    def _damaged(self) -> StepwellError:
        return StepwellError(
            "the workbook is damaged or is not one.", where=Place(self.name), next_step="Export it again."
        )

    def _with_header(self) -> str:
        choices = [
            _Choice(
                title, max((_known(row) for _, row in itertools.islice(self._sheet(title), HEAD)), default=0)
            )
            for title in self._titles()
        ]
        return max(choices, key=lambda choice: choice.known).title

    def _titles(self) -> list[str]:
        try:
            book = load_workbook(self._member.path, read_only=True, data_only=True)
        except (InvalidFileException, KeyError, OSError, ValueError, zipfile.BadZipFile) as error:
            raise self._damaged() from error
        try:
            return [sheet.title for sheet in book.worksheets]
        finally:
            book.close()

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        return self._sheet(self._title)

    def _sheet(self, title: str) -> Iterator[tuple[int, list[str]]]:
        book = load_workbook(self._member.path, read_only=True, data_only=True)
        try:
            sheet = book[title]
            sheet.reset_dimensions()  # some programs write a size that cuts columns off
            for line, row in enumerate(sheet.iter_rows(values_only=True), start=1):
                found = [self._text(value, line) for value in row]
                if any(found):
                    yield line, found
        finally:
            book.close()

    def _text(self, value: object, line: int) -> str:
        if value is None:
            return ""
        if isinstance(value, datetime):
            return value.date().isoformat()
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        if isinstance(value, int | float) and abs(value) >= 1e15:
            return (
                f"{value:.5E}"  # a workbook keeps 15 figures: what is left of a longer code is not the code
            )
        text = str(value)
        if len(text) > CELL_LIMIT:
            raise StepwellError("a cell is too large to be read.", where=Place(self.name, line))
        return text


def _known(row: list[str]) -> int:
    return sum(words.meaning_of(cell) is not None for cell in row if cell.strip())


def known_headings(row: list[str]) -> int:
    """How many cells of a row are headings this reader knows."""
    return _known(row)
