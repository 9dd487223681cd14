"""How an import's row moves: taken by one worker, put back, ended, stopped; and its file goes with it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stepwell.base import clock
from stepwell.base.errors import StepwellError
from stepwell.casefinding import stores
from stepwell.casefinding.actions import imports
from stepwell.casefinding.models import ImportJob, MappingPreset
from stepwell.organisations.actions import NotAllowed
from stepwell.organisations.models import AuditEvent
from stepwell.population.lake import LakeBusy
from stepwell.population.records.extracts import Kind

pytestmark = pytest.mark.django_db(transaction=True)
CANARY = "Zebedee-Canary"


@pytest.fixture
def uploader(make_member, settings, tmp_path, monkeypatch):
    settings.STEPWELL_DATA = str(tmp_path)
    # No worker is woken here: each test says when one comes.
    monkeypatch.setattr(imports, "_wake", lambda job: None)
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
    assert (job.state, job.problem, job.lease_until) == ("refused", imports.FAILED, None)
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


def test_headings_are_confirmed_once(uploader, neighbourhood):
    job = send(uploader, neighbourhood["practice"], needs_mapping=True)
    imports.confirm_mapping(by=uploader, job=job, mapping_yaml="a: b", preset_name="Ours")
    with pytest.raises(StepwellError, match="not waiting for its headings"):
        imports.confirm_mapping(by=uploader, job=job, mapping_yaml="a: c")
    assert {"import.mapped", "preset.saved"} <= events()


def test_a_preset_of_the_same_name_is_replaced(uploader, neighbourhood):
    for mapping in ("a: b", "a: c"):
        imports.save_preset(
            by=uploader, practice=neighbourhood["practice"], name=" Ours ", mapping_yaml=mapping
        )
    assert MappingPreset.objects.get().mapping_yaml == "a: c"
