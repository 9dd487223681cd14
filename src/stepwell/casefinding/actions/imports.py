"""An extract is uploaded, mapped if need be, read by a worker, or stopped."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import QuerySet

from stepwell.base import clock
from stepwell.base.errors import StepwellError
from stepwell.base.progress import Stopped
from stepwell.casefinding import headings, refusals, stores
from stepwell.casefinding.actions.permission import require
from stepwell.casefinding.actions.presets import save_preset
from stepwell.casefinding.models import ImportJob
from stepwell.organisations import audit
from stepwell.organisations.models import Member, Organisation
from stepwell.population.lake import LakeBusy
from stepwell.population.records import formats
from stepwell.population.records.derived import DERIVATION
from stepwell.population.records.extracts import Kind, Options
from stepwell.population.records.importing import import_extract

# Longer than any one step between two signs of progress: nothing else keeps the lease.
LEASE = timedelta(minutes=10)
# A report whose headings nobody confirms holds names: so long it is kept.
KEPT_UNCONFIRMED = timedelta(days=7)
MOST_ATTEMPTS = 3
# How the name of a step begins while rows are read; the steps after it work on them.
READING = "Reading"
_TO_THE_LOG = "Ask whoever runs this site to look at its log, then upload the file again."
FAULT = StepwellError(
    "The extract could not be read, because of a fault here and not in your file.", next_step=_TO_THE_LOG
)

log = structlog.get_logger("stepwell")


@transaction.atomic
def upload(
    *,
    by: Member,
    practice: Organisation,
    file_name: str,
    chunks: Iterable[bytes],
    kind: Kind,
    extract_date: date | None = None,
) -> ImportJob:
    """Keep an uploaded file and queue its import; hold a report until its headings are confirmed; refuse what is no extract.

    Raises ``NotAllowed`` without ``import_records`` at the practice.
    """
    require(by, "import_records", practice)
    job = ImportJob(
        practice=practice,
        created_by=by,
        created_at=clock.now(),
        kind=kind.value,
        file_name=Path(file_name).name[:200],
        extract_date=extract_date,
    )
    job.stored_as = f"{job.pk}{_suffix(file_name)}"
    path = stores.uploads_path() / job.stored_as
    stores.keep_upload(chunks, path)
    # Before anything is written to the ledger: no transaction holds it while a file is looked through.
    state, refused = _looked_at(path, kind)
    job.state = state
    job.save(force_insert=True)
    audit.record(
        by=by, event="import.uploaded", organisation=practice, subject=job, snapshot={"kind": kind.value}
    )
    if refused is not None:
        _refuse(job, refused)
    elif state == ImportJob.State.WAITING:
        transaction.on_commit(partial(_wake, job))
    return job


def _looked_at(path: Path, kind: Kind) -> tuple[ImportJob.State, StepwellError | None]:
    """How an uploaded file goes on, and why not if it does not."""
    try:
        waits = headings.need_confirming(path, kind)
    except StepwellError as error:
        return ImportJob.State.WAITING, error
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return (ImportJob.State.MAPPING if waits else ImportJob.State.WAITING), None


def _suffix(file_name: str) -> str:
    suffix = Path(file_name).suffix.lower()
    return suffix if suffix in {".csv", ".xlsx", ".zip", ".json", ".txt", ".tsv"} else ".csv"


def _wake(job: ImportJob) -> None:
    # The task only wakes a worker; state and lease are on the row, and a sweep finds what no task wakes.
    from stepwell.casefinding.tasks import read_import

    read_import.enqueue(str(job.pk))


@transaction.atomic
def confirm_mapping(*, by: Member, job: ImportJob, mapping_yaml: str, preset_name: str = "") -> ImportJob:
    """Say what the headings of a list report mean, keep it under a name if one is given, and queue the import.

    Raises ``NameTaken`` when the name is kept for other headings; nothing is confirmed then.
    """
    require(by, "import_records", job.practice)
    job = ImportJob.objects.select_for_update().get(pk=job.pk)
    if job.state != ImportJob.State.MAPPING:
        raise StepwellError(
            "This import is not waiting for its headings.", next_step="Upload the file again."
        )
    job.mapping_yaml = mapping_yaml
    job.state = ImportJob.State.WAITING
    job.save(update_fields=["mapping_yaml", "state"])
    if preset_name.strip():
        save_preset(by=by, practice=job.practice, name=preset_name, mapping_yaml=mapping_yaml)
    audit.record(by=by, event="import.mapped", organisation=job.practice, subject=job)
    transaction.on_commit(partial(_wake, job))
    return job


@transaction.atomic
def stop(*, by: Member, job: ImportJob) -> None:
    """Ask for an import to stop. One not begun stops at once; one being read stops at its next step."""
    require(by, "import_records", job.practice)
    job = ImportJob.objects.select_for_update().get(pk=job.pk)
    if job.has_ended:
        return
    if job.state == ImportJob.State.READING:
        job.stop_asked = True
        job.save(update_fields=["stop_asked"])
    else:
        _end(job, ImportJob.State.STOPPED, problem="It was stopped before it was read.")
    audit.record(by=by, event="import.stopped", organisation=job.practice, subject=job)


def let_go_unconfirmed() -> int:
    """End reports whose headings nobody confirmed in time, and remove their files. How many there were."""
    old = ImportJob.objects.unconfirmed(since=clock.now() - KEPT_UNCONFIRMED)
    return sum(_let_go(pk) for pk in old.values_list("pk", flat=True))


@transaction.atomic
def _let_go(pk: UUID) -> bool:
    job = ImportJob.objects.select_for_update().filter(pk=pk, state=ImportJob.State.MAPPING).first()
    if job is not None:
        _end(
            job,
            ImportJob.State.STOPPED,
            problem=f"Nobody confirmed its headings within {KEPT_UNCONFIRMED.days} days.",
        )
    return job is not None


def run(*, job_id: str, worker: str) -> None:
    """Read one import, if no living worker is at it. Called by a worker; takes the lease, keeps it, and ends the row.

    No transaction is held while the extract is read.
    """
    job = _take(job_id, worker)
    if job is None:
        return
    try:
        report, load_id = _read(job, worker)
    except Stopped:
        _end_mine(job, ImportJob.State.STOPPED, problem="The earlier extract stands.")
    except LakeBusy:
        _put_back(job)
    except StepwellError as error:
        _refuse_mine(job, error)
    except Exception as error:
        # Only the kind of error is logged: its words may hold what was in the file.
        log.error("import_failed", job=str(job.pk), error=type(error).__name__)
        _refuse_mine(job, FAULT)
    else:
        job.report, job.load_id = report, load_id
        _end_mine(job, ImportJob.State.DONE)


def _mine(job: ImportJob) -> QuerySet[ImportJob]:
    held: QuerySet[ImportJob] = ImportJob.objects.filter(
        pk=job.pk, worker=job.worker, state=ImportJob.State.READING
    )
    return held


def _put_back(job: ImportJob) -> None:
    # Waiting for another import is not an attempt that failed; the next sweep tries again.
    _mine(job).update(
        state=ImportJob.State.WAITING, lease_until=None, worker="", attempts=job.attempts - 1, step=""
    )


@transaction.atomic
def _end_mine(job: ImportJob, state: ImportJob.State, *, problem: str = "") -> None:
    # A worker that lost its lease must not end what another is reading.
    if _mine(job).select_for_update().exists():
        _end(job, state, problem=problem)


def _refuse_mine(job: ImportJob, error: StepwellError) -> None:
    job.report = refusals.as_kept(error)
    _end_mine(job, ImportJob.State.REFUSED, problem=str(error))


@transaction.atomic
def _take(job_id: str, worker: str) -> ImportJob | None:
    job = ImportJob.objects.select_for_update().waiting(at=clock.now()).filter(pk=job_id).first()
    if job is None:
        return None
    if job.attempts >= MOST_ATTEMPTS:
        stopped = f"Reading stopped {job.attempts} times without an answer."
        _refuse(job, StepwellError(stopped, next_step=_TO_THE_LOG))
        return None
    job.state, job.worker, job.lease_until = ImportJob.State.READING, worker, clock.now() + LEASE
    job.attempts += 1
    job.save(update_fields=["state", "worker", "lease_until", "attempts"])
    return job


class _OnRow:
    """Progress written to the row, at most every few seconds; keeps the lease and notices a wish to stop."""

    every = timedelta(seconds=2)

    def __init__(self, job: ImportJob, worker: str) -> None:
        self._job, self._worker, self._rows, self._step = job, worker, 0, ""
        self._written = clock.now() - self.every

    def step(self, name: str) -> None:
        """A named step begins."""
        self._step = name[:200]
        self._write()

    def done(self, rows: int) -> None:
        """So many more rows. Only those read count: a later step works on the same rows again."""
        if self._step.startswith(READING) or not self._step:
            self._rows += rows
        if clock.now() - self._written >= self.every:
            self._write()

    def _write(self) -> None:
        self._written = clock.now()
        mine = ImportJob.objects.filter(
            pk=self._job.pk, worker=self._worker, state=ImportJob.State.READING, stop_asked=False
        )
        held = mine.update(step=self._step, rows=self._rows, lease_until=clock.now() + LEASE)
        if not held:
            # Somebody asked to stop, or another worker has it: either way this one must not go on.
            raise Stopped


def _read(job: ImportJob, worker: str) -> tuple[dict[str, object], str]:
    path = stores.uploads_path() / job.stored_as
    with tempfile.TemporaryDirectory() as folder:
        mapping = None
        if job.mapping_yaml:
            mapping = Path(folder) / "mapping.yaml"
            mapping.write_text(job.mapping_yaml, encoding="utf-8")
        options = Options(
            practice=job.practice.ods_code,
            kind=Kind(job.kind),
            mapping=mapping,
            extract_date=job.extract_date,
        )
        ImportJob.objects.filter(pk=job.pk).update(rows_expected=formats.rows_expected(path))
        found = stores.stores_for_import()
        report = import_extract(
            found.lake,
            found.vault,
            formats.open_reader(path, options),
            options,
            derive=DERIVATION,
            progress=_OnRow(job, worker),
        )
    return report.as_dict(), report.load_id


def _refuse(job: ImportJob, error: StepwellError) -> None:
    job.report = refusals.as_kept(error)
    _end(job, ImportJob.State.REFUSED, problem=str(error))


@transaction.atomic
def _end(job: ImportJob, state: ImportJob.State, *, problem: str = "") -> None:
    job.state, job.problem, job.ended_at, job.lease_until = state, problem, clock.now(), None
    job.save(update_fields=["state", "problem", "ended_at", "lease_until", "report", "load_id"])
    audit.record(
        by=audit.SystemJob("import"),
        event=f"import.{state.value}",
        organisation=job.practice,
        subject=job,
        snapshot={"state": state.value},
    )
    transaction.on_commit(partial(stores.remove_upload, job.stored_as))
