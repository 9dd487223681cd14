"""The list report reader: one file a practice exported by itself, any columns, read by a mapping.

What a report cannot say stays unknown: who is registered from when (people in it are taken as registered now, and the report says so);
what was issued between a first and a last date (an issue without a date stands for it: decision 10, section 6, says what
searches make of it); and when an event without a date happened. Where that leaves a search short: decision 10, section 7.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from stepwell.base import clock
from stepwell.base.errors import Place, StepwellError
from stepwell.base.progress import Progress
from stepwell.population.records.canonical import TABLES, Identity, Reject
from stepwell.population.records.extracts import Description, Kind, Options, Sink
from stepwell.population.records.list_report import dates, words
from stepwell.population.records.list_report import mapping as mappings
from stepwell.population.records.list_report.grid import open_grid
from stepwell.population.records.list_report.mapping import Mapping
from stepwell.population.records.list_report.recognition import (
    Recognition,
    data_rows,
    is_header,
    is_total,
    recognise,
)
from stepwell.population.records.list_report.rows import (
    BadRow,
    Cells,
    Event,
    Medicine,
    events,
    filled,
    medicines,
)
from stepwell.population.records.reading import cells

SOURCE = "list_report"
_BATCH = 5_000
_ODS_CODE = re.compile(r"[A-Z][0-9]{5}")
_CODES_NAMED = 5


class ListReportReader:
    """A report at a path. Refused at once when its headings are not understood well enough to be safe."""

    def __init__(self, path: Path, options: Options) -> None:
        self._options = options
        self._grid, self._member = open_grid(path)
        self._recognition: Recognition = recognise(self._grid)
        self._mapping = self._chosen_mapping()
        self._description: Description | None = None

    def _chosen_mapping(self) -> Mapping:
        preset = self._options.mapping
        if preset is None:
            chosen = self._recognition.mapping
        else:
            chosen = _preset(preset)
            mappings.require_same_headings(chosen, self._recognition.headings, self._grid.name)
        if missing := chosen.missing():
            raise StepwellError(
                f"the report does not say, or its headings do not show: {'; '.join(missing)}.",
                where=Place(self._grid.name, self._recognition.header_line),
                next_step="Add those columns to the report, or say what each heading means in a mapping (--mapping, or on the import page).",
            )
        return chosen

    def describe(self) -> Description:
        """See ``Reader``. Looks through the file once for whose it is and its newest date."""
        if self._description is None:
            if self._options.kind is Kind.DELTA:
                raise StepwellError(
                    "A list report is always the whole of what it lists.",
                    next_step="Import it as a full extract.",
                )
            practice, name, newest = self._scan()
            extract_date, how = self._extract_date(newest)
            self._description = Description(
                source=SOURCE,
                practice=practice,
                practice_name=name,
                extract_date=extract_date,
                kind=Kind.FULL,
                files=(self._member.source_file(),),
                notes=(self._grid.found, *self._said(), how),
            )
        return self._description

    def _said(self) -> list[str]:
        used = [f"“{c.heading}” is {words.label_of(c.field)}" for c in self._mapping.columns if c.field]
        unused = [f"“{c.heading}”" for c in self._mapping.columns if not c.field and c.heading]
        notes = [f"Headings: {'; '.join(used)}."]
        if unused:
            notes.append(f"Not used: {', '.join(unused)}.")
        if not self._has("registration_start", "registration_end", "registration_type", "patient_status"):
            notes.append(
                "The report says nothing of registration: everyone in it is taken as registered at its date."
            )
        if not self._has("prescribed_elsewhere", "hospital_medication", "other_medication"):
            notes.append(
                "The report does not tell medicines prescribed elsewhere (hospital, drug service, private): what it lists is taken "
                "as prescribed here, and what it leaves out is not known."
            )
        if not self._has("issue_date"):
            notes.append(
                "The report has only first or last issues: what was issued between is not known, so how long somebody has taken "
                "a medicine often cannot be told. Whoever that could change the answer for is to check."
            )
        if not self._has("code_term", "snomed_id", "problem_term", "ctv3", "read_code"):
            notes.append(
                "The report has no diagnoses: cancer, palliative care, epilepsy and dependence are not known of anybody, so "
                "everyone found from it is to check. Look at each record before any contact."
            )
        return notes

    def _has(self, *fields: str) -> bool:
        return any(self._mapping.positions(field) for field in fields)

    def _scan(self) -> tuple[str, str, date | None]:
        codes: set[str] = set()
        name, newest = "", None
        ignore = [c for c in self._mapping.columns if c.field in ("issue_date", "last_issue_date")]
        at_date = [self._mapping.columns.index(c) for c in ignore]
        for _, row in self._data():
            codes |= {
                row[at].strip().upper() for at in self._mapping.positions("practice_code") if row[at].strip()
            }
            name = name or next((row[at].strip() for at in self._mapping.positions("practice_name")), "")
            for at in at_date:
                newest = max(filter(None, (newest, _issued_by_today(row[at]))), default=None)
        return self._practice(codes), name, newest

    def _practice(self, codes: set[str]) -> str:
        stated = (self._options.practice or self._mapping.practice or "").strip().upper()
        if len(codes) > 1:
            raise StepwellError(
                f"the report holds people of {len(codes)} practices{_named(codes)}.",
                where=Place(self._grid.name),
                next_step="Run it for one practice, and check that the column taken for the practice's code holds nothing else.",
            )
        found = next(iter(codes), stated)
        if not found:
            raise StepwellError(
                "the report does not say whose it is.",
                where=Place(self._grid.name),
                next_step="Say it: --practice with the practice's ODS code.",
            )
        if stated and stated != found:
            raise StepwellError(
                f"this report is of another practice{_named({found})}, not of {stated}.",
                where=Place(self._grid.name),
                next_step="Nothing was imported. Check which practice made it.",
            )
        return found

    def _extract_date(self, newest: date | None) -> tuple[date, str]:
        stated = self._options.extract_date or self._mapping.extract_date
        if stated is not None:
            return stated, f"Extract date {stated}, as stated."
        day = self._recognition.title_date
        if day is not None and (newest is None or day >= newest):
            return day, f"Extract date {day}, from the report's title."
        if newest is None:
            raise StepwellError(
                "the report has no date.",
                where=Place(self._grid.name),
                next_step="State the date of the extract when you import it (--extract-date 2026-11-20).",
            )
        return (
            newest,
            f"Extract date taken as {newest}, the newest issue: the report does not say when it was run.",
        )

    def _data(self) -> Iterator[tuple[int, list[str]]]:
        return data_rows(self._grid, self._recognition)

    def read(self, sink: Sink, progress: Progress) -> None:
        """See ``Reader``."""
        description = self.describe()
        progress.step(f"Reading {self._grid.name}")
        reading = _Reading(self._grid.name, description, self._mapping, self._recognition, sink)
        total = 0
        for line, row in self._data():
            total += 1
            reading.row(line, row)
            if total % _BATCH == 0:
                progress.done(_BATCH)
        reading.finish()
        progress.done(total % _BATCH)
        sink.read(self._grid.name, total)


def _named(codes: set[str]) -> str:
    """Practice codes, in brackets; nothing where a cell is no such code: a column taken for it may hold numbers of people."""
    if len(codes) > _CODES_NAMED or not all(map(_ODS_CODE.fullmatch, codes)):
        return ""
    return f" ({', '.join(sorted(codes))})"


def _issued_by_today(cell: str) -> date | None:
    """The date, unless it cannot be read or has not come yet (a mistyped year must not become the report's date)."""
    today = clock.today()
    try:
        day = dates.issued(cell, today)
    except cells.BadCell:
        return None
    return day if day is not None and day <= today else None


def _preset(path: Path) -> Mapping:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StepwellError(
            "the mapping cannot be read.",
            where=Place(path.name),
            next_step="Check the path, or save it again.",
        ) from error
    return mappings.from_yaml(text, path.name)


class _Reading:
    """One pass over the rows. People are kept by their cells, so that continuation rows find theirs."""

    def __init__(
        self, file: str, description: Description, mapping: Mapping, recognition: Recognition, sink: Sink
    ) -> None:
        self._file, self._about, self._mapping, self._sink = file, description, mapping, sink
        self._recognition = recognition
        # What says who somebody is. Registration and contact cells ride along; they do not make a new person.
        self._person_at = [
            at
            for at, column in enumerate(mapping.columns)
            if words.fields().get(column.field) in (words.PERSON, words.REGISTRATION)
        ]
        self._of_person = frozenset(self._person_at)
        self._before: dict[int, str] = {}
        self._people: dict[str, tuple[str, str | None]] = {}  # by source id: key, NHS number
        self._batches: dict[str, list[dict[str, object]]] = {}
        self._courses: dict[str, int] = {}  # templates written, with how many issues they say were made

    def row(self, line: int, row: list[str]) -> None:
        """Use one row, or say why not."""
        if is_total(row):
            self._sink.count("total and footer lines left out")
            return
        if is_header(row, self._recognition):
            self._sink.count("headings repeated further down left out")
            return
        if len(row) > len(self._mapping.columns):
            reason = f"the row has {len(row)} cells where the header has {len(self._mapping.columns)}"
            self._before = {}  # who comes next on a continuation row is not known
            self._sink.reject(Reject(self._file, line, None, reason, " | ".join(row)))
            return
        self._before = filled(self._person_at, row, self._before)
        whole = [self._before.get(at, "") if at in self._of_person else cell for at, cell in enumerate(row)]
        found = Cells(self._mapping, whole, self._sink.count)
        if words.value_of("registration_type", found.text("registration_type")) == "test":
            self._sink.count("rows of test patients left out")
            return
        try:
            day = self._about.extract_date
            taken, happened = medicines(found, day), events(found, day)
            key, new = self._person(found, line)
        except BadRow as bad:
            raw = " | ".join(row)
            self._sink.reject(Reject(self._file, line, bad.column, str(bad), raw))
            return
        kept = [self._medicine(key, medicine, line, number) for number, medicine in enumerate(taken)]
        for number, event in enumerate(happened):
            self._event(key, event, line, number)
        if not (new or happened or any(kept)):
            self._sink.count("rows with nothing to use left out")

    def finish(self) -> None:
        """Push what is left."""
        for table in list(self._batches):
            self._push(table)

    def _add(self, table: str, row: dict[str, object], line: int) -> None:
        batch = self._batches.setdefault(table, [])
        told = {**row, "practice": self._about.practice, "source_file": self._file, "source_line": line}
        batch.append({name: told.get(name) for name in TABLES[table].names})
        if len(batch) >= _BATCH:
            self._push(table)

    def _push(self, table: str) -> None:
        self._sink.rows(table, self._batches.pop(table))

    def _person(self, row: Cells, line: int) -> tuple[str, bool]:
        number = row.helpful("nhs_number", cells.nhs_number)
        if row.text("nhs_number") and number is None:
            self._sink.count("NHS numbers not valid, not used")
        source_id = row.text("source_patient_id") or number
        if source_id is None:
            raise BadRow("NHS number", "the row does not say whose it is")
        known = self._people.get(source_id)
        if known is not None:
            key, first_number = known
            if number is not None and number != first_number:
                raise BadRow("NHS number", "the NHS number is not the one this patient id has further up")
            return key, False
        key = self._sink.patient_key(nhs_number=number, source_patient_id=source_id)
        self._people[source_id] = key, number
        self._write_person(row, key, number, source_id, line)
        return key, True

    def _write_person(self, row: Cells, key: str, number: str | None, source_id: str, line: int) -> None:
        on = self._about.extract_date
        age = row.helpful("age_years", cells.number)
        born = row.helpful("date_of_birth", lambda cell: dates.born(cell, age, on))
        died = row.helpful("date_of_death", lambda cell: dates.past(cell, on))
        if born is None:
            self._sink.count("people whose birth date is not known")
        sex = row.value("sex")
        given, family = _names(row)
        self._sink.identities(
            [
                Identity(
                    patient_key=key,
                    practice=self._about.practice,
                    source_patient_id=source_id,
                    nhs_number=number,
                    given_name=given,
                    family_name=family,
                    date_of_birth=born,
                    date_of_death=died,
                    sex=sex,
                    postcode=row.text("postcode") or "",
                    phone_mobile=row.text("phone_mobile") or "",
                    email=row.text("email") or "",
                    usual_gp=row.text("usual_gp_name") or "",
                )
            ]
        )
        self._add(
            "patients",
            {
                "patient_key": key,
                "birth_year": born.year if born else None,
                "birth_month": born.month if born else None,
                "death_year": died.year if died else None,
                "death_month": died.month if died else None,
                "sex": sex,
                "no_nhs_number": number is None,
                "sensitive": False,
                "withheld": False,
            },
            line,
        )
        self._register(row, key, line)

    def _register(self, row: Cells, key: str, line: int) -> None:
        on = self._about.extract_date
        ends = row.helpful("registration_end", lambda cell: dates.issued(cell, on))
        status = row.value("patient_status")
        # A report is of the practice's own list, unless a word it gives may say otherwise.
        kind = row.value("registration_type") or (
            "regular" if row.text("registration_type") is None else None
        )
        if status == "left" and ends is None:
            ends = self._about.extract_date
        self._add(
            "registrations",
            {
                "registration_id": key,
                "patient_key": key,
                "start_date": row.helpful("registration_start", lambda cell: dates.past(cell, on)),
                "end_date": ends,
                "registration_type": kind if kind in ("regular", "temporary", None) else "other",
            },
            line,
        )

    def _medicine(self, key: str, medicine: Medicine, line: int, number: int) -> bool:
        """Add a medicine's issues. Whether there was anything to add."""
        if not medicine.dates and not medicine.undated:
            self._sink.count("medicines without a date of issue and nothing issued, not used")
            return False
        common: dict[str, object] = {
            "patient_key": key,
            "kind": medicine.kind,
            "drug_code": medicine.code,
            "bnf_code": medicine.bnf_code,
            "drug_name": medicine.name,
            "dosage_instruction": medicine.dosage,
            "quantity_value": medicine.quantity.value,
            "quantity_unit": medicine.quantity.unit,
            "quantity_text": medicine.quantity.text,
            "prescribed_here": medicine.elsewhere is None,
            "elsewhere_source": medicine.elsewhere,
        }
        template = self._template(common, medicine, line, number)
        # An issue without a date stands for what was issued on days the report does not give: never a made-up day.
        days = [*medicine.dates, None] if medicine.undated else [*medicine.dates]
        for day in days:
            issue_id = _id(
                key, medicine.name, medicine.dosage, str(day), medicine.quantity.text, str(line), str(number)
            )
            issue = {"issue_id": issue_id, "template_id": template, "issue_date": day, **common}
            self._add("issues", {**issue, "duration_days": medicine.duration_days}, line)
        return True

    def _template(self, common: dict[str, object], medicine: Medicine, line: int, number: int) -> str | None:
        """The course a row is of: the row itself, or all rows alike in medicine, dosage and course dates."""
        if medicine.undated:
            self._count_undated(medicine)
        key, made = str(common["patient_key"]), medicine.issues_made
        if medicine.history_missing or medicine.undated:
            course: list[str | None] = [str(line), str(number)]
        elif medicine.ended is not None or made is not None:
            course = ["course", medicine.code, medicine.dosage, str(medicine.started), str(medicine.ended)]
        else:
            return None
        template = _id(key, medicine.name, "template", *course)
        if template in self._courses and self._courses[template] >= (made or 0):
            return template
        self._courses[template] = made or 0
        self._add(
            "templates",
            {
                "template_id": template,
                "start_date": medicine.started,
                "end_date": medicine.ended,
                "status": medicine.status,
                "issues_made": made,
                "issues_authorised": medicine.issues_authorised,
                **common,
            },
            line,
        )
        return template

    def _count_undated(self, medicine: Medicine) -> None:
        if medicine.dates:
            self._sink.count(
                "medicines with only their first or last issue: what was issued between is not known"
            )
        else:
            self._sink.count("medicines issued on days the report does not give, kept without a date")

    def _event(self, key: str, event: Event, line: int, number: int) -> None:
        self._add(
            "events",
            {
                "event_id": _id(key, event.term, event.snomed_id, str(event.on), str(line), str(number)),
                "patient_key": key,
                "event_date": event.on,
                "date_precision": event.precision,
                "snomed_id": event.snomed_id,
                "ctv3": event.ctv3,
                "read_term_id": event.read_code,
                "term": event.term,
                "numeric_value": float(event.value) if event.value is not None else None,
                "unit": event.unit,
                "is_problem": event.is_problem,
            },
            line,
        )


def _names(row: Cells) -> tuple[str, str]:
    given, family = row.text("given_name") or "", row.text("family_name") or ""
    full = row.text("full_name")
    if full and not (given or family):
        # GP systems write "SURNAME, First (Title)".
        family, _, rest = full.partition(",")
        given = rest.split("(")[0].strip()
    return given, family.strip()


def _id(*parts: str | None) -> str:
    return hashlib.sha256("\x1f".join(part or "" for part in parts).encode()).hexdigest()[:32]
