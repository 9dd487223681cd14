"""What a folder of fetched files holds already: a small file beside them, replaced whole each time.

An entry is written when a file was found good and before it gets its name, so a machine that stops in between can finish.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from stepwell.base.errors import Place, StepwellError
from stepwell.population.lake.files import write_atomically

NAME = ".stepwell-fetch"
_LOCK = ".stepwell-fetch.lock"
_FORM = 1


@dataclass(frozen=True, slots=True)
class Begun:
    """A file that is partly here. ``validator`` and ``total`` (bytes) are what the service said of it, where it did."""

    name: str
    version: str
    validator: str
    total: int | None


@dataclass(frozen=True, slots=True)
class Had:
    """A file that is here, whole and looked through. ``changed`` is its time of change, so that a look is enough later."""

    file: str
    version: str
    published: str  # ISO date and time, "" where unknown
    size: int
    sha256: str
    changed: int


@dataclass
class State:
    """The files of a folder by month, and those begun."""

    folder: Path
    had: dict[str, Had] = field(default_factory=dict)
    begun: dict[str, Begun] = field(default_factory=dict)

    def save(self) -> None:
        """Write it beside the files."""
        record = {
            "form": _FORM,
            "files": {month: asdict(each) for month, each in sorted(self.had.items())},
            "begun": {month: asdict(each) for month, each in sorted(self.begun.items())},
        }
        write_atomically(self.folder / NAME, json.dumps(record, indent=1).encode())


def load(folder: Path) -> State:
    """What the folder holds; nothing where there is no such file. Raises ``StepwellError`` for one that cannot be read."""
    path = folder / NAME
    if not path.is_file():
        return State(folder)
    try:
        record: Any = json.loads(path.read_text(encoding="utf-8"))
        if record["form"] != _FORM:
            raise ValueError
        had = {month: Had(**each) for month, each in record["files"].items()}
        begun = {month: Begun(**each) for month, each in record["begun"].items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        raise StepwellError(
            "What this folder holds cannot be read.",
            where=Place(NAME),
            next_step="Fetch into another folder, or remove this file and the files it lists and fetch them again.",
        ) from None
    return State(folder, had, begun)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the folder. Raises ``StepwellError`` when another fetch does."""
    handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StepwellError(
                "Another fetch is writing to this folder.",
                next_step="Wait for it to end, or use another folder.",
            ) from None
        yield
    finally:
        os.close(handle)
