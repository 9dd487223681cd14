"""One file of JSON, read with care, as a bundle of entries that know where they stand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from stepwell.base.errors import Place, StepwellError
from stepwell.population.records.extracts import SourceFile
from stepwell.population.records.gp_connect.fhir import NOTHING, Node, instant, node, nodes, text
from stepwell.population.records.reading.sources import Member

# A person's whole record is one or two megabytes. Read as Python objects a file takes about ten times its size.
LARGEST_BUNDLE = 32 << 20
_ANCIENT = datetime.min.replace(tzinfo=UTC)
# Files fetched one person at a time are often named by NHS number, and names go into provenance and messages.
_LIKE_A_NUMBER = re.compile(r"(?<!\d)\d{3}[ _\-]?\d{3}[ _\-]?\d{4}(?!\d)")
_FETCH_AGAIN = "Fetch this person's record again, and import the set with the new file."


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource. ``position`` counts from 1 within the bundle and stands in for a line, which JSON has no use for."""

    file: str
    position: int
    resource: Node
    fetched: datetime

    @property
    def kind(self) -> str:
        """Its resource type; empty where it has none."""
        return text(self.resource, "resourceType") or ""

    @property
    def id(self) -> str | None:
        """Its id within the sender's system."""
        return text(self.resource, "id")

    @property
    def updated(self) -> datetime:
        """When it was last changed, else when its bundle was made."""
        return instant(text(node(self.resource, "meta"), "lastUpdated")) or self.fetched

    def path(self, element: str = "") -> str:
        """Where an element is, as a FHIR path."""
        whole = f"Bundle.entry[{self.position - 1}].resource"
        return f"{whole}.{element}" if element else whole


@dataclass(frozen=True, slots=True)
class Bundle:
    """One file. ``fetched`` is when the sender made it, None where it does not say."""

    file: str
    meta: Node
    entries: tuple[Entry, ...]
    fetched: datetime | None

    def of(self, kind: str) -> Iterator[Entry]:
        """The entries of a resource type."""
        return (entry for entry in self.entries if entry.kind == kind)


def shown_name(file: SourceFile) -> str:
    """The file's name, or, where that could hold an NHS number, one made from its checksum."""
    return f"bundle-{file.sha256[:12]}.json" if _LIKE_A_NUMBER.search(file.name) else file.name


def load(member: Member, name: str) -> Bundle:
    """Read one file, to be called ``name``. Raises ``StepwellError`` when it is not a whole bundle."""
    content = _parse(_text(_bytes(member, name), name), name)
    kind = text(content, "resourceType")
    if kind == "OperationOutcome":
        raise StepwellError(
            "this file holds the error message of a request that failed, not a record.",
            where=Place(name),
            next_step=_FETCH_AGAIN,
        )
    entries = content.get("entry")
    if kind != "Bundle" or not isinstance(entries, list):
        raise StepwellError(
            "this is not a GP Connect bundle: no Bundle with a list of entries.",
            where=Place(name),
            next_step="Take it out, or replace it with the answer to a structured record request.",
        )
    fetched = _fetched(content)
    return Bundle(
        file=name,
        meta=node(content, "meta"),
        entries=tuple(
            Entry(name, position, _resource(entry), fetched or _ANCIENT)
            for position, entry in enumerate(entries, start=1)
        ),
        fetched=fetched,
    )


def _resource(entry: object) -> Node:
    return node(entry, "resource") if isinstance(entry, dict) else NOTHING


def _bytes(member: Member, name: str) -> bytes:
    with member.open() as stream:
        content = stream.read(LARGEST_BUNDLE + 1)
    if len(content) > LARGEST_BUNDLE:
        raise StepwellError(
            f"this file is larger than {LARGEST_BUNDLE >> 20} MB, the most one person's bundle may have.",
            where=Place(name),
            next_step="Check that it holds one person's record.",
        )
    return content


def _text(content: bytes, name: str) -> str:
    try:
        return content.decode(json.detect_encoding(content))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise StepwellError(
            "this line holds bytes that are not text.", where=Place(name, line), next_step=_FETCH_AGAIN
        ) from error


def _parse(content: str, name: str) -> Node:
    try:
        parsed = json.loads(content, parse_float=Decimal, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise StepwellError(
            "the file stops making sense as JSON here: it is cut short or damaged.",
            where=Place(name, error.lineno, str(error.colno)),
            next_step=_FETCH_AGAIN,
        ) from error
    except (ValueError, RecursionError) as error:
        raise StepwellError(
            "the file holds a number or a depth of nesting that no record has.",
            where=Place(name),
            next_step=_FETCH_AGAIN,
        ) from error
    return parsed if isinstance(parsed, dict) else NOTHING


def _refuse_constant(written: str) -> object:
    raise ValueError(written)


def _fetched(content: Node) -> datetime | None:
    """When the bundle was made: it says so, or else its newest list does (lists are made as the request is answered)."""
    said = instant(text(node(content, "meta"), "lastUpdated")) or instant(text(content, "timestamp"))
    if said:
        return said
    lists = (
        instant(text(resource, "date"))
        for entry in nodes(content, "entry")
        if text(resource := node(entry, "resource"), "resourceType") == "List"
    )
    return max((made for made in lists if made), default=None)
