"""Coding_DrugCode and Coding_ClinicalCode: what a CodeId means, kept for later deltas."""

from __future__ import annotations

from typing import NamedTuple

from stepwell.base.progress import Progress
from stepwell.population.records.emis.layout import Layout
from stepwell.population.records.emis.rows import Batch, Cells, Lenient, Reading, Unusable, each
from stepwell.population.records.extracts import Sink
from stepwell.population.records.reading import cells


class Drug(NamedTuple):
    """A medicine as EMIS names it; ``drug_code`` is the dm+d id as given, None for a name only."""

    name: str | None
    drug_code: str | None


class Clinical(NamedTuple):
    """A clinical code."""

    term: str | None
    snomed_id: str | None
    read_term_id: str | None


def read_drugs(layout: Layout, sink: Sink, progress: Progress) -> tuple[dict[str, Drug], int]:
    """Medicines by CodeId (with those of the load a delta builds on), and the number of rows read."""
    found = {
        str(row["code_id"]): Drug(_text(row["term"]), _text(row["drug_code"]))
        for row in sink.previous("drug_codes")
    }
    code_ids = Reading("CodeId", cells.code)
    dmd_ids = Lenient("DmdProductCodeId", cells.code, sink)
    batch = Batch.of(sink, "drug_codes")

    def take(file: str, line: int, row: Cells) -> None:
        code_id = code_ids[row[0]]
        drug = Drug(cells.text(row[1]), dmd_ids[row[2]])
        if code_id is None or drug == (None, None):
            raise Unusable("the code has no id, or neither a name nor a dm+d id", "CodeId")
        found[code_id] = drug
        batch.add(
            {
                "code_id": code_id,
                "term": drug.name,
                "drug_code": drug.drug_code,
                "source_file": file,
                "source_line": line,
            }
        )

    columns = ("CodeId", "Term", "DmdProductCodeId")
    read = each(layout.of("Coding_DrugCode"), columns, take, sink=sink, progress=progress)
    batch.flush()
    return found, read


def read_clinical(layout: Layout, sink: Sink, progress: Progress) -> tuple[dict[str, Clinical], int]:
    """Clinical codes by CodeId (with those of the load a delta builds on), and the number of rows read."""
    found = {
        str(row["code_id"]): Clinical(_text(row["term"]), _text(row["snomed_id"]), _text(row["read_term_id"]))
        for row in sink.previous("clinical_codes")
    }
    code_ids = Reading("CodeId", cells.code)
    snomed_ids = Lenient("SnomedCTConceptId", cells.code, sink)
    batch = Batch.of(sink, "clinical_codes")

    def take(file: str, line: int, row: Cells) -> None:
        code_id = code_ids[row[0]]
        code = Clinical(cells.text(row[1]), snomed_ids[row[2]], cells.text(row[3]))
        if code_id is None or code == (None, None, None):
            raise Unusable("the code has no id, or nothing to know it by", "CodeId")
        found[code_id] = code
        batch.add(
            {
                "code_id": code_id,
                "term": code.term,
                "snomed_id": code.snomed_id,
                "read_term_id": code.read_term_id,
                "source_file": file,
                "source_line": line,
            }
        )

    columns = ("CodeId", "Term", "SnomedCTConceptId", "ReadTermId")
    read = each(layout.of("Coding_ClinicalCode"), columns, take, sink=sink, progress=progress)
    batch.flush()
    return found, read


def _text(value: object) -> str | None:
    return None if value is None else str(value)
