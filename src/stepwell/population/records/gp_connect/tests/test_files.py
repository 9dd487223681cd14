"""A set of bundles as files: what is refused, where, and what is merged."""

from __future__ import annotations

import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from stepwell.base.errors import StepwellError
from stepwell.population.records.extracts import Kind, Options
from stepwell.population.records.gp_connect import GpConnectReader, bundles
from stepwell.population.records.gp_connect.tests.bundles import MADE, PersonBundle
from stepwell.population.records.gp_connect.tests.reading import read, read_bundles


def person(number: int = 1, **how: Any) -> PersonBundle:
    bundle = PersonBundle(f"person-{number}", nhs_number=None, **how)
    bundle.medicine(f"codeine-{number}")
    bundle.order(f"order-{number}", plan=None, medicine=f"codeine-{number}")
    return bundle


def refused(path: Path, options: Options | None = None) -> StepwellError:
    with pytest.raises(StepwellError) as caught:
        GpConnectReader(path, options or Options()).describe()
    return caught.value


def test_a_file_a_folder_and_a_zip_read_alike(tmp_path: Path):
    folder = tmp_path / "set"
    file = person().write(folder)
    packed = tmp_path / "set.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(file, file.name)
    read_ways = [read(path) for path in (file, folder, packed)]
    assert [found.one("issues")["issue_id"] for found in read_ways] == ["order-1"] * 3
    assert read_ways[0].sink.tables == read_ways[1].sink.tables == read_ways[2].sink.tables


def test_a_description(tmp_path: Path):
    person(1).write(tmp_path)
    person(2, made="2026-06-30T23:30:00+00:00").write(tmp_path)
    person(3, made="2026-06-01T10:00:00+00:00").write(tmp_path)
    (tmp_path / "README.txt").write_text("about")
    about = GpConnectReader(tmp_path, Options()).describe()
    assert (about.source, about.practice, about.practice_name) == (
        "gp_connect",
        "Z99901",
        "The Fictional Practice",
    )
    assert (about.extract_date, about.kind) == (date(2026, 7, 1), Kind.FULL)
    assert [file.name for file in about.files] == ["person-1.json", "person-2.json", "person-3.json"]
    assert about.notes == (
        "The bundles were made between 2026-06-01 and 2026-07-01.",
        "1 file that is not JSON was passed over.",
        "3 bundles of 3 people.",
    )


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"meta": {"lastUpdated": "2026-05-05T10:00:00Z"}}, date(2026, 5, 5)),
        ({"timestamp": "2026-05-06T10:00:00Z"}, date(2026, 5, 6)),
        ({"meta": {"lastUpdated": "2026-05-05"}}, date(2026, 7, 1)),
        ({"meta": {"lastUpdated": "never"}}, date(2026, 7, 1)),
    ],
)
def test_when_a_bundle_was_made(tmp_path: Path, said: dict[str, Any], expected: date):
    file = tmp_path / "a.json"
    file.write_text(json.dumps({**person().as_dict(), **said}))
    assert GpConnectReader(file, Options()).describe().extract_date == expected


def test_a_set_without_a_date_needs_one_stated(tmp_path: Path):
    file = person(made=None).write(tmp_path)
    assert "State the date" in str(refused(file)) and "--extract-date" in str(refused(file))
    stated = Options(extract_date=date(2026, 1, 2))
    assert GpConnectReader(file, stated).describe().extract_date == date(2026, 1, 2)


def test_the_practice_is_the_one_named_or_stated(tmp_path: Path):
    named = person().write(tmp_path / "named")
    unnamed = person(practice=None).write(tmp_path / "unnamed")
    assert GpConnectReader(named, Options(practice="z99901")).describe().practice == "Z99901"
    assert "are from practice Z99901, not Z99902" in str(refused(named, Options(practice="Z99902")))
    assert "State the practice" in str(refused(unnamed))
    assert GpConnectReader(unnamed, Options(practice="Z99903")).describe().practice == "Z99903"


def test_bundles_of_two_practices_are_refused(tmp_path: Path):
    person(1).write(tmp_path)
    person(2, practice="Z99902").write(tmp_path)
    assert "from 2 practices" in str(refused(tmp_path))


def test_a_patient_managed_by_nobody_named(tmp_path: Path):
    bundle = person()
    del bundle.patient["managingOrganization"]
    assert "do not name their practice" in str(refused(bundle.write(tmp_path)))


def test_a_delta_is_refused(tmp_path: Path):
    with pytest.raises(StepwellError, match="not a delta"):
        GpConnectReader(tmp_path, Options(kind=Kind.DELTA))


def test_a_folder_without_json_is_refused(tmp_path: Path):
    (tmp_path / "a.csv").write_text("a,b")
    assert "no JSON file" in str(refused(tmp_path))


def written(tmp_path: Path, content: bytes) -> Path:
    file = tmp_path / "bad.json"
    file.write_bytes(content)
    return file


def test_cut_short_json_says_where(tmp_path: Path):
    whole = json.dumps(person().as_dict(), indent=1)
    cut = whole[: whole.index('"reference"') + 4]
    error = refused(written(tmp_path, cut.encode()))
    assert "cut short or damaged" in str(error)
    assert error.where is not None
    assert (error.where.file, error.where.line) == ("bad.json", cut.count("\n") + 1)
    assert error.where.column == str(len(cut.splitlines()[-1]) - 3)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "cut short"),
        (b'{"a": "\xff"}', "line 1: this line holds bytes that are not text"),
        (b'{"resourceType": "Bundle", "entry": NaN}', "no record has"),
        (b"[" * 100_000, "no record has"),
        (b'{"a": ' + b"9" * 5000 + b"}", "no record has"),
        (b"[]", "not a GP Connect bundle"),
        (b'{"resourceType": "Patient"}', "not a GP Connect bundle"),
        (b'{"resourceType": "Bundle"}', "not a GP Connect bundle"),
        (b'{"resourceType": "OperationOutcome"}', "a request that failed"),
        (b'{"resourceType": "Bundle", "entry": []}', "must hold one patient"),
        (
            b'{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient"}}]}',
            "must hold one patient",
        ),
    ],
)
def test_what_is_no_bundle_is_refused(tmp_path: Path, content: bytes, said: str):
    assert said in str(refused(written(tmp_path, content)))


def test_two_patients_in_one_bundle_are_refused(tmp_path: Path):
    bundle = person()
    bundle.add("Patient", "person-2")
    assert "must hold one patient" in str(refused(bundle.write(tmp_path)))


def test_a_file_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = person().write(tmp_path)
    monkeypatch.setattr(bundles, "LARGEST_BUNDLE", 1 << 10)
    assert "larger than" in str(refused(file))


def test_utf_16_is_read(tmp_path: Path):
    file = written(tmp_path, json.dumps(person().as_dict()).encode("utf-16"))
    assert read(file).one("issues")["issue_id"] == "order-1"


@pytest.mark.parametrize("name", ["9990000107.json", "999 000 0107.json", "rec_999-000-0107_x.json"])
def test_a_file_named_by_an_nhs_number_is_called_something_else(tmp_path: Path, name: str):
    found = read(person().write(tmp_path, name))
    shown = found.one("patients")["source_file"]
    assert shown.startswith("bundle-")
    assert shown not in name


def test_the_same_entry_twice_in_a_bundle_is_merged(tmp_path: Path):
    bundle = person()
    bundle.resources.append(dict(bundle.resources[-1]))
    found = read_bundles(tmp_path, bundle)
    assert len(found.rows("issues")) == 1
    assert found.accounting.outcomes["MedicationRequest"] == {
        "merged with the same entry again": 1,
        "used as orders": 1,
    }


def dated(bundle: PersonBundle, quantity: int, updated: str | None) -> PersonBundle:
    order = bundle.order("again", plan=None, medicine="codeine-1", quantity=quantity)
    if updated:
        order["meta"] = {"lastUpdated": updated}
    return bundle


OLD, NEW = "2026-01-01T00:00:00+00:00", "2026-02-01T00:00:00+00:00"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((1, NEW), (2, OLD), 1),
        ((1, OLD), (2, NEW), 2),
        ((1, None), (2, OLD), 1),  # the bundle's own date is newer
        ((1, None), (2, None), 2),
    ],
)
def test_of_two_versions_the_newest_stands(
    tmp_path: Path, first: tuple[int, str | None], second: tuple[int, str | None], expected: int
):
    found = read_bundles(tmp_path, dated(person(), *first), dated(person(), *second))
    assert found.by_id("issues", "issue_id")["again"]["quantity_value"] == expected
    assert len(found.rows("patients")) == 1
    assert found.accounting.outcomes["Patient"]["merged with the same entry again"] == 1
    told = found.sink.counts[
        "entries sent twice with different contents and no date to tell: the later was taken"
    ]
    assert told == (first[1] == second[1])


def test_bundles_of_one_person_complete_each_other(tmp_path: Path):
    second = PersonBundle("person-1", nhs_number=None, made=MADE)
    second.problem()
    found = read_bundles(tmp_path, person(), second)
    assert len(found.rows("issues")) == len(found.rows("events")) == 1


def test_one_patient_id_with_two_nhs_numbers_is_refused(tmp_path: Path):
    with pytest.raises(StepwellError, match="different NHS numbers"):
        read_bundles(tmp_path, PersonBundle(nhs_number="9990000107"), PersonBundle(nhs_number="9990000115"))


def test_two_people_sharing_the_id_of_an_entry_are_refused(tmp_path: Path):
    other = person(2)
    other.order("order-1", plan=None, medicine="codeine-2")
    with pytest.raises(StepwellError, match="same id as an entry of another person"):
        read_bundles(tmp_path, person(1), other)


def test_entries_that_cannot_be_used_are_rejected(tmp_path: Path):
    bundle = person()
    bundle.order("theirs", plan=None)["subject"] = {"reference": "Patient/someone-else"}
    bundle.add("MedicationRequest", None)
    content = bundle.as_dict()
    content["entry"] += [{"resource": {}}, "not an entry", {"fullUrl": "urn:uuid:1"}]
    file = tmp_path / "a.json"
    file.write_text(json.dumps(content))
    found = read(file)
    assert found.reasons() == [
        ("resource.subject", "the entry is about another patient than the bundle."),
        ("resource.id", "the entry has no id."),
        *[("resource.resourceType", "the entry has no resource type.")] * 3,
    ]
    assert found.one("issues")["issue_id"] == "order-1"


def test_references_may_be_absolute_and_of_a_version(tmp_path: Path):
    bundle = PersonBundle()
    bundle.medicine()
    bundle.plan()
    bundle.order(
        basedOn=[
            {"reference": "https://example.org/fhir/CarePlan/x"},
            {"reference": "https://example.org/fhir/MedicationRequest/plan-1/_history/2"},
            {"display": "nothing"},
        ]
    )
    assert read_bundles(tmp_path, bundle).one("issues")["template_id"] == "plan-1"
