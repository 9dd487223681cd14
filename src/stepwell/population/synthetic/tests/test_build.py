"""A small neighbourhood, built and read back as files."""

from __future__ import annotations

import csv
import json
import tracemalloc
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from stepwell.base.errors import StepwellError
from stepwell.base.progress import Silent
from stepwell.population.synthetic import build
from stepwell.population.synthetic.build import list_sizes, people_of
from stepwell.population.synthetic.difficulty import LEAST, Difficulty
from stepwell.population.synthetic.edge_case import CASES
from stepwell.population.synthetic.tables import emis_columns
from stepwell.population.synthetic.truth import SEARCHES


@pytest.fixture(scope="module")
def neighbourhood(tmp_path_factory):
    out = tmp_path_factory.mktemp("neighbourhood") / "demo"
    summary = build(out, practices=2, patients=2400, seed=7, progress=Silent())
    return out, summary


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _emis(out: Path, table: str) -> list[dict[str, str]]:
    return [row for path in sorted(out.glob(f"emis/*/*_{table}_*.csv")) for row in _rows(path)]


def _files(out: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()
    }


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(tmp_path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        build(tmp_path / name, practices=1, patients=200, seed=seed, progress=Silent())

    assert _files(tmp_path / "a") == _files(tmp_path / "b")
    assert _files(tmp_path / "a") != _files(tmp_path / "c")


def test_a_person_is_the_same_whatever_the_size_of_the_list() -> None:
    day = date(2026, 11, 20)
    small = list(people_of(0, 130, 3, day))
    large = list(people_of(0, 160, 3, day))

    assert small == large[:130]


def test_every_table_has_exactly_the_columns_of_the_specification(neighbourhood) -> None:
    out, _ = neighbourhood
    for folder in (out / "emis").iterdir():
        found = {}
        for path in folder.iterdir():
            parts = path.stem.split("_")
            assert len(parts) == 5
            with path.open(encoding="utf-8", newline="") as stream:
                found["_".join(parts[1:3])] = tuple(next(csv.reader(stream)))
        assert found == dict(emis_columns())
    assert {
        name: len(emis_columns()[name])
        for name in (
            "Admin_Patient",
            "Prescribing_DrugRecord",
            "Prescribing_IssueRecord",
            "CareRecord_Observation",
            "Appointment_Slot",
        )
    } == {
        "Admin_Patient": 38,
        "Prescribing_DrugRecord": 23,
        "Prescribing_IssueRecord": 33,
        "CareRecord_Observation": 26,
        "Appointment_Slot": 30,
    }


def test_nhs_numbers_are_unique_valid_and_of_the_test_range(neighbourhood) -> None:
    out, _ = neighbourhood
    numbers = [row["NhsNumber"] for row in _emis(out, "Admin_Patient")]

    assert len(numbers) == len(set(numbers)) == 2400
    for number in numbers:
        total = sum(int(digit) * weight for digit, weight in zip(number, range(10, 1, -1), strict=False))
        assert number.startswith("999")
        assert (11 - total % 11) % 11 == int(number[9])
        assert len(set(number)) > 1


def test_ids_are_unique_and_every_reference_is_there(neighbourhood) -> None:
    out, _ = neighbourhood
    patients = {row["PatientGuid"] for row in _emis(out, "Admin_Patient")}
    records = [row["DrugRecordGuid"] for row in _emis(out, "Prescribing_DrugRecord")]
    issues = _emis(out, "Prescribing_IssueRecord")
    drugs = {row["CodeId"] for row in _emis(out, "Coding_DrugCode")}
    clinical = {row["CodeId"] for row in _emis(out, "Coding_ClinicalCode")}

    assert len(patients) == 2400
    assert len(records) == len(set(records))
    assert len({row["IssueRecordGuid"] for row in issues}) == len(issues)
    assert {row["DrugRecordGuid"] for row in issues} <= set(records)
    assert {row["PatientGuid"] for row in issues} <= patients
    assert {row["CodeId"] for row in issues} <= drugs
    assert {row["CodeId"] for row in _emis(out, "CareRecord_Observation")} <= clinical


def test_nobody_can_be_taken_for_a_real_person(neighbourhood) -> None:
    out, _ = neighbourhood
    for row in _emis(out, "Admin_Patient"):
        assert row["Postcode"].startswith("ZZ99 ")
        assert row["MobilePhone"] == "" or row["MobilePhone"].startswith("07700900")
        assert row["HouseNameFlatNumber"] == row["NumberAndStreet"] == row["EmailAddress"] == ""


def test_difficulty_is_real(neighbourhood) -> None:
    out, summary = neighbourhood
    described = json.loads((out / "difficulty.json").read_text(encoding="utf-8"))

    assert described["shares_of_pain_medicine_issues"] == summary.shares
    for name, least in LEAST.items():
        assert summary.shares[name] >= least, name
    assert summary.shares["misspelt"] <= 0.01
    assert summary.shares["weekly"] > 0
    assert {"brand_switch", "restarted", "elsewhere", "taper", "dose_change", "moved_to_acute"} <= set(
        summary.traits
    )
    printed = "\n".join(summary.lines())
    assert "no dosage text" in printed
    assert "long-term-opioids" in printed


def test_medicines_are_as_common_as_they_should_be(neighbourhood) -> None:
    out, summary = neighbourhood
    ever = json.loads((out / "difficulty.json").read_text(encoding="utf-8"))["people_ever_supplied"]
    planted = {row["nhs_number"] for row in _rows(out / "truth" / "planted.csv")}
    rows = _rows(out / "truth" / "search_long-term-opioids.csv")
    long_term = sum(row["nhs_number"] not in planted for row in rows)

    assert 0.25 < ever["opioid"] / summary.people < 0.45
    assert 0.04 < ever["gabapentinoid"] / summary.people < 0.12
    assert 0.03 < long_term / summary.people < 0.07
    assert 20 < summary.issues / summary.people < 40


def test_elsewhere_deleted_and_future_rows_are_there(neighbourhood) -> None:
    out, _ = neighbourhood
    issues = _emis(out, "Prescribing_IssueRecord")
    methods = Counter(row["IssueMethodDescription"] for row in issues)

    assert methods["Hospital (Record for notes)"] > 0
    assert methods["Over The Counter (Record for notes)"] > 0
    assert any(row["IsPrivatelyPrescribed"] == "TRUE" for row in issues)
    assert any(row["Deleted"] == "TRUE" for row in issues)
    assert any(row["EffectiveDate"] > "2026-11-20" for row in issues)
    assert any(row["DmdProductCodeId"] == "" for row in _emis(out, "Coding_DrugCode"))


def test_truth_files(neighbourhood) -> None:
    out, summary = neighbourhood
    people = {(row["NhsNumber"]) for row in _emis(out, "Admin_Patient")}
    for search in SEARCHES:
        rows = _rows(out / "truth" / f"search_{search}.csv")
        assert list(rows[0]) == ["nhs_number", "practice", "expected"]
        assert len({row["nhs_number"] for row in rows}) == len(rows)
        assert {row["nhs_number"] for row in rows} <= people
        assert Counter(row["expected"] for row in rows) == Counter(summary.expected[search])
    doses = _rows(out / "truth" / "daily_ome.csv")
    assert list(doses[0]) == ["nhs_number", "practice", "as_of", "ome_min", "ome_max"]
    assert all(0 <= float(row["ome_min"]) <= float(row["ome_max"]) for row in doses)
    assert (out / "as_of").read_text(encoding="utf-8") == "2026-11-20\n"


def test_every_edge_case_is_planted_in_a_full_list(neighbourhood) -> None:
    out, _ = neighbourhood
    rows = _rows(out / "truth" / "planted.csv")
    first = [row for row in rows if row["practice"] == "Z99901"]

    assert [row["edge_case"] for row in first] == list(CASES)
    exact = {row["nhs_number"]: row["ome_max"] for row in _rows(out / "truth" / "daily_ome.csv")}
    number = {row["edge_case"]: row["nhs_number"] for row in first}
    assert (exact[number["ome-90"]], exact[number["ome-89.6"]]) == ("90", "89.6")


def test_test_patients_and_deleted_patients_are_in_no_truth(neighbourhood) -> None:
    out, _ = neighbourhood
    nobody = {
        row["nhs_number"]
        for row in _rows(out / "truth" / "planted.csv")
        if row["edge_case"] in ("dummy", "deleted-person")
    }
    listed = {
        row["nhs_number"] for search in SEARCHES for row in _rows(out / "truth" / f"search_{search}.csv")
    }

    assert nobody
    assert not nobody & listed


@pytest.mark.parametrize(
    ("practices", "patients", "words"),
    [
        (0, 100, "1 to 37 practices"),
        (38, 10_000, "1 to 37 practices"),
        (2, 150, "at least"),
        (1, 20_001, "at most"),
    ],
)
def test_numbers_that_cannot_be_met_are_refused(practices, patients, words) -> None:
    with pytest.raises(StepwellError, match=words):
        list_sizes(practices, patients, seed=1)


@pytest.mark.parametrize(("practices", "patients"), [(1, 20_000), (5, 20_000), (37, 740_000), (3, 59_990)])
def test_lists_add_up(practices, patients) -> None:
    sizes = list_sizes(practices, patients, seed=3)

    assert sum(sizes) == patients
    assert max(sizes) <= 20_000


def test_a_folder_with_something_in_it_is_refused(tmp_path) -> None:
    (tmp_path / "something").write_text("here", encoding="utf-8")

    with pytest.raises(StepwellError, match="not empty"):
        build(tmp_path, practices=1, patients=200, seed=1, progress=Silent())


def test_too_easy_a_neighbourhood_says_so() -> None:
    assert Difficulty().too_easy() == list(LEAST)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_list(tmp_path) -> None:
    peaks = []
    for name, patients in (("warm", 200), ("small", 300), ("large", 900)):
        tracemalloc.start()
        build(tmp_path / name, practices=1, patients=patients, seed=1, progress=Silent())
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[2] < peaks[1] * 1.3
