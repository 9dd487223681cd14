"""What is known of the EMIS bulk format, from ``data/``: tables and columns, and what their words mean."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from stepwell.population.records.reading.headers import Column, normal


@dataclass(frozen=True, slots=True)
class Table:
    """One EMIS table: how it is told from others, and the columns that are read."""

    name: str
    signature: frozenset[str]  # normal headings
    without: frozenset[str]
    columns: tuple[Column, ...]
    optional: bool

    def fits(self, headings: frozenset[str]) -> bool:
        """Whether a file with these headings (in normal form) is this table."""
        return self.signature <= headings and not self.without & headings


@cache
def tables() -> dict[str, Table]:
    """The tables that are read, by name, in reading order."""
    content = yaml.safe_load(_text("columns.yaml"))
    return {name: _table(name, given) for name, given in content["tables"].items()}


def _table(name: str, given: dict[str, object]) -> Table:
    signature, without, columns = given["signature"], given.get("without", []), given["columns"]
    assert isinstance(signature, list) and isinstance(without, list) and isinstance(columns, dict)
    return Table(
        name,
        frozenset(map(normal, signature)),
        frozenset(map(normal, without)),
        tuple(
            Column(column, tuple(about.get("also", ())), about.get("needed", True))
            for column, about in columns.items()
        ),
        bool(given.get("optional", False)),
    )


@dataclass(frozen=True, slots=True)
class PatientType:
    """What a PatientTypeDescription means."""

    registration_type: str
    dropped: bool


@cache
def patient_types() -> dict[str, PatientType]:
    """By text in lower case."""
    return {
        row["source_text"].casefold(): PatientType(row["registration_type"], row["dropped"] == "yes")
        for row in _rows("patient_types.csv")
    }


@cache
def values(field: str) -> dict[str, str | None]:
    """What the texts of a field mean, by text in lower case. None: the text says that it is not known."""
    return {
        row["source_text"].casefold(): row["value"] or None
        for row in _rows("values.csv")
        if row["field"] == field
    }


@cache
def elsewhere(text: str) -> str | None:
    """Where a medicine comes from if these words say it is not prescribed here. The earliest row that fits decides."""
    for pattern, source in _elsewhere_patterns():
        if pattern.search(text):
            return source
    return None


@cache
def _elsewhere_patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(rf"\b{re.escape(row['words'])}\b", re.IGNORECASE), row["elsewhere_source"])
        for row in _rows("elsewhere_words.csv")
    )


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(_text(name), newline="")))


def _text(name: str) -> str:
    return (resources.files(__package__) / "data" / name).read_text(encoding="utf-8")
