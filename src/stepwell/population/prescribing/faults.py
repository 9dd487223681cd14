"""Where in a file the rows are that cannot be used. Read a second time, slowly, only when there are some."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import islice

from stepwell.population.prescribing.monthly import Opened

_MOST = 10_000
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


def _faults(opened: Opened) -> Iterator[Fault]:
    if opened.path.suffix.lower() == ".parquet":
        return
    columns = opened.matched.columns
    places = {ours: opened.header.index(theirs) for ours, theirs in columns.items()}
    encoding = "utf-8-sig" if opened.encoding == "utf-8" else opened.encoding
    with opened.path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file)
        next(reader, None)
        for row in reader:
            found = _fault(row, places) if row else None
            if found is not None:
                column, reason = found
                yield Fault(reader.line_num, columns[column].strip(), reason)


def _fault(row: list[str], places: dict[str, int]) -> tuple[str, str] | None:
    for name, word in (("practice", "there is no practice"), ("presentation", "there is no BNF code")):
        if not row[places[name]].strip():
            return name, word
    for name in _NUMBERS:
        if name in places:
            reason = _number_fault(row[places[name]])
            if reason is not None:
                return name, reason
    return None


def _number_fault(text: str) -> str | None:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return "a number is missing" if not text.strip() else "a number cannot be read"
    if not value.is_finite():
        return "a number cannot be read"
    return "a number is below zero" if value < 0 else None
