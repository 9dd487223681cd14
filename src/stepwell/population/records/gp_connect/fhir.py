"""Looking into FHIR resources that may hold anything at all: a value of the wrong sort is a value that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from stepwell.base.clock import LONDON
from stepwell.population.records.gp_connect import facts

Node = Mapping[str, object]
NOTHING: Node = {}


def node(parent: Node, *names: str) -> Node:
    """The object at the end of a path of names; empty where there is none."""
    for name in names:
        value = parent.get(name)
        if not isinstance(value, Mapping):
            return NOTHING
        parent = value
    return parent


def nodes(parent: Node, name: str) -> Iterator[Node]:
    """The objects in a list."""
    value = parent.get(name)
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, Mapping))


def text(parent: Node, name: str) -> str | None:
    """Words with something in them, trimmed; None where there are none."""
    value = parent.get(name)
    return value.strip() or None if isinstance(value, str) else None


def texts(parent: Node, name: str) -> list[str]:
    """The words in a list."""
    value = parent.get(name)
    found = value if isinstance(value, list) else []
    return [item.strip() for item in found if isinstance(item, str) and item.strip()]


def number(parent: Node, name: str) -> Decimal | None:
    """A number as written, never a float."""
    value = parent.get(name)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return Decimal(value)


def code(parent: Node, name: str = "code") -> str | None:
    """A code as text. Some senders write codes of digits as whole numbers, which lose nothing in Python."""
    value = parent.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return text(parent, name)


def extensions(parent: Node, name: str) -> Iterator[Node]:
    """The extensions known by ``name`` in ``facts``."""
    urls = facts.extension_urls(name)
    return (item for item in nodes(parent, "extension") if text(item, "url") in urls)


def part(extension: Node, name: str) -> Node:
    """The part of an extension that is itself made of extensions; empty where there is none."""
    return next((item for item in nodes(extension, "extension") if text(item, "url") == name), NOTHING)


def coding(concept: Node, holds: str) -> Node:
    """The coding of a concept in a code system of a sort: the one the user chose, else the first."""
    found = [c for c in nodes(concept, "coding") if text(c, "system") in facts.systems(holds)]
    found = [c for c in found if code(c)]
    return next((c for c in found if c.get("userSelected") is True), found[0] if found else NOTHING)


def first_code(concept: Node) -> str | None:
    """The first code of a concept whose code system is not in doubt."""
    return next((found for item in nodes(concept, "coding") if (found := code(item))), None)


def reference(parent: Node, name: str, kind: str) -> str | None:
    """The id of the resource of ``kind`` that an element refers to."""
    return reference_id(node(parent, name), kind)


def reference_id(value: Node, kind: str) -> str | None:
    """The id a Reference holds when it is to a resource of ``kind``, relative or absolute."""
    words = text(value, "reference")
    parts = words.split("/_history/")[0].rsplit("/", 2) if words else []
    return parts[-1] if len(parts) >= 2 and parts[-2] == kind and parts[-1] else None


def references(parent: Node, name: str, kind: str) -> list[str]:
    """The ids in a list of references."""
    return [found for item in nodes(parent, name) if (found := reference_id(item, kind))]


@dataclass(frozen=True, slots=True)
class FhirDate:
    """``day`` is the earliest day the written date can mean, in London; ``precision`` is day, month or year."""

    day: date
    precision: str


_YEAR = re.compile(r"\d{4}")
_MONTH = re.compile(r"\d{4}-\d{2}")


def fhir_date(written: str | None) -> FhirDate | None:
    """A FHIR date or dateTime; None where it is missing or not one."""
    if written is None:
        return None
    try:
        if _YEAR.fullmatch(written):
            return FhirDate(date(int(written), 1, 1), "year")
        if _MONTH.fullmatch(written):
            return FhirDate(date.fromisoformat(f"{written}-01"), "month")
        if "T" not in written:
            return FhirDate(date.fromisoformat(written), "day")
        moment = datetime.fromisoformat(written)
        return FhirDate((moment.astimezone(LONDON) if moment.tzinfo else moment).date(), "day")
    except (ValueError, OverflowError):
        return None


def instant(written: str | None) -> datetime | None:
    """A FHIR instant, which has a time zone; None where it is missing or not one."""
    try:
        moment = datetime.fromisoformat(written) if written else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo else None


def full_day(written: str | None) -> date | None:
    """The day, when the date is known to the day."""
    found = fhir_date(written)
    return found.day if found and found.precision == "day" else None


def first_known(days: Iterable[date | None]) -> date | None:
    """The first that is known."""
    return next((day for day in days if day is not None), None)
