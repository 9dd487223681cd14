"""Which extracts are read, in what shape they may come, and which are refused and how."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pytest

from stepwell.base.errors import StepwellError
from stepwell.population.records.emis import EmisReader
from stepwell.population.records.emis.tests.extracts import (
    DELTA,
    OTHER,
    Extract,
    a_delta,
    a_practice,
    bare,
    guid,
    read,
)
from stepwell.population.records.extracts import Options
from stepwell.population.records.tests.fakes import FakeSink


def content(sink: FakeSink) -> dict[str, list[dict[str, object]]]:
    """Everything pushed, apart from file names and lines."""
    return {
        table: [{name: cell for name, cell in row.items() if not name.startswith("source_")} for row in rows]
        for table, rows in sink.tables.items()
    }


def refusal(path: Path, **options: object) -> StepwellError:
    with pytest.raises(StepwellError) as caught:
        read(path, **options)
    return caught.value


@pytest.mark.parametrize(
    "change",
    [
        lambda columns: list(reversed(columns)),
        lambda columns: [column.lower() for column in columns],
        lambda columns: ["Newly added", *columns, "AssociatedText"],
    ],
    ids=["shuffled", "lower case", "extra columns"],
)
def test_order_case_and_extra_columns_change_nothing(tmp_path: Path, change: object) -> None:
    plain = read(a_practice().write(tmp_path / "plain"))
    changed = read(a_practice().write(tmp_path / "changed", change=change))
    assert content(changed) == content(plain)


def test_a_zip_a_nested_folder_and_other_names_are_the_same(tmp_path: Path) -> None:
    plain = read(a_practice().write(tmp_path / "plain"))
    nested = read(a_practice().write(tmp_path / "outer" / "inner", stamp="20260701063516").parent)
    with zipfile.ZipFile(tmp_path / "extract.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for at, file in enumerate(sorted((tmp_path / "plain").iterdir())):
            archive.write(file, f"deep/{at}.csv")
    zipped = read(tmp_path / "extract.zip", extract_date=date(2026, 7, 1))
    assert content(nested) == content(plain) == content(zipped)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_other_encodings_read_the_same(tmp_path: Path, encoding: str) -> None:
    extract = a_practice()
    extract.tables["Admin_Patient"][0]["Surname"] = "Exámple"
    plain = read(extract.write(tmp_path / "plain"))
    folder = extract.write(tmp_path / "other")
    for file in folder.iterdir():
        file.write_bytes(file.read_text(encoding="utf-8").encode(encoding))
    other = read(folder)
    assert content(other) == content(plain)
    assert other.people == plain.people


class TestTheExtractDate:
    """Stated, else of the file names, else the newest entry."""

    def test_of_the_file_names(self, tmp_path: Path) -> None:
        folder = a_practice().write(tmp_path, stamp="20260702063516")
        assert EmisReader(folder, Options()).describe().extract_date == date(2026, 7, 2)

    def test_of_the_newest_entry(self, tmp_path: Path) -> None:
        folder = a_practice().write(tmp_path)
        assert EmisReader(folder, Options()).describe().extract_date == date(2026, 7, 1)

    def test_of_the_sharing_agreement_when_that_is_newer(self, tmp_path: Path) -> None:
        extract = a_practice()
        extract.add(
            "Agreements_SharingOrganisation", IsActivated="TRUE", LastModifiedDate="2026-07-03 06:35:16"
        )
        assert EmisReader(extract.write(tmp_path), Options()).describe().extract_date == date(2026, 7, 3)

    def test_as_stated(self, tmp_path: Path) -> None:
        folder = a_practice().write(tmp_path, stamp="20260702063516")
        options = Options(extract_date=date(2026, 6, 30))
        assert EmisReader(folder, options).describe().extract_date == date(2026, 6, 30)


class TestThePractice:
    """The organisation of the patients, whatever else is listed."""

    def test_is_that_of_the_patients(self, tmp_path: Path) -> None:
        about = EmisReader(a_practice().write(tmp_path), Options()).describe()
        assert (about.practice, about.practice_name) == ("Z99901", "Sample Surgery")

    def test_several_are_refused(self, tmp_path: Path) -> None:
        extract = a_practice()
        extract.patient(2, OrganisationGuid=OTHER)
        error = refusal(extract.write(tmp_path))
        assert "2 organisations (Z99901, Z99909)" in error.what
        assert error.where and (error.where.file, error.where.column) == (
            "Admin_Patient.csv",
            "OrganisationGuid",
        )

    def test_another_than_stated_is_refused(self, tmp_path: Path) -> None:
        error = refusal(a_practice().write(tmp_path), practice="Z99909")
        assert "Z99901, not Z99909" in error.what

    def test_one_without_an_ods_code_is_refused(self, tmp_path: Path) -> None:
        extract = a_practice()
        extract.tables["Admin_Organisation"][1]["ODSCode"] = ""
        assert "no ODS code" in refusal(extract.write(tmp_path)).what


class TestRefusals:
    """Each names the file, and the line and column where there is one."""

    @pytest.mark.parametrize(
        "table", ["Admin_Patient", "Prescribing_IssueRecord", "Coding_ClinicalCode", "CareRecord_Observation"]
    )
    def test_a_missing_table(self, tmp_path: Path, table: str) -> None:
        extract = a_practice()
        del extract.tables[table]
        error = refusal(extract.write(tmp_path))
        assert f"no {table} table" in error.what

    @pytest.mark.parametrize(
        ("table", "column"),
        [
            ("Admin_Patient", "NhsNumber"),
            ("Admin_Patient", "DateOfBirth"),  # one the table is told by: its name helps
            ("Prescribing_IssueRecord", "Deleted"),
            ("Coding_DrugCode", "DmdProductCodeId"),
            ("CareRecord_Observation", "CodeId"),
        ],
    )
    def test_a_missing_column(self, tmp_path: Path, table: str, column: str) -> None:
        folder = a_practice().write(
            tmp_path, stamp="20260701063516", change=lambda columns: [c for c in columns if c != column]
        )
        for file in folder.iterdir():
            if f"_{table}_" not in file.name:
                file.unlink()
        whole = a_practice()
        del whole.tables[table]
        error = refusal(whole.write(tmp_path))
        assert error.where and f"_{table}_" in error.where.file
        assert error.where.column == column
        assert error.next_step

    @pytest.mark.parametrize(
        "table",
        [
            "Admin_Patient",
            "Prescribing_IssueRecord",
            "Prescribing_DrugRecord",
            "Coding_DrugCode",
            "CareRecord_Observation",
        ],
    )
    def test_a_full_extract_with_an_empty_table(self, tmp_path: Path, table: str) -> None:
        extract = a_practice()
        extract.tables[table].clear()
        error = refusal(extract.write(tmp_path), extract_date=date(2026, 7, 1))
        assert error.where and error.where.file == f"{table}.csv"
        assert "delta" in error.next_step

    def test_an_empty_file(self, tmp_path: Path) -> None:
        folder = a_practice().write(tmp_path)
        (folder / "Prescribing_IssueRecord.csv").write_bytes(b"")
        error = refusal(folder)
        assert error.where and error.where.file == "Prescribing_IssueRecord.csv"

    def test_bytes_that_are_not_text(self, tmp_path: Path) -> None:
        folder = a_practice().write(tmp_path)
        with (folder / "Prescribing_IssueRecord.csv").open("ab") as stream:
            stream.write("é,".encode() + b"\xff\xfe,\r\n")
        error = refusal(folder)
        assert error.where and (error.where.file, error.where.line) == ("Prescribing_IssueRecord.csv", 3)

    def test_a_file_cut_short_inside_quotation_marks(self, tmp_path: Path) -> None:
        folder = a_practice().write(tmp_path)
        with (folder / "Prescribing_IssueRecord.csv").open("ab") as stream:
            stream.write(b'{X},"never closed\r\n{Y},b\r\n')
        error = refusal(folder)
        assert error.where and error.where.line == 3
        assert error.where.column == "PatientGuid"

    def test_a_zip_cut_short(self, tmp_path: Path) -> None:
        (tmp_path / "extract.zip").write_bytes(b"PK\x03\x04" + bytes(200))
        assert "damaged or cut short" in refusal(tmp_path / "extract.zip").what

    def test_something_else(self, tmp_path: Path) -> None:
        (tmp_path / "list.csv").write_text("Name,Age\nA,1\n")
        assert "EMIS bulk" in refusal(tmp_path).what


def test_a_ragged_row_is_rejected_with_its_line_and_counted_as_read(tmp_path: Path) -> None:
    folder = a_practice().write(tmp_path)
    with (folder / "Prescribing_IssueRecord.csv").open("ab") as stream:
        stream.write(b"{X},too short\r\n")
    sink = read(folder)
    (reject,) = sink.rejects
    assert (reject.file, reject.line) == ("Prescribing_IssueRecord.csv", 3)
    assert sink.rows_read["Prescribing_IssueRecord.csv"] == 2


def test_the_same_file_twice_is_read_once(tmp_path: Path) -> None:
    folder = a_practice().write(tmp_path)
    (folder / "copy.csv").write_bytes((folder / "Prescribing_IssueRecord.csv").read_bytes())
    reader = EmisReader(folder, Options())
    assert any("same file" in note for note in reader.describe().notes)
    assert len(read(folder).tables["issues"]) == 1


def test_a_full_extract_and_deltas_in_one_folder_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    first = a_practice()
    first.issue(2)
    first.write(tmp_path, stamp="20260701063516")
    later = a_delta()
    later.tables = {"Prescribing_IssueRecord": []}
    later.issue(1, Quantity="28")
    later.issue(2, Deleted="TRUE")
    later.write(tmp_path, stamp="20260702063516")
    sink = read(tmp_path)
    quantities = [(row["issue_id"], str(row["quantity_value"])) for row in sink.tables["issues"]]
    assert quantities == [(bare("I", 1), "56"), (bare("I", 2), "56"), (bare("I", 1), "28")]
    assert sink.deleted == [("issues", bare("I", 2))]


class TestRecordedOnly:
    """A medicine from elsewhere is often a template without an issue: the only trace of it."""

    def from_hospital(self) -> Extract:
        extract = a_practice()
        extract.template(
            2,
            PrescriptionType="Hospital (Record for notes)",
            EffectiveDate="2026-05-20",
            Dosage="two at night",
        )
        return extract

    def test_it_becomes_one_issue_of_its_start(self, tmp_path: Path) -> None:
        sink = read(self.from_hospital().write(tmp_path))
        _, issue = sink.tables["issues"]
        assert (issue["template_id"], issue["issue_date"], issue["dosage_instruction"]) == (
            bare("T", 2), date(2026, 5, 20), "two at night",
        )  # fmt: skip
        assert (issue["prescribed_here"], issue["elsewhere_source"]) == (False, "hospital")
        assert sum(number for name, number in sink.counts.items() if "without an issue" in name) == 1

    def test_not_when_it_has_an_issue(self, tmp_path: Path) -> None:
        extract = self.from_hospital()
        extract.issue(2, DrugRecordGuid=guid("T", 2))
        sink = read(extract.write(tmp_path))
        assert [row["issue_id"] for row in sink.tables["issues"]] == [bare("I", 1), bare("I", 2)]

    def test_not_a_template_of_this_practice_nor_one_that_is_hidden(self, tmp_path: Path) -> None:
        extract = self.from_hospital()
        extract.template(3)
        extract.template(4, PrescriptionType="Hospital", IsConfidential="TRUE")
        extract.template(5, PrescriptionType="Hospital", Deleted="TRUE")
        sink = read(extract.write(tmp_path))
        assert [row["template_id"] for row in sink.tables["issues"]] == [bare("T", 1), bare("T", 2)]

    def test_a_delta_that_repeats_the_template_of_issues_held_adds_none(self, tmp_path: Path) -> None:
        extract = self.from_hospital()
        extract.issue(2, DrugRecordGuid=guid("T", 2))
        full = read(extract.write(tmp_path / "full"))
        sink = FakeSink(previous=full.tables)
        sink.keys = dict(full.keys)
        delta = a_delta()
        delta.template(2, PrescriptionType="Hospital")
        read(
            delta.write(tmp_path / "delta"),
            sink,
            kind=DELTA,
            practice="Z99901",
            extract_date=date(2026, 7, 2),
        )
        assert not sink.tables["issues"]


class TestDeltas:
    """What changed since a load, which may refer to anything in it."""

    def loaded(self, tmp_path: Path) -> FakeSink:
        """A sink that stands on a full load."""
        extract = a_practice()
        extract.problem(1)
        full = read(extract.write(tmp_path / "full"))
        sink = FakeSink(previous=full.tables)
        sink.keys = dict(full.keys)
        return sink

    def test_an_empty_delta_changes_nothing(self, tmp_path: Path) -> None:
        sink = read(
            a_delta().write(tmp_path / "delta"), self.loaded(tmp_path),
            kind=DELTA, practice="Z99901", extract_date=date(2026, 7, 2),
        )  # fmt: skip
        assert not sink.tables and not sink.deleted and not sink.deleted_people and not sink.people

    def test_codes_templates_and_people_may_be_in_the_earlier_load_only(self, tmp_path: Path) -> None:
        delta = a_delta()
        delta.tables = {"Admin_Organisation": delta.tables["Admin_Organisation"][1:]}
        delta.issue(2, IssueMethodDescription="")
        delta.event(2)
        sink = read(
            delta.write(tmp_path / "delta"), self.loaded(tmp_path), kind=DELTA, extract_date=date(2026, 7, 2)
        )
        (issue,) = sink.tables["issues"]
        assert (issue["kind"], issue["drug_name"], issue["patient_key"]) == (
            "repeat", "Codeine 30mg tablets", "nhs-9990000077",
        )  # fmt: skip
        assert sink.tables["events"][0]["term"] == "Chronic back pain"
        assert not sink.rejects

    def test_deletions_reach_back(self, tmp_path: Path) -> None:
        delta = a_delta()
        delta.patient(Deleted="TRUE")
        delta.issue(1, Deleted="TRUE")
        delta.template(1, Deleted="TRUE")
        sink = read(delta.write(tmp_path / "delta"), self.loaded(tmp_path), kind=DELTA, practice="Z99901",
                    extract_date=date(2026, 7, 2))  # fmt: skip
        assert sink.deleted_people == ["nhs-9990000077"]
        assert sink.deleted == [("templates", bare("T", 1)), ("issues", bare("I", 1))]

    def test_rows_are_taken_in_the_order_of_their_processing_ids(self, tmp_path: Path) -> None:
        delta = a_delta()
        delta.issue(1, Quantity="28", ProcessingId="9")
        delta.issue(1, Quantity="14", ProcessingId="8")
        sink = read(delta.write(tmp_path / "delta"), self.loaded(tmp_path), kind=DELTA, practice="Z99901",
                    extract_date=date(2026, 7, 2))  # fmt: skip
        assert [str(row["quantity_value"]) for row in sink.tables["issues"]] == ["14", "28"]

    def test_an_event_keeps_its_problem_and_a_problem_reaches_its_event(self, tmp_path: Path) -> None:
        delta = a_delta()
        delta.event(1, Value="3")
        options = {"kind": DELTA, "practice": "Z99901", "extract_date": date(2026, 7, 2)}
        sink = read(delta.write(tmp_path / "event"), self.loaded(tmp_path), **options)
        assert [(row["numeric_value"], row["problem_status"]) for row in sink.tables["events"]] == [
            (3.0, "active")
        ]
        delta = a_delta()
        delta.problem(1, ProblemStatusDescription="Past Problem")
        sink = read(delta.write(tmp_path / "problem"), self.loaded(tmp_path / "again"), **options)
        assert [(row["event_id"], row["problem_status"]) for row in sink.tables["events"]] == [
            (bare("O", 1), "past")
        ]

    def test_a_row_made_confidential_is_taken_back(self, tmp_path: Path) -> None:
        delta = a_delta()
        delta.issue(1, IsConfidential="TRUE")
        sink = read(delta.write(tmp_path / "delta"), self.loaded(tmp_path), kind=DELTA, practice="Z99901",
                    extract_date=date(2026, 7, 2))  # fmt: skip
        assert sink.deleted == [("issues", bare("I", 1))]

    def test_rows_of_people_nobody_holds_are_counted(self, tmp_path: Path) -> None:
        delta = a_delta()
        delta.patient()
        delta.issue(5, PatientGuid=guid("P", 5))
        sink = read(
            delta.write(tmp_path / "delta"), self.loaded(tmp_path), kind=DELTA, extract_date=date(2026, 7, 2)
        )
        assert not sink.rejects and not sink.tables["issues"]
        assert sum(number for name, number in sink.counts.items() if "nor the load" in name) == 1

    def test_one_that_does_not_say_whose_it_is_needs_to_know_somebody(self, tmp_path: Path) -> None:
        delta = a_delta()
        delta.tables["Admin_Organisation"].clear()
        delta.issue(5, PatientGuid=guid("P", 5))
        options = {"kind": DELTA, "extract_date": date(2026, 7, 2)}
        folder = delta.write(tmp_path / "delta")
        with pytest.raises(StepwellError, match="State the practice"):
            read(folder, self.loaded(tmp_path), **options)
        with pytest.raises(StepwellError, match="nobody in this delta"):
            read(folder, self.loaded(tmp_path), practice="Z99901", **options)
