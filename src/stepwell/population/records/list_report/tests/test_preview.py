"""What the mapping screen is shown: how the file was read, what was understood, and why not."""

from __future__ import annotations

import pytest

from stepwell.population.records.list_report import recognise_file, with_fields, words
from stepwell.population.records.list_report.tests.sink import NUMBERS, csv_report, read, xlsx_report

HEADINGS = ["NHS Number", "Name, Dosage and Quantity", "Date of Issue", "Date of Birth", "Date", "Code Term", "Gender", "Note"]  # fmt: skip
ROW = [NUMBERS[0], "Codeine 30mg tablets, One qds, 112 tablet", "12-Mar-24", "01/02/1960", "2014", "Cancer", "F", "x"]  # fmt: skip


@pytest.fixture
def path(tmp_path):
    return csv_report(tmp_path / "r.csv", [["Opioids"], HEADINGS, ROW], separator=";")


def test_what_was_understood(path):
    seen = recognise_file(path)
    assert seen.found == "A text file, columns separated by semicolons (letters in UTF-8)"
    assert (seen.recognition.header_line, seen.recognition.title, seen.missing) == (2, ("Opioids",), ())
    ((line, cells),) = seen.rows
    assert line == 3
    assert [cell.understood for cell in cells] == [
        "valid NHS number",
        "name: Codeine 30mg tablets; dosage: One qds; quantity: 112 tablet",
        "2024-03-12",
        "1960-02-01",
        "2014",
        "Cancer",
        "female",
        "",
    ]


def test_what_was_not(tmp_path):
    row = ["123", "Oramorph, 5ml prn", "31/02/2024", "12-Mar-24", "never", "", "", "", "", ""]
    path = csv_report(tmp_path / "r.csv", [HEADINGS, row])
    ((_, cells),) = recognise_file(path).rows
    assert [bool(cell.problem) for cell in cells] == [False, False, True, True, True, False, False, False]
    assert cells[0].understood == "not a valid NHS number"
    assert cells[1].understood.endswith("not taken apart")


def test_a_persons_mapping_is_used_and_what_it_lacks_is_said(path):
    seen = recognise_file(path, with_fields(HEADINGS, ["nhs_number"] + [""] * 7), n=0)
    assert [missing.split(" ")[1] for missing in seen.missing] == ["medicine", "date"]
    assert seen.rows == ()


def test_a_workbook_with_cells_left_empty(tmp_path):
    path = xlsx_report(tmp_path / "r.xlsx", {"Only": [HEADINGS, ROW[:3]]})
    seen = recognise_file(path)
    assert "Only" in seen.found and len(seen.rows[0][1]) == len(HEADINGS)


def test_test_patients_are_left_out_and_counted(tmp_path):
    headings = ["NHS Number", "Patient Type", "Drug", "Date of Issue"]
    rows = [[NUMBERS[0], "Dummy", "Codeine", "12/03/2024"], [NUMBERS[1], "Regular", "Codeine", "12/03/2024"]]
    found = read(csv_report(tmp_path / "r.csv", [headings, *rows]))
    assert found.issues("patient_key") == [(f"key-{NUMBERS[1]}",)]
    assert found.counts["rows of test patients left out"] == 1


def test_an_ended_course_says_when_and_one_of_unknown_status_stays_unknown(tmp_path):
    headings = ["NHS Number", "Drug", "Last Issue Date", "Start Date", "End Date", "Course Status"]
    rows = [
        [NUMBERS[0], "Codeine", "12/03/2024", "01/01/2023", "20/03/2024", "Ended"],
        [NUMBERS[1], "Codeine", "12/03/2024", "", "20/03/2024", ""],
    ]
    found = read(csv_report(tmp_path / "r.csv", [headings, *rows]))
    shown = [(str(t["start_date"]), str(t["end_date"]), t["status"]) for t in found.tables["templates"]]
    assert shown == [("2023-01-01", "2024-03-20", "ended"), ("None", "None", None)]


def test_every_field_has_words_for_a_person():
    labels = [words.label_of(field) for field in words.fields()]
    assert len(set(labels)) == len(labels)
    assert not any("_" in label for label in labels)


@pytest.mark.parametrize(
    ("heading", "fields"),
    [
        ("Date of Issue", ("issue_date",)),
        ("status", ("course_status", "problem_status", "patient_status")),
        ("Colour", ()),
    ],
)
def test_a_heading_that_may_mean_several_things_says_so(heading, fields):
    assert sorted(words.fields_of(heading)) == sorted(fields)
