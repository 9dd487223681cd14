"""The one family of errors. Each says what happened, where, and what to do next, and never names a patient."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where in somebody's file a thing was found. ``line`` counts from 1 and includes the header."""

    file: str
    line: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        words = [self.file]
        if self.line is not None:
            words.append(f"line {self.line}")
        if self.column is not None:
            words.append(f"column {self.column}")
        return ", ".join(words)


class StepwellError(Exception):
    """Something a person can put right.

    ``what`` happened, in a sentence; ``where``, if it is in a file; ``next_step``, what to do about it.
    Messages are shown to people and written to logs, so they must never hold an identifier or a cell's contents.
    """

    def __init__(self, what: str, *, where: Place | None = None, next_step: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.next_step = next_step

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head} {self.next_step}".strip()
