"""Turns an import, how far it is and its report into what its page says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from stepwell.casefinding import refusals
from stepwell.casefinding.models import ImportJob
from stepwell.casefinding.record import words
from stepwell.organisations.models import Organisation
from stepwell.population.lake import Load
from stepwell.population.records.formats import LIST_REPORT

_DAY = re.compile(r"\b20\d{2}-\d{2}-\d{2}\b")
_STORED = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[a-z]+")
SOURCES = {
    "emis": "EMIS extract",
    "gp_connect": "GP Connect bundle",
    "list_report": "Report made by the practice",
}
# Words for codes come with some sources only: nothing is missing where there are none.
_LOOKED_UP = {"drug_codes", "clinical_codes"}
# The tables of a load in the words of a practice, in the order that matters to it.
TABLES = {
    "patients": "People",
    "issues": "Issues of medicines",
    "templates": "Medicines on repeat or acute",
    "events": "Diagnoses and other codes",
    "registrations": "Registrations",
    "drug_codes": "Codes of medicines",
    "clinical_codes": "Codes of diagnoses",
}


@dataclass(frozen=True, slots=True)
class File:
    """One file of an extract by the name the person knows. ``aside``: rows that were merged into others or left out."""

    name: str
    read: int
    used: int
    aside: int
    rejected: int
    reasons: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What an import says. ``held``, ``warnings`` and ``notes`` are sentences; ``facts`` (name, words); ``tables`` (name, rows)."""

    held: str
    facts: tuple[tuple[str, str], ...]
    files: tuple[File, ...]
    tables: tuple[tuple[str, int], ...]
    unread: str
    instead_of: str
    warnings: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the three stages of an import. ``state``: done, now or later. ``share`` is in whole per cent, if it is known."""

    name: str
    state: str
    detail: str = ""
    share: int | None = None


def report(job: ImportJob, in_use: Mapping[str, Load], set_aside: Sequence[Load] = ()) -> Report:
    """The report of an import that is done. ``in_use`` is the load searches read, by practice; ``set_aside`` the others
    of this practice."""
    found = job.report
    days = (
        ("Extract date", "extract_date"),
        ("First issue", "first_issue"),
        ("Newest issue", "newest_issue"),
    )
    facts = [("Source", SOURCES.get(found.get("source", ""), str(found.get("source", "not known"))))]
    facts += [(name, _day(found.get(key))) for name, key in days]
    tables = {name: int(counts["kept"]) for name, counts in found.get("tables", {}).items()}
    tables = {name: kept for name, kept in tables.items() if kept or name not in _LOOKED_UP}
    known = [name for name in TABLES if name in tables]
    return Report(
        held=_held(tables, _day(found.get("extract_date"))),
        facts=tuple(facts),
        files=tuple(_file(job, name, counts) for name, counts in found.get("files", {}).items()),
        tables=tuple(
            (TABLES.get(name, name.replace("_", " ").capitalize()), tables[name])
            for name in [*known, *sorted(tables.keys() - set(known))]
        ),
        unread=_unread(job, in_use.get(job.practice.ods_code)),
        instead_of=_instead_of(job, in_use.get(job.practice.ods_code), set_aside, tables.get("patients", 0)),
        warnings=tuple(map(in_words, found.get("warnings", ()))),
        notes=tuple(map(in_words, found.get("notes", ()))),
    )


def _held(tables: Mapping[str, int], day: str) -> str:
    people, issues = tables.get("patients", 0), tables.get("issues", 0)
    return (
        f"{_people(people)} and {issues:,} "
        f"{'issue' if issues == 1 else 'issues'} of medicines, as the practice was on {day}."
    )


def _file(job: ImportJob, name: str, counts: Mapping[str, Any]) -> File:
    read, used, rejected = int(counts["read"]), int(counts["used"]), int(counts["rejected"])
    return File(
        name=known_name(job, name),
        read=read,
        used=used,
        aside=max(0, read - used - rejected),
        rejected=rejected,
        reasons=tuple(counts.get("reasons", {}).items()),
    )


def _unread(job: ImportJob, standing: Load | None) -> str:
    """Why searches do not read this import; empty when they do."""
    if standing is None or standing.load_id == job.load_id:
        return ""
    return f"They read another extract of this practice: {_of(standing)}."


def _instead_of(job: ImportJob, standing: Load | None, set_aside: Sequence[Load], people: int) -> str:
    """What searches read until this import, of another source; empty where it replaced an extract of its own source."""
    if standing is None or standing.load_id != job.load_id or not set_aside:
        return ""
    return (
        f"They no longer read: {' and '.join(map(_counted, set_aside))}. This one holds {_people(people)}: "
        "whoever is not in it is not found."
    )


def replaces(standing: Load | None) -> str:
    """What a report takes the place of in searches, said before it is imported; empty where nothing of another source is read."""
    if standing is None or standing.source == LIST_REPORT:
        return ""
    return (
        f"They read: {_counted(standing)}. If this report is newer than that, they read this report instead, and whoever is "
        "not in it is not found."
    )


def _counted(load: Load) -> str:
    return f"{_of(load)} ({_people(load.tables['patients'].kept)})"


def _people(count: int) -> str:
    return f"{count:,} {'person' if count == 1 else 'people'}"


def _of(load: Load) -> str:
    return f"{SOURCES.get(load.source, load.source)} of {words.long_date(load.extract_date)}"


def in_use(practices: Sequence[Organisation], loads: Mapping[str, Load]) -> list[tuple[str, str]]:
    """(practice, the extract its searches read), for each practice; in words where there is none yet."""
    return [
        (practice.name, _counted(load) if (load := loads.get(practice.ods_code)) else "no extract yet")
        for practice in practices
    ]


def stages(job: ImportJob) -> list[Stage]:
    """How far an import is that has not ended. The last stage has no count: it works on all rows at once."""
    names = ("Read the rows", "Merge and check them", "Work out what people take")
    now = _stage(job)
    detail = f"{job.rows:,} rows so far"
    share = None
    if job.rows_expected:
        # Counted from lines, so it is not exact: it never says 100% before the rows are all read.
        share = min(99, job.rows * 100 // job.rows_expected)
        detail = f"{share}%: {job.rows:,} of about {job.rows_expected:,} rows"
    if now > 0:
        # None are read of a file that was imported before.
        detail, share = f"{job.rows:,} rows" if job.rows else "", None
    told = (detail if job.state == ImportJob.State.READING else "", "", "")
    return [
        Stage(
            name,
            "done" if at < now else "now" if at == now else "later",
            told[at],
            share if at == now == 0 else None,
        )
        for at, name in enumerate(names)
    ]


def _stage(job: ImportJob) -> int:
    if job.state != ImportJob.State.READING:
        return -1
    if not job.step or job.step.startswith("Reading"):
        return 0
    return 1 if job.step.startswith("Merging") else 2


def note(job: ImportJob) -> str:
    """What came of an import, in a line of the history; empty while nothing has."""
    if job.state == ImportJob.State.DONE:
        read, rejected = job.report.get("rows_read", 0), job.report.get("rows_rejected", 0)
        return f"{read:,} rows read, {rejected:,} not used"
    return refusals.of(job).what if job.state == ImportJob.State.REFUSED else ""


def in_words(text: str) -> str:
    """A sentence of a report with its days written out: 6 August 2026."""
    return _DAY.sub(lambda found: _day_or_as_written(found[0]), text)


def _day_or_as_written(text: str) -> str:
    try:
        return _day(text)
    except ValueError:
        return text


def known_name(job: ImportJob, name: str) -> str:
    """A file by the name the person knows: it is stored under an id, or the id it had when it was imported before."""
    stored = name == job.stored_as or (len(job.report.get("files", {})) == 1 and _STORED.fullmatch(name))
    return job.file_name if stored else name


def _day(text: str | None) -> str:
    return words.long_date(date.fromisoformat(text)) if text else "none"
