"""What GP Connect's extensions, code systems and codes mean: the tables in ``data``, each row with source and status."""

from __future__ import annotations

import csv
import io
from functools import cache
from importlib import resources

Row = dict[str, str]


@cache
def table(name: str) -> tuple[Row, ...]:
    """The rows of ``data/<name>.csv``. Everything is text."""
    file = resources.files(__package__) / "data" / f"{name}.csv"
    return tuple(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"), newline="")))


@cache
def extension_urls(name: str) -> frozenset[str]:
    """The addresses an extension goes by."""
    return frozenset(row["url"] for row in table("extensions") if row["name"] == name)


@cache
def systems(holds: str) -> frozenset[str]:
    """The code systems that hold codes of a sort: snomed, dmd, read_v2, ctv3, nhs_number, ods_code."""
    return frozenset(row["system"] for row in table("systems") if row["holds"] == holds)


@cache
def by_code(name: str) -> dict[str, Row]:
    """The rows of a table that has a ``code`` column, by code."""
    return {row["code"]: row for row in table(name)}


@cache
def days_in() -> dict[str, int]:
    """Days in each unit a duration may be given in. A month is not here: it has no fixed length."""
    return {row["unit"]: int(row["days"]) for row in table("duration_units")}
