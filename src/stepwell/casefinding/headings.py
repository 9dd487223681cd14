"""What a list report's headings mean: recognised, kept by a practice, or said by a person on the mapping page."""

from __future__ import annotations

from collections.abc import Mapping as Values
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from stepwell.base.errors import Place, StepwellError
from stepwell.casefinding import stores
from stepwell.casefinding.models import ImportJob, MappingPreset
from stepwell.population.records import formats
from stepwell.population.records.extracts import Kind
from stepwell.population.records.list_report import words
from stepwell.population.records.list_report.grid import open_grid
from stepwell.population.records.list_report.mapping import Mapping, from_yaml, to_yaml, with_fields
from stepwell.population.records.list_report.recognition import (
    FilePreview,
    data_rows,
    is_header,
    is_total,
    recognise,
    recognise_file,
)

# Looked through for the first values of each column; a column of diagnoses may be empty for many rows.
ROWS_SAMPLED = 200


def need_confirming(path: Path, kind: Kind) -> bool:
    """Whether somebody must say what this file's headings mean before it is read: true of a report a practice made.

    Raises ``StepwellError`` for a file that is no extract, or a report without a row of headings.
    """
    if formats.source_of(path) != formats.LIST_REPORT:
        return False
    if not recognise_file(path, n=1).rows:
        raise StepwellError(
            "The report has headings and no rows beneath them.",
            where=Place(path.name),
            next_step="Run it again, and check that it finds somebody.",
        )
    if kind is Kind.DELTA:
        raise StepwellError(
            "This is a report your practice made, and a report is always read as everything it lists, never as changes.",
            next_step="Upload it again and choose “Everything”.",
        )
    return True


def preview(job: ImportJob, mapping: Mapping | None = None) -> FilePreview:
    """The first rows of an uploaded report, as understood. Raises ``StepwellError`` when it is not a report."""
    path = stores.uploads_path() / job.stored_as
    if not path.exists():
        raise StepwellError("The uploaded file is no longer here.", next_step="Upload it again.")
    return recognise_file(path, mapping, ROWS_SAMPLED)


@dataclass(frozen=True, slots=True)
class Size:
    """How much a report holds. ``people`` is None where no column says who; ``nameless`` of them have no NHS number."""

    rows: int
    people: int | None
    nameless: int


def size(job: ImportJob, mapping: Mapping) -> Size:
    """Every row of an uploaded report counted, and its people as ``mapping`` says who they are."""
    known, fields = words.fields(), [column.field for column in mapping.columns]
    person = tuple(at for at, field in enumerate(fields) if known.get(field) == words.PERSON)
    number = fields.index("nhs_number") if "nhs_number" in fields else None
    return _size(stores.uploads_path() / job.stored_as, person, number)


@lru_cache(
    maxsize=32
)  # an upload has a name of its own and never changes; its page is opened again and again
def _size(path: Path, person: tuple[int, ...], number: int | None) -> Size:
    grid, _ = open_grid(path)
    recognition = recognise(grid)
    rows, numbered, others = 0, set(), set()
    for _, row in data_rows(grid, recognition):
        if not any(row) or is_header(row, recognition) or is_total(row):
            continue
        rows += 1
        said = tuple(row[at].strip() for at in person)
        if number is not None and (digits := "".join(c for c in row[number] if c.isalnum())):
            numbered.add(digits)
        elif any(said):  # a row that says nothing of a person goes on about the one above
            others.add(said)
    return Size(rows, len(numbered) + len(others) if person else None, len(others))


def chosen(job: ImportJob, seen: FilePreview, sent: Values[str, str]) -> Mapping:
    """The mapping as a person corrected it: one ``column-N`` for each heading. An unknown word is not used."""
    known = words.fields()
    headings = seen.recognition.headings
    asked = [sent.get(f"column-{at}", "") for at in range(len(headings))]
    fields = [name if name in known else "" for name in asked]
    return with_fields(headings, fields, practice=job.practice.ods_code, extract_date=job.extract_date)


def of_preset(preset: MappingPreset, job: ImportJob) -> Mapping:
    """A saved mapping, for this practice and this file's date."""
    saved = from_yaml(preset.mapping_yaml, preset.name)
    return replace(saved, practice=job.practice.ods_code, extract_date=job.extract_date)


def as_yaml(mapping: Mapping, name: str) -> str:
    """As the import keeps it."""
    return to_yaml(replace(mapping, name=name))
