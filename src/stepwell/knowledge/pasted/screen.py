"""Lines of a screen to medicines: the name and its instruction on one line or on two, and what stands behind them."""

from __future__ import annotations

from dataclasses import dataclass, field

from stepwell.base.errors import StepwellError
from stepwell.knowledge.dosage import Status, parse
from stepwell.knowledge.pasted import cells, identifiers, people, words
from stepwell.knowledge.pasted.model import Covered, Entry, Screen

MOST_CHARACTERS = 10_000
MOST_LINES = 80


@dataclass(slots=True)
class _Open:
    """An entry being read. ``closed``: an empty line or a refused one came after its instruction."""

    line: int
    name: str
    said: list[str] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)
    closed: bool = False


def read(text: str) -> Screen:
    """The medicines of a pasted text. Raises StepwellError for one that is too long."""
    lines = text.splitlines()
    if len(text) > MOST_CHARACTERS or len(lines) > MOST_LINES:
        raise StepwellError(
            "That is more than this page reads at once.",
            next_step=f"Paste at most {MOST_LINES} lines and {MOST_CHARACTERS:,} characters.",
        )
    reading = _Reading()
    for number, line in enumerate(lines, start=1):
        reading.take(number, line)
    return reading.screen()


class _Reading:
    def __init__(self) -> None:
        self.entries: list[_Open] = []
        self.covered: list[Covered] = []
        self.left_over: list[tuple[int, str]] = []

    def take(self, number: int, line: str) -> None:
        if not line.strip():
            self._close()
            return
        parts = cells.columns(line)
        start = next((place for place, part in enumerate(parts) if cells.begins_medicine(part)), None)
        what = identifiers.found_in(line)
        if what is None and not cells.is_heading(line) and _names_somebody(parts, start):
            what = "a name"
        if what is not None:
            self._cover(number, what, line)
            return
        if start is not None and all(cells.is_rest(part) for part in parts[:start]):
            self._begin(number, parts, start)
        elif cells.is_heading(line):
            self._close()
        else:
            self._go_on(number, line, parts)

    def _cover(self, number: int, what: str, line: str) -> None:
        # Of what was written before it nothing is certain to be whole, so nothing after it is added.
        self._close()
        medicine = any(cells.begins_medicine(part) for part in cells.columns(line)) or cells.known(line)
        self.covered.append(Covered(number, what, medicine))

    def _close(self) -> None:
        if self.entries and self.entries[-1].said:
            self.entries[-1].closed = True

    def _begin(self, number: int, parts: list[str], start: int) -> None:
        name, after = cells.split_name(parts[start])
        entry = _Open(number, name, rest=parts[:start])
        self.entries.append(entry)
        for part in ([after] if after else []) + parts[start + 1 :]:
            self._add(entry, part)

    def _add(self, entry: _Open, part: str) -> None:
        part = words.LABEL.sub("", part)
        # A bare number behind a name and a date is a quantity; nobody's instruction.
        if cells.is_rest(part) and not (_can_be_read(part) and not entry.said):
            entry.rest.append(part)
            return
        said, rest = cells.split_tail(part)
        entry.said.append(said)
        entry.rest += rest

    def _go_on(self, number: int, line: str, parts: list[str]) -> None:
        entry = self.entries[-1] if self.entries else None
        if all(cells.is_rest(part) for part in parts) and entry is not None:
            entry.rest += parts
        elif identifiers.may_be_a_name(line) and parse(line.strip()).status is not Status.PARSED:
            self._cover(number, "a name", line)
        elif entry is not None and not entry.closed:
            for part in parts:
                self._add(entry, part)
        else:
            self.left_over.append((number, line.strip()))

    def screen(self) -> Screen:
        entries = (Entry(e.line, e.name, " ".join(e.said), tuple(e.rest)) for e in self.entries)
        return Screen(tuple(entries), tuple(self.covered), tuple(self.left_over))


def _can_be_read(part: str) -> bool:
    return parse(part).status is Status.PARSED


def _names_somebody(parts: list[str], start: int | None) -> bool:
    """Whether somebody is named in any part of a line, or before the name of the medicine at ``start``."""
    if start is None:
        return any(people.names_somebody(part, may_be_a_medicine=True) for part in parts)
    name, after = cells.split_name(parts[start])
    said = [*parts[:start], after, *parts[start + 1 :]]
    return people.begins_with_a_name(name) or any(people.names_somebody(part) for part in said)
