"""The key of a lake: what turns an NHS number into a ``patient_key``, and what seals the vault.

Whoever holds it can try every NHS number, so it is as secret as the records. It lives outside the lake, in a file only
its owner can read or in ``STEPWELL_KEY``, and has no default.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from stepwell.base.errors import StepwellError

VARIABLE = "STEPWELL_KEY"
_BYTES = 32
_KEY_HEX = 32  # characters of a patient_key: 128 bits, so no two people of any country share one by chance


class LakeKey:
    """One 32-byte secret and the keys derived from it, each for one use only."""

    __slots__ = ("_patients", "_secret", "_sources", "id")

    def __init__(self, secret: bytes) -> None:
        if len(secret) != _BYTES or len(set(secret)) < 8:
            raise StepwellError(
                "The lake's key is not a random secret of 32 bytes.",
                next_step="Make one with LakeKey.create, or with `openssl rand -hex 32`.",
            )
        self._secret = secret
        self.id = self.subkey("id").hex()[:16]
        self._patients = self.subkey("patients")
        self._sources = self.subkey("sources")

    def __repr__(self) -> str:
        return f"LakeKey(id={self.id})"

    def __reduce__(self) -> str:
        raise TypeError("a lake's key is never pickled")

    @classmethod
    def create(cls, path: Path) -> LakeKey:
        """Write a new random key to ``path`` (mode 0600), which must not exist, and return it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise StepwellError(
                f'There already is a key file "{path.name}".',
                next_step="Use it, or choose another name: a key that is overwritten is lost with all it sealed.",
            ) from None
        secret = secrets.token_bytes(_BYTES)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secret.hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        return cls(secret)

    @classmethod
    def from_file(cls, path: Path) -> LakeKey:
        """The key in ``path``. Refused when anyone but its owner may read it."""
        try:
            mode = path.stat().st_mode
            text = path.read_text(encoding="ascii", errors="replace")
        except OSError as error:
            raise StepwellError(
                f'The key file "{path.name}" could not be read ({error.strerror}).',
                next_step=f"Give the file this lake was made with, or set {VARIABLE}.",
            ) from error
        if stat.S_IMODE(mode) & 0o077:
            raise StepwellError(
                f'The key file "{path.name}" may be read by others (mode {stat.S_IMODE(mode):04o}).',
                next_step=f"Run `chmod 600 {path.name}`; if others have read it, make a new key and import again.",
            )
        return cls(_decode(text, f'the key file "{path.name}"'))

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> LakeKey | None:
        """The key in ``STEPWELL_KEY`` (64 hexadecimal characters, or base64), or None when it is not set."""
        text = (os.environ if environment is None else environment).get(VARIABLE, "")
        return cls(_decode(text, VARIABLE)) if text.strip() else None

    def subkey(self, use: str, salt: bytes | None = None) -> bytes:
        """A 32-byte key for one use, from which neither the secret nor any other subkey can be worked out."""
        return HKDF(SHA256(), _BYTES, salt, f"stepwell/1/{use}".encode()).derive(self._secret)

    def patient_key(self, nhs_number: str) -> str:
        """The key of the person with this valid ten-digit NHS number, the same at every practice."""
        return hmac.digest(self._patients, nhs_number.encode(), "sha256").hex()[:_KEY_HEX]

    def source_key(self, source: str, practice: str, source_patient_id: str) -> str:
        """The key of a person known only by the source's own id. Never equal to any ``patient_key``."""
        parts = (source, practice, source_patient_id)
        message = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
        return hmac.digest(self._sources, message, "sha256").hex()[:_KEY_HEX]


def sample_order(seed: str, patient_key: str) -> str:
    """Sorting people by this puts them in a random order that the recorded seed repeats, on any engine."""
    return hmac.digest(seed.encode(), patient_key.encode(), "sha256").hex()


def _decode(text: str, where: str) -> bytes:
    text = text.strip()
    try:
        return bytes.fromhex(text) if len(text) == 2 * _BYTES else base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        raise StepwellError(
            f"What is in {where} is not a key.",
            next_step="A key is 64 hexadecimal characters, or 32 bytes as base64.",
        ) from None
