"""GP Connect Access Record Structured (FHIR STU3): a load is a set of bundles, one or more for each person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from stepwell.base.clock import LONDON
from stepwell.base.errors import Place, StepwellError
from stepwell.base.progress import Progress
from stepwell.population.records.canonical import ID_COLUMN
from stepwell.population.records.extracts import Description, Kind, Options, Sink, SourceFile
from stepwell.population.records.gp_connect.accounting import Accountant, Accounting
from stepwell.population.records.gp_connect.bundles import Bundle, Entry, load, shown_name
from stepwell.population.records.gp_connect.events import event_rows
from stepwell.population.records.gp_connect.medications import Medications
from stepwell.population.records.gp_connect.people import (
    Whose,
    identity,
    nhs_number_of,
    patient_row,
    practice_of,
    registration_row,
)
from stepwell.population.records.gp_connect.record import Record, merge
from stepwell.population.records.reading.sources import Member, open_source


@dataclass(frozen=True, slots=True)
class _File:
    """One bundle, looked over: whose it is and from where, without its contents."""

    member: Member
    source: SourceFile
    patient_id: str
    practice: str | None
    practice_name: str
    fetched: datetime | None


@dataclass(frozen=True, slots=True)
class _Set:
    """All bundles of a set, and the names of files that are not bundles."""

    files: tuple[_File, ...]
    passed_over: int


class GpConnectReader:
    """A file, folder or zip of bundles. One person's bundles are in memory at a time."""

    def __init__(self, path: Path, options: Options) -> None:
        if options.kind is not Kind.FULL:
            raise StepwellError(
                "GP Connect bundles are whole records, so a set of them is not a delta.",
                where=Place(path.name),
                next_step="Import the set as a full extract.",
            )
        self._path = path
        self._options = options
        self._accounting = Accounting()
        self._seen: set[int] = set()

    def accounting(self) -> Accounting:
        """What became of every entry, once ``read`` is done."""
        return self._accounting

    def describe(self) -> Description:
        """See ``Reader``. Looks over every file."""
        notes = []
        fetched = [file.fetched.astimezone(LONDON).date() for file in self._set.files if file.fetched]
        stated = self._options.extract_date
        if stated is None and not fetched:
            raise StepwellError(
                "The bundles do not say when they were made.",
                where=Place(self._path.name),
                next_step="State the date of the extract when you import it (--extract-date 2026-11-20).",
            )
        if fetched and min(fetched) != max(fetched):
            notes.append(f"The bundles were made between {min(fetched)} and {max(fetched)}.")
        if self._set.passed_over:
            notes.append(_passed_over(self._set.passed_over))
        people = len({file.patient_id for file in self._set.files})
        notes.append(f"{_count(len(self._set.files), 'bundle')} of {_count(people, 'person', 'people')}.")
        practice, name = self._practice
        return Description(
            source="gp_connect",
            practice=practice,
            practice_name=name,
            extract_date=stated or max(fetched),
            kind=Kind.FULL,
            files=tuple(file.source for file in self._set.files),
            notes=tuple(notes),
        )

    def read(self, sink: Sink, progress: Progress) -> None:
        """See ``Reader``."""
        about = self.describe()
        accountant = Accountant(sink, self._accounting)
        people: dict[str, list[_File]] = {}
        for file in self._set.files:
            people.setdefault(file.patient_id, []).append(file)
        progress.step("Reading the bundles")
        for patient_id, files in people.items():
            bundles = [load(file.member, file.source.name) for file in files]
            _refuse_two_numbers(bundles)
            record = merge(bundles, accountant)
            key = sink.patient_key(nhs_number=nhs_number_of(record.patient), source_patient_id=patient_id)
            self._push(record, Whose(key, about.practice, about.extract_date), sink, accountant)
            progress.done(sum(len(bundle.entries) for bundle in bundles))

    def _push(self, record: Record, whose: Whose, sink: Sink, accountant: Accountant) -> None:
        medications = Medications(record, whose, accountant)
        medications.read()
        accountant.used(record.patient, "as people")
        tables: Mapping[str, Sequence[dict[str, object]]] = {
            "patients": [patient_row(record, whose, accountant)],
            "registrations": [registration_row(record, whose, accountant)],
            "templates": medications.templates,
            "issues": medications.issues,
            "events": event_rows(record, whose, accountant),
        }
        sink.identities([identity(record, whose)])
        for table, rows in tables.items():
            if table not in ("patients", "registrations"):
                self._refuse_shared_ids(table, rows)
            sink.rows(table, rows)

    def _refuse_shared_ids(self, table: str, rows: Sequence[dict[str, object]]) -> None:
        """Ids are unique within a sender's system. Where two people share one, one would silently replace the other."""
        for row in rows:
            mark = hash((table, row[ID_COLUMN[table]]))
            if mark in self._seen:
                raise StepwellError(
                    "an entry here has the same id as an entry of another person, so they cannot be told apart.",
                    where=Place(str(row["source_file"])),
                    next_step="Check that the bundles come from one system, and fetch them again.",
                )
            self._seen.add(mark)

    @property
    def _practice(self) -> tuple[str, str]:
        """ODS code and name. Raises ``StepwellError`` when the set is not one practice's, or not the stated one's."""
        stated = self._options.practice
        named = {file.practice: file for file in self._set.files if file.practice}
        if len(named) > 1:
            raise StepwellError(
                f"the bundles are from {len(named)} practices, and a load is one practice's.",
                where=Place(self._path.name),
                next_step="Import each practice's bundles by themselves.",
            )
        for code, file in named.items():
            if stated is not None and stated.upper() != code.upper():
                raise StepwellError(
                    f"the bundles are from practice {code}, not {stated}.",
                    where=Place(file.source.name),
                    next_step="Check which practice's bundles these are.",
                )
            return code.upper(), file.practice_name
        if stated is None:
            raise StepwellError(
                "the bundles do not name their practice by its ODS code.",
                where=Place(self._path.name),
                next_step="State the practice.",
            )
        return stated.upper(), ""

    @cached_property
    def _set(self) -> _Set:
        members = open_source(self._path)
        bundles = [member for member in members if member.name.lower().endswith(".json")]
        if not bundles:
            raise StepwellError(
                "there is no JSON file in it.",
                where=Place(self._path.name),
                next_step="Check that it is a set of GP Connect bundles.",
            )
        return _Set(tuple(_look_over(member) for member in bundles), len(members) - len(bundles))


def _look_over(member: Member) -> _File:
    whole = member.source_file()
    source = SourceFile(shown_name(whole), whole.sha256, whole.size)
    bundle = load(member, source.name)
    patient = _patient(bundle)
    practice, name = practice_of(bundle, patient)
    return _File(member, source, patient.id or "", practice, name, bundle.fetched)


def _patient(bundle: Bundle) -> Entry:
    patients = list(bundle.of("Patient"))
    ids = {entry.id for entry in patients}
    if len(ids) != 1 or None in ids:
        raise StepwellError(
            "a bundle must hold one patient with an id, or it is not clear whose record it is.",
            where=Place(bundle.file),
            next_step="Fetch this person's record again, and import the set with the new file.",
        )
    return patients[0]


def _refuse_two_numbers(bundles: Sequence[Bundle]) -> None:
    numbers = {nhs_number_of(patient) for bundle in bundles for patient in bundle.of("Patient")} - {None}
    if len(numbers) > 1:
        raise StepwellError(
            "bundles of one patient id hold different NHS numbers, so they may be of different people.",
            where=Place(bundles[-1].file),
            next_step="Fetch both records again and check them before importing.",
        )


def _passed_over(files: int) -> str:
    are = "that is not JSON was" if files == 1 else "that are not JSON were"
    return f"{_count(files, 'file')} {are} passed over."


def _count(number: int, one: str, several: str = "") -> str:
    return f"{number:,} {one if number == 1 else several or one + 's'}"
