"""One person's record, read from the lake for a page that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings

from stepwell.base.errors import StepwellError
from stepwell.organisations.models import Organisation
from stepwell.population import engine
from stepwell.population.lake import Lake
from stepwell.population.records.cautions import PersonCautions, person_cautions
from stepwell.population.records.person import PersonRecord, person_record


@dataclass(frozen=True, slots=True)
class FoundRecord:
    """A record with the extract it is from. ``in_extract`` is false when the newest extract no longer has the person."""

    record: PersonRecord
    extract_date: date
    load_id: str
    in_extract: bool
    cautions: PersonCautions | None = None  # where they were asked for


def record_of(
    practice: Organisation, patient_key: str, *, as_of: date | None = None, with_cautions: bool = False
) -> FoundRecord:
    """The record in the practice's newest extract, as of its date unless another is given.

    Raises ``StepwellError`` when nothing was imported for the practice.
    """
    con = engine.connect(threads=2)
    with Lake(Path(settings.STEPWELL_DATA) / "lake").pin() as snapshot:
        loads = [load for load in snapshot.in_use if load.practice == practice.ods_code]
        if not loads:
            raise StepwellError(
                f"No extract of {practice.name} is in use.", next_step="Import an extract first."
            )
        tables = snapshot.tables(con, practices=[practice.ods_code])
        record = person_record(tables, practice.ods_code, patient_key, as_of or loads[0].extract_date)
        patients = tables["patients"]
        there = patients.filter(patients.patient_key == patient_key).count().to_pyarrow().as_py()
        cautions = person_cautions(tables, practice.ods_code, patient_key, record) if with_cautions else None
    return FoundRecord(record, loads[0].extract_date, loads[0].load_id, bool(there), cautions)
