"""One import: what is loaded, what is refused, and that refusing leaves the lake as it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from stepwell.base.errors import StepwellError
from stepwell.base.progress import Silent, Stopped
from stepwell.population.keys import LakeKey
from stepwell.population.lake import Lake
from stepwell.population.records.canonical import TABLES, Reject
from stepwell.population.records.extracts import Kind, Options, Sink
from stepwell.population.records.importing import ImportReport, Outcome, ReaderMistake, import_extract
from stepwell.population.records.importing.refusal import TooManyRejected
from stepwell.population.records.importing.tests.synthetic_reader import (
    ISSUE_FILE,
    PATIENT_FILE,
    PRACTICE,
    ScriptedReader,
    add_person,
    crowd,
    identity,
    issue,
    number_of,
    row,
)
from stepwell.population.stores import Stores
from stepwell.population.vault import Vault

Loader = Callable[..., ImportReport]
Rows = Callable[[str], list[dict[str, object]]]


def leftovers(stores: Stores) -> list[str]:
    """Files that no load in the manifest explains."""
    manifest = stores.lake.current()
    known = {load.load_id for load in (*manifest.loads, *manifest.earlier)}
    kept = [*stores.lake.path.rglob("*.parquet"), *stores.vault.directory.rglob("*.vault")]
    return [str(path) for path in kept if not {*path.parts, path.stem} & known]


def test_a_full_extract_becomes_a_load(load: Loader, table: Rows, stores: Stores):
    report = load(ScriptedReader(crowd(5, 3), notes=("Read as a test.",)), Options(practice=" z99901 "))
    assert report.outcome is Outcome.LOADED
    assert (report.rows_read, report.rows_rejected) == (20, 0)
    assert {name: count.kept for name, count in report.tables.items() if count.kept} == {
        "patients": 5,
        "issues": 15,
    }
    assert (report.first_issue, report.newest_issue) == (date(2026, 1, 5), date(2026, 3, 2))
    assert report.notes == ("Read as a test.",)
    assert len(table("issues")) == 15
    people = list(stores.vault.read(PRACTICE, report.load_id, who="M1", why="test"))
    assert {person.patient_key for person in people} == {
        patient["patient_key"] for patient in table("patients")
    }
    assert json.loads(json.dumps(report.as_dict()))["extract_date"] == "2026-06-01"


def test_provenance_is_kept_with_the_load(load: Loader, stores: Stores):
    report = load(ScriptedReader(crowd(5, 3)))
    [kept] = Lake(stores.lake.path).current().loads
    assert (kept.load_id, kept.manifest, kept.kind) == (report.load_id, 1, Kind.FULL)
    assert [(file.name, len(file.sha256)) for file in kept.files] == [("extract.zip", 64)]
    assert kept.file_counts[ISSUE_FILE].read == 15
    assert kept.tables["issues"].kept == 15


def test_no_identity_is_in_the_lake(load: Loader, stores: Stores):
    load(ScriptedReader(crowd(5, 3)))
    everything = b"".join(path.read_bytes() for path in stores.lake.path.rglob("*") if path.is_file())
    assert number_of(1).encode() not in everything
    assert b"Ada" not in everything


def test_rows_lie_by_person_in_compressed_row_groups(load: Loader, stores: Stores):
    report = load(ScriptedReader(crowd(30, 3)))
    path = stores.lake.load_directory(report.load_id) / "issues.parquet"
    keys = pq.read_table(path)["patient_key"].to_pylist()
    assert keys == sorted(keys)
    assert pq.ParquetFile(path).schema_arrow.types == TABLES["issues"].types


def test_the_same_files_again_change_nothing(load: Loader, stores: Stores):
    first = load(ScriptedReader(crowd(5, 3)))
    again = load(ScriptedReader(crowd(5, 3)))
    assert (again.outcome, again.load_id, again.manifest) == (Outcome.UNCHANGED, first.load_id, 1)
    assert again.tables == first.tables
    assert stores.lake.current().number == 1


@pytest.mark.parametrize("change", ["content", "date", "mapping"])
def test_anything_different_is_a_new_load(load: Loader, tmp_path: Path, change: str):
    (tmp_path / "mapping.yaml").write_text("name: one")
    load(ScriptedReader(crowd(5, 3)), Options(mapping=tmp_path / "mapping.yaml"))
    if change == "mapping":
        (tmp_path / "mapping.yaml").write_text("name: two")
    reader = ScriptedReader(
        crowd(5, 3),
        content="2" if change == "content" else "1",
        extract_date=date(2026, 6, 2) if change == "date" else date(2026, 6, 1),
    )
    assert load(reader, Options(mapping=tmp_path / "mapping.yaml")).outcome is Outcome.LOADED


def test_another_practices_file_is_refused(load: Loader, stores: Stores):
    with pytest.raises(StepwellError, match="of practice Z99901, not Z99902"):
        load(ScriptedReader(crowd(5, 3)), Options(practice="Z99902"))
    assert stores.lake.current().number == 0


def test_an_older_extract_is_refused(load: Loader):
    load(ScriptedReader(crowd(5, 3)))
    with pytest.raises(StepwellError, match="the one already imported, of 1 June 2026"):
        load(ScriptedReader(crowd(5, 3), content="2", extract_date=date(2026, 5, 31)))


def test_a_key_that_is_not_the_lakes_is_refused(stores: Stores, tmp_path: Path):
    vault = Vault(tmp_path / "other.vault", LakeKey(bytes(range(32))), lake_id=stores.lake.lake_id)
    with pytest.raises(StepwellError, match="not the key this lake was made with"):
        import_extract(stores.lake, vault, ScriptedReader(crowd(1, 1)), Options(), progress=Silent())


def rejecting(read: int, rejected: int) -> Callable[[Sink], None]:
    def script(sink: Sink) -> None:
        crowd(1, read - rejected)(sink)
        for line in range(rejected):
            sink.reject(
                Reject(ISSUE_FILE, 1000 + line, "Quantity", "The quantity is not a number.", "Ada Example")
            )
        sink.read(ISSUE_FILE, rejected)

    return script


@pytest.mark.parametrize(
    ("read", "rejected", "loads"), [(100, 0, True), (100, 2, True), (100, 3, False), (10, 1, False)]
)
def test_more_than_two_per_cent_rejected_is_refused(
    load: Loader, stores: Stores, read: int, rejected: int, loads: bool
):
    if loads:
        report = load(ScriptedReader(rejecting(read, rejected)))
        assert report.rows_rejected == rejected
        assert stores.vault.summary(PRACTICE, report.load_id).rejects == rejected
        assert not any("not accounted for" in warning for warning in report.warnings)
    else:
        with pytest.raises(
            StepwellError, match=rf"issues\.csv: {rejected} of {read} rows .* not a number"
        ) as refused:
            load(ScriptedReader(rejecting(read, rejected)))
        assert "Ada" not in str(refused.value)
        assert stores.lake.current().number == 0
    assert leftovers(stores) == []


def test_two_reasons_for_one_line_are_one_rejected_row(load: Loader):
    def script(sink: Sink) -> None:
        crowd(1, 99)(sink)
        for column in ("Quantity", "EffectiveDate"):
            sink.reject(Reject(ISSUE_FILE, 1000, column, f"{column} could not be read.", ""))
        sink.read(ISSUE_FILE, 1)

    report = load(ScriptedReader(script))
    assert report.files[ISSUE_FILE].rejected == 1
    assert report.files[ISSUE_FILE].reasons == {
        "Quantity could not be read.": 1,
        "EffectiveDate could not be read.": 1,
    }


def test_a_refusal_says_where_the_first_rows_of_each_reason_are_and_never_what_they_hold(
    load: Loader, stores: Stores
):
    """Line and column for the first five of a reason, the commonest reason first."""

    def script(sink: Sink) -> None:
        crowd(1, 90)(sink)
        sink.reject(Reject(ISSUE_FILE, 2, None, "the row has 7 cells where the header has 8", "Ada Example"))
        for line in range(1000, 1009):
            sink.reject(Reject(ISSUE_FILE, line, "Quantity", "Quantity is not a number", "Ada Example"))
        sink.read(ISSUE_FILE, 10)

    with pytest.raises(TooManyRejected) as refused:
        load(ScriptedReader(script))
    assert str(refused.value).startswith(
        "issues.csv: 10 of 100 rows could not be used, which is more than 2%: "
        "Quantity is not a number (9, the first at lines 1000, 1001, 1002, 1003 and 1004, column Quantity); "
        "the row has 7 cells where the header has 8 (1, at line 2)."
    )
    assert "Ada" not in str(refused.value)


def test_a_file_rejected_as_a_whole_is_refused(load: Loader):
    def script(sink: Sink) -> None:
        crowd(1, 99)(sink)
        sink.reject(Reject("bundle.json", None, None, "It is not a bundle.", ""))

    with pytest.raises(StepwellError, match=r"bundle\.json: 1 of 1 rows"):
        load(ScriptedReader(script))


def test_nobody_or_no_issues_is_refused(load: Loader):
    with pytest.raises(StepwellError, match="holds no people"):
        load(ScriptedReader(lambda sink: None))
    with pytest.raises(StepwellError, match="holds no issues"):
        load(ScriptedReader(crowd(3, 0)))


def test_rows_left_out_are_accounted_for_and_rows_lost_are_reported(load: Loader):
    def script(sink: Sink) -> None:
        crowd(1, 10)(sink)
        sink.count("issues of test patients left out", 3)
        sink.count("problems merged into events")
        sink.count("dates written as Excel serials", 7)
        sink.read(ISSUE_FILE, 3)
        sink.read("problems.csv", 3)

    report = load(ScriptedReader(script))
    assert report.counters["issues of test patients left out"] == 3
    assert [warning for warning in report.warnings if "accounted" in warning] == [
        "2 rows read are not accounted for: please report it."
    ]


def test_rows_that_name_no_line_count_each_as_one(load: Loader):
    def script(sink: Sink) -> None:
        key = add_person(sink, "A", number_of(1))
        sink.rows("issues", [{**issue(f"I{n}", key), "source_line": None} for n in range(4)])
        sink.read(ISSUE_FILE, 4)
        sink.read(PATIENT_FILE, 1)

    report = load(ScriptedReader(script))
    assert report.files[ISSUE_FILE].used == 4
    assert report.warnings == ()


def test_one_source_line_may_make_several_rows(load: Loader):
    def script(sink: Sink) -> None:
        key = add_person(sink, "A", number_of(1))
        sink.rows("templates", [row("templates", template_id="T1", patient_key=key, source_line=2)])
        sink.rows("issues", [issue("I1", key, line=2)])
        sink.read(ISSUE_FILE, 1)
        sink.read(PATIENT_FILE, 1)

    assert load(ScriptedReader(script)).warnings == ()


def test_of_two_rows_with_one_id_the_last_is_kept_and_it_is_counted(load: Loader, table: Rows):
    def script(sink: Sink) -> None:
        key = add_person(sink, "A", number_of(1))
        for line, quantity in enumerate((28, 56, 84)):
            sink.rows("issues", [issue("I1", key, line=line, quantity_value=Decimal(quantity))])

    report = load(ScriptedReader(script))
    assert (
        report.tables["issues"].given,
        report.tables["issues"].duplicates,
        report.tables["issues"].kept,
    ) == (3, 2, 1)
    assert table("issues")[0]["quantity_value"] == 84


def test_what_should_be_known_before_relying_on_a_load_is_said(load: Loader):
    def script(sink: Sink) -> None:
        key = add_person(sink, "A", number_of(1))
        sink.rows(
            "issues",
            [
                issue("I1", key, line=2, issue_date=date(2026, 4, 1)),
                issue("I2", key, line=3, issue_date=date(2026, 6, 2)),
                issue("I3", key, line=4, issue_date=None),
                issue("I4", key, line=5, issue_date=date(2026, 4, 1), drug_code=None),
                issue("I5", "somebody else", line=6, issue_date=date(2026, 4, 1)),
            ],
        )
        sink.read(PATIENT_FILE, 1)
        sink.read(ISSUE_FILE, 5)

    assert load(ScriptedReader(script)).warnings == (
        "The newest issue is of 1 April 2026, more than 35 days before the extract date 1 June 2026.",
        "1 issue is dated after the extract date and does not count yet.",
        "1 issue has no date.",
        "1 issue names a medicine without a code: it is recognised by name, or not.",
        "1 issue is of somebody who is not in this load.",
    )


def test_issues_that_all_lie_ahead_are_said(load: Loader):
    report = load(ScriptedReader(crowd(1, 2, first=date(2026, 7, 1))))
    assert "No issue has a date up to the extract date 1 June 2026." in report.warnings


@pytest.mark.parametrize(("first", "warned"), [(date(2026, 4, 27), False), (date(2026, 4, 26), True)])
def test_an_extract_is_stale_when_its_newest_issue_is_more_than_35_days_old(
    load: Loader, first: date, warned: bool
):
    report = load(ScriptedReader(crowd(1, 1, first=first)))
    assert any("more than 35 days" in warning for warning in report.warnings) is warned


def shared_number(family_name: str) -> Callable[[Sink], None]:
    """Two source patients with one NHS number, the second called ``family_name``."""

    def script(sink: Sink) -> None:
        for line, (source_id, name) in enumerate((("A", "Example"), ("B", family_name)), start=2):
            key = add_person(sink, source_id, number_of(1), line=line, family_name=name)
            sink.rows("issues", [issue(f"I-{source_id}", key, line=line)])
        sink.read(PATIENT_FILE, 2)
        sink.read(ISSUE_FILE, 2)

    return script


def test_one_number_and_two_names_are_two_people_without_a_number(load: Loader, table: Rows, stores: Stores):
    report = load(ScriptedReader(shared_number("Other")))
    assert any("1 NHS number is shared" in warning for warning in report.warnings)
    keys = {str(patient["patient_key"]) for patient in table("patients")}
    assert len(keys) == 2
    assert stores.vault.key.patient_key(number_of(1)) not in keys
    assert all(patient["no_nhs_number"] for patient in table("patients"))
    assert {issue["patient_key"] for issue in table("issues")} == keys
    assert {who.patient_key for who in stores.vault.carried(PRACTICE, report.load_id)} == keys


def test_one_number_and_one_name_are_one_person(load: Loader, table: Rows, stores: Stores):
    report = load(ScriptedReader(shared_number("Example")))
    assert "1 person came under two source ids and agree in name and birth." in report.warnings
    key = stores.vault.key.patient_key(number_of(1))
    assert [patient["patient_key"] for patient in table("patients")] == [key]
    assert [issue["patient_key"] for issue in table("issues")] == [key, key]
    assert stores.vault.summary(PRACTICE, report.load_id).identities == 1


def test_a_joined_person_is_sensitive_or_dead_if_either_record_says_so(load: Loader, table: Rows):
    def script(sink: Sink) -> None:
        for source_id, more in (("A", {}), ("B", {"sensitive": True, "death_year": 2026, "death_month": 5})):
            key = sink.patient_key(nhs_number=number_of(1), source_patient_id=source_id)
            sink.identities([identity(key, source_id, number_of(1), family_name="Example")])
            facts = {"no_nhs_number": False, "sensitive": False, "birth_year": 1950, **more}
            sink.rows("patients", [row("patients", patient_key=key, **facts)])
            sink.rows("issues", [issue(f"I-{source_id}", key)])

    load(ScriptedReader(script))
    [patient] = table("patients")
    assert (patient["sensitive"], patient["death_year"], patient["death_month"]) == (True, 2026, 5)


def test_contact_details_in_text_do_not_reach_the_lake(load: Loader, table: Rows):
    def script(sink: Sink) -> None:
        key = add_person(sink, "A", number_of(1))
        sink.rows("issues", [issue("I1", key, dosage_instruction="one daily, ring 07700 900123")])

    report = load(ScriptedReader(script))
    assert table("issues")[0]["dosage_instruction"] == "one daily, ring [masked]"
    assert report.counters["texts with something masked"] == 1


@pytest.mark.parametrize(
    "fault", ["unknown table", "deletes from one", "wrong type late", "reader fails", "stopped"]
)
def test_an_import_that_fails_leaves_the_earlier_load_and_nothing_else(
    load: Loader, table: Rows, stores: Stores, fault: str
):
    load(ScriptedReader(crowd(5, 3)))
    before = table("issues")

    def script(sink: Sink) -> None:
        crowd(3000, 1)(sink)
        if fault == "unknown table":
            sink.rows("allergies", [{}])
        if fault == "deletes from one":
            sink.delete("allergies", "1")
        if fault == "wrong type late":
            sink.rows("issues", [issue("I", "k", quantity_value=2.5)])
        if fault == "reader fails":
            raise StepwellError("The file ends in the middle of a row.")
        if fault == "stopped":
            raise Stopped

    with pytest.raises((ReaderMistake, StepwellError, Stopped)):
        load(ScriptedReader(script, content="2"))
    assert table("issues") == before
    assert leftovers(stores) == []
    assert not (stores.lake.path / "staging").exists()
    assert load(ScriptedReader(crowd(6, 3), content="2")).outcome is Outcome.LOADED


def test_many_rows_are_staged_in_several_row_groups(load: Loader):
    report = load(ScriptedReader(crowd(600, 100)))
    assert report.tables["issues"].kept == 60_000
    assert report.files[ISSUE_FILE].used == 60_000
