"""Writing files so that a crash at any moment leaves either the old or the new."""

from __future__ import annotations

import os
from pathlib import Path


def fsync_directory(directory: Path) -> None:
    """Make the names in ``directory`` durable."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def fsync_tree(directory: Path) -> None:
    """Make every file and name beneath ``directory`` durable."""
    for folder, _, names in os.walk(directory):
        for name in names:
            handle = os.open(Path(folder) / name, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        fsync_directory(Path(folder))


def write_atomically(path: Path, contents: bytes) -> None:
    """Replace ``path``: a reader, or a machine that starts again, sees the old contents or the new, whole."""
    new = path.with_name(f"{path.name}.new")
    with new.open("wb") as file:
        file.write(contents)
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)
    fsync_directory(path.parent)
