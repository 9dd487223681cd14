"""Reports as practices make them, read into canonical rows: one trap a test."""

from __future__ import annotations

import re
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stepwell.base.errors import StepwellError
from stepwell.population.records.extracts import Kind, Options
from stepwell.population.records.list_report import ListReportReader, to_yaml, with_fields
from stepwell.population.records.list_report.tests.sink import NUMBERS, csv_report, read, xlsx_report

ADA, BEN, CAT, _ = NUMBERS
RUN = date(2026, 3, 24)
HEADINGS = [
    "NHS Number",
    "Family Name",
    "Date of Birth",
    "Gender",
    "Drug",
    "Dosage",
    "Quantity",
    "Date of Issue",
]
ROWS = [
    [ADA, "ALDER", "01/02/1960", "F", "Codeine 30mg tablets", "One qds", "112 tablet", "12-Mar-2026"],
    ["", "", "", "", "Gabapentin 300mg capsules", "One tds", "84 capsule", "10-Mar-2026"],
    [BEN, "BIRCH", "03/04/1950", "M", "Zomorph 10mg capsules", "One bd", "56 capsule", "01-Mar-2026"],
]
WANTED = [
    (f"key-{ADA}", "Codeine 30mg tablets", Decimal(112), date(2026, 3, 12)),
    (f"key-{ADA}", "Gabapentin 300mg capsules", Decimal(84), date(2026, 3, 10)),
    (f"key-{BEN}", "Zomorph 10mg capsules", Decimal(56), date(2026, 3, 1)),
]
SHOWN = ("patient_key", "drug_name", "quantity_value", "issue_date")


@pytest.fixture
def report(tmp_path):
    def write(*rows, **how):
        return csv_report(tmp_path / "report.csv", rows, **how)

    return write


def notes(path, **options):
    return ListReportReader(path, Options(**{"practice": "Z99901", **options})).describe()


def test_continuation_rows_belong_to_the_person_above(report):
    found = read(report(HEADINGS, *ROWS))
    assert found.issues(*SHOWN) == WANTED
    assert [(p.nhs_number, p.family_name, p.sex) for p in found.people] == [
        (ADA, "ALDER", "female"),
        (BEN, "BIRCH", "male"),
    ]
    assert [row["birth_year"] for row in found.tables["patients"]] == [1960, 1950]
    assert found.rows_read == 3 and not found.rejects


def test_title_total_footer_and_repeated_header_lines(report):
    path = report(
        ["Opioids issued"],
        ["Report run 24-Mar-2026"],
        [],
        HEADINGS,
        ROWS[0],
        ["Page 1 of 2"],
        HEADINGS,
        *ROWS[1:],
        ["Total", "3"],
        ["Printed by someone"],
    )
    found = read(path)
    assert found.issues(*SHOWN) == WANTED
    assert not found.rejects
    assert found.counts["total and footer lines left out"] == 3
    assert found.counts["headings repeated further down left out"] == 1
    assert notes(path).extract_date == RUN


@pytest.mark.parametrize(
    "title",
    [
        "Opioids issued since 01-Jan-2025",
        "Issues between 01/01/2025 and 31/12/2025",
        "Report run 01-Jan-2026",
    ],
)
def test_a_date_in_the_title_that_is_not_the_run_is_not_the_extract_date(report, title):
    about = notes(report([title], HEADINGS, *ROWS))
    assert about.extract_date == date(2026, 3, 12)  # the newest issue
    assert "newest issue" in " ".join(about.notes)


def test_an_issue_mistyped_into_the_future_does_not_move_the_extract_date(report):
    assert notes(report(HEADINGS, *ROWS, [*ROWS[0][:7], "12/03/2062"])).extract_date == date(2026, 3, 12)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encodings_and_separators(report, encoding, separator):
    rows = [[cell.replace("ALDER", "ÅLDER") for cell in row] for row in ROWS]
    found = read(report(HEADINGS, *rows, encoding=encoding, separator=separator))
    assert found.issues(*SHOWN) == WANTED
    assert found.people[0].family_name == "ÅLDER"


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    order=st.permutations(range(len(HEADINGS))),
    style=st.sampled_from(["%d-%b-%y", "%d-%b-%Y", "%d/%m/%Y", "%Y-%m-%d", "%d/%m/%Y 10:30"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    separator=st.sampled_from([",", ";", "\t", "|"]),
    shout=st.booleans(),
)
def test_order_style_encoding_and_separator_change_nothing(report, order, style, encoding, separator, shout):
    dated = [
        [*row[:7], datetime.strptime(row[7], "%d-%b-%Y").strftime(style)]  # noqa: DTZ007
        for row in ROWS
    ]
    headings = [heading.upper() if shout else heading for heading in HEADINGS]
    table = [[row[at] for at in order] for row in (headings, *dated)]
    assert (
        read(report(*table, encoding=encoding, separator=separator), extract_date=RUN).issues(*SHOWN)
        == WANTED
    )


def test_a_workbook_reads_as_the_same_report(tmp_path, report):
    cells = [
        [float(ADA), "ALDER", datetime(1960, 2, 1), "F", *ROWS[0][4:7], datetime(2026, 3, 12)],  # noqa: DTZ001
        [None, None, None, None, *ROWS[1][4:7], date(2026, 3, 10)],
        [int(BEN), "BIRCH", "03/04/1950", "M", *ROWS[2][4:7], 46082],  # an Excel day count
    ]
    book = xlsx_report(
        tmp_path / "r.xlsx",
        {"Cover": [["Opioids"]], "Results": [["Opioids"], HEADINGS, *cells, ["Total", 3]]},
    )
    plain = report(["Opioids"], HEADINGS, *ROWS)
    wanted, found = read(plain), read(book)
    assert found.issues(*SHOWN) == wanted.issues(*SHOWN) == WANTED
    assert [p.nhs_number for p in found.people] == [ADA, BEN]
    assert "Results" in notes(book).notes[0]


def test_codes_a_spreadsheet_has_damaged_are_not_codes(tmp_path, report):
    headings = [*HEADINGS, "dm+d Code"]
    book = xlsx_report(tmp_path / "r.xlsx", {"S": [headings, [*ROWS[0], 322503000000000128]]})
    for path in (book, report(headings, [*ROWS[0], "3.22503E+17"])):
        found = read(path)
        assert found.issues("drug_code") == [(None,)]
        assert found.counts["cells of dm+d Code not readable, taken as not known"] == 1
    assert read(report(headings, [*ROWS[0], "322503000"])).issues("drug_code") == [("322503000",)]


def test_a_row_wider_than_the_header_has_lost_its_places(report):
    found = read(report(HEADINGS, [*ROWS[0], "extra"], *ROWS[1:]))
    assert [r.reason for r in found.rejects] == [
        "the row has 9 cells where the header has 8",
        "the row does not say whose it is",  # its continuation is nobody's
    ]
    assert [r.line for r in found.rejects] == [2, 3]
    assert found.issues(*SHOWN) == WANTED[2:]


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        ({7: "31/02/2026"}, "Date of Issue", "not a date that exists"),
        ({7: "03/24/2026"}, "Date of Issue", "not a date that exists"),
        ({0: "1234567890"}, "NHS number", "does not say whose"),
        ({4: ""}, "Date of Issue", "no medicine"),
    ],
)
def test_rows_that_cannot_be_used_say_line_and_column(report, change, column, reason):
    bad = [change.get(at, cell) for at, cell in enumerate(ROWS[2])]
    found = read(report(HEADINGS, *ROWS[:2], bad))
    (reject,) = found.rejects
    assert (reject.line, reject.column) == (4, column)
    assert reason in reject.reason
    assert found.issues(*SHOWN) == WANTED[:2]


def test_a_person_without_a_number_is_not_the_person_above(report):
    found = read(report(HEADINGS, ROWS[0], ["", "CEDAR", "", "", *ROWS[2][4:]]))
    assert len(found.rejects) == 1 and found.issues(*SHOWN) == WANTED[:1]


def test_two_numbers_under_one_patient_id(report):
    headings = ["Patient ID", *HEADINGS]
    found = read(report(headings, ["7", *ROWS[0]], ["7", "", *ROWS[2][1:]], ["7", *ROWS[2]]))
    assert [r.column for r in found.rejects] == ["NHS number"]
    assert {key for (key,) in found.issues("patient_key")} == {f"key-{ADA}"}


def test_people_without_a_valid_number_are_kept_by_the_systems_id(report):
    found = read(report(["Patient ID", *HEADINGS], ["7", "1234567890", *ROWS[0][1:]]))
    assert found.tables["patients"][0]["no_nhs_number"] is True
    assert found.people[0].nhs_number is None


JAN, MAR = date(2025, 1, 1), date(2026, 3, 1)
BETWEEN = "medicines with only their first or last issue: what was issued between is not known"
NEVER_DATED = "medicines issued on days the report does not give, kept without a date"
NOT_ISSUED = "medicines without a date of issue and nothing issued, not used"


@pytest.mark.parametrize(
    ("first", "last", "made", "days"),
    [
        (
            "01/01/2025",
            "01/03/2026",
            "14",
            [JAN, MAR, None],
        ),  # two are dated, others are not: no day is made up
        ("01/01/2025", "01/03/2026", "2", [JAN, MAR]),  # two were made and both are dated
        ("01/01/2025", "01/03/2026", "", [JAN, MAR, None]),
        ("01/03/2026", "01/03/2026", "", [MAR]),  # the first is the last
        ("", "01/03/2026", "", [MAR, None]),
        ("", "01/03/2026", "1", [MAR]),
    ],
)
def test_first_last_and_number_of_issues_invents_nothing(report, first, last, made, days):
    headings = ["NHS Number", "Drug", "First Issue Date", "Last Issue Date", "Number of Issues"]
    found = read(report(headings, [ADA, "Codeine 30mg tablets", first, last, made]))
    assert [day for (day,) in found.issues("issue_date")] == days
    (template,) = found.tables["templates"]
    assert template["issues_made"] == (int(made) if made else None)
    assert {t for (t,) in found.issues("template_id")} == {template["template_id"]}
    assert found.counts[BETWEEN] == (1 if None in days else 0)


@pytest.mark.parametrize(
    ("headings", "cells", "kept", "counted"),
    [
        (["Quantity", "Date of Issue"], ["112 tablet", ""], True, NEVER_DATED),  # an issue whose date is lost
        (["Number of Issues", "Date of Issue"], ["3", ""], True, NEVER_DATED),
        (["Number of Issues", "Last Issue Date"], ["3", ""], True, NEVER_DATED),
        (["Prescribed Elsewhere", "Date of Issue"], ["Hospital", ""], True, NEVER_DATED),
        (["Number of Issues", "Quantity", "Date of Issue"], ["0", "112 tablet", ""], False, NOT_ISSUED),
        (["Quantity", "Last Issue Date"], ["112 tablet", ""], False, NOT_ISSUED),  # on repeat, never issued
        (["Date of Issue"], [""], False, NOT_ISSUED),
    ],
)
def test_a_medicine_without_a_date_is_kept_where_it_was_issued(report, headings, cells, kept, counted):
    dated = ["" for _ in headings[:-1]] + ["01/03/2026"]
    found = read(
        report(
            ["NHS Number", "Drug", *headings],
            [ADA, "Codeine 30mg tablets", *cells],
            [BEN, "Codeine 30mg tablets", *dated],
        )
    )
    undated = [
        key for key, day in found.issues("patient_key", "issue_date") if day is None and key.endswith(ADA)
    ]
    assert len(undated) == kept
    assert found.counts[counted] == 1
    assert not found.rejects


def test_rows_of_one_course_are_counted_against_how_many_it_says_were_issued(report):
    headings = ["NHS Number", "Drug", "Dosage", "Date of Issue", "Number of Issues"]
    codeine = [ADA, "Codeine 30mg tablets", "One qds"]
    found = read(
        report(
            headings,
            [*codeine, "01/02/2026", "13"],
            [*codeine, "01/03/2026", "14"],
            [*codeine[:2], "One tds", "01/03/2026", "1"],
        )
    )
    made = {t["template_id"]: t["issues_made"] for t in found.tables["templates"]}  # the later row stands
    rows = [template for (template,) in found.issues("template_id")]
    assert sorted((made[t], rows.count(t)) for t in made) == [(1, 1), (14, 2)]


def test_an_event_without_a_date_is_kept_without_one(report):
    found = read(report([*HEADINGS, "Code Term", "Date"], [*ROWS[0], "Cancer of breast", ""]))
    (event,) = found.tables["events"]
    assert (event["term"], event["event_date"], event["date_precision"]) == ("Cancer of breast", None, None)
    assert found.counts["events without a date, kept without one"] == 1


def test_several_medicines_and_events_in_one_row(report):
    headings = ["NHS Number", "Drug", "Date of Issue", "Drug2", "Date of Issue2", "Quantity2", "Code Term", "Date", "Value"]  # fmt: skip
    row = [ADA, "Codeine 30mg tablets", "01/03/2026", "Tramadol 50mg capsules", "02/03/2026", "100", "Cancer", "Mar-2014", "1.5"]  # fmt: skip
    found = read(report(headings, row))
    assert found.issues("drug_name", "quantity_value") == [
        ("Codeine 30mg tablets", None),
        ("Tramadol 50mg capsules", Decimal(100)),
    ]
    (event,) = found.tables["events"]
    assert (event["term"], event["event_date"], event["date_precision"], event["numeric_value"]) == (
        "Cancer", date(2014, 3, 1), "month", 1.5,
    )  # fmt: skip


def test_registration_told_and_not_told(report):
    headings = [*HEADINGS, "Registration Date", "Deducted Date", "Patient Type"]
    told = read(
        report(headings, [*ROWS[0], "01/01/2001", "", "Regular"], [*ROWS[2], "", "01/03/2026", "Temporary"])
    )
    novel = read(report(headings, [*ROWS[0], "01/01/2001", "", "Novel"]))
    assert novel.tables["registrations"][0]["registration_type"] is None  # perhaps not a regular one
    assert [
        (r["start_date"], r["end_date"], r["registration_type"]) for r in told.tables["registrations"]
    ] == [
        (date(2001, 1, 1), None, "regular"),
        (None, date(2026, 3, 1), "temporary"),
    ]
    untold = report(HEADINGS, *ROWS)
    assert all(r["start_date"] is None for r in read(untold).tables["registrations"])
    assert "taken as registered" in " ".join(notes(untold).notes)


def test_someone_who_left_on_a_day_not_told_is_not_registered_at_the_extract_date(report):
    found = read(report([*HEADINGS, "Patient Status"], [*ROWS[0], "Deducted"]), extract_date=RUN)
    assert found.tables["registrations"][0]["end_date"] == RUN


def test_age_alone_invents_no_birth(report):
    found = read(report(["NHS Number", "Age", "Drug", "Date of Issue"], [ADA, "66", "Codeine", "01/03/2026"]))
    assert found.tables["patients"][0]["birth_year"] is None
    assert found.counts["people whose birth date is not known"] == 1


def test_a_birth_year_of_two_figures_needs_the_age(report):
    headings = ["NHS Number", "Age", "DOB", "Drug", "Date of Issue"]
    row = [ADA, "102", "12-Mar-24", "Codeine", "01/03/2026"]
    assert read(report(headings, row), extract_date=RUN).tables["patients"][0]["birth_year"] == 1924
    unknown = read(report(headings, [row[0], "", *row[2:]]), extract_date=RUN)
    assert unknown.tables["patients"][0]["birth_year"] is None


def test_medicines_from_elsewhere(report):
    found = read(
        report(
            [*HEADINGS, "Prescribed Elsewhere"], [*ROWS[0], "Hospital"], [*ROWS[2], "No"], [*ROWS[2], "Moon"]
        )
    )
    assert found.issues("prescribed_here", "elsewhere_source") == [
        (False, "hospital"),
        (True, None),
        (True, None),
    ]
    assert found.counts["values of Prescribed Elsewhere not known, not used"] == 1


def test_cells_not_taken_apart_are_counted_and_stay_whole(report):
    found = read(report(["NHS Number", "Name, Dosage and Quantity", "Date of Issue"], [ADA, "Oramorph, 5ml prn", "01/03/2026"]))  # fmt: skip
    assert found.issues("drug_name", "dosage_instruction") == [("Oramorph, 5ml prn", None)]
    assert found.counts["medicine cells not taken apart, dosage and quantity not known"] == 1


def test_formula_like_cells_are_text(report):
    assert read(report(HEADINGS, [ADA, "=1+1", *ROWS[0][2:]])).people[0].family_name == "=1+1"


def test_gp_style_names(report):
    found = read(report(["NHS Number", "Patient Name", "Drug", "Date of Issue"], [ADA, "ALDER, Ada (Ms)", "Codeine", "01/03/2026"]))  # fmt: skip
    assert (found.people[0].family_name, found.people[0].given_name) == ("ALDER", "Ada")


def test_a_preset_is_used_and_a_changed_report_refused(tmp_path, report):
    headings = ["Who", "What", "When"]
    mapping = with_fields(headings, ["nhs_number", "drug_name", "issue_date"], practice="Z99901")
    preset = tmp_path / "preset.yaml"
    preset.write_text(to_yaml(mapping), encoding="utf-8")
    row = [ADA, "Codeine", "01/03/2026"]
    with pytest.raises(StepwellError, match="not those of the saved mapping"):
        read(report(["Who", "Drug", "Date of Issue"], row), mapping=preset)
    preset.write_bytes(b"\xff\xfe")
    with pytest.raises(StepwellError, match="cannot be read"):
        read(report(HEADINGS, *ROWS), mapping=preset)


@pytest.mark.parametrize(
    ("rows", "options", "said"),
    [
        ([], {}, "empty"),
        ([["a", "b"], ["c", "d"]], {}, "no row of headings"),
        ([["NHS Number", "Drug"], [ADA, "x"]], {}, "a date of issue"),
        ([HEADINGS, *ROWS], {"practice": None}, "does not say whose it is"),
        ([HEADINGS, *ROWS], {"kind": Kind.DELTA}, "always the whole"),
        ([HEADINGS], {}, "no date"),
        (
            [["Organisation Code", *HEADINGS], ["Z99902", *ROWS[0]]],
            {},
            r"another practice \(Z99902\), not of Z99901",
        ),
        ([["Organisation Code", *HEADINGS], ["Z99902", *ROWS[0]], ["Z99901", *ROWS[2]]], {}, "2 practices"),
    ],
)
def test_reports_that_cannot_be_used_are_refused_with_the_reason(report, rows, options, said):
    with pytest.raises(StepwellError, match=said):
        read(report(*rows), **options)


def test_files_that_are_not_what_they_say(tmp_path):
    (tmp_path / "r.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    with pytest.raises(StepwellError, match="damaged"):
        read(tmp_path / "r.xlsx")
    folder = tmp_path / "two"
    folder.mkdir()
    for name in ("a.csv", "b.csv"):
        csv_report(folder / name, [HEADINGS, *ROWS])
    with pytest.raises(StepwellError, match="is one file; here are 2"):
        read(folder)


def test_a_workbook_that_unpacks_to_far_more_than_it_is_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "r.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (60 << 20))
    with pytest.raises(StepwellError, match="unpacks to far more"):
        read(tmp_path / "r.xlsx")


@pytest.mark.parametrize("cells", [(ADA, BEN), (ADA, ADA), ("Ada Alder", "Ben Birch")])
def test_a_column_wrongly_taken_for_the_practice_is_refused_without_its_cells(report, cells):
    """It may hold numbers or names of people, and a refusal is kept and shown."""
    rows = [[cells[0], *ROWS[0]], [cells[1], *ROWS[2]]]
    with pytest.raises(StepwellError, match="practice") as refused:
        notes(report(["Organisation Code", *HEADINGS], *rows))
    assert not any(cell.upper() in str(refused.value).upper() for cell in cells)


def test_practices_are_named_where_their_codes_are_codes(report):
    rows = [["Z99902", *ROWS[0]], ["Z99901", *ROWS[2]]]
    with pytest.raises(StepwellError, match=r"2 practices \(Z99901, Z99902\)"):
        notes(report(["Organisation Code", *HEADINGS], *rows))


def test_a_workbook_whose_stated_size_cuts_columns_off_is_read_whole(tmp_path):
    plain = xlsx_report(tmp_path / "plain.xlsx", {"S": [HEADINGS, *ROWS]})
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(tmp_path / "r.xlsx", "w") as new:
        for name in old.namelist():
            new.writestr(name, re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', old.read(name)))
    assert read(tmp_path / "r.xlsx").issues(*SHOWN) == WANTED


def test_no_message_holds_what_a_cell_holds(report):
    found = read(
        report(HEADINGS, *ROWS, [BEN, "SECRETNAME", "", "", "", "", "", "31/02/2026"], ["", "SECRETNAME"])
    )
    assert found.rejects and not any("SECRET" in reject.reason for reject in found.rejects)


def test_what_a_report_cannot_say_is_said(report):
    bare = ["NHS Number", "Drug", "Last Issue Date"]
    said = " ".join(notes(report(bare, [ADA, "Codeine", "01/03/2026"])).notes)
    for words in (
        "nothing of registration",
        "prescribed elsewhere",
        "only first or last issues",
        "no diagnoses",
    ):
        assert words in said
    full = [
        "NHS Number",
        "Drug",
        "Date of Issue",
        "Patient Status",
        "Prescribed Elsewhere",
        "Code Term",
        "Date",
    ]
    said = " ".join(notes(report(full, [ADA, "Codeine", "01/03/2026", "Current", "No", "", ""])).notes)
    for words in (
        "nothing of registration",
        "prescribed elsewhere (",
        "only first or last issues",
        "no diagnoses",
    ):
        assert words not in said
