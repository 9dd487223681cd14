"""Turns an import and its report into what its page says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from stepwell.casefinding.models import ImportJob
from stepwell.casefinding.record import words
from stepwell.population.lake import Load

_STORED = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[a-z]+")
SOURCES = {
    "emis": "EMIS extract",
    "gp_connect": "GP Connect bundle",
    "list_report": "Report made by the practice",
}


@dataclass(frozen=True, slots=True)
class Report:
    """What an import says: ``facts`` as (name, words); ``files`` by the name the person knows."""

    facts: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, Mapping[str, Any]], ...]
    tables: tuple[tuple[str, int], ...]
    unread: str


def report(job: ImportJob, in_use: Mapping[str, Load]) -> Report:
    """The report of an import that is done. ``in_use`` is the load searches read, by practice."""
    found = job.report
    days = (
        ("Extract date", "extract_date"),
        ("First issue", "first_issue"),
        ("Newest issue", "newest_issue"),
    )
    facts = [("Source", SOURCES.get(found.get("source", ""), str(found.get("source", "not known"))))]
    facts += [(name, _day(found.get(key))) for name, key in days]
    return Report(
        facts=tuple(facts),
        files=tuple((_known_name(job, name), counts) for name, counts in found.get("files", {}).items()),
        tables=tuple(
            (name.replace("_", " ").capitalize(), int(counts["kept"]))
            for name, counts in found.get("tables", {}).items()
        ),
        unread=_unread(job, in_use.get(job.practice.ods_code)),
    )


def _unread(job: ImportJob, standing: Load | None) -> str:
    """Why searches do not read this import; empty when they do."""
    if standing is None or standing.load_id == job.load_id:
        return ""
    source = SOURCES.get(standing.source, standing.source)
    return (
        f"They read another extract of this practice: {source} of {words.long_date(standing.extract_date)}."
    )


def problem(job: ImportJob) -> str:
    """What was wrong, with the name the person's file had."""
    return job.problem.replace(job.stored_as, job.file_name) if job.stored_as else job.problem


def _known_name(job: ImportJob, name: str) -> str:
    # A file is stored under an id; of one imported before, under the id it had then.
    stored = name == job.stored_as or (len(job.report.get("files", {})) == 1 and _STORED.fullmatch(name))
    return job.file_name if stored else name


def _day(text: str | None) -> str:
    return words.long_date(date.fromisoformat(text)) if text else "none"
