"""Imports of a practice's EMIS files in a process of its own that can be killed, and the files for them.

Imported by a fork server, so that each start is cheap.
"""

from __future__ import annotations

import csv
import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from stepwell.base.progress import Silent
from stepwell.population import synthetic
from stepwell.population.records.derived import DERIVATION
from stepwell.population.records.emis import EmisReader
from stepwell.population.records.extracts import Options
from stepwell.population.records.importing import ImportReport, import_extract
from stepwell.population.stores import open_stores

PEOPLE, SEED = 200, 11
LATER = synthetic.DEFAULT_AS_OF
EARLIER = LATER - timedelta(days=90)
STARTED = "Started"
# What places a row in time, by table. What is dated after the earlier extract was not yet there.
_DATED = {
    "Admin_Patient": "DateOfRegistration",
    "Prescribing_DrugRecord": "EffectiveDate",
    "Prescribing_IssueRecord": "EffectiveDate",
    "CareRecord_Observation": "EffectiveDate",
}
_NOT_YET = {
    "Admin_Patient": ("DateOfDeath", "DateofDeactivation"),
    "Prescribing_DrugRecord": ("CancellationDate",),
}


class Told:
    """Progress written to a file as it happens, so that it outlives the process."""

    def __init__(self, path: Path | None) -> None:
        self._file = None if path is None else os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def step(self, name: str) -> None:
        """Write it at once."""
        if self._file is not None:
            os.write(self._file, f"{name}\n".encode())

    def done(self, rows: int) -> None:
        """Not kept."""


def import_files(
    lake: Path, files: Path, told: Path | None = None, kill_at: str | None = None
) -> ImportReport:
    """Import EMIS files; the process ends itself, as ``kill -9`` would, when the step ``kill_at`` is done."""
    progress = Told(told)
    progress.step(STARTED)

    def on_step(step: str) -> None:
        progress.step(step)
        if step == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    stores, options = open_stores(lake), Options()
    return import_extract(
        stores.lake,
        stores.vault,
        EmisReader(files, options),
        options,
        derive=DERIVATION,
        progress=progress,
        on_step=on_step,
    )


def two_extracts(folder: Path) -> tuple[Path, Path]:
    """The EMIS files of one made-up practice, and those it would have sent 90 days before: earlier, later."""
    out = folder / "neighbourhood"
    synthetic.build(
        out, practices=1, patients=PEOPLE, seed=SEED, as_of=LATER, progress=Silent(), list_reports=False
    )
    (later,) = (out / "emis").iterdir()
    earlier = folder / "earlier"
    earlier.mkdir()
    files = {file.name.split("_", 1)[1].split(f"_{LATER:%Y}")[0]: file for file in later.iterdir()}
    there = {row["PatientGuid"] for row in _rows_as_they_were("Admin_Patient", files["Admin_Patient"])}
    for table, file in files.items():
        rows = [
            row
            for row in _rows_as_they_were(table, file)
            if "PatientGuid" not in row or row["PatientGuid"] in there
        ]
        _copy(file, earlier / file.name.replace(f"{LATER:%Y%m%d}", f"{EARLIER:%Y%m%d}"), rows)
    return earlier, later


def _rows_as_they_were(table: str, file: Path) -> Iterator[dict[str, str]]:
    """The rows a table had at the earlier extract. An end that came later had not come yet."""
    dated, day = _DATED.get(table), EARLIER.isoformat()
    with file.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if dated is None or row[dated] <= day:
                yield row | {column: "" for column in _NOT_YET.get(table, ()) if row[column] > day}


def _copy(file: Path, out: Path, rows: list[dict[str, str]]) -> None:
    with file.open(encoding="utf-8", newline="") as stream:
        headings = next(csv.reader(stream))
    with out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, headings)
        writer.writeheader()
        writer.writerows(rows)
