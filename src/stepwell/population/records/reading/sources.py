"""A folder, a zip or a single file, opened as a set of named members without trusting any of it.

Names are relative, with forward slashes, and safe to show and to store. Nothing is ever written or extracted to disk.
"""

from __future__ import annotations

import hashlib
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from stepwell.base.errors import Place, StepwellError
from stepwell.population.records.extracts import SourceFile

_CHUNK = 1 << 20
_ASK_AGAIN = "Ask for the extract again, or copy it again, and import the new copy."
# Files an operating system leaves behind. They hold no rows and are passed over.
_LITTER = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
# Office files are zips inside, but are one document to the person who made them.
_DOCUMENTS = frozenset({".xlsx", ".xlsm", ".ods", ".docx"})


@dataclass(frozen=True, slots=True)
class Limits:
    """What a source may hold before it is refused. Sizes are in bytes, of the unpacked files."""

    members: int = 5_000
    total: int = 40 << 30
    # A CSV of repeated codes packs about 10 to 30 times smaller; a bomb a thousand times. Small members are not judged.
    ratio: int = 250
    ratio_from: int = 10 << 20


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a source. ``name`` is relative to the source. Opened anew for every reading."""

    name: str
    size: int
    path: Path
    zip_name: str | None = None

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """A stream of the member's bytes, not seekable. Damage found while reading is a ``StepwellError``."""
        try:
            with self._opened() as stream:
                yield stream
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise StepwellError(
                "this file inside the zip is damaged or cut short.",
                where=Place(self.name),
                next_step=_ASK_AGAIN,
            ) from error
        except OSError as error:
            raise StepwellError(
                f"the file could not be read ({error.strerror or 'input error'}).",
                where=Place(self.name),
                next_step="Check that it is still there and that you may read it.",
            ) from error

    @contextmanager
    def _opened(self) -> Iterator[IO[bytes]]:
        if self.zip_name is None:
            with self.path.open("rb") as stream:
                yield stream
            return
        with zipfile.ZipFile(self.path) as archive:
            try:
                packed = archive.open(self.zip_name)
            except RuntimeError as error:  # an unknown way of packing, or a password
                raise StepwellError(
                    "this file inside the zip is packed or locked in a way that cannot be read.",
                    where=Place(self.name),
                    next_step="Unpack it and import the folder instead.",
                ) from error
            with packed:
                yield packed

    def chunks(self) -> Iterator[bytes]:
        """The bytes in pieces of at most 1 MiB."""
        with self.open() as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk

    def source_file(self) -> SourceFile:
        """Name, SHA-256 and true size. Reads the whole member once, in pieces."""
        digest = hashlib.sha256()
        size = 0
        for chunk in self.chunks():
            digest.update(chunk)
            size += len(chunk)
        return SourceFile(self.name, digest.hexdigest(), size)


def open_source(path: Path, limits: Limits = Limits()) -> tuple[Member, ...]:
    """The members of ``path`` in name order. Raises ``StepwellError`` when it is missing, damaged, unsafe or empty."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise StepwellError(
            f"there is no file or folder of this name, or it may not be read ({error.strerror or 'input error'}).",
            where=Place(path.name),
            next_step="Check the spelling and the folder.",
        ) from error
    if stat.S_ISDIR(mode):
        members = _folder(path)
    elif not stat.S_ISREG(mode):
        raise StepwellError("this is not a file or a folder.", where=Place(path.name))
    elif _is_zip(path):
        members = _zip(path, limits)
    else:
        members = [Member(path.name, path.stat().st_size, path)]
    return _checked(path, sorted(members, key=lambda member: member.name), limits)


def _checked(path: Path, members: list[Member], limits: Limits) -> tuple[Member, ...]:
    if not members:
        raise StepwellError(
            "there are no files in it.", where=Place(path.name), next_step="Check that it is the right one."
        )
    if len(members) > limits.members:
        raise StepwellError(
            f"it holds {len(members):,} files, more than the {limits.members:,} an extract may have.",
            where=Place(path.name),
            next_step="Check that it is an extract, and send only its files.",
        )
    if sum(member.size for member in members) > limits.total:
        raise StepwellError(
            f"its files come to more than {limits.total / 1e6:,.0f}MB unpacked, the most that is read.",
            where=Place(path.name),
            next_step="Check that it is an extract. If it is, ask whoever runs Stepwell to raise the limit.",
        )
    seen: set[str] = set()
    for member in members:
        if member.name.casefold() in seen:
            raise StepwellError(
                "two files have this same name, so it is not clear which to read.",
                where=Place(member.name),
                next_step="Take out the one that does not belong and import again.",
            )
        seen.add(member.name.casefold())
    return tuple(members)


def _is_litter(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or parts[-1].lower() in _LITTER or parts[-1].startswith("._")


def _folder(path: Path) -> list[Member]:
    members = []
    for folder, folders, files in os.walk(path, followlinks=False):
        for name in [*folders, *files]:
            item = Path(folder) / name
            relative = item.relative_to(path).as_posix()
            status = item.lstat()
            if stat.S_ISLNK(status.st_mode):
                raise StepwellError(
                    "this is a link to somewhere else, and links are not followed.",
                    where=Place(relative),
                    next_step="Put the file itself in the folder.",
                )
            if stat.S_ISREG(status.st_mode) and not _is_litter(relative):
                members.append(Member(relative, status.st_size, item))
    return members


def _is_zip(path: Path) -> bool:
    suffix = path.suffix.lower()
    if suffix == ".zip":
        return True
    if suffix in _DOCUMENTS:
        return False
    with path.open("rb") as stream:
        return stream.read(4) == b"PK\x03\x04"


def _zip(path: Path, limits: Limits) -> list[Member]:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise StepwellError(
            "this zip file is damaged or cut short.", where=Place(path.name), next_step=_ASK_AGAIN
        ) from error
    members = []
    for entry in entries:
        name = _safe_name(path, entry.filename)
        if entry.is_dir() or _is_litter(name):
            continue
        _refuse_unsafe(entry, name, limits)
        members.append(Member(name, entry.file_size, path, entry.filename))
    _refuse_bomb(sum(member.size for member in members), path.stat().st_size, path.name, limits)
    return members


def _refuse_bomb(unpacked: int, packed: int, name: str, limits: Limits) -> None:
    """For one file, and for the whole zip: many small files, or files that share their bytes, add up to a bomb too."""
    if unpacked > limits.ratio_from and unpacked > limits.ratio * max(packed, 1):
        raise StepwellError(
            f"it unpacks to more than {limits.ratio} times its size, as no extract does.",
            where=Place(name),
            next_step="Do not open it. Ask whoever sent it for the extract again.",
        )


def _safe_name(path: Path, name: str) -> str:
    plain = name.replace("\\", "/")
    parts = PurePosixPath(plain).parts
    if not parts or plain.startswith("/") or ".." in parts or ":" in parts[0] or "\x00" in plain:
        raise StepwellError(
            "a file inside this zip has a name that points outside it, so the zip is not trusted.",
            where=Place(path.name),
            next_step="Ask whoever sent it for a plain zip of the extract.",
        )
    return "/".join(parts)


def _refuse_unsafe(entry: zipfile.ZipInfo, name: str, limits: Limits) -> None:
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise StepwellError(
            "this file inside the zip is a link to somewhere else, and links are not followed.",
            where=Place(name),
        )
    if entry.flag_bits & 0x1:
        raise StepwellError(
            "this file inside the zip is locked with a password.",
            where=Place(name),
            next_step="Unlock and unpack it, and import the folder.",
        )
    _refuse_bomb(entry.file_size, entry.compress_size, name, limits)
