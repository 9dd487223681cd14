"""What the service publishes: which months, in which version, and where a month's file may be had at this moment."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from stepwell.base.errors import StepwellError
from stepwell.population.prescribing import months
from stepwell.population.prescribing.fetch.connection import Connection, Gone
from stepwell.population.prescribing.fetch.service import Dataset, service

_EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Published:
    """One published file of one month. ``published`` is None where the service does not say when."""

    month: str
    name: str
    resource: str  # its id
    published: datetime | None

    @property
    def version(self) -> str:
        """What tells this version from an earlier one of the same month."""
        return f"{self.resource} {self.published.isoformat() if self.published else 'undated'}"


@dataclass(frozen=True, slots=True)
class Link:
    """Where a file is just now. ``size`` in bytes and ``checksum`` (hexadecimal) where the service gives them."""

    of: Published
    url: str
    size: int | None
    checksum: str | None


def published(connection: Connection, wanted: Collection[str]) -> dict[str, Published]:
    """The newest version of each wanted month that is published. The series that is still corrected goes first."""
    found: dict[str, Published] = {}
    answered = False
    for dataset in service().datasets:
        missing = set(wanted) - found.keys()
        if not missing:
            break
        try:
            package = connection.action("package_show", dataset.id)
        except Gone:
            continue  # a series that was withdrawn
        answered = True
        found.update(_newest(package, dataset, missing))
    if not answered:
        raise StepwellError(
            "The service does not know the English Prescribing Dataset.",
            next_step="Check the address of the service; leave it out to ask the usual one.",
        )
    return found


def link(connection: Connection, wanted: Published) -> Link:
    """Where the file is just now: a link lasts about an hour, so it is asked for just before each use.

    It may be of a newer version than ``wanted``, when one was published since. Raises ``Gone`` when there is none.
    """
    found = connection.action("resource_show", wanted.resource)
    for field in service().links:
        url = found.get(field.name)
        if isinstance(url, str) and url:
            when = max((each for each in (_when(found), wanted.published) if each), default=None)
            now = Published(wanted.month, wanted.name, wanted.resource, when)
            size = found.get("size") if field.described else None
            checksum = found.get("hash") if field.described else None
            return Link(now, url, _whole(size), _hexadecimal(checksum))
    raise Gone()


def _newest(package: Mapping[str, Any], dataset: Dataset, wanted: Collection[str]) -> dict[str, Published]:
    found: dict[str, Published] = {}
    for resource in package.get("resources") or ():
        each = _read(resource, dataset)
        if each is None or each.month not in wanted:
            continue
        held = found.get(each.month)
        if held is None or _order(each) > _order(held):
            found[each.month] = each
    return found


def _order(each: Published) -> tuple[datetime, str]:
    return each.published or _EARLIEST, each.name


def _read(resource: Any, dataset: Dataset) -> Published | None:
    if not isinstance(resource, dict):
        return None
    name, identity = resource.get("name"), resource.get("id")
    if not isinstance(name, str) or not isinstance(identity, str) or not identity:
        return None
    matched = dataset.named.fullmatch(name.strip())
    month = months.read(matched[1]) if matched else None
    return Published(month, name.strip(), identity, _when(resource)) if month else None


def _when(resource: Mapping[str, Any]) -> datetime | None:
    """When it was last changed, or else made. A time without a zone is taken as UTC."""
    for field in ("last_modified", "created"):
        text = resource.get(field)
        try:
            found = datetime.fromisoformat(text) if isinstance(text, str) else None
        except ValueError:
            found = None
        if found is not None:
            return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None


def _whole(value: Any) -> int | None:
    text = str(value).strip() if value is not None else ""
    return int(text) if text.isascii() and text.isdigit() and int(text) > 0 else None


def _hexadecimal(value: Any) -> str | None:
    """The digits of a checksum, whatever is written before them; None for anything else."""
    text = str(value or "").strip().lower().rpartition(":")[2]
    return text if len(text) in (32, 40, 64) and all(digit in "0123456789abcdef" for digit in text) else None
