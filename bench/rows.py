"""Rows of a search's result, and how two sets of them differ."""

from __future__ import annotations

import dataclasses
from datetime import date

from stepwell.population.records.searches import Candidate

# Every column of a result.
COLUMNS = [field.name for field in dataclasses.fields(Candidate)]

Row = list[object]


def plain(value: object) -> object:
    """As it comes back from JSON."""
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def differences(ours: list[Row], hand: list[Row]) -> list[str]:
    """One line for each person whose rows differ, by practice and key: the columns that do, both values."""
    a, b = _by_person(ours), _by_person(hand)
    return [
        _difference(key, a.get(key, []), b.get(key, [])) for key in sorted(a | b) if a.get(key) != b.get(key)
    ]


def _by_person(rows: list[Row]) -> dict[tuple[str, str], list[Row]]:
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if len(row) != len(COLUMNS):
            raise ValueError(
                f"A row of {len(row)} columns; a result has {len(COLUMNS)}: {', '.join(COLUMNS)}"
            )
        found.setdefault((str(row[0]), str(row[1])), []).append(row)
    return found


def _difference(key: tuple[str, str], ours: list[Row], hand: list[Row]) -> str:
    who = " ".join(key)
    if not (ours and hand):
        return f"{who}: {'only by hand' if hand else 'not found by hand'}"
    if len(ours) != len(hand):
        return f"{who}: {len(ours)} rows and {len(hand)}"
    pairs = [
        f"{name} {one!r} and {other!r}"
        for mine, theirs in zip(ours, hand, strict=True)
        for name, one, other in zip(COLUMNS, mine, theirs, strict=True)
        if one != other
    ]
    return f"{who}: {'; '.join(pairs)}"
