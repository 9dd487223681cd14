"""What each EMIS cell means: one table of cases for each canonical table."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from stepwell.population.records.emis.tests.extracts import V5, V8, a_practice, bare, guid, read


@pytest.mark.parametrize("columns", [V8, V5], ids=["8.2", "5.x"])
def test_a_practice_is_read(tmp_path: Path, columns: dict[str, list[str]]) -> None:
    extract = a_practice(columns)
    extract.tables["Admin_Patient"][0]["DateofDeactivation"] = "2026-05-14"
    sink = read(extract.write(tmp_path))
    (issue,) = sink.tables["issues"]
    assert issue == {
        "issue_id": bare("I", 1), "patient_key": "nhs-9990000077", "practice": "Z99901", "template_id": bare("T", 1),
        "issue_date": date(2026, 6, 2), "kind": "repeat", "drug_code": "322503009", "bnf_code": None,
        "drug_name": "Codeine 30mg tablets", "dosage_instruction": "one twice a day", "quantity_value": Decimal(56),
        "quantity_unit": "tablet", "quantity_text": "56 tablet", "duration_days": 28, "prescribed_here": True,
        "elsewhere_source": None, "problem_id": None, "source_file": "Prescribing_IssueRecord.csv", "source_line": 2,
    }  # fmt: skip
    (registration,) = sink.tables["registrations"]
    assert (registration["start_date"], registration["end_date"], registration["registration_type"]) == (
        date(2009, 5, 11), date(2026, 5, 14), "regular",
    )  # fmt: skip
    assert not sink.rejects


ISSUES = [
    # cells of the issue, of its template, what the issue says
    ({}, {"PrescriptionType": "Acute"}, {"kind": "acute"}),
    ({}, {"PrescriptionType": "Repeat Dispensing"}, {"kind": "repeat_dispensing"}),
    ({}, {"PrescriptionType": "Automatic"}, {"kind": "automatic"}),
    ({"DrugRecordGuid": guid("T", 9), "IssueMethodDescription": "Acute"}, {}, {"kind": "acute"}),
    ({"DrugRecordGuid": "", "IssueMethodDescription": "Print"}, {}, {"kind": None, "template_id": None}),
    ({"IsPrivatelyPrescribed": "True"}, {}, {"prescribed_here": False, "elsewhere_source": "private"}),
    ({"IssueMethodDescription": "Hospital (Record for notes)"}, {}, {"prescribed_here": False, "elsewhere_source": "hospital"}),
    ({"IssueMethodDescription": "Over The Counter"}, {}, {"elsewhere_source": "over_the_counter"}),
    ({"IssueMethodDescription": "Outside drug service"}, {}, {"elsewhere_source": "drug_service"}),
    ({"IssueMethodDescription": "Out of Hours"}, {}, {"elsewhere_source": "other"}),
    ({}, {"PrescriptionType": "Hospital"}, {"kind": "repeat", "elsewhere_source": "hospital"}),
    ({"Quantity": "2x100"}, {}, {"quantity_value": Decimal(200), "quantity_text": "2x100 tablet"}),
    ({"Quantity": "2.5", "QuantityUnit": "ml"}, {}, {"quantity_value": Decimal("2.5")}),
    ({"Quantity": "", "QuantityUnit": ""}, {}, {"quantity_value": None, "quantity_unit": None, "quantity_text": None}),
    ({"CourseDurationInDays": "0"}, {}, {"duration_days": None}),
    ({"CourseDurationInDays": ""}, {}, {"duration_days": None}),
    ({"CourseDurationInDays": "a month"}, {}, {"duration_days": None}),
    ({"EffectiveDate": "46175"}, {}, {"issue_date": date(2026, 6, 2)}),  # an Excel day count
    ({"EffectiveDate": "02/06/2026"}, {}, {"issue_date": date(2026, 6, 2)}),
    ({"EffectiveDate": "02-Jun-2026"}, {}, {"issue_date": date(2026, 6, 2)}),
    ({"EffectiveDate": "2027-07-13"}, {}, {"issue_date": date(2027, 7, 13)}),  # dated ahead: kept
    ({"Dosage": "NULL"}, {}, {"dosage_instruction": None}),
    ({"PatientGuid": guid("P", 1).strip("{}").lower()}, {}, {"patient_key": "nhs-9990000077"}),
]  # fmt: skip


@pytest.mark.parametrize(("issue", "template", "says"), ISSUES)
def test_an_issue_says(
    tmp_path: Path, issue: dict[str, str], template: dict[str, str], says: dict[str, object]
) -> None:
    extract = a_practice()
    extract.tables["Prescribing_IssueRecord"][0].update(issue)
    extract.tables["Prescribing_DrugRecord"][0].update(template)
    (row,) = read(extract.write(tmp_path)).tables["issues"]
    assert {name: row[name] for name in says} == says


TEMPLATES = [
    ({}, {"status": "active", "end_date": None, "issues_made": None}),
    (
        {"IsActive": "FALSE", "CancellationDate": "2026-05-12"},
        {"status": "ended", "end_date": date(2026, 5, 12)},
    ),
    ({"IsActive": "FALSE"}, {"status": "ended", "end_date": None}),
    ({"IsActive": ""}, {"status": None}),
    ({"NumberOfIssues": "9", "NumberOfIssuesAuthorised": "12"}, {"issues_made": 9, "issues_authorised": 12}),
    ({"PrescriptionType": "Something new"}, {"kind": None, "prescribed_here": True}),
]


@pytest.mark.parametrize(("cells", "says"), TEMPLATES)
def test_a_template_says(tmp_path: Path, cells: dict[str, str], says: dict[str, object]) -> None:
    extract = a_practice()
    extract.tables["Prescribing_DrugRecord"][0].update(cells)
    (row,) = read(extract.write(tmp_path)).tables["templates"]
    assert {name: row[name] for name in says} == says


EVENTS = [
    ({"EffectiveDate": "2014-07-05", "EffectiveDatePrecision": "Y"}, (date(2014, 1, 1), "year")),
    ({"EffectiveDate": "2014-07-05", "EffectiveDatePrecision": "YM"}, (date(2014, 7, 1), "month")),
    ({"EffectiveDate": "2014-07-05", "EffectiveDatePrecision": "YMD"}, (date(2014, 7, 5), "day")),
    ({"EffectiveDate": "2014-07-05", "EffectiveDatePrecision": ""}, (date(2014, 7, 5), "day")),
    ({"EffectiveDate": ""}, (None, None)),  # the code is still a fact
]


@pytest.mark.parametrize(("cells", "says"), EVENTS)
def test_the_date_of_an_event_keeps_its_precision(
    tmp_path: Path, cells: dict[str, str], says: tuple[object, object]
) -> None:
    extract = a_practice()
    extract.tables["CareRecord_Observation"][0].update(cells)
    (row,) = read(extract.write(tmp_path)).tables["events"]
    assert (row["event_date"], row["date_precision"]) == says


def test_an_event_is_a_problem_when_the_problem_table_says_so(tmp_path: Path) -> None:
    extract = a_practice()
    extract.event(2)
    extract.event(3, Value="12.5", NumericUnit="mg")
    extract.problem(1)
    extract.problem(2, ProblemStatusDescription="Past Problem", EndDate="2025-03-01")
    rows = read(extract.write(tmp_path)).tables["events"]
    assert [(row["is_problem"], row["problem_status"], row["problem_end_date"]) for row in rows] == [
        (True, "active", None),
        (True, "past", date(2025, 3, 1)),
        (False, None, None),
    ]
    assert (rows[2]["numeric_value"], rows[2]["unit"]) == (12.5, "mg")


def test_without_a_problem_table_it_is_not_known_what_is_a_problem(tmp_path: Path) -> None:
    extract = a_practice()
    del extract.tables["CareRecord_Problem"]
    (row,) = read(extract.write(tmp_path)).tables["events"]
    assert row["is_problem"] is None


CODES = [
    # drug code row, expected name and code of the issue, or None: rejected
    ({"DmdProductCodeId": ""}, ("Codeine 30mg tablets", None)),
    ({"DmdProductCodeId": "3.22503E+08"}, ("Codeine 30mg tablets", None)),  # damaged by a spreadsheet
    ({"DmdProductCodeId": "10514511000001106"}, ("Codeine 30mg tablets", "10514511000001106")),
    ({"Term": ""}, (None, "322503009")),
    ({"Term": "", "DmdProductCodeId": "NULL"}, None),
    ({"CodeId": "9101"}, None),
]


@pytest.mark.parametrize(("code", "named"), CODES)
def test_a_medicine_is_named_by_its_code_or_rejected(
    tmp_path: Path, code: dict[str, str], named: tuple[object, object] | None
) -> None:
    extract = a_practice()
    extract.tables["Coding_DrugCode"][0].update(code)
    sink = read(extract.write(tmp_path))
    issues = sink.tables["issues"]
    assert [(row["drug_name"], row["drug_code"]) for row in issues] == ([named] if named else [])
    if not named:
        reject = sink.rejects[-1]
        assert (reject.file, reject.line, reject.column) == ("Prescribing_IssueRecord.csv", 2, "CodeId")
        assert reject.reason == "CodeId not in Coding_DrugCode"


@pytest.mark.parametrize(
    ("table", "column", "cell"),
    [
        ("Prescribing_IssueRecord", "EffectiveDate", "13/13/2026"),
        ("Prescribing_IssueRecord", "EffectiveDate", ""),
        ("Prescribing_IssueRecord", "EffectiveDate", "02/06/26"),  # which century?
        ("Prescribing_IssueRecord", "Deleted", "perhaps"),
        ("Prescribing_IssueRecord", "IsConfidential", "perhaps"),
        ("Prescribing_IssueRecord", "IssueRecordGuid", ""),
        ("Prescribing_IssueRecord", "PatientGuid", guid("P", 8)),  # nobody
        ("Prescribing_DrugRecord", "CancellationDate", "soon"),
        ("CareRecord_Observation", "CodeId", "1"),
        ("Admin_Patient", "DateOfDeath", "last year"),
    ],
)
def test_a_row_that_cannot_be_used_is_rejected_with_its_place(
    tmp_path: Path, table: str, column: str, cell: str
) -> None:
    extract = a_practice()
    extract.tables[table][0][column] = cell
    sink = read(extract.write(tmp_path))
    (reject,) = sink.rejects
    assert (reject.file, reject.line, reject.column) == (f"{table}.csv", 2, column)
    assert not cell or cell not in reject.reason


def test_rows_of_a_person_whose_own_row_is_rejected_are_left_out_and_counted(tmp_path: Path) -> None:
    extract = a_practice()
    extract.tables["Admin_Patient"][0]["DateOfBirth"] = "about 1960"
    sink = read(extract.write(tmp_path))
    assert not sink.tables["issues"] and not sink.tables["patients"]
    assert sink.counts["rows left out because the person's own row was rejected"] == 3


def test_what_is_odd_but_usable_is_counted(tmp_path: Path) -> None:
    extract = a_practice()
    extract.tables["Prescribing_IssueRecord"][0].update(
        {"EffectiveDate": "46175", "CourseDurationInDays": "x"}
    )
    extract.tables["Admin_Patient"][0].update({"NhsNumber": "2222222222", "PatientTypeDescription": "Novel"})
    sink = read(extract.write(tmp_path))
    assert sink.counts["dates written as Excel day counts"] == 1
    assert sink.counts["CourseDurationInDays cells that could not be read, taken as unknown"] == 1
    assert sink.counts["people without a valid NHS number"] == 1
    assert sink.counts["people whose patient type is not known: to check"] == 1
