"""One file brought here, going on where a broken connection or a stopped run left off.

What is here goes on only when the service vouches that it still is the same file: same version, same mark, same length.
"""

from __future__ import annotations

import http.client
import os
import re
import shutil
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

from stepwell.base.errors import StepwellError
from stepwell.base.progress import Progress
from stepwell.population.prescribing.fetch import connection as connections
from stepwell.population.prescribing.fetch.catalogue import Link
from stepwell.population.prescribing.fetch.connection import Connection, Failed, Gone, Unsatisfiable, Wait
from stepwell.population.prescribing.fetch.service import service
from stepwell.population.prescribing.fetch.state import Begun

_PIECE = 1 << 20
_SPARE = 64 << 20
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


class Part:
    """A file that is partly here. ``begun`` says of what; ``note`` is called when that changes, to write it down."""

    def __init__(self, path: Path, begun: Begun | None, note: Callable[[Begun], None]) -> None:
        self.path = path
        self.begun = begun
        self._note = note

    def size(self) -> int:
        """Bytes here."""
        return self.path.stat().st_size if self.path.is_file() else 0

    def drop(self) -> None:
        """Forget what is here."""
        self.path.unlink(missing_ok=True)
        self.begun = None

    def become(self, begun: Begun) -> None:
        """It is of this file now."""
        if begun != self.begun:
            self.begun = begun
            self._note(begun)


def download(
    ask: Callable[[], Link], connection: Connection, part: Part, progress: Progress, wait: Wait
) -> Link:
    """Bring the file into ``part``, whole as far as its length can tell; the link it came from.

    ``ask`` gives a fresh link: it is called before every try. ``progress`` is told of bytes. Raises ``StepwellError`` when
    the service does not give it; what has come is kept.
    """
    idle, why = 0, Failed("no connection")
    for _ in range(service().tries_in_all):
        before = part.size()
        try:
            link = ask()
            if _try_once(link, connection, part, progress):
                return link
            why = Failed("the connection was cut")
        except Gone:
            why = Failed("the link to the file no longer holds")
        except Failed as failed:
            why = failed
        idle = 0 if part.size() > before else idle + 1
        if idle >= service().tries:
            break
        wait(connections.pause(idle + 1))
    raise connections.unreachable(why)


def _try_once(link: Link, connection: Connection, part: Part, progress: Progress) -> bool:
    """Whether the file is whole after one try."""
    held = part.begun
    if held is None or held.version != link.of.version or held.name != link.of.name:
        part.drop()
    have = part.size()
    if have and part.begun is not None and part.begun.total == have:
        return True
    try:
        answer = connection.open(link.url, _asking(have, part.begun))
    except Unsatisfiable:
        part.drop()
        return False
    with answer:
        return _take(answer, link, part, have, progress)


def _asking(have: int, begun: Begun | None) -> dict[str, str]:
    if not have or begun is None:
        return {}
    vouched = {"If-Range": begun.validator} if begun.validator else {}
    return {"Range": f"bytes={have}-", **vouched}


def _take(answer: http.client.HTTPResponse, link: Link, part: Part, have: int, progress: Progress) -> bool:
    start, total = _extent(answer)
    total = total or link.size
    validator = _validator(answer)
    begun = Begun(link.of.name, link.of.version, validator, total)
    if start and not (start == have and _same(part.begun, begun)):
        part.drop()  # the rest of another file: begin anew at the next try
        return False
    _require_room(part.path.parent, (total or 0) - start)
    part.become(begun)
    with part.path.open("r+b" if start else "wb") as file:
        file.seek(start)
        progress.done(start)
        while piece := connections.read(answer, _PIECE):
            file.write(piece)
            progress.done(len(piece))
        file.flush()
        os.fsync(file.fileno())
    return total is None or part.size() >= total


def _extent(answer: http.client.HTTPResponse) -> tuple[int, int | None]:
    """Where the answer begins in the file, and how long the file is, where it says."""
    if answer.status == HTTPStatus.PARTIAL_CONTENT:
        found = _RANGE.fullmatch((answer.headers.get("Content-Range") or "").strip())
        if found is None:
            raise Failed("it answered with a part of the file and did not say which")
        return int(found[1]), int(found[2]) if found[2] != "*" else None
    length = (answer.headers.get("Content-Length") or "").strip()
    return 0, int(length) if length.isascii() and length.isdigit() else None


def _validator(answer: http.client.HTTPResponse) -> str:
    """The mark of this very file: a strong ETag, or else when it was changed."""
    mark = (answer.headers.get("ETag") or "").strip()
    return mark if mark and not mark.startswith("W/") else (answer.headers.get("Last-Modified") or "").strip()


def _same(held: Begun | None, now: Begun) -> bool:
    if held is None or held.validator != now.validator:
        return False
    return None in (held.total, now.total) or held.total == now.total


def _require_room(folder: Path, needed: int) -> None:
    if needed > 0 and shutil.disk_usage(folder).free < needed + _SPARE:
        raise StepwellError(
            f"There is no room for it: {needed / 1e9:,.1f} GB are needed.",
            next_step="Make room, or fetch into a folder on another disk. What was fetched so far is kept.",
        )
