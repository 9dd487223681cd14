"""How an import's row moves: taken by one worker, put back, ended, stopped; and its file goes with it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stepwell.base import clock
from stepwell.base.errors import Place, StepwellError
from stepwell.casefinding import headings, refusals, stores
from stepwell.casefinding.actions import imports, presets
from stepwell.casefinding.models import ImportJob, MappingPreset
from stepwell.organisations.actions import NotAllowed
from stepwell.organisations.models import AuditEvent
from stepwell.population.lake import LakeBusy
from stepwell.population.records.extracts import Kind
from stepwell.population.records.list_report.mapping import headings_hash, to_yaml, with_fields

pytestmark = pytest.mark.django_db(transaction=True)
CANARY = "Zebedee-Canary"


@pytest.fixture
def uploader(make_member, settings, tmp_path, monkeypatch):
    settings.STEPWELL_DATA = str(tmp_path)
    # No worker is woken here: each test says when one comes.
    monkeypatch.setattr(imports, "_wake", lambda job: None)
    # What a file is, is told elsewhere: here every one is an extract that can be read.
    monkeypatch.setattr(headings, "need_confirming", lambda path, kind: False)
    return make_member("pharmacist")


@pytest.fixture
def job(uploader, neighbourhood):
    return send(uploader, neighbourhood["practice"])


def send(by, practice, **more):
    return imports.upload(
        by=by, practice=practice, file_name="report.csv", chunks=[b"a,b\n"], kind=Kind.FULL, **more
    )


def raising(error):
    def read(job, worker):
        raise error

    return read


def read_with(monkeypatch, job, error, worker="one"):
    monkeypatch.setattr(imports, "_read", raising(error))
    imports.run(job_id=str(job.pk), worker=worker)
    job.refresh_from_db()


def file_of(job):
    return stores.uploads_path() / job.stored_as


def events():
    return set(AuditEvent.objects.values_list("event", flat=True))


def test_an_upload_without_permission_keeps_no_file(uploader, neighbourhood):
    with pytest.raises(NotAllowed):
        send(uploader, neighbourhood["elsewhere"])
    assert not list(stores.uploads_path().iterdir())


def test_a_file_whose_upload_breaks_off_is_not_kept(uploader, neighbourhood):
    def broken():
        yield b"a,b\n"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        imports.upload(
            by=uploader,
            practice=neighbourhood["practice"],
            file_name="r.csv",
            chunks=broken(),
            kind=Kind.FULL,
        )
    assert not list(stores.uploads_path().iterdir())
    assert not ImportJob.objects.exists()


def test_a_busy_lake_puts_the_import_back_and_is_not_an_attempt(job, monkeypatch):
    for _ in range(imports.MOST_ATTEMPTS + 1):
        read_with(monkeypatch, job, LakeBusy("Another import is writing."))
        assert (job.state, job.attempts, job.lease_until) == ("waiting", 0, None)
    assert file_of(job).exists()


def test_a_fault_ends_refused_in_neutral_words_and_its_words_are_not_logged(job, monkeypatch, caplog):
    read_with(monkeypatch, job, ValueError(f"{CANARY} 9990000107"))
    assert (job.state, job.problem, job.lease_until) == ("refused", str(imports.FAULT), None)
    assert "ValueError" in caplog.text
    assert CANARY not in caplog.text and "9990000107" not in caplog.text
    assert not file_of(job).exists()


def test_a_refusal_tells_what_was_wrong_and_is_audited(job, monkeypatch):
    read_with(monkeypatch, job, StepwellError("Nothing here.", next_step="Look again."))
    assert (job.state, job.problem) == ("refused", "Nothing here. Look again.")
    assert not file_of(job).exists()
    assert {"import.uploaded", "import.refused"} <= events()


def test_a_living_worker_keeps_its_import_and_a_dead_one_loses_it(job, monkeypatch):
    assert imports._take(str(job.pk), "one") is not None
    assert imports._take(str(job.pk), "two") is None
    later = clock.now() + imports.LEASE + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    taken = imports._take(str(job.pk), "two")
    assert taken is not None
    assert (taken.worker, taken.attempts) == ("two", 2)


def test_a_worker_that_lost_its_lease_ends_nothing(job, monkeypatch):
    def read(mine, worker):
        ImportJob.objects.filter(pk=job.pk).update(worker="two")
        imports._OnRow(mine, worker).step("Reading")

    monkeypatch.setattr(imports, "_read", read)
    imports.run(job_id=str(job.pk), worker="one")
    job.refresh_from_db()
    assert (job.state, job.worker) == ("reading", "two")
    assert file_of(job).exists()


def test_an_import_whose_workers_keep_dying_is_refused(job):
    ImportJob.objects.filter(pk=job.pk).update(attempts=imports.MOST_ATTEMPTS)
    imports.run(job_id=str(job.pk), worker="one")
    job.refresh_from_db()
    assert job.state == "refused"
    assert "3 times" in job.problem


def test_a_report_whose_headings_nobody_confirms_is_let_go_with_its_file(
    uploader, neighbourhood, monkeypatch
):
    monkeypatch.setattr(headings, "need_confirming", lambda path, kind: True)
    job = send(uploader, neighbourhood["practice"])
    assert imports.let_go_unconfirmed() == 0
    later = clock.now() + imports.KEPT_UNCONFIRMED + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert imports.let_go_unconfirmed() == 1
    job.refresh_from_db()
    assert (job.state, job.problem) == ("stopped", "Nobody confirmed its headings within 7 days.")
    assert not file_of(job).exists()


def test_stopped_while_waiting_ends_at_once(job, uploader):
    imports.stop(by=uploader, job=job)
    job.refresh_from_db()
    assert job.state == "stopped"
    assert not file_of(job).exists()
    assert "import.stopped" in events()


def test_stopped_while_read_ends_at_its_next_step(job, uploader, monkeypatch):
    def read(mine, worker):
        imports.stop(by=uploader, job=job)
        imports._OnRow(mine, worker).step("Reading")

    monkeypatch.setattr(imports, "_read", read)
    imports.run(job_id=str(job.pk), worker="one")
    job.refresh_from_db()
    assert job.state == "stopped"
    assert not file_of(job).exists()


def yaml(*headings_and_fields, name=""):
    """A mapping as it is kept: headings and what each means."""
    headings_, fields = zip(*headings_and_fields, strict=True)
    return to_yaml(with_fields(headings_, fields, name=name))


ONE_REPORT = (("NHS Number", "nhs_number"), ("Drug", "drug_name"))
ANOTHER = (("NHS No", "nhs_number"), ("Colour", ""))


def test_headings_are_confirmed_once(uploader, neighbourhood, monkeypatch):
    monkeypatch.setattr(headings, "need_confirming", lambda path, kind: True)
    job = send(uploader, neighbourhood["practice"])
    assert job.state == "mapping"
    imports.confirm_mapping(by=uploader, job=job, mapping_yaml=yaml(*ONE_REPORT), preset_name="Ours")
    with pytest.raises(StepwellError, match="not waiting for its headings"):
        imports.confirm_mapping(by=uploader, job=job, mapping_yaml=yaml(*ONE_REPORT))
    assert {"import.mapped", "preset.saved"} <= events()


def keep(by, practice, name, *report):
    return presets.save_preset(by=by, practice=practice, name=name, mapping_yaml=yaml(*report))


def test_a_preset_of_the_same_name_and_headings_is_replaced(uploader, neighbourhood):
    keep(uploader, neighbourhood["practice"], " Ours ", *ONE_REPORT)
    keep(uploader, neighbourhood["practice"], "Ours", ONE_REPORT[0], ("Drug", "medicine_cell"))
    assert "medicine_cell" in MappingPreset.objects.get().mapping_yaml


def test_using_what_is_kept_does_not_say_it_was_decided_again(uploader, make_member, neighbourhood):
    first = keep(uploader, neighbourhood["practice"], "Ours", *ONE_REPORT)
    again = keep(make_member("pharmacist"), neighbourhood["practice"], "Ours", *ONE_REPORT)
    assert (again.saved_by, again.saved_at) == (uploader, first.saved_at)


def test_a_preset_is_not_lost_to_a_report_with_other_headings(uploader, neighbourhood, monkeypatch):
    keep(uploader, neighbourhood["practice"], "Ours", *ONE_REPORT)
    monkeypatch.setattr(headings, "need_confirming", lambda path, kind: True)
    job = send(uploader, neighbourhood["practice"])
    with pytest.raises(presets.NameTaken, match="“Ours” is already kept for a report with other headings"):
        imports.confirm_mapping(by=uploader, job=job, mapping_yaml=yaml(*ANOTHER), preset_name="Ours")
    job.refresh_from_db()
    assert job.state == "mapping"
    assert "Colour" not in MappingPreset.objects.get().mapping_yaml


def test_presets_are_found_by_their_headings_the_last_saved_first(uploader, neighbourhood, monkeypatch):
    practice, now = neighbourhood["practice"], clock.now()
    for days, (name, report) in enumerate([("A", ONE_REPORT), ("B", ONE_REPORT), ("C", ANOTHER)]):
        monkeypatch.setattr(clock, "now", lambda days=days: now + timedelta(days))
        kept = keep(uploader, practice, name, *report)
    found = MappingPreset.visible_to(uploader)
    same = headings_hash([heading for heading, _ in ONE_REPORT])
    assert [each.name for each in found.for_headings(practice, same)] == ["B", "A"]
    assert [each.name for each in found.for_headings(practice, kept.headings_hash)] == ["C"]


def test_what_is_no_extract_is_refused_at_once_and_its_file_removed(uploader, neighbourhood, monkeypatch):
    def no_extract(path, kind):
        raise StepwellError("this is a picture.", where=Place(path.name), next_step="Export the report.")

    monkeypatch.setattr(headings, "need_confirming", no_extract)
    job = send(uploader, neighbourhood["practice"])
    assert job.state == "refused"
    refusal = refusals.of(job)
    assert (refusal.what, refusal.place) == ("This is a picture.", (("File", "report.csv"),))
    assert refusal.next_step == "Export the report."
    assert not file_of(job).exists()
    assert {"import.uploaded", "import.refused"} <= events()


def test_rows_count_while_they_are_read_and_not_again_when_they_are_merged(job, monkeypatch):
    taken = imports._take(str(job.pk), "one")
    told = imports._OnRow(taken, "one")
    told.every = timedelta(0)
    for step in ("Reading issues", "Merging and checking"):
        told.step(step)
        told.done(500)
    job.refresh_from_db()
    assert (job.step, job.rows) == ("Merging and checking", 500)
