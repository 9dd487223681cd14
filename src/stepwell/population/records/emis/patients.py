"""Admin_Patient: who the people are, which of them are left out, and how they are registered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from stepwell.base.progress import Progress
from stepwell.population.records.canonical import Identity
from stepwell.population.records.emis import facts
from stepwell.population.records.emis.dates import Dates, Known
from stepwell.population.records.emis.layout import Layout
from stepwell.population.records.emis.rows import Batch, Cells, Reading, Unusable, each, simple_rows
from stepwell.population.records.extracts import Sink
from stepwell.population.records.reading import cells

_COLUMNS = (
    "PatientGuid", "UsualGpUserInRoleGuid", "Sex", "DateOfBirth", "DateOfDeath", "GivenName", "Surname",
    "DateOfRegistration", "NhsNumber", "PatientTypeDescription", "DummyType", "Postcode", "DateofDeactivation",
    "Deleted", "SpineSensitive", "IsConfidential", "EmailAddress", "MobilePhone",
)  # fmt: skip

# Why rows of a person are left out, for the report.
TEST_PEOPLE = "rows of test patients left out"
DELETED_PEOPLE = "rows of deleted people left out"
UNUSABLE_PEOPLE = "rows left out because the person's own row was rejected"
_DELETED_AND_BACK = (
    "people deleted and back in one delta: what was recorded before is kept, to check in every search"
)
NOT_HELD = "rows left out because neither this delta nor the load it builds on holds the person"

# Rows that say somebody is not to be in the lake, and how they are counted.
_GONE = {TEST_PEOPLE: "test patients left out", DELETED_PEOPLE: "deleted people left out"}


@dataclass(frozen=True, slots=True)
class _Person:
    """The latest row of one person."""

    file: str
    line: int
    guid: str
    usual_gp: str
    sex: str | None
    born: date | None
    died: date | None
    given_name: str
    family_name: str
    registered: date | None
    left: date | None
    nhs_number: str | None
    registration_type: str | None
    postcode: str
    email: str
    phone: str
    sensitive: bool


class People:
    """The people of an extract. After ``read``, ``key`` answers for every row of theirs."""

    def __init__(self, layout: Layout, practice: str, sink: Sink, progress: Progress, *, delta: bool) -> None:
        self._layout, self._practice, self._sink, self._progress, self._delta = (
            layout, practice, sink, progress, delta,
        )  # fmt: skip
        self._people: dict[str, _Person] = {}
        self._away: dict[str, str] = {}  # id -> why their rows are left out
        self._back: set[str] = set()  # ids with a row that was to be left out, and a later one that was not
        self._keys: dict[str, str] = {}
        self._raw: dict[
            str, str | None
        ] = {}  # a cell as written -> key, or None where it needs a second look
        self.known_before = 0
        self._days = {name: Dates(name, sink) for name in ("DateOfBirth", "DateOfDeath", "DateOfRegistration", "DateofDeactivation")}  # fmt: skip
        self._flags = {name: Reading(name, cells.boolean) for name in ("DummyType", "Deleted", "SpineSensitive", "IsConfidential")}  # fmt: skip
        self._sex = Known(facts.values("sex"), sink, "people whose sex is written in an unknown way")

    def read(self) -> int:
        """Read every row, then push identities, people and registrations. The number of rows read."""
        files = self._layout.of("Admin_Patient")
        read = each(
            files,
            _COLUMNS,
            self._take,
            sink=self._sink,
            progress=self._progress,
            in_order=self._delta or len(files) > 1,
        )
        self._push()
        return read

    def key(self, cell: str) -> str | None:
        """The key of the person a row is of; None where the row is left out, which has then been counted.

        Raises ``Unusable`` for a person the extract does not know (in a delta such rows are counted instead: each table
        of a delta is worked out on its own, and rows of test patients left out of the full load come back in it).
        """
        key = self._raw.get(cell)
        return key if key is not None else self._look_again(cell)

    def _look_again(self, cell: str) -> str | None:
        guid = cells.guid(cell)
        if guid is None:
            raise Unusable("the row names no person", "PatientGuid")
        if (why := self._away.get(guid)) is not None:
            self._sink.count(why)
            return None
        key = self._keys.get(guid)
        if key is None and self._delta and (key := self._sink.known_patient(guid)):
            self.known_before += 1
            self._keys[guid] = key
        if key is not None:
            self._raw[cell] = key
            return key
        if self._delta:
            self._sink.count(NOT_HELD)
            return None
        raise Unusable("the person is not in Admin_Patient", "PatientGuid")

    def _take(self, file: str, line: int, row: Cells) -> None:
        guid = cells.guid(row[0])
        if guid is None:
            raise Unusable("the row names no person", "PatientGuid")
        away = self._away.pop(guid, None)
        if self._people.pop(guid, None) is not None or away in _GONE:
            self._sink.count("earlier rows of the same person, merged into the latest")
        if away in _GONE:
            self._back.add(guid)
        try:
            self._decide(file, line, guid, row)
        except Unusable:
            self._away[guid] = UNUSABLE_PEOPLE
            raise

    def _decide(self, file: str, line: int, guid: str, row: Cells) -> None:
        (_, gp, sex, born, died, given, family, registered, number, type_, dummy, postcode, left, deleted,
         spine, confidential, email, phone) = row  # fmt: skip
        flags = self._flags
        if flags["Deleted"][deleted]:
            self._away[guid] = DELETED_PEOPLE
            return
        known = self._type(type_)
        if flags["DummyType"][dummy] or (known is not None and known.dropped):
            self._away[guid] = TEST_PEOPLE
            return
        days = self._days
        nhs_number = cells.nhs_number(number)
        if nhs_number is None:
            self._sink.count("people without a valid NHS number")
        self._people[guid] = _Person(
            file, line, guid, cells.guid(gp) or "", self._sex[sex],
            days["DateOfBirth"].read(born), days["DateOfDeath"].read(died),
            cells.text(given) or "", cells.text(family) or "",
            days["DateOfRegistration"].read(registered), days["DateofDeactivation"].read(left),
            nhs_number, known.registration_type if known else None,
            cells.text(postcode) or "", cells.text(email) or "", cells.text(phone) or "",
            bool(flags["SpineSensitive"][spine]) or bool(flags["IsConfidential"][confidential]),
        )  # fmt: skip

    def _type(self, text: str) -> facts.PatientType | None:
        """What the patient type means. None, counted, where it is blank or not known: it may be an ordinary registration."""
        value = cells.text(text)
        known = facts.patient_types().get(value.casefold()) if value else None
        if known is None:
            self._sink.count("people whose patient type is not known: to check")
        return known

    def _delete(self) -> None:
        """Only who is gone by their latest row: who comes back in the same delta has lost nothing that was recorded."""
        for guid, why in self._away.items():
            if why not in _GONE:
                continue
            known = self._sink.known_patient(guid) if self._delta else None
            if known is not None:
                self.known_before += 1
                self._sink.delete_patient(known)
            else:
                self._sink.count(_GONE[why])

    def _push(self) -> None:
        self._delete()
        doctors = self._doctors()
        identities = []
        for person in self._people.values():
            if self._delta and self._sink.known_patient(person.guid) is not None:
                self.known_before += 1
            self._keys[person.guid] = self._sink.patient_key(
                nhs_number=person.nhs_number, source_patient_id=person.guid
            )
            identities.append(self._identity(person, doctors))
        self._sink.identities(identities)
        if self._delta:
            self._withhold_who_came_back()
        patients, registrations = Batch.of(self._sink, "patients"), Batch.of(self._sink, "registrations")
        for person in self._people.values():
            patients.add(self._patient(person))
            registrations.add(self._registration(person))
        patients.flush()
        registrations.flush()
        self._people.clear()

    def _withhold_who_came_back(self) -> None:
        # Deleting somebody deletes their rows without naming them, so what came back may not be all there was.
        for guid in sorted(self._back & self._people.keys()):
            self._sink.withhold(self._keys[guid])
            self._sink.count(_DELETED_AND_BACK)

    def _doctors(self) -> dict[str, str]:
        names = ("UserInRoleGuid", "Title", "GivenName", "Surname")
        return {
            cells.guid(guid) or "": " ".join(part.strip() for part in name if part.strip())
            for file in self._layout.of("Admin_UserInRole")
            for guid, *name in simple_rows(file, names)
        }

    def _identity(self, person: _Person, doctors: dict[str, str]) -> Identity:
        return Identity(
            patient_key=self._keys[person.guid],
            practice=self._practice,
            source_patient_id=person.guid,
            nhs_number=person.nhs_number,
            given_name=person.given_name,
            family_name=person.family_name,
            date_of_birth=person.born,
            date_of_death=person.died,
            sex=person.sex,
            postcode=person.postcode,
            phone_mobile=person.phone,
            email=person.email,
            usual_gp=doctors.get(person.usual_gp, ""),
        )

    def _patient(self, person: _Person) -> dict[str, object]:
        born, died = person.born, person.died
        return {
            "patient_key": self._keys[person.guid],
            "practice": self._practice,
            "birth_year": born.year if born else None,
            "birth_month": born.month if born else None,
            "death_year": died.year if died else None,
            "death_month": died.month if died else None,
            "sex": person.sex,
            "no_nhs_number": person.nhs_number is None,
            "sensitive": person.sensitive,
            "withheld": False,  # until a row of theirs is left out
            "source_file": person.file,
            "source_line": person.line,
        }

    def _registration(self, person: _Person) -> dict[str, object]:
        if person.registered and person.left and person.left < person.registered:
            self._sink.count("registrations that end before they begin")
        return {
            "registration_id": person.guid,
            "patient_key": self._keys[person.guid],
            "practice": self._practice,
            "start_date": person.registered,
            "end_date": person.left,
            "registration_type": person.registration_type,
            "source_file": person.file,
            "source_line": person.line,
        }
