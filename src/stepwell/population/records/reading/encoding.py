"""Which encoding a member is written in, judged on all of it, and where it stops making sense."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from stepwell.base.errors import Place, StepwellError
from stepwell.population.records.reading.sources import Member

_SAVE_AS = "Save or export it again as CSV UTF-8."
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(slots=True)
class _Scan:
    """One pass over a member under one decoder: the line it broke at (from 1), or None."""

    broken_line: int | None = None
    beyond_ascii: bool = False


def detect(member: Member) -> str:
    """A Python codec name: UTF-8 or UTF-16 (with or without a mark), else Windows-1252. Reads the whole member.

    Raises ``StepwellError`` with the line when the bytes are none of these: a file that is UTF-8 up to a broken byte is
    damaged, not Windows-1252, and reading it as such would spoil every accent in it.
    """
    with member.open() as stream:
        named = guess(stream.read(4096))
    if named != "utf-8":
        return _proven(member, named)
    scan = _decode(member, "utf-8")
    if scan.broken_line is None:
        return "utf-8"
    if scan.beyond_ascii:
        raise _undecodable(member, scan.broken_line)
    return _proven(member, "cp1252")


def guess(head: bytes) -> str:
    """What the first bytes of a file say, without reading the rest: UTF-8 unless they show otherwise."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    return _utf16_without_mark(head) or "utf-8"


def _utf16_without_mark(head: bytes) -> str | None:
    """English text in UTF-16 has a zero in nearly every second byte."""
    pairs = len(head) // 2
    if pairs < 4:
        return None
    if head[1 : 2 * pairs : 2].count(0) > 0.8 * pairs:
        return "utf-16-le"
    if head[0 : 2 * pairs : 2].count(0) > 0.8 * pairs:
        return "utf-16-be"
    return None


def _proven(member: Member, name: str) -> str:
    scan = _decode(member, name)
    if scan.broken_line is not None:
        raise _undecodable(member, scan.broken_line)
    return name


def _undecodable(member: Member, line: int) -> StepwellError:
    return StepwellError(
        "this line holds bytes that are not text in the encoding of the rest of the file.",
        where=Place(member.name, line),
        next_step=_SAVE_AS,
    )


def _decode(member: Member, name: str) -> _Scan:
    """Decode everything, keeping nothing. On a failure, find its line by feeding that chunk a piece at a time."""
    scan = _Scan()
    decoder = codecs.getincrementaldecoder(name)()
    lines = 1
    for chunk in member.chunks():
        state = decoder.getstate()
        try:
            text = decoder.decode(chunk)
        except UnicodeDecodeError:
            decoder.setstate(state)
            before = _readable_part(decoder, chunk)
            scan.beyond_ascii = scan.beyond_ascii or not before.isascii()
            scan.broken_line = lines + before.count("\n")
            return scan
        lines += text.count("\n")
        scan.beyond_ascii = scan.beyond_ascii or not text.isascii()
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        scan.broken_line = lines
    return scan


def _readable_part(decoder: codecs.IncrementalDecoder, chunk: bytes) -> str:
    parts = []
    for at in range(len(chunk)):
        try:
            parts.append(decoder.decode(chunk[at : at + 1]))
        except UnicodeDecodeError:
            break
    return "".join(parts)
