"""The words practice reports use: headings, table names glued in front of them, values, and words inside medicine cells."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

from stepwell.population.records.reading.headers import normal

PERSON, REGISTRATION, MEDICATION, EVENT = "person", "registration", "medication", "event"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a heading means: a field, in one of the tables person, registration, medication, event."""

    field: str
    table: str


def _rows(name: str) -> list[dict[str, str]]:
    package = "stepwell.population.records.list_report.data"
    text = resources.files(package).joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def _headings() -> dict[str, Meaning]:
    return {
        normal(row["heading"]): Meaning(row["field"], row["table"]) for row in reversed(_rows("headings.csv"))
    }


@cache
def fields() -> dict[str, str]:
    """Every field a column may mean, with its table."""
    return {meaning.field: meaning.table for meaning in sorted(_headings().values(), key=lambda m: m.field)}


@cache
def _labels() -> dict[str, str]:
    return {row["field"]: row["label"] for row in _rows("fields.csv")}


def label_of(field: str) -> str:
    """A field in the words a person reads. Raises ``KeyError`` for one nobody has put into words."""
    return _labels()[field]


@cache
def _table_names() -> list[tuple[str, str]]:
    found = [(normal(row["name"]), row["table"]) for row in _rows("table_names.csv")]
    return sorted(found, key=lambda pair: -len(pair[0]))


def meaning_of(heading: str) -> Meaning | None:
    """What a heading means: as written, without the number a spreadsheet adds, or without the table name in front."""
    wanted = normal(heading)
    for text in dict.fromkeys((wanted, wanted.rstrip("0123456789").rstrip("."))):
        if text in _headings():
            return _headings()[text]
        for name, table in _table_names():
            rest = text.removeprefix(name)
            if rest != text and rest in _headings() and _headings()[rest].table == table:
                return _headings()[rest]
    return None


@cache
def fields_of(heading: str) -> tuple[str, ...]:
    """Every field a heading as written may mean, the likeliest first: more than one where only a person can tell."""
    wanted = normal(heading)
    return tuple(
        dict.fromkeys(row["field"] for row in _rows("headings.csv") if normal(row["heading"]) == wanted)
    )


@cache
def _values() -> dict[tuple[str, str], str]:
    return {(row["field"], row["text"].strip().casefold()): row["meaning"] for row in _rows("values.csv")}


def value_of(field: str, text: str | None) -> str | None:
    """What a cell of a field with few possible values means; None when blank or not known."""
    return None if text is None else _values().get((field, text.strip().casefold())) or None


def is_known_value(field: str, text: str) -> bool:
    """Whether a cell's value is one we know, even where it says "not known"."""
    return (field, text.strip().casefold()) in _values()


@cache
def cell_words(kind: str) -> tuple[str, ...]:
    """Words of one kind (form, quantity_unit, dosage_start), longest first."""
    found = {row["word"].casefold() for row in _rows("cell_words.csv") if row["kind"] == kind}
    return tuple(sorted(found, key=lambda word: (-len(word), word)))
