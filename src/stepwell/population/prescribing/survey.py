"""A file looked at as bytes, beside its reading: its checksum, and the one encoding it can be in."""

from __future__ import annotations

import codecs
import hashlib
from pathlib import Path
from threading import Thread

_PIECE = 8 << 20
_SNIFFED = 4 << 20


def sniffed_encoding(path: Path) -> str:
    """ "utf-8" or "latin-1", from the first megabytes. Published files are in either."""
    with path.open("rb") as file:
        head = file.read(_SNIFFED)
    return "utf-8" if _is_utf8(codecs.getincrementaldecoder("utf-8")(), head) else "latin-1"


def is_plain_so_far(path: Path) -> bool:
    """Whether the first megabytes hold nothing that differs between the encodings, so that they could not tell."""
    with path.open("rb") as file:
        return file.read(_SNIFFED).isascii()


class Survey(Thread):
    """Reads a file once, in the background. ``join``, then ``sha256`` and ``size``."""

    def __init__(self, path: Path) -> None:
        super().__init__(daemon=True, name="survey")
        self._path = path
        self.sha256 = ""
        self.size = 0
        self.failed: OSError | None = None

    def run(self) -> None:
        """Read to the end."""
        found = hashlib.sha256()
        try:
            with self._path.open("rb") as file:
                while piece := file.read(_PIECE):
                    found.update(piece)
                    self.size += len(piece)
        except OSError as error:
            self.failed = error
        self.sha256 = found.hexdigest()

    def result(self) -> tuple[str, int]:
        """Checksum and size, when it is done. Raises ``OSError`` when the file could not be read."""
        self.join()
        if self.failed is not None:
            raise self.failed
        return self.sha256, self.size


def _is_utf8(decoder: codecs.IncrementalDecoder, piece: bytes) -> bool:
    try:
        decoder.decode(piece)
    except UnicodeDecodeError:
        return False
    return True
