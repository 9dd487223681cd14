"""A file sealed in chunks, written and read as a stream: what is altered, cut short or reordered does not open.

Layout: magic, header length (4 bytes), header (JSON, authenticated, not secret), then frames of length (4 bytes) and
AES-256-GCM ciphertext, then the sealed summary, then its length (4 bytes). The nonce is the frame's number and the
associated data its role and a hash of the header, so a frame opens only in its own place in its own file. Each file has
a key of its own (from a random salt in the header), so no nonce is used twice.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from stepwell.base.errors import Place, StepwellError

MAGIC = b"STEPWELL-SEALED-1\n"
CHUNK = 64 * 1024
_TAG = 16


class SealedWriter:
    """Writes one sealed file, mode 0600. Holds at most one chunk in memory."""

    def __init__(self, path: Path, key: bytes, header: Mapping[str, object]) -> None:
        self._cipher = AESGCM(key)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(handle, "wb")
        head = json.dumps(header, sort_keys=True).encode()
        self._file.write(MAGIC + _length(head) + head)
        self._head = hashlib.sha256(head).digest()
        self._number = 0
        self._pending = bytearray()

    def write(self, plain: bytes) -> None:
        """Add to the sealed contents."""
        self._pending += plain
        while len(self._pending) >= CHUNK:
            self._frame(b"chunk", bytes(self._pending[:CHUNK]))
            del self._pending[:CHUNK]

    def close(self, summary: Mapping[str, object]) -> None:
        """Seal what is left and the ``summary``, which also counts the frames, and make the file durable."""
        if self._pending:
            self._frame(b"chunk", bytes(self._pending))
        sealed = self._frame(b"summary", json.dumps({**summary, "frames": self._number}).encode())
        self._file.write(_length(sealed))
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def abandon(self) -> None:
        """Close without sealing."""
        self._file.close()

    def _frame(self, role: bytes, plain: bytes) -> bytes:
        # The summary has a nonce of its own, above every chunk's, so that it can be opened first.
        nonce = _SUMMARY_NONCE if role == b"summary" else _nonce(self._number)
        sealed = self._cipher.encrypt(nonce, plain, role + self._head)
        self._file.write(_length(sealed) + sealed)
        self._number += 1
        return sealed


class SealedReader:
    """Reads one sealed file. Opens the summary at once; raises ``StepwellError`` on anything altered."""

    def __init__(
        self,
        path: Path,
        key_for: Callable[[Mapping[str, Any]], bytes],
        expected: Mapping[str, object],
    ) -> None:
        self._path = path
        with path.open("rb") as file:
            head = self._header(file)
            self._start = file.tell()
            header = self._json(head)
            if any(header.get(name) != value for name, value in expected.items()):
                raise self._altered("It belongs to another practice, load or key.")
            self._head = hashlib.sha256(head).digest()
            self._cipher = AESGCM(key_for(header))
            contents = self._summary(file)
        self._frames = contents.pop("frames")
        self.summary: dict[str, Any] = contents

    def chunks(self) -> Iterator[bytes]:
        """The contents in order, a chunk at a time."""
        with self._path.open("rb") as file:
            file.seek(self._start)
            for number in range(self._frames):
                yield self._open(_nonce(number), self._take(file), b"chunk")

    def _header(self, file: BinaryIO) -> bytes:
        if file.read(len(MAGIC)) != MAGIC:
            raise self._altered("It is not a file of the vault.")
        return self._take(file)

    def _summary(self, file: BinaryIO) -> dict[str, Any]:
        end = file.seek(0, os.SEEK_END)
        file.seek(max(self._start, end - 4))
        length = int.from_bytes(file.read(4), "big")
        file.seek(max(self._start, end - 8 - length))
        return self._json(self._open(_SUMMARY_NONCE, self._take(file), b"summary"))

    def _take(self, file: BinaryIO) -> bytes:
        length = int.from_bytes(file.read(4), "big")
        sealed = file.read(length) if length <= CHUNK + _TAG else b""
        if not sealed or len(sealed) != length:
            raise self._altered("It has been cut short or altered.")
        return sealed

    def _open(self, nonce: bytes, sealed: bytes, role: bytes) -> bytes:
        try:
            return self._cipher.decrypt(nonce, sealed, role + self._head)
        except InvalidTag:
            raise self._altered("It has been altered, or was sealed with another key.") from None

    def _json(self, text: bytes) -> dict[str, Any]:
        try:
            contents: dict[str, Any] = json.loads(text)
        except ValueError:
            raise self._altered("Its header has been altered.") from None
        return contents

    def _altered(self, why: str) -> StepwellError:
        return StepwellError(
            f"This vault file cannot be trusted and was not used. {why}",
            where=Place(self._path.name),
            next_step="Restore it from a backup, or import the practice's extract again.",
        )


_SUMMARY_NONCE = b"\xff" * 12


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _length(part: bytes) -> bytes:
    return len(part).to_bytes(4, "big")
