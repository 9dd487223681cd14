"""Whether a file that came is the one that was asked for: its length, its checksum, its form, its month."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from stepwell.base.errors import Place, StepwellError
from stepwell.base.progress import Progress
from stepwell.population.prescribing import forms, months
from stepwell.population.prescribing.fetch.catalogue import Link

_PIECE = 1 << 20
_TAIL = 64 << 10
_BY_LENGTH = {32: "md5", 40: "sha1", 64: "sha256"}
_ZIP = b"PK\x03\x04"
_AGAIN = "It was not kept. Run the same command again; if this stays so, get the file by hand from the service's pages."


def suffix(path: Path) -> str:
    """What kind of file it is, by its first bytes: ".zip" or ".csv"."""
    with path.open("rb") as file:
        return ".zip" if file.read(4) == _ZIP else ".csv"


def verify(path: Path, link: Link, progress: Progress) -> str:
    """The SHA-256 of a file that is what was asked for. Raises ``StepwellError`` for one that is not."""
    shown = link.of.name
    size = path.stat().st_size
    if link.size is not None and size != link.size:
        raise _refused(f"It has {size:,} bytes; the service says {link.size:,}.", shown)
    sha256, other = _checksums(path, link.checksum, progress)
    if link.checksum is not None and other != link.checksum:
        raise _refused("Its checksum is not the one the service gives.", shown)
    with _content(path, shown) as content:
        header, first = _first_rows(content, shown)
    if forms.form_of(header) is None:
        raise _refused("It is not a month of prescribing in any form known here.", shown)
    form = forms.match(header, shown)
    column = form.columns["month"]
    if len(first) != len(header):
        raise _refused("It has a header and no whole row.", shown)
    if months.read(first[header.index(column)]) != link.of.month:
        raise _refused(f"Its first row is not of {link.of.month}.", shown)
    if suffix(path) == ".zip":
        _require_sound(path, shown, progress)
    else:
        _require_last_row(path, len(header), shown)
    return sha256


def _checksums(path: Path, given: str | None, progress: Progress) -> tuple[str, str | None]:
    ours = hashlib.sha256()
    theirs = hashlib.new(_BY_LENGTH[len(given)], usedforsecurity=False) if given else None
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            ours.update(piece)
            if theirs is not None:
                theirs.update(piece)
            progress.done(0)
    return ours.hexdigest(), theirs.hexdigest() if theirs else None


@contextmanager
def _content(path: Path, shown: str) -> Iterator[IO[bytes]]:
    if suffix(path) != ".zip":
        with path.open("rb") as file:
            yield file
        return
    try:
        with zipfile.ZipFile(path) as packed:
            inside = [entry for entry in packed.infolist() if entry.filename.lower().endswith(".csv")]
            if len(inside) != 1:
                raise _refused(f"The zip holds {len(inside)} CSV files; one was expected.", shown)
            with packed.open(inside[0]) as file:
                yield file
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        RuntimeError,
        NotImplementedError,
    ):  # the last two: not to be opened here
        raise _refused("The zip is cut short or damaged.", shown) from None


def _first_rows(content: IO[bytes], shown: str) -> tuple[list[str], list[str]]:
    """The header and the first row. Latin-1 reads any byte, and all that matters here is ASCII."""
    head = content.read(_TAIL).removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    reader = csv.reader(io.StringIO(head, newline=""))
    try:
        header, first = next(reader, []), next(reader, [])
    except csv.Error:
        raise _refused("It is not a CSV file.", shown) from None
    return header, first


def _require_sound(path: Path, shown: str, progress: Progress) -> None:
    """Read the zip through: it carries checksums of its own."""
    with _content(path, shown) as content:
        while content.read(_PIECE):
            progress.done(0)


def _require_last_row(path: Path, cells: int, shown: str) -> None:
    """A file whose last row is short was cut, whatever length it was said to have."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL))
        last_line = file.read().strip(b"\r\n\x00\x1a ").rpartition(b"\n")[2]
    try:
        last = next(csv.reader([last_line.decode("latin-1")]), [])
    except csv.Error:
        last = []
    if len(last) != cells:
        raise _refused("Its last row is not whole.", shown)


def _refused(what: str, shown: str) -> StepwellError:
    return StepwellError(
        f"This is not the file that was asked for. {what}", where=Place(shown), next_step=_AGAIN
    )
