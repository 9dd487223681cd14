"""What a pasted screen holds, as values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One medicine as written. ``line`` is where it begins, from 1. ``instruction`` is "" where none stands there.

    ``rest`` are the parts that are neither: quantities, dates, kinds of issue, codes, in the order written.
    """

    line: int
    name: str
    instruction: str
    rest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Covered:
    """A line that was refused because it may point at a person. Its text is not kept. ``what`` says why, in words.

    ``medicine``: a medicine was recognised in it, so something that is taken may be missing from what was read.
    """

    line: int
    what: str
    medicine: bool


@dataclass(frozen=True, slots=True)
class Screen:
    """What was read. ``left_over`` are (line, text) that fit no medicine; headings of a screen are not among them."""

    entries: tuple[Entry, ...]
    covered: tuple[Covered, ...]
    left_over: tuple[tuple[int, str], ...]
