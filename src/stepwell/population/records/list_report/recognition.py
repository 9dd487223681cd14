"""Finding the header row of a report, what its columns mean, and what the first rows hold."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from stepwell.base import clock
from stepwell.base.errors import Place, StepwellError
from stepwell.population.records.list_report import dates, words
from stepwell.population.records.list_report.cell import split
from stepwell.population.records.list_report.grid import HEAD, Grid, known_headings, open_grid
from stepwell.population.records.list_report.mapping import Mapping, recognised
from stepwell.population.records.reading import cells

_FEWEST_KNOWN = 2
_MOST_IN_TOTAL = 3  # cells of a total or footer line
_RUN = re.compile(
    r"\b(?:run|printed|generated|produced|extracted|created|exported|as at|as of|report date|date of report|relative date)\b",
    re.IGNORECASE,
)
_PERIOD = re.compile(r"\b(?:between|since|after|before|until)\b", re.IGNORECASE)
_TITLE_DATE = re.compile(
    r"\d{1,2}[-/ ](?:\d{1,2}|[A-Za-z]{3,9})[-/ ]\d{2,4}|\d{4}-\d{2}-\d{2}", re.IGNORECASE
)
_TOTALS = re.compile(
    r"^\s*(?:grand )?(?:totals?|count|sub-?totals?|printed|page \d|report (?:run|date|ends?)|end of report|number of (?:rows|patients))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Recognition:
    """Where the header is, what was above it, and the mapping its headings suggest."""

    header_line: int
    headings: tuple[str, ...]
    title: tuple[str, ...]
    mapping: Mapping
    title_date: date | None


@dataclass(frozen=True, slots=True)
class PreviewCell:
    """A cell as read: its field, what was understood, and why not where nothing was."""

    field: str
    text: str
    understood: str
    problem: str


@dataclass(frozen=True, slots=True)
class FilePreview:
    """What the mapping screen shows: how the file was read, the suggested mapping, and the first rows understood by it."""

    found: str
    recognition: Recognition
    missing: tuple[str, ...]
    rows: tuple[tuple[int, tuple[PreviewCell, ...]], ...]


def recognise(grid: Grid) -> Recognition:
    """Find the header: the first row, of those near the top, with most headings known. Raises ``StepwellError``."""
    head = list(itertools.islice(grid.rows(), HEAD))
    if not head:
        raise StepwellError("the report is empty.", where=Place(grid.name), next_step="Run it again.")
    at = max(range(len(head)), key=lambda n: (known_headings(head[n][1]), -n))
    line, headings = head[at]
    if known_headings(headings) < _FEWEST_KNOWN:
        raise StepwellError(
            "no row of headings was recognised near the top.",
            where=Place(grid.name, line),
            next_step="Run the report again with a row of headings above its rows, such as NHS Number, Drug and Date of Issue.",
        )
    while headings and not headings[-1].strip():
        headings.pop()
    title = tuple(" ".join(cell for cell in row if cell.strip()) for _, row in head[:at])
    clean = tuple(heading.strip().lstrip("\ufeff") for heading in headings)
    return Recognition(line, clean, title, recognised(clean), _title_date(title))


def _title_date(title: tuple[str, ...]) -> date | None:
    """The day a title line says the report was run. A period the report is about is not that day."""
    for text in title:
        if not _RUN.search(text) or _PERIOD.search(text):
            continue
        for found in _TITLE_DATE.findall(text):
            try:
                if day := cells.day(found, clock.today()):
                    return day
            except cells.BadCell:
                continue
    return None


def data_rows(grid: Grid, recognition: Recognition) -> Iterator[tuple[int, list[str]]]:
    """Rows beneath the header, at least as wide as it, totals and footers included; wider ones have lost their places."""
    width = len(recognition.headings)
    for line, row in grid.rows():
        if line > recognition.header_line:
            row = row + [""] * (width - len(row))
            while len(row) > width and not row[-1].strip():
                row.pop()
            yield line, row


def is_header(row: list[str], recognition: Recognition) -> bool:
    """Whether a row is the header again, as at the top of each printed page."""
    headings = recognition.headings
    return row[0].strip() == headings[0] and tuple(cell.strip() for cell in row) == headings


def is_total(row: list[str]) -> bool:
    """Whether a row is a total or a footer and not a person."""
    filled = list(itertools.islice((cell for cell in row if cell and not cell.isspace()), _MOST_IN_TOTAL + 1))
    return bool(filled) and len(filled) <= _MOST_IN_TOTAL and bool(_TOTALS.match(filled[0]))


def recognise_file(path: Path, mapping: Mapping | None = None, n: int = 20) -> FilePreview:
    """The preview of a report: the first ``n`` rows by ``mapping``, or by the one its headings suggest."""
    grid, _ = open_grid(path)
    recognition = recognise(grid)
    used = mapping or recognition.mapping
    shown = itertools.islice(data_rows(grid, recognition), n)
    rows = tuple(
        (line, tuple(_preview(column.field, cell) for column, cell in zip(used.columns, row, strict=False)))
        for line, row in shown
    )
    return FilePreview(grid.found, recognition, tuple(used.missing()), rows)


_DATES = frozenset(
    field for field in words.fields() if field.endswith("_date") or field.startswith(("date_of", "course_", "registration_s", "registration_e"))
) - {"course_status"}  # fmt: skip


def _preview(field: str, text: str) -> PreviewCell:
    if not field or not text.strip():
        return PreviewCell(field, text, "", "")
    try:
        return PreviewCell(field, text, _understood(field, text), "")
    except cells.BadCell as problem:
        return PreviewCell(field, text, "", str(problem))


_FIGURES = {"year": 4, "month": 7, "day": 10}  # of a date like 2024-03-12


def _as_far_as_known(found: tuple[date, str] | None) -> str:
    """A date to its precision: a year alone is not the first of January."""
    return found[0].isoformat()[: _FIGURES[found[1]]] if found else ""


def _understood(field: str, text: str) -> str:
    if field == "medicine_cell":
        parts = split(text)
        if not parts.split:
            return f"name: {parts.name}; not taken apart"
        return f"name: {parts.name}; dosage: {parts.dosage or 'none'}; quantity: {parts.quantity or 'none'}"
    if field in _DATES:
        if field == "date_of_birth":
            day = dates.born(text, None, clock.today())
        elif field == "event_date":
            return _as_far_as_known(dates.happened(text, clock.today()))
        else:
            day = dates.issued(text, clock.today())
        return day.isoformat() if day else ""
    if field == "nhs_number":
        number = cells.nhs_number(text)
        return "valid NHS number" if number else "not a valid NHS number"
    return words.value_of(field, text) or text.strip()
