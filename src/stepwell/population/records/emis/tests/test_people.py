"""Who is kept, who is left out, and what happens to their rows. Every row is accounted for."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from stepwell.population.records.emis.tests.extracts import Extract, a_practice, bare, guid, read
from stepwell.population.records.tests.fakes import FakeSink


def unaccounted(sink: FakeSink) -> int:
    """Rows read, less those that became a row, were deleted, rejected, left out or merged."""
    used = {(row["source_file"], row["source_line"]) for rows in sink.tables.values() for row in rows}
    set_aside = sum(number for name, number in sink.counts.items() if "left out" in name or "merged" in name)
    gone = len(sink.deleted) + len(sink.deleted_people)
    return sum(sink.rows_read.values()) - len(used) - len(sink.rejects) - gone - set_aside


@pytest.mark.parametrize(
    ("cells", "type_"),
    [
        ({"PatientTypeDescription": "Regular"}, "regular"),
        ({"PatientTypeDescription": "temporary"}, "temporary"),
        ({"PatientTypeDescription": "Private"}, "other"),
        ({"PatientTypeDescription": ""}, None),  # not known: perhaps an ordinary one
        ({"PatientTypeDescription": "Novel"}, None),
        ({"PatientTypeDescription": "Dummy"}, "left out"),
        ({"DummyType": "True"}, "left out"),
        ({"Deleted": "True"}, "left out"),
    ],
)
def test_patient_types(tmp_path: Path, cells: dict[str, str], type_: str | None) -> None:
    extract = a_practice()
    extract.patient(2, **cells)
    extract.issue(2, PatientGuid=guid("P", 2))
    extract.template(2, PatientGuid=guid("P", 2))
    sink = read(extract.write(tmp_path))
    types = {row["registration_id"]: row["registration_type"] for row in sink.tables["registrations"]}
    assert types.get(bare("P", 2), "left out") == type_
    there = 1 if type_ == "left out" else 2
    assert (len(sink.tables["issues"]), len(sink.people)) == (there, there)
    assert unaccounted(sink) == 0


@pytest.mark.parametrize("flag", ["IsConfidential", "SpineSensitive"])
def test_a_sensitive_person_is_kept_and_marked(tmp_path: Path, flag: str) -> None:
    extract = a_practice()
    extract.tables["Admin_Patient"][0][flag] = "TRUE"
    sink = read(extract.write(tmp_path))
    assert sink.tables["patients"][0]["sensitive"] is True
    assert len(sink.tables["issues"]) == 1


@pytest.mark.parametrize(
    ("table", "left"),
    [
        ("Prescribing_IssueRecord", {"templates": 1, "issues": 0, "events": 1}),
        ("Prescribing_DrugRecord", {"templates": 0, "issues": 0, "events": 1}),  # its issues go with it
        ("CareRecord_Observation", {"templates": 1, "issues": 1, "events": 0}),
    ],
)
def test_a_confidential_row_stays_out_of_the_lake_and_is_counted(
    tmp_path: Path, table: str, left: dict[str, int]
) -> None:
    extract = a_practice()
    extract.tables[table][0]["IsConfidential"] = "TRUE"
    sink = read(extract.write(tmp_path))
    assert {name: len(sink.tables[name]) for name in left} == left
    assert any(name.startswith("confidential") for name in sink.counts)
    assert sink.withheld == {"nhs-9990000077"}
    assert unaccounted(sink) == 0


def test_identities_come_before_anything_else_and_hold_what_the_lake_may_not(tmp_path: Path) -> None:
    extract = a_practice()
    extract.tables["Admin_Patient"][0].update({
        "UsualGpUserInRoleGuid": guid("U", 1), "DateOfDeath": "2026-03-03", "MobilePhone": "07700900001",
        "Postcode": "ZZ99 1AA", "EmailAddress": "ann@example.org", "Sex": "U",
    })  # fmt: skip
    extract.add(
        "Admin_UserInRole", UserInRoleGuid=guid("U", 1), Title="Dr", GivenName="Sam", Surname="Sample"
    )
    order: list[str] = []

    class Ordered(FakeSink):
        def rows(self, table: str, rows: object) -> None:
            order.append(table)

        def identities(self, identities: object) -> None:
            order.append("identities")
            super().identities(identities)  # type: ignore[arg-type]

    sink = Ordered()
    read(extract.write(tmp_path), sink)
    assert order[0] == "identities"
    (who,) = sink.people
    assert (who.usual_gp, who.sex, who.date_of_death) == ("Dr Sam Sample", None, date(2026, 3, 3))
    assert who.source_patient_id == bare("P", 1)


def test_a_person_without_a_valid_number_is_known_by_the_source_id(tmp_path: Path) -> None:
    extract = a_practice()
    extract.tables["Admin_Patient"][0]["NhsNumber"] = "1234567890"
    sink = read(extract.write(tmp_path))
    assert sink.tables["patients"][0]["no_nhs_number"] is True
    assert sink.tables["issues"][0]["patient_key"] == f"source-{bare('P', 1)}"


def messy() -> Extract:
    """A bit of everything that can happen to a row."""
    extract = a_practice()
    extract.patient(1, ProcessingId="2", Surname="Renamed")
    extract.patient(2, DummyType="TRUE")
    extract.patient(3, Deleted="TRUE")
    for number, row in enumerate(
        [{"PatientGuid": guid("P", 2)}, {"PatientGuid": guid("P", 3)}, {"PatientGuid": guid("P", 9)},
         {"Deleted": "TRUE"}, {"IsConfidential": "TRUE"}, {"CodeId": "0"}, {"EffectiveDate": "x"}],
        start=2,
    ):  # fmt: skip
        extract.issue(number, **row)
        extract.event(number, **{name: cell for name, cell in row.items() if name != "EffectiveDate"})
    extract.problem(1)
    extract.problem(2, PatientGuid=guid("P", 2))
    extract.problem(3, Deleted="TRUE")
    return extract


def test_every_row_is_accounted_for(tmp_path: Path) -> None:
    sink = read(messy().write(tmp_path))
    assert unaccounted(sink) == 0
    assert sink.people[0].family_name == "Renamed"
    assert {table: len(sink.tables[table]) for table in ("patients", "issues", "events")} == {
        "patients": 1,
        "issues": 1,
        "events": 2,
    }
