"""Where in a file the rows are that cannot be used. Read a second time, slowly, only when there are some."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import islice

from stepwell.population.prescribing import scope
from stepwell.population.prescribing.monthly import Opened

_MOST = 10_000
_TOO_LARGE = Decimal(10) ** 13  # what the columns of money hold
_NUMBERS = ("items", "total_quantity", "nic", "actual_cost", "quantity")


@dataclass(frozen=True, slots=True)
class Fault:
    """One unusable row: its line, the column (as the file calls it), and why. Never what stood there."""

    line: int
    column: str
    reason: str


def first(opened: Opened) -> Fault:
    """The first unusable row."""
    return next(_faults(opened), Fault(0, "", "a cell cannot be read"))


def all_of(opened: Opened) -> tuple[Fault, ...]:
    """Every unusable row, up to ten thousand."""
    return tuple(islice(_faults(opened), _MOST))


def first_of_another_month(opened: Opened) -> tuple[int | None, bool]:
    """The first line whose month is not the first row's, and whether it is the header again."""
    place = opened.header.index(opened.matched.columns["month"])
    for line, row in _rows(opened):
        if row[place] != opened.month_text:
            return line, row == list(opened.header)
    return None, False


def first_twice(opened: Opened) -> int | None:
    """The first line, of those kept row by row, with the key of one before it: where a second version may begin."""
    columns = opened.matched.columns
    key = [
        opened.header.index(columns[name])
        for name in ("practice", "presentation", "snomed", "quantity")
        if name in columns
    ]
    kept = scope.prefixes()
    seen = set()
    for line, row in _rows(opened):
        if row[key[1]].startswith(kept):
            told = hash(tuple(row[place] for place in key))
            if told in seen:
                return line
            seen.add(told)
    return None


def _faults(opened: Opened) -> Iterator[Fault]:
    columns = opened.matched.columns
    places = {ours: opened.header.index(theirs) for ours, theirs in columns.items()}
    for line, row in _rows(opened):
        found = _fault(row, places)
        if found is not None:
            column, reason = found
            yield Fault(line, columns[column].strip(), reason)


def _rows(opened: Opened) -> Iterator[tuple[int, list[str]]]:
    """Line and cells of every row of a CSV file. A Parquet file has no lines."""
    if opened.path.suffix.lower() == ".parquet":
        return
    encoding = "utf-8-sig" if opened.encoding == "utf-8" else opened.encoding
    with opened.path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file)
        next(reader, None)
        for row in reader:
            if row:
                yield reader.line_num, row


def _fault(row: list[str], places: dict[str, int]) -> tuple[str, str] | None:
    for name, word in (("practice", "there is no practice"), ("presentation", "there is no BNF code")):
        if not row[places[name]].strip():
            return name, word
    for name in _NUMBERS:
        if name in places:
            reason = _number_fault(row[places[name]], whole=name == "items")
            if reason is not None:
                return name, reason
    return None


def _number_fault(text: str, *, whole: bool) -> str | None:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return "a number is missing" if not text.strip() else "a number cannot be read"
    if not value.is_finite():
        return "a number cannot be read"
    if value < 0:
        return "a number is below zero"
    if value >= _TOO_LARGE:
        return "a number is too large to be one"
    return "a number of items is not a whole number" if whole and value % 1 else None
