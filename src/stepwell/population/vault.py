"""The vault: who the people of a load are, and the rows that could not be used. One sealed file per practice and load.

Reading it takes who and why, and tells the audit trail before a single name is given. It lives beside the lake, never
in it, and a load's file goes when the load goes.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path

from stepwell.base.errors import StepwellError
from stepwell.knowledge.nhs_number import is_test_range
from stepwell.population.keys import LakeKey
from stepwell.population.lake.files import fsync_directory, write_atomically
from stepwell.population.records.canonical import Identity, Reject
from stepwell.population.sealing import SealedReader, SealedWriter

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_RAW_LIMIT = 10_000  # characters kept of a rejected row: a 300 MB cell is not worth keeping


@dataclass(frozen=True, slots=True)
class Reading:
    """One read of identities, as the audit trail records it. ``identities`` is how many people are shown."""

    who: str
    why: str
    practice: str
    identities: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What a vault file holds, without naming anyone. ``all_test_numbers``: there are NHS numbers, all of the test range."""

    identities: int
    rejects: int
    all_test_numbers: bool


class VaultWriter:
    """Fills one sealed file: rejects as they come, people at the end. Nothing is visible before ``publish``."""

    def __init__(self, vault: Vault, practice: str, load_id: str) -> None:
        self._vault = vault
        self._final = vault.path_of(practice, load_id)
        self._staged = vault.directory / "staging" / f"{load_id}.vault"
        self._staged.parent.mkdir(mode=0o700, exist_ok=True)
        salt = os.urandom(16)
        header = {"format": 1, "practice": practice, "load": load_id, "key": vault.key.id, "salt": salt.hex()}
        self._file = SealedWriter(self._staged, vault.key.subkey("vault", salt), header)
        self._keys: set[str] = set()
        self._rejects = 0
        self._numbers = 0
        self._test_numbers = 0

    def reject(self, reject: Reject) -> None:
        """Keep a row that was not used."""
        self._rejects += 1
        self._add("r", {**asdict(reject), "raw": reject.raw[:_RAW_LIMIT]})

    def identity(self, identity: Identity) -> None:
        """Keep a person. A second identity of the same key (one person under two source ids) is not shown by ``read``."""
        self._numbers += identity.nhs_number is not None
        self._test_numbers += identity.nhs_number is not None and is_test_range(identity.nhs_number)
        kind = "s" if identity.patient_key in self._keys else "i"
        self._keys.add(identity.patient_key)
        self._add(kind, {name: _plain(getattr(identity, name)) for name in _IDENTITY})

    def publish(self) -> Summary:
        """Seal the file, make it durable and put it in its place."""
        all_test = self._numbers > 0 and self._numbers == self._test_numbers
        summary = Summary(len(self._keys), self._rejects, all_test)
        self._file.close(asdict(summary))
        self._final.parent.mkdir(mode=0o700, exist_ok=True)
        os.replace(self._staged, self._final)
        fsync_directory(self._final.parent)
        fsync_directory(self._vault.directory)
        return summary

    def discard(self) -> None:
        """Leave nothing behind."""
        self._file.abandon()
        self._staged.unlink(missing_ok=True)

    def _add(self, kind: str, record: dict[str, object]) -> None:
        self._file.write(
            json.dumps([kind, record], ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        )


class Vault:
    """A directory of sealed files, one per practice and load, belonging to one lake and one key."""

    def __init__(
        self,
        directory: Path,
        key: LakeKey,
        *,
        lake_id: str,
        on_read: Callable[[Reading], None] | None = None,
    ) -> None:
        """Open or make the vault of the lake ``lake_id``. ``on_read`` writes the audit row, and raises if it cannot."""
        self.directory = directory
        self.key = key
        self._on_read = on_read
        self._belong_to(lake_id)

    def read(
        self, practice: str, load_id: str, *, who: str, why: str, keys: Collection[str] | None = None
    ) -> Iterator[Identity]:
        """The people of a load, or those of ``keys``, after the audit trail has been told.

        Without an audit trail only files whose every NHS number is of the test range can be read.
        """
        self._require_reason(who, why)
        file = self._open(practice, load_id)
        people = (_identity(record) for kind, record in _records(file) if kind == "i")
        if keys is None:
            self._audit(who, why, practice, file, Summary(**file.summary).identities)
            return people
        wanted = set(keys)
        found = [identity for identity in people if identity.patient_key in wanted]
        self._audit(who, why, practice, file, len(found))
        return iter(found)

    def rejects(self, practice: str, load_id: str, *, who: str, why: str) -> Iterator[Reject]:
        """The rows of a load that were not used. They may name people, so the same rules hold as for ``read``."""
        self._require_reason(who, why)
        file = self._open(practice, load_id)
        self._audit(who, why, practice, file, Summary(**file.summary).rejects)
        return (_reject(record) for kind, record in _records(file) if kind == "r")

    def summary(self, practice: str, load_id: str) -> Summary:
        """How much a file holds. Names nobody, so it is not audited."""
        return Summary(**self._open(practice, load_id).summary)

    def carried(self, practice: str, load_id: str) -> Iterator[Identity]:
        """Every identity, second source ids too, for an import that builds on this load. Never shown to anyone."""
        return (_identity(record) for kind, record in _records(self._open(practice, load_id)) if kind in "is")

    def writer(self, practice: str, load_id: str) -> VaultWriter:
        """A new file for a load being staged."""
        return VaultWriter(self, practice, load_id)

    def keep_only(self, load_ids: Collection[str]) -> None:
        """Remove the files of loads that are gone, and what a dead import left. Only under the lake's writer lock."""
        shutil.rmtree(self.directory / "staging", ignore_errors=True)
        for path in self.directory.glob("*/*.vault"):
            if path.stem not in load_ids:
                path.unlink()

    def path_of(self, practice: str, load_id: str) -> Path:
        """Where the file of a load is kept."""
        for name in (practice, load_id):
            if not _NAME.fullmatch(name):
                raise StepwellError("A practice code or load id holds characters that no code has.")
        return self.directory / practice / f"{load_id}.vault"

    def _open(self, practice: str, load_id: str) -> SealedReader:
        path = self.path_of(practice, load_id)
        if not path.is_file():
            raise StepwellError(
                f"The vault holds no identities for practice {practice}, load {load_id}.",
                next_step="Identities are kept only where the practice's extract was imported, while its load is kept.",
            )
        return SealedReader(
            path,
            lambda header: self.key.subkey("vault", bytes.fromhex(header["salt"])),
            {"practice": practice, "load": load_id, "key": self.key.id},
        )

    def _audit(self, who: str, why: str, practice: str, file: SealedReader, number: int) -> None:
        if self._on_read is not None:
            self._on_read(Reading(who, why, practice, number))
        elif not Summary(**file.summary).all_test_numbers:
            raise StepwellError(
                f"The identities of practice {practice} cannot be read without an audit trail.",
                next_step="Sign in, or run the command with a member named, so that the reading is recorded.",
            )

    def _require_reason(self, who: str, why: str) -> None:
        if not who.strip() or not why.strip():
            raise StepwellError("Reading identities takes who reads them and why.")

    def _belong_to(self, lake_id: str) -> None:
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        mark = self.directory / "vault.json"
        if not mark.exists():
            write_atomically(mark, json.dumps({"lake": lake_id, "key": self.key.id}).encode())
        belongs = json.loads(mark.read_text())
        if belongs != {"lake": lake_id, "key": self.key.id}:
            raise StepwellError(
                f'The vault "{self.directory.name}" belongs to another lake or was sealed with another key.',
                next_step="Give the vault and the key this lake was made with.",
            )


_IDENTITY = tuple(field.name for field in fields(Identity))
_DATES = ("date_of_birth", "date_of_death")


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _identity(record: dict[str, str | None]) -> Identity:
    days = {name: date.fromisoformat(text) if (text := record[name]) else None for name in _DATES}
    return Identity(**{**record, **days})  # type: ignore[arg-type]


def _reject(record: dict[str, str | None]) -> Reject:
    return Reject(**record)  # type: ignore[arg-type]


def _records(file: SealedReader) -> Iterator[tuple[str, dict[str, str | None]]]:
    rest = b""
    for chunk in file.chunks():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            kind, record = json.loads(line)
            yield kind, record
