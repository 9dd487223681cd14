"""Months of prescribing brought into a folder: the newest version of each, whole, looked through, and never twice."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from stepwell.base.clock import LONDON
from stepwell.base.errors import Place, StepwellError
from stepwell.base.progress import Progress, Silent
from stepwell.population.lake.files import fsync_directory
from stepwell.population.prescribing.fetch import catalogue, state, verifying
from stepwell.population.prescribing.fetch.catalogue import Link, Published
from stepwell.population.prescribing.fetch.connection import Connection, Wait
from stepwell.population.prescribing.fetch.downloading import Part, download
from stepwell.population.prescribing.fetch.service import service
from stepwell.population.prescribing.fetch.state import Begun, Had, State

_PIECE = 8 << 20


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """One month's file as it now stands. ``outcome`` is "fetched", "replaced" (an older version) or "here already"."""

    month: str
    file: str
    size: int  # bytes
    published: date | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of it. ``missing`` are months the service does not publish."""

    files: tuple[FetchedFile, ...]
    missing: tuple[str, ...]


def fetch_months(
    wanted: Sequence[str],
    folder: Path,
    *,
    source: str | None = None,
    progress: Progress | None = None,
    wait: Wait = time.sleep,
) -> Fetched:
    """Bring these months ("2026-05") into ``folder``, made where it is not there. ``progress`` is told of bytes.

    Can be stopped at any moment and run again: it goes on where it was. Raises ``StepwellError`` for a service that cannot
    be reached or gives something else than a month of prescribing; what came before is kept.
    """
    progress = progress or Silent()
    connection = Connection(source or service().address, wait=wait)
    folder.mkdir(parents=True, exist_ok=True)
    with state.alone(folder):
        held = state.load(folder)
        progress.step("Asking what is published")
        found = catalogue.published(connection, wanted)
        files = tuple(
            _Month(found[month], held, connection, progress, wait).bring() for month in sorted(found)
        )
    return Fetched(files, tuple(month for month in sorted(set(wanted)) if month not in found))


def published_on(file: Path) -> date | None:
    """The day in London on which a fetched file was published; None for a file that was not fetched, or undated."""
    for had in state.load(file.parent).had.values():
        if had.file == file.name and file.is_file() and _untouched(file, had):
            return _day(had.published)
    return None


class _Month:
    """One month on its way into the folder."""

    def __init__(
        self, published: Published, held: State, connection: Connection, progress: Progress, wait: Wait
    ) -> None:
        self._published = published
        self._month = published.month
        self._state = held
        self._connection = connection
        self._progress = progress
        self._wait = wait

    def bring(self) -> FetchedFile:
        """The file, after fetching it where that is needed."""
        had = self._had()
        if had is not None and (had.version == self._published.version or self._is_older(had)):
            return self._fetched(had, "here already")
        self._require_free()
        self._progress.step(f"Fetching {self._published.name}")
        link, sha256 = self._get()
        now = self._keep(link, sha256, had)
        return self._fetched(now, "replaced" if had is not None else "fetched")

    def _had(self) -> Had | None:
        """What the folder holds of this month, if it is still as it was written down."""
        had = self._state.had.get(self._month)
        if had is None:
            return None
        path, part = self._state.folder / had.file, self._part_path()
        if path.is_file() and _is(path, had):
            return had
        if not (part.is_file() and _is(part, had)):
            return None
        os.replace(part, path)  # it stopped between looking it through and naming it
        fsync_directory(path.parent)
        return had

    def _is_older(self, had: Had) -> bool:
        """Whether what the service shows is older than what is here."""
        there = self._published.published
        return there is not None and bool(had.published) and there < datetime.fromisoformat(had.published)

    def _require_free(self) -> None:
        """A file of that name that no fetch wrote is somebody's: it is not written over."""
        ours = {had.file for had in self._state.had.values()}
        for suffix in (".csv", ".zip"):
            name = f"{self._published.name}{suffix}"
            if name not in ours and (self._state.folder / name).exists():
                raise StepwellError(
                    "A file of this name is in the folder, and it was not fetched by this command.",
                    where=Place(name),
                    next_step="Move it away, or fetch into another folder.",
                )

    def _get(self) -> tuple[Link, str]:
        """A link and the checksum of what it gave. What is not as it should be is fetched once more, from its beginning."""
        part = Part(self._part_path(), self._state.begun.get(self._month), self._note)
        for again in (True, False):
            link = download(self._ask, self._connection, part, self._progress, self._wait)
            self._progress.step(f"Looking through {link.of.name}")
            try:
                return link, verifying.verify(part.path, link, self._progress)
            except StepwellError:
                part.drop()
                self._state.begun.pop(self._month, None)
                self._state.save()
                if not again:
                    raise
            self._progress.step(f"Fetching {link.of.name} once more")
        raise AssertionError("the second try returns or raises")

    def _ask(self) -> Link:
        return catalogue.link(self._connection, self._published)

    def _note(self, begun: Begun) -> None:
        self._state.begun[self._month] = begun
        self._state.save()

    def _keep(self, link: Link, sha256: str, before: Had | None) -> Had:
        part, folder = self._part_path(), self._state.folder
        found = part.stat()
        when = link.of.published.isoformat() if link.of.published else ""
        name = f"{link.of.name}{verifying.suffix(part)}"
        now = Had(name, link.of.version, when, found.st_size, sha256, found.st_mtime_ns)
        self._state.had[self._month] = now
        self._state.begun.pop(self._month, None)
        self._state.save()
        os.replace(part, folder / name)
        if before is not None and before.file != name:
            (folder / before.file).unlink(
                missing_ok=True
            )  # the version this one replaces: two would be two of a month
        fsync_directory(folder)
        return now

    def _part_path(self) -> Path:
        return self._state.folder / f"{self._month}.part"

    def _fetched(self, had: Had, outcome: str) -> FetchedFile:
        return FetchedFile(self._month, had.file, had.size, _day(had.published), outcome)


def _untouched(path: Path, had: Had) -> bool:
    found = path.stat()
    return found.st_size == had.size and found.st_mtime_ns == had.changed


def _is(path: Path, had: Had) -> bool:
    """Whether a file is the one written down: untouched since, or else the same in every byte."""
    if path.stat().st_size != had.size:
        return False
    if _untouched(path, had):
        return True
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            found.update(piece)
    return found.hexdigest() == had.sha256


def _day(when: str) -> date | None:
    return datetime.fromisoformat(when).astimezone(LONDON).date() if when else None
