"""What the mapping screen of a list report shows, and what a person says each heading means."""

from __future__ import annotations

from collections.abc import Mapping as Values
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from stepwell.casefinding import stores
from stepwell.casefinding.models import ImportJob, MappingPreset
from stepwell.population.records.list_report import words
from stepwell.population.records.list_report.mapping import Mapping, from_yaml, to_yaml, with_fields
from stepwell.population.records.list_report.recognition import FilePreview, recognise_file

ROWS_SHOWN = 20


def preview(job: ImportJob, mapping: Mapping | None = None) -> FilePreview:
    """The first rows of an uploaded report, as understood. Raises ``StepwellError`` when it is not a report."""
    return recognise_file(stores.uploads_path() / job.stored_as, mapping, ROWS_SHOWN)


def choices() -> list[tuple[str, str]]:
    """Every meaning a column may have, in words; the first is not used."""
    named = sorted((name.replace("_", " ").capitalize(), name) for name in words.fields())
    return [
        ("", "Not used"),
        *((name, text.replace("Nhs", "NHS").replace("Snomed", "SNOMED")) for text, name in named),
    ]


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


def fitting(presets: Sequence[MappingPreset], seen: FilePreview) -> list[MappingPreset]:
    """The saved mappings that were made for exactly these headings."""
    here = seen.recognition.mapping.headings_hash
    return [preset for preset in presets if from_yaml(preset.mapping_yaml, preset.name).headings_hash == here]


def as_yaml(mapping: Mapping, name: str) -> str:
    """As the import keeps it."""
    return to_yaml(replace(mapping, name=name))


# What a person checks first; the other columns follow, those not used last.
_FIRST = (
    "nhs_number",
    "source_patient_id",
    "family_name",
    "medicine_cell",
    "drug_name",
    "dosage_instruction",
    "quantity",
    "issue_date",
    "code_term",
    "event_date",
)


def screen(seen: FilePreview, mapping: Mapping) -> dict[str, Any]:
    """The columns with what each means now, and the rows with the columns to check first in front."""
    columns = [
        {"at": at, "heading": column.heading or "(no heading)", "field": column.field}
        for at, column in enumerate(mapping.columns)
    ]
    order = sorted(range(len(columns)), key=lambda at: _rank(mapping.columns[at].field))
    return {
        "found": seen.found,
        "title": [text for text in seen.recognition.title if text],
        "columns": columns,
        "shown": [columns[at] for at in order],
        "missing": seen.missing,
        "rows": [(line, [cells[at] for at in order]) for line, cells in seen.rows],
        "choices": choices(),
    }


def _rank(field: str) -> int:
    if not field:
        return len(_FIRST) + 1
    return _FIRST.index(field) if field in _FIRST else len(_FIRST)
