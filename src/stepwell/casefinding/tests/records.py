"""A tiny hand-made extract of the test practice, imported through the importer. Everybody is fictional."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from stepwell.base.progress import Silent
from stepwell.casefinding import stores
from stepwell.knowledge import code_lists
from stepwell.population.records.derived import DERIVATION
from stepwell.population.records.extracts import Options, Sink
from stepwell.population.records.importing import ImportReport, import_extract
from stepwell.population.records.importing.tests.synthetic_reader import (
    ISSUE_FILE,
    PATIENT_FILE,
    ScriptedReader,
    add_person,
    issue,
    number_of,
    row,
)

EXTRACT_DATE = date(2026, 6, 1)
CANARY = "Zebedee-Canary"
FOUR_A_DAY = "Take one four times a day"

# family name, medicine, code, instruction, NHS number or not, extra condition
PEOPLE = (
    (CANARY, "Codeine 30mg tablets", "322503008", FOUR_A_DAY, True, None),
    ("=Formula", "Codeine 30mg tablets", "322503008", FOUR_A_DAY, True, None),
    ("Unclear", "Codeine 30mg tablets", "322503008", "As the pain team told you", True, None),
    ("Cared-for", "Codeine 30mg tablets", "322503008", FOUR_A_DAY, True, "palliative"),
    ("Nameless", "Codeine 30mg tablets", "322503008", FOUR_A_DAY, False, None),
)


def _script(sink: Sink) -> None:
    for index, (family, medicine, code, instruction, has_number, condition) in enumerate(PEOPLE):
        number = number_of(index) if has_number else None
        key = add_person(sink, f"S{index}", number, line=index + 2, family_name=family)
        registration = {
            "registration_id": f"R{index}",
            "start_date": date(2010, 1, 1),
            "registration_type": "regular",
        }
        sink.rows(
            "registrations",
            [
                row(
                    "registrations",
                    patient_key=key,
                    source_file=PATIENT_FILE,
                    source_line=index + 2,
                    **registration,
                )
            ],
        )
        issues = [
            issue(
                f"I{index}-{n}",
                key,
                line=index * 7 + n + 2,
                issue_date=date(2025, 12, 1) + timedelta(28 * n),
                drug_name=medicine,
                drug_code=code,
                dosage_instruction=instruction,
                quantity_value=Decimal(112),
            )
            for n in range(7)
        ]
        sink.rows("issues", issues)
        if condition:
            snomed = min(code_lists.code_list(condition).codes)
            facts = {
                "event_id": f"E{index}",
                "event_date": date(2026, 1, 5),
                "date_precision": "day",
                "snomed_id": snomed,
            }
            sink.rows("events", [row("events", patient_key=key, source_line=index + 2, **facts)])
    sink.read(PATIENT_FILE, len(PEOPLE))
    sink.read(ISSUE_FILE, len(PEOPLE) * 7)


def bring_in() -> ImportReport:
    """Import the extract into the site's lake and vault."""
    found = stores.stores_for_import()
    reader = ScriptedReader(_script, extract_date=EXTRACT_DATE)
    return import_extract(found.lake, found.vault, reader, Options(), derive=DERIVATION, progress=Silent())
