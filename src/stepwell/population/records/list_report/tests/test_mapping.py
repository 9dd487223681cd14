"""What columns mean: recognised from headings, grouped, kept as a preset, refused when the headings change."""

from __future__ import annotations

import csv
import os
from datetime import date
from pathlib import Path

import pytest

from stepwell.base.errors import StepwellError
from stepwell.population.records.list_report import mapping as mappings
from stepwell.population.records.list_report import words
from stepwell.population.records.list_report.mapping import recognised

NEEDED = ["NHS Number", "Drug", "Date of Issue"]


def fields(*headings):
    return [column.field for column in recognised(headings).columns]


def groups(*headings):
    return [(column.field, column.group) for column in recognised(headings).columns]


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("nhs number", "nhs_number"),
        ("NHS No.", "nhs_number"),
        ("HC Number", "nhs_number"),
        ("Patient ID", "source_patient_id"),
        ("DOB", "date_of_birth"),
        ("Medication", "drug_name"),
        ("Directions", "dosage_instruction"),
        ("Qty", "quantity"),
        ("Most recent issue", "last_issue_date"),
        ("Number of issues", "issues_made"),
        ("Deducted date", "registration_end"),
        ("Medication Issues Name, Dosage and Quantity", "medicine_cell"),
        ("Medication Issues Date of Issue", "issue_date"),
        ("NameOfMedication", "drug_name"),
        ("Quantity2", "quantity"),
        ("Quantity.2", "quantity"),
        ("Favourite colour", ""),
    ],
)
def test_headings(heading, field):
    assert fields(heading) == [field]


def test_every_heading_row_names_its_source_and_status():
    for name in ("headings.csv", "table_names.csv", "values.csv", "cell_words.csv"):
        assert all(row["source"] and row["status"] in ("verified", "unverified") for row in words._rows(name))


def test_one_date_beside_a_medicine_is_its_issue_date():
    assert fields("NHS Number", "Drug", "Date")[2] == "issue_date"


def test_one_date_between_a_medicine_and_a_code_is_not_guessed():
    found = recognised(["NHS Number", "Drug", "Date", "Code Term"])
    assert found.missing() == ["a date of issue (or the date of the last issue)"]


def test_columns_of_a_second_medicine_and_event():
    assert groups("Drug", "Qty", "Date of Issue", "Drug2", "Qty2", "Date of Issue2", "Code Term", "Date", "Code Term.2", "Date.2") == [
        ("drug_name", 0), ("quantity", 0), ("issue_date", 0), ("drug_name", 1), ("quantity", 1), ("issue_date", 1),
        ("code_term", 0), ("event_date", 0), ("code_term", 1), ("event_date", 1),
    ]  # fmt: skip


def test_a_quantity_of_the_second_medicine_alone_is_not_the_firsts():
    found = groups("NHS Number", "Drug", "Date of Issue", "Drug2", "Date of Issue2", "Quantity2")
    assert found[-1] == ("quantity", 1)


def test_columns_that_cannot_be_paired_are_refused():
    found = recognised(["NHS Number", "Drug", "Drug2", "Date of Issue", "Date of Issue2", "Qty"])
    assert "which medicine “Date of Issue2” belongs to" in found.missing()[0]


@pytest.mark.parametrize(("left_out", "said"), [(0, "a person"), (1, "a medicine"), (2, "a date of issue")])
def test_what_is_missing_is_said(left_out, said):
    (missing,) = recognised([h for at, h in enumerate(NEEDED) if at != left_out]).missing()
    assert missing.startswith(said)


def test_a_first_issue_alone_does_not_say_when_it_was_last_issued():
    assert recognised(["NHS Number", "Drug", "First Issue Date"]).missing()


def test_a_preset_comes_back_as_it_was_saved():
    saved = mappings.with_fields(
        [*NEEDED, "Anything"],
        ["nhs_number", "drug_name", "issue_date", ""],
        name="Opioids",
        practice="Z99901",
        extract_date=date(2026, 3, 24),
    )
    assert mappings.from_yaml(mappings.to_yaml(saved), "preset.yaml") == saved


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "not YAML"),
        ("- 1", "no columns"),
        ("columns: [{field: sex}]", "column 1 has no heading"),
        ("columns: [{heading: A, field: shoe_size}]", "not something a column can mean"),
        ("columns: []\nextract_date: tomorrow", "not a date"),
    ],
)
def test_a_preset_that_is_wrong_is_refused(text, said):
    with pytest.raises(StepwellError, match=said) as refusal:
        mappings.from_yaml(text, "preset.yaml")
    assert "preset.yaml" in str(refusal.value)


def test_changed_headings_are_listed():
    preset = recognised(NEEDED)
    mappings.require_same_headings(preset, ["nhs number", "DRUG", "Date of issue"], "report.csv")
    with pytest.raises(StepwellError, match="gone: Drug; new: Medicine"):
        mappings.require_same_headings(preset, ["NHS Number", "Medicine", "Date of Issue"], "report.csv")


EQUAL = {"address_1": "address", "address_2": "address", "address_3": "address", "town": "address", "county": "address",
         "phone_home": "phone_other", "phone_work": "phone_other", "dose_text": "dosage_instruction",
         "drug_name+dosage_instruction+quantity": "medicine_cell"}  # fmt: skip


@pytest.mark.reference
def test_every_heading_of_the_reference_list_is_known():
    folder = os.environ.get("STEPWELL_REFERENCE") or pytest.fail("STEPWELL_REFERENCE is not set")
    with (Path(folder) / "data/records/emis_list_report_headings.csv").open(encoding="utf-8") as file:
        wanted = {row["heading"]: row["canonical_field"] for row in csv.DictReader(file)}
    known = {heading: words.meaning_of(heading) for heading in wanted}
    assert {h: m and m.field for h, m in known.items()} == {h: EQUAL.get(f, f) for h, f in wanted.items()}
