"""Importing at the command line, and an import's report in lines a person can read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import typer

from stepwell.base.progress import Progress
from stepwell.population.lake import FileCount
from stepwell.population.records import formats
from stepwell.population.records.derived import DERIVATION
from stepwell.population.records.extracts import Kind, Options
from stepwell.population.records.importing import ImportReport, import_extract, wording
from stepwell.population.stores import open_stores


def imported(
    path: Path,
    lake: Path,
    *,
    practice: str | None,
    kind: str,
    mapping: Path | None,
    extract_date: date | None,
    vault: Path | None,
    key: Path | None,
    progress: Progress,
) -> Iterator[ImportReport]:
    """Import each practice beneath ``path``, yielding its report before the next begins. Raises ``StepwellError``."""
    options = Options(practice=practice, kind=Kind(kind), mapping=mapping, extract_date=extract_date)
    stores = open_stores(lake, vault_path=vault, key_path=key)
    if stores.key_created is not None:
        typer.echo(
            f"Made a new key beside the lake: {stores.key_created.name}. Keep it as secret as the records; "
            "without it no further import into this lake is possible.",
            err=True,
        )
    for folder in formats.practice_folders(path):
        reader = formats.open_reader(folder, options)
        yield import_extract(stores.lake, stores.vault, reader, options, derive=DERIVATION, progress=progress)


def lines(report: ImportReport) -> list[str]:
    """What an import says: what was loaded, what each file gave and lost, and what to look at. Counts and dates only."""
    name = f"{report.practice_name} ({report.practice})" if report.practice_name else report.practice
    what = "Imported" if report.outcome == "loaded" else "Unchanged, the same files as before"
    holds = "everything" if report.kind == "full" else "only what changed"
    return [
        f"{what}: {name}",
        f"{wording.source(report.source)} extract of {wording.day(report.extract_date)}, {holds}. Load {report.load_id}.",
        f"Issues from {_day(report.first_issue)} to {_day(report.newest_issue)}.",
        "",
        "Rows of each file:",
        *(line for file, count in report.files.items() for line in _file(file, count)),
        f"    {report.rows_read:,} read in all, {report.rows_rejected:,} rejected",
        "",
        "Rows now in the lake:",
        *(f"{table.kept:>12,}  {kind.replace('_', ' ')}" for kind, table in report.tables.items()),
        *_section(
            "Left out, merged or masked:", [f"{n:>12,}  {what}" for what, n in report.counters.items()]
        ),
        *_section("Worth knowing:", [f"    {note}" for note in report.notes]),
        *_section("Look at this:", [f"    {warning}" for warning in report.warnings]),
        "",
        f"Took {report.elapsed_seconds:,.1f} seconds.",
        "",
    ]


def _day(found: date | None) -> str:
    return wording.day(found) if found else "no known date"


def _file(name: str, count: FileCount) -> list[str]:
    rejected = [f"{number:>16,}  {reason}" for reason, number in count.reasons.items()]
    return [f"    {name}: {count.read:,} read, {count.used:,} used, {count.rejected:,} rejected", *rejected]


def _section(heading: str, found: list[str]) -> list[str]:
    return ["", heading, *found] if found else []
