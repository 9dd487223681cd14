"""Rows of a comma, tab, semicolon or bar separated file, streamed, each with the line it starts on.

A row that cannot be read is handed to ``on_broken`` and passed over; a file that cannot be trusted is refused.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import IO

from stepwell.base.errors import Place, StepwellError
from stepwell.population.records.reading import encoding as encodings
from stepwell.population.records.reading.sources import Member

# Characters. The csv module keeps its limit for the whole process, so it is set once, here, and is the same for all.
CELL_LIMIT = 1 << 20
csv.field_size_limit(CELL_LIMIT)
# A line may hold several large cells; a longer one is not a row of anything.
_LINE_LIMIT = 4 * CELL_LIMIT
SEPARATORS = (",", "\t", ";", "|")
_SAMPLE_LINES = 30
_RAW_LIMIT = 4096

# Called with the line, the reason in a sentence (no cell contents), and the row as text for the vault.
OnBroken = Callable[[int, str, str], None]


class Delimited:
    """A member as rows of text cells. Detects encoding and separator once, when made; ``rows`` may be called again."""

    def __init__(
        self,
        member: Member,
        *,
        encoding: str | None = None,
        separator: str | None = None,
        cell_limit: int = CELL_LIMIT,
    ) -> None:
        self.member = member
        self.name = member.name
        self.encoding = encoding or encodings.detect(member)
        self.separator = separator or self._detect_separator()

    def head(self, count: int = _SAMPLE_LINES) -> list[tuple[int, list[str]]]:
        """The first ``count`` rows that are not blank, with their lines: to find the header or show a preview."""
        return list(islice(self.rows(), count))

    def header(self) -> list[str]:
        """The first row that is not blank. Raises ``StepwellError`` for an empty file."""
        first = self.head(1)
        if not first:
            raise StepwellError(
                "the file is empty: not even a row of headings.",
                where=Place(self.name),
                next_step="Ask for it again.",
            )
        return [heading.strip() for heading in first[0][1]]

    def data(self, on_broken: OnBroken) -> Iterator[tuple[int, list[str]]]:
        """Rows beneath the first one, each as wide as it; others go to ``on_broken``."""
        return islice(self.rows(width=len(self.header()), on_broken=on_broken), 1, None)

    def rows(
        self, *, width: int | None = None, on_broken: OnBroken | None = None
    ) -> Iterator[tuple[int, list[str]]]:
        """(line, cells) of every row that is not blank. ``line`` counts from 1 and is where the row starts.

        With ``width``, a row of another width goes to ``on_broken``; blank cells beyond the width are cut off. Without
        ``on_broken`` a broken row is a ``StepwellError``. Always refused: a cell above the limit, a quotation mark that
        is never closed, and a row of the wrong width that runs over several lines (it has swallowed other rows).
        """
        broken = on_broken or self._refuse
        with self._text() as text:
            yield from self._parse(_Lines(text, self._giant), width, broken)

    def _parse(self, lines: _Lines, width: int | None, broken: OnBroken) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(iter(lines), delimiter=self.separator, strict=True)
        start = 1
        while True:
            try:
                for cells in reader:
                    if lines.nul_lines and not lines.nul_lines.isdisjoint(range(start, reader.line_num + 1)):
                        broken(start, "the row holds NUL characters", self._raw(cells))
                    elif width is None or len(cells) == width:
                        if cells:
                            yield start, cells
                    elif cells and (fitted := self._fitted(cells, width, start, reader.line_num, broken)):
                        yield start, fitted
                    start = reader.line_num + 1
                return
            except csv.Error as error:
                self._refuse_untrusted(start, reader.line_num, error)
                broken(start, "the quotation marks of the row do not match", lines.last[:_RAW_LIMIT])
                start = reader.line_num + 1

    def _fitted(
        self, cells: list[str], width: int, start: int, end: int, broken: OnBroken
    ) -> list[str] | None:
        if len(cells) > width and not any(map(str.strip, cells[width:])):
            return cells[:width]
        if end > start:
            raise self._unclosed(start)
        broken(start, f"the row has {len(cells)} cells where the header has {width}", self._raw(cells))
        return None

    def _raw(self, cells: list[str]) -> str:
        return self.separator.join(cells)[:_RAW_LIMIT]

    def _refuse(self, line: int, reason: str, raw: str) -> None:
        raise StepwellError(f"{reason}.", where=Place(self.name, line), next_step="Ask for the file again.")

    def _refuse_untrusted(self, start: int, end: int, error: csv.Error) -> None:
        if "field limit" in str(error):
            raise self._giant(start) from error
        if end > start or "unexpected end" in str(error):
            raise self._unclosed(start) from error

    def _unclosed(self, line: int) -> StepwellError:
        return StepwellError(
            "a quotation mark opened in this row is not closed in it, so the rows after it cannot be told apart.",
            where=Place(self.name, line, self._column_left_open(line)),
            next_step="The file may be cut short: ask for it again.",
        )

    def _giant(self, line: int) -> StepwellError:
        return StepwellError(
            f"this cell is longer than {CELL_LIMIT:,} characters, as no cell of an extract is.",
            where=Place(self.name, line, self._column_left_open(line)),
            next_step="The file may be damaged, or a quotation mark left open: ask for it again.",
        )

    def _column_left_open(self, line: int) -> str | None:
        """The heading of the column in which the row at ``line`` goes on without end: counted by hand, slowly, once."""
        with self._text() as text:
            headings: list[str] = []
            for number in range(1, line + 1):
                piece = text.readline(_LINE_LIMIT)
                if number == 1:
                    headings = next(csv.reader([piece[:CELL_LIMIT]], delimiter=self.separator), [])
        column, quoted, length = 0, False, 0
        for character in piece:
            length += 1
            if character == '"':
                quoted = not quoted
            elif character == self.separator and not quoted:
                column, length = column + 1, 0
            if length > CELL_LIMIT:
                break
        if line == 1 or column >= len(headings):
            return None
        return headings[column].strip() or None

    def _detect_separator(self) -> str:
        with self._text() as text:
            sample = list(islice(iter(partial(text.readline, _LINE_LIMIT), ""), _SAMPLE_LINES))
        widths = {mark: max((_width(line, mark) for line in sample), default=0) for mark in SEPARATORS}
        return max(SEPARATORS, key=lambda mark: widths[mark])

    def _text(self) -> _Text:
        return _Text(self.member, self.encoding)


def peek_headings(member: Member) -> tuple[str, ...]:
    """The first row of a member, read cheaply and forgivingly: enough to tell what a file is, not to read it by."""
    with member.open() as stream:
        head = stream.read(1 << 16)
    line = head.decode(encodings.guess(head), "replace").lstrip("\ufeff\r\n").partition("\n")[0]
    separator = max(SEPARATORS, key=lambda mark: _width(line, mark))
    try:
        return tuple(cell.strip() for cell in next(csv.reader([line.strip("\r")], delimiter=separator), []))
    except csv.Error:
        return ()


class _Text:
    """A member opened as text, newlines left as they are."""

    def __init__(self, member: Member, encoding: str) -> None:
        self._opened = member.open()
        self._encoding = encoding

    def __enter__(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(self._opened.__enter__(), self._encoding, newline="")

    def __exit__(self, *error: object) -> bool | None:
        return self._opened.__exit__(*error)  # type: ignore[arg-type]


class _Lines:
    """Physical lines for the csv module, none longer than the limit, remembering which held a NUL."""

    def __init__(self, text: IO[str], giant: Callable[[int], StepwellError]) -> None:
        self._text, self._giant = text, giant
        self.nul_lines: set[int] = set()
        self.last = ""

    def __iter__(self) -> Iterator[str]:
        number = 0
        for line in iter(partial(self._text.readline, _LINE_LIMIT), ""):
            number += 1
            if len(line) >= _LINE_LIMIT:
                raise self._giant(number)
            if "\x00" in line:
                self.nul_lines.add(number)
            self.last = line
            yield line


def _width(line: str, separator: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=separator), []))
    except csv.Error:
        return 0
