"""EMIS extracts through a whole import: a full load, then deltas upon it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from stepwell.base.progress import Silent
from stepwell.population import engine
from stepwell.population.records.canonical import TABLES
from stepwell.population.records.emis import EmisReader
from stepwell.population.records.emis.tests.extracts import DELTA, a_delta, a_practice, bare, guid
from stepwell.population.records.emis.tests.test_people import messy
from stepwell.population.records.extracts import Options
from stepwell.population.records.importing import ImportReport, import_extract
from stepwell.population.stores import Stores, open_stores

_NEXT_DAY = Options(kind=DELTA, practice="Z99901", extract_date=date(2026, 7, 2))


@pytest.fixture
def stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stores:
    monkeypatch.delenv("STEPWELL_KEY", raising=False)
    return open_stores(tmp_path / "lake")


def load(stores: Stores, folder: Path, options: Options | None = None) -> ImportReport:
    options = options or Options()
    return import_extract(stores.lake, stores.vault, EmisReader(folder, options), options, progress=Silent())


def tables(stores: Stores) -> dict[str, list[dict[str, object]]]:
    con = engine.connect()
    with stores.lake.pin() as snapshot:
        found = snapshot.tables(con, derived=False)
        return {name: con.to_pyarrow(found[name]).to_pylist() for name in TABLES}


def test_an_empty_delta_changes_nothing(stores: Stores, tmp_path: Path) -> None:
    extract = a_practice()
    extract.problem(1)
    report = load(stores, extract.write(tmp_path / "full"))
    before = tables(stores)
    assert report.tables["issues"].kept == 1
    load(stores, a_delta().write(tmp_path / "delta"), _NEXT_DAY)
    assert tables(stores) == before


def test_a_delta_changes_what_it_names(stores: Stores, tmp_path: Path) -> None:
    extract = a_practice()
    extract.patient(2)
    extract.issue(2)
    extract.issue(3, PatientGuid=guid("P", 2))
    extract.event(2, PatientGuid=guid("P", 2))
    load(stores, extract.write(tmp_path / "full"))
    delta = a_delta()
    delta.issue(1, Quantity="28")
    delta.issue(2, Deleted="TRUE")
    delta.issue(4)
    delta.patient(2, Deleted="TRUE")
    delta.problem(1, ProblemStatusDescription="Past Problem")
    report = load(stores, delta.write(tmp_path / "delta"), _NEXT_DAY)
    after = tables(stores)
    assert sorted(str(row["quantity_value"]) for row in after["issues"]) == ["28.0000", "56.0000"]
    assert len(after["patients"]) == 1
    assert [(row["is_problem"], row["problem_status"]) for row in after["events"]] == [(True, "past")]
    assert not any("not accounted for" in warning for warning in report.warnings)


@pytest.mark.parametrize(
    "table", ["Prescribing_DrugRecord", "Prescribing_IssueRecord", "CareRecord_Observation"]
)
def test_what_is_withheld_of_somebody_is_known_of_them(stores: Stores, tmp_path: Path, table: str) -> None:
    extract = a_practice()
    extract.patient(2)
    extract.template(2, PatientGuid=guid("P", 2))
    extract.issue(2, PatientGuid=guid("P", 2), DrugRecordGuid=guid("T", 2))
    extract.event(2, PatientGuid=guid("P", 2))
    extract.tables[table][1]["IsConfidential"] = "TRUE"
    report = load(stores, extract.write(tmp_path / "full"))
    assert withheld(stores) == {bare("P", 1): False, bare("P", 2): True}
    assert report.counters["people whose record is not whole: to check in every search"] == 1
    # A delta that names the person, or shows the row again, does not make their record whole.
    delta = a_delta()
    delta.patient(2)
    delta.tables[table].append({**extract.tables[table][1], "IsConfidential": "FALSE"})
    report = load(stores, delta.write(tmp_path / "delta"), _NEXT_DAY)
    assert withheld(stores)[bare("P", 2)] is True
    came_back = any(warning.startswith("1 medicine begun before") for warning in report.warnings)
    assert came_back is (table == "Prescribing_DrugRecord")


def withheld(stores: Stores) -> dict[str, object]:
    """By the person's id in the extract: the registration has it."""
    found = tables(stores)
    people = {row["patient_key"]: row["withheld"] for row in found["patients"]}
    return {str(row["registration_id"]): people[row["patient_key"]] for row in found["registrations"]}


# What a delta says of template 1, whose issue the full extract had: the issue left, as (elsewhere, withheld of the person).
TURNED = [
    ({"IsConfidential": "TRUE"}, {}, None, True),
    ({"PrescriptionType": "Hospital"}, {}, ("hospital", False, "Prescribing_DrugRecord.csv"), False),
    ({"Deleted": "TRUE"}, {}, (None, True, "Prescribing_IssueRecord.csv"), False),
    ({"Dosage": "one a day"}, {}, (None, True, "Prescribing_IssueRecord.csv"), False),
    ({}, {"PrescriptionType": "Hospital"}, ("hospital", False, "Prescribing_IssueRecord.csv"), True),
]


@pytest.mark.parametrize(("says", "said", "issue", "is_withheld"), TURNED)
def test_a_template_that_turns_in_a_delta_turns_its_earlier_issues(
    stores: Stores,
    tmp_path: Path,
    says: dict[str, str],
    said: dict[str, str],
    issue: tuple[str | None, bool, str] | None,
    is_withheld: bool,
) -> None:
    extract = a_practice()
    extract.tables["Prescribing_DrugRecord"][0].update(said)
    extract.patient(2)
    extract.template(2, PatientGuid=guid("P", 2))
    extract.issue(2, PatientGuid=guid("P", 2), DrugRecordGuid=guid("T", 2))
    load(stores, extract.write(tmp_path / "full"))
    delta = a_delta()
    delta.patient(2)
    delta.template(1, **says)
    report = load(stores, delta.write(tmp_path / "delta"), _NEXT_DAY)
    rows = {row["issue_id"]: row for row in tables(stores)["issues"]}
    found = rows.get(bare("I", 1))
    assert (found and (found["elsewhere_source"], found["prescribed_here"], found["source_file"])) == issue
    assert rows[bare("I", 2)]["prescribed_here"] is True
    assert withheld(stores) == {bare("P", 1): is_withheld, bare("P", 2): False}
    assert not any("not accounted for" in warning for warning in report.warnings)


def test_a_medicine_only_recorded_from_elsewhere_goes_when_its_template_does(
    stores: Stores, tmp_path: Path
) -> None:
    extract = a_practice()
    for number in (2, 3):
        extract.template(number, PrescriptionType="Hospital")
    load(stores, extract.write(tmp_path / "full"))
    assert len(tables(stores)["issues"]) == 3
    delta = a_delta()
    delta.template(2, Deleted="TRUE")
    delta.template(3)
    report = load(stores, delta.write(tmp_path / "delta"), _NEXT_DAY)
    assert [row["issue_id"] for row in tables(stores)["issues"]] == [bare("I", 1)]
    assert not any("not accounted for" in warning for warning in report.warnings)


def test_who_is_deleted_and_back_in_one_delta_keeps_what_was_recorded_and_is_to_check(
    stores: Stores, tmp_path: Path
) -> None:
    load(stores, a_practice().write(tmp_path / "full"))
    delta = a_delta()
    delta.patient(1, Deleted="TRUE")
    delta.patient(1)
    report = load(stores, delta.write(tmp_path / "delta"), _NEXT_DAY)
    assert len(tables(stores)["issues"]) == 1
    assert withheld(stores) == {bare("P", 1): True}
    assert not any("not accounted for" in warning for warning in report.warnings)


@pytest.mark.parametrize("why", [{"DummyType": "TRUE"}, {"Deleted": "TRUE"}])
def test_somebody_left_out_before_comes_in_a_delta_with_a_warning_and_to_check(
    stores: Stores, tmp_path: Path, why: dict[str, str]
) -> None:
    extract = a_practice()
    extract.patient(2, **why)
    load(stores, extract.write(tmp_path / "full"))
    delta = a_delta()
    delta.patient(2)
    delta.patient(3, DateOfRegistration="2026-07-02")  # really new
    delta.patient(4, DateOfRegistration="")
    report = load(stores, delta.write(tmp_path / "delta"), _NEXT_DAY)
    found = withheld(stores)
    assert {n: found[bare("P", n)] for n in (1, 2, 3, 4)} == {1: False, 2: True, 3: False, 4: True}
    assert any(warning.startswith("2 people came new with these changes") for warning in report.warnings)


def test_every_row_of_a_messy_extract_is_accounted_for(stores: Stores, tmp_path: Path) -> None:
    extract = messy()
    for number in range(100, 400):  # enough good rows that the bad ones do not refuse the load
        extract.issue(number)
        extract.event(number)
    report = load(stores, extract.write(tmp_path / "full"))
    assert report.rows_rejected == 5
    assert not any("not accounted for" in warning for warning in report.warnings)
