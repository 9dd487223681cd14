"""Tables worked out for pages, kept as files outside the lake and shared by every process of the site.

A file is of one state of the public data: its name changes with any load and any version of the measures. Public data only, so it may lie open.
Only one table is worked out at a time in a process, so that many visitors cannot ask for more than the machine has.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
import uuid
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from stepwell.base.errors import StepwellError

MOST_BYTES = 2_000_000_000
WAIT_SECONDS = 20
# Working out values may ask for the directory first.
_working = threading.RLock()


class Busy(StepwellError):
    """Somebody else's figures are being worked out."""

    def __init__(self) -> None:
        super().__init__(
            "These figures are being worked out for somebody else.", next_step="Try again in a moment."
        )


def path_of(folder: Path, key: str) -> Path:
    """Where the table of a key is kept."""
    return folder / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.arrow"


def is_kept(folder: Path, key: str) -> bool:
    """Whether a table need not be worked out."""
    return path_of(folder, key).is_file()


def kept(folder: Path, key: str, make: Callable[[], pa.Table]) -> pa.Table:
    """The table of a key: from its file, else made now and written. Raises ``Busy`` after waiting for others."""
    path = path_of(folder, key)
    if (found := _read(path)) is not None:
        return found
    if not _working.acquire(timeout=WAIT_SECONDS):
        raise Busy
    try:
        if (found := _read(path)) is not None:
            return found
        made = make()
        _write(path, made)
        return made
    finally:
        _working.release()


def text(folder: Path, key: str, make: Callable[[], str]) -> str:
    """The same for a text, such as a drawing. Made beside others: it takes little."""
    path = path_of(folder, key).with_suffix(".txt")
    with contextlib.suppress(FileNotFoundError):
        return path.read_text(encoding="utf-8")
    made = make()
    _put(path, lambda part: part.write_text(made, encoding="utf-8"))
    return made


def _read(path: Path) -> pa.Table | None:
    """The table without copying it: pages of the file are shared between processes."""
    try:
        with pa.memory_map(str(path)) as source:
            return pa.ipc.open_file(source).read_all()
    except (FileNotFoundError, pa.ArrowInvalid):
        return None


def _write(path: Path, table: pa.Table) -> None:
    def write(part: Path) -> None:
        with pa.ipc.new_file(str(part), table.schema) as out:
            out.write_table(table)

    _put(path, write)


def _put(path: Path, write: Callable[[Path], object]) -> None:
    """A file that is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _make_room(path.parent)
    part = path.with_name(f"{uuid.uuid4().hex}.part")
    try:
        write(part)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _make_room(folder: Path) -> None:
    """The oldest go first. A reader that has one open keeps its pages."""
    files = []
    for path in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):
            about = path.stat()
            files.append((about.st_mtime, about.st_size, path))
    total = sum(size for _, size, _ in files)
    if total <= MOST_BYTES:
        return
    for _, size, path in sorted(files):
        path.unlink(missing_ok=True)
        total -= size
        if total <= MOST_BYTES / 2:
            return
