"""The tables of ``knowledge/data``: clinical facts as rows, each table with a version, each row with its source.

A table is CSV (rows of text) or YAML. ``tables.yaml`` is the register: what each table is for and whether a clinician
must sign it off. Everything is text here; the module that uses a table turns text into numbers.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any

import yaml

from stepwell.base.errors import Place, StepwellError

Row = Mapping[str, str]

# The rooms whose code decides what a stored derived row says. A change to any of them makes derived data stale.
_CODE_THAT_DERIVES = ("medicines", "dosage", "equivalence", "exposure")
_CODE_MODULES = ("bnf.py", "code_lists.py")


@dataclass(frozen=True, slots=True)
class Table:
    """One entry of the register. ``key`` names the columns that make a row unique (empty for YAML tables).

    ``row_status`` is False where source and status are given once for the whole table, not row by row.
    """

    name: str
    version: str
    title: str
    file: str
    source: str
    purpose: str
    needs_sign_off: bool
    key: tuple[str, ...]
    row_status: bool
    status: str


def _data() -> Traversable:
    return resources.files("stepwell.knowledge") / "data"


def read_text(file: str) -> str:
    """The text of one file under ``knowledge/data``."""
    return (_data() / file).read_text(encoding="utf-8")


def read_yaml(file: str) -> Any:
    """One YAML file under ``knowledge/data``, as plain lists and dicts."""
    return yaml.safe_load(read_text(file))


@cache
def register() -> Mapping[str, Table]:
    """Every table by name."""
    found: dict[str, Table] = {}
    for entry in read_yaml("tables.yaml")["tables"]:
        found[entry["name"]] = Table(
            name=entry["name"],
            version=str(entry["version"]),
            title=entry["title"],
            file=entry["file"],
            source=entry["source"],
            purpose=entry["purpose"],
            needs_sign_off=bool(entry["needs_sign_off"]),
            key=tuple(entry.get("key", ())),
            row_status=bool(entry.get("row_status", True)),
            status=entry.get("status", ""),
        )
    return MappingProxyType(found)


def table(name: str) -> Table:
    """The register's entry for a table. Raises StepwellError for a name that is not in it."""
    try:
        return register()[name]
    except KeyError:
        raise StepwellError(
            f"There is no knowledge table called {name}.",
            where=Place("tables.yaml"),
            next_step=f"The tables are: {', '.join(sorted(register()))}.",
        ) from None


def version(name: str) -> str:
    """The version of a table, such as ``MED-1``."""
    return table(name).version


@cache
def rows(name: str) -> tuple[Row, ...]:
    """The rows of a CSV table, each a read-only mapping of column to text ("" where nothing is known)."""
    entry = table(name)
    if not entry.file.endswith(".csv"):
        raise StepwellError(
            f"The table {name} is not a CSV table.",
            where=Place(entry.file),
            next_step="Read it with document().",
        )
    reader = csv.DictReader(io.StringIO(read_text(entry.file)), strict=True)
    found = []
    for number, row in enumerate(reader, start=2):
        if None in row or None in row.values():
            raise StepwellError(
                "A row has more or fewer cells than the header.",
                where=Place(entry.file, line=number),
                next_step="Mend the table.",
            )
        found.append(MappingProxyType(row))
    return tuple(found)


def counts(name: str) -> tuple[int, int]:
    """How many rows a CSV table has, and how many of them are unverified. (0, 0) for a YAML table."""
    if not table(name).file.endswith(".csv"):
        return 0, 0
    return len(rows(name)), sum(row["status"] == "unverified" for row in rows(name))


@cache
def document(name: str) -> Any:
    """A YAML table as plain lists and dicts. Do not change what you are given: it is shared."""
    return read_yaml(table(name).file)


def _files(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, Traversable]]:
    for item in sorted(folder.iterdir(), key=lambda each: each.name):
        if item.is_dir():
            if item.name not in {"tests", "__pycache__"}:
                yield from _files(item, f"{prefix}{item.name}/")
        elif item.name.endswith((".py", ".csv", ".yaml")):
            yield f"{prefix}{item.name}", item


@cache
def knowledge_version() -> str:
    """A short text that changes when any table, or the code that reads medicines and dosages, changes.

    It keys derived data (resolved products, parsed dosages, exposures). It is taken from the contents of the files, not
    from numbers someone must remember to raise: a stale derived row is worse than a rebuild too many.
    """
    root = resources.files("stepwell.knowledge")
    digest = hashlib.sha256()
    folders = [("data/", _data()), *((f"{room}/", root / room) for room in _CODE_THAT_DERIVES)]
    for prefix, folder in folders:
        if folder.is_dir():
            for name, file in _files(folder, prefix):
                digest.update(name.encode() + b"\0" + file.read_bytes() + b"\0")
    for module in _CODE_MODULES:
        digest.update(module.encode() + b"\0" + (root / module).read_bytes() + b"\0")
    return f"K-{digest.hexdigest()[:12]}"
