"""CSV going out. A cell that a spreadsheet would run as a formula is made plain text first."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from typing import IO

# What makes a spreadsheet treat a cell as a formula, also after a tab or a line end.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def guarded(value: object) -> str:
    """``value`` as the text of a cell. None is empty; text that would start a formula gets an apostrophe in front.

    Numbers are written as they are, minus signs too: only text is guarded.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    if isinstance(value, str) and text.startswith(_STARTS):
        return f"'{text}"
    return text


def write(out: IO[str], header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write a header and guarded rows; the number of rows."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    count = 0
    for row in rows:
        writer.writerow([guarded(cell) for cell in row])
        count += 1
    return count
