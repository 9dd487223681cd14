"""The list of practices, ``epraccur``: 27 columns without a header, one row for each prescribing cost centre.

Source: NHS Organisation Data Service; prescribing-data reference section 8. Column 24 (the provider or purchaser) is the parent to use. The dates
in columns 16 and 17 are of the commissioner in column 15, so they are of that parent only where both are the same.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

from stepwell.base.errors import Place, StepwellError
from stepwell.population.prescribing.organisations.gathered import Gathered, Relation

SOURCE = "epraccur"
_COLUMNS = 27
_STATUS = {"A": "active", "B": "retired", "C": "closed", "D": "dormant", "P": "proposed", "U": "unknown"}
_WALES = "W00"
_CODE = re.compile(r"[A-Z0-9]{3,8}")
_CODE_COLUMN, _NAME, _GROUPING, _OPENED, _CLOSED, _STATUS_COLUMN = 0, 1, 2, 10, 11, 12
_COMMISSIONER, _JOINED, _LEFT, _PARENT, _SETTING = 14, 15, 16, 23, 25
_HEADERS = frozenset({"organisation code", "code"})  # copies that somebody gave a header


def is_epraccur(first: Sequence[str]) -> bool:
    """Whether the first row of a file is of the list: 27 cells, a code in the first, and a status or a date in its place."""
    if len(first) != _COLUMNS:
        return False
    cells = [cell.strip() for cell in first]
    if cells[_CODE_COLUMN].lower() in _HEADERS:
        return True
    is_code = _CODE.fullmatch(cells[_CODE_COLUMN].upper()) is not None and any(c.isdigit() for c in cells[0])
    return is_code and (cells[_STATUS_COLUMN].upper() in _STATUS or cells[_OPENED].isdigit())


def gather(path: Path, shown: str) -> Gathered:
    """Everything in the file. Raises ``StepwellError`` for one that is cut short, or is not this list."""
    found = Gathered()
    lines: dict[str, int] = {}
    wales = 0
    for line, cells in _rows(path, shown):
        found.rows += 1
        if cells[_GROUPING].upper() == _WALES:
            wales += 1
            continue
        code = cells[_CODE_COLUMN].upper()
        if not _CODE.fullmatch(code):
            found.reject(line, "1", "there is no code" if not code else "the code is not one")
        elif code in lines:
            found.reject(line, "1", f"its code stands in line {lines[code]} already")
        else:
            lines[code] = line
            _take(code, cells, line, found)
    if wales:
        found.said.append(f"{wales:,} organisations of Wales are not read.")
    return found


def _take(code: str, cells: list[str], line: int, found: Gathered) -> None:
    opened, closed = (_day(cells, column, line, found) for column in (_OPENED, _CLOSED))
    if opened and closed and closed < opened:
        found.doubt(line, str(_CLOSED + 1), "the day of closing is before that of opening")
        closed = None
    found.organisations[code] = {
        "code": code,
        "name": cells[_NAME] or None,
        "kind": "practice",
        "setting": _setting(cells, line, found),
        "status": _status(cells, line, found),
        "opened": opened,
        "closed": closed,
    }
    parent, commissioner = cells[_PARENT].upper(), cells[_COMMISSIONER].upper()
    if not (parent or commissioner):
        return
    dated = not parent or parent == commissioner
    since, until = (_day(cells, column, line, found) if dated else None for column in (_JOINED, _LEFT))
    if since and until and until < since:
        found.doubt(line, str(_LEFT + 1), "the day of leaving is before that of joining")
        until = None
    found.relations.append(Relation(code, parent or commissioner, "sub-icb", since, until))


def _setting(cells: list[str], line: int, found: Gathered) -> int | None:
    text = cells[_SETTING]
    if re.fullmatch(r"-?[0-9]{1,2}", text):
        return int(text)
    if text:
        found.doubt(line, str(_SETTING + 1), "the prescribing setting is not a number")
    return None


def _status(cells: list[str], line: int, found: Gathered) -> str:
    text = cells[_STATUS_COLUMN].upper()
    if text and text not in _STATUS:
        found.doubt(line, str(_STATUS_COLUMN + 1), "the status is not one that is known")
    return _STATUS.get(text, "unknown")


def _day(cells: list[str], column: int, line: int, found: Gathered) -> date | None:
    text = cells[column]
    if not text:
        return None
    try:
        if not re.fullmatch(r"[0-9]{8}", text):
            raise ValueError
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        found.doubt(line, str(column + 1), "a date cannot be read")
        return None


def _rows(path: Path, shown: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    try:
        for cells in reader:
            if not cells or cells == ["\x1a"]:
                continue  # a blank line, or the mark some systems end a file with
            if len(cells) != _COLUMNS:
                raise _damaged(
                    f"A row has {len(cells)} cells; the list of practices has {_COLUMNS}.",
                    shown,
                    reader.line_num,
                )
            row = [cell.strip() for cell in cells]
            if reader.line_num > 1 or row[_CODE_COLUMN].lower() not in _HEADERS:
                yield reader.line_num, row
    except csv.Error:
        raise _damaged("A row cannot be read as CSV.", shown, reader.line_num) from None


def _text(path: Path) -> str:
    """The file is published as Latin-1 or as UTF-8. A few megabytes: all of it is looked at to tell which."""
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _damaged(what: str, shown: str, line: int) -> StepwellError:
    return StepwellError(
        what, where=Place(shown, line), next_step="Nothing was loaded. Get the file again, whole."
    )
