"""What a lake holds at one moment: its loads, and where each came from. Written once, never edited."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any

from stepwell.base.clock import now
from stepwell.population.records.extracts import Kind, SourceFile

# When a practice has several sources with the same extract date, the first of these is searched.
SOURCE_ORDER = ("emis", "systmone", "list_report", "gp_connect")

# Sources that hold the people somebody asked for, one by one: never a practice. However new, such a load is not searched
# in place of a practice's extract, or everybody it does not hold would vanish from the searches.
PEOPLE_ONLY = frozenset({"gp_connect"})


@dataclass(frozen=True, slots=True)
class FileCount:
    """One source file's rows: ``used`` became canonical rows; ``reasons`` counts the rejected by reason."""

    read: int
    used: int
    rejected: int
    reasons: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class TableCount:
    """One canonical table's rows.

    ``carried`` came from the load this one builds on, ``given`` from the extract; ``duplicates`` of the given were
    replaced by a later row of the same id; ``kept`` are in the load.
    """

    carried: int
    given: int
    duplicates: int
    kept: int


@dataclass(frozen=True, slots=True)
class Load:
    """One import of one practice from one source, as it stands in the lake, with its provenance."""

    load_id: str
    practice: str  # ODS code
    practice_name: str
    source: str
    kind: Kind
    extract_date: date
    imported_at: datetime
    importer_version: str
    fingerprint: str  # of the files and options: equal means nothing has changed
    files: tuple[SourceFile, ...]
    file_counts: Mapping[str, FileCount]
    tables: Mapping[str, TableCount]
    counters: Mapping[str, int]
    warnings: tuple[str, ...]
    first_issue: date | None
    newest_issue: date | None  # on or before the extract date
    based_on: str | None  # load id a delta was merged into
    manifest: int  # the manifest this load first appeared in
    derived: str | None = None  # knowledge version of its derived tables; None: not worked out

    @property
    def of(self) -> tuple[str, str]:
        """What it is a load of: (practice, source)."""
        return self.practice, self.source

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Load:
        """The load ``asdict`` wrote."""
        return cls(
            **{
                **record,
                "kind": Kind(record["kind"]),
                "extract_date": date.fromisoformat(record["extract_date"]),
                "imported_at": datetime.fromisoformat(record["imported_at"]),
                "files": tuple(SourceFile(**file) for file in record["files"]),
                "file_counts": {name: FileCount(**count) for name, count in record["file_counts"].items()},
                "tables": {name: TableCount(**count) for name, count in record["tables"].items()},
                "warnings": tuple(record["warnings"]),
                "first_issue": _day(record["first_issue"]),
                "newest_issue": _day(record["newest_issue"]),
            }
        )


@dataclass(frozen=True, slots=True)
class PublicLoad:
    """One import of public data: one month of prescribing, one month of list sizes, one list of organisations.

    ``dataset`` is "month", "list_sizes", "organisations" or "measure"; ``period`` says which of it ("2017-09"). ``counts`` are numbers for
    provenance, ``checks`` what the checks of the import found, in words.
    """

    load_id: str
    dataset: str
    period: str
    source: str  # the format it came in
    imported_at: datetime
    importer_version: str
    fingerprint: str
    files: tuple[SourceFile, ...]
    file_counts: Mapping[str, FileCount]
    counts: Mapping[str, int]
    checks: tuple[str, ...]
    manifest: int
    published_on: date | None = None
    derived: str | None = None  # version of the measures worked out from it; None: not worked out

    @property
    def of(self) -> tuple[str, str]:
        """What it is a load of: (dataset, period)."""
        return self.dataset, self.period

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> PublicLoad:
        """The load ``asdict`` wrote."""
        return cls(
            **{
                **record,
                "imported_at": datetime.fromisoformat(record["imported_at"]),
                "files": tuple(SourceFile(**file) for file in record["files"]),
                "file_counts": {name: FileCount(**count) for name, count in record["file_counts"].items()},
                "checks": tuple(record["checks"]),
                "published_on": _day(record["published_on"]),
            }
        )


@dataclass(frozen=True, slots=True)
class Manifest:
    """The loads of a lake: the current one of each (practice, source), and the one before it; public data likewise."""

    number: int = 0
    written_at: datetime = field(default_factory=now)
    loads: tuple[Load, ...] = ()
    earlier: tuple[Load, ...] = ()
    public: tuple[PublicLoad, ...] = ()
    public_earlier: tuple[PublicLoad, ...] = ()

    def current(self, practice: str, source: str) -> Load | None:
        """The load that stands for this practice and source, if there is one."""
        return next((load for load in self.loads if load.of == (practice, source)), None)

    def with_load(self, load: Load) -> Manifest:
        """The next manifest, in which ``load`` is current and the one it replaces is the earlier one kept."""
        replaced = self.current(*load.of)
        earlier = tuple(kept for kept in self.earlier if kept.of != load.of)
        return self._next(
            loads=_ordered([kept for kept in self.loads if kept.of != load.of] + [load]),
            earlier=_ordered([*earlier, replaced] if replaced else earlier),
        )

    def current_public(self, dataset: str, period: str) -> PublicLoad | None:
        """The load that stands for this dataset and period, if there is one."""
        return next((load for load in self.public if load.of == (dataset, period)), None)

    def with_public(self, loads: Sequence[PublicLoad]) -> Manifest:
        """The next manifest, in which each of ``loads`` is current; one it replaces is kept unless it is the same load."""
        new = {load.of: load for load in loads}
        replaced = {
            load.of: load for load in self.public if load.of in new and load.load_id != new[load.of].load_id
        }
        earlier = [load for load in self.public_earlier if load.of not in replaced]
        return self._next(
            public=_ordered([load for load in self.public if load.of not in new] + list(new.values())),
            public_earlier=_ordered([*earlier, *replaced.values()]),
        )

    def without_public(self, dataset: str, period: str) -> Manifest:
        """The next manifest, in which this dataset has no load for this period."""
        gone = (dataset, period)
        return self._next(
            public=tuple(load for load in self.public if load.of != gone),
            public_earlier=tuple(load for load in self.public_earlier if load.of != gone),
        )

    def without(self, practice: str, source: str) -> Manifest:
        """The next manifest, in which this practice and source has no load."""
        gone = (practice, source)
        return self._next(
            loads=tuple(load for load in self.loads if load.of != gone),
            earlier=tuple(load for load in self.earlier if load.of != gone),
        )

    def with_derived(self, version: str) -> Manifest:
        """The next manifest, in which every current load has derived tables of this knowledge version."""
        loads = tuple(replace(load, derived=version) for load in self.loads)
        return self._next(loads=loads)

    def _next(self, **changes: Any) -> Manifest:
        return replace(self, number=self.number + 1, written_at=now(), **changes)

    def in_use(self) -> tuple[Load, ...]:
        """One load per practice, the one searches read: the newest extract of the practice, ties by ``SOURCE_ORDER``.

        A load of ``PEOPLE_ONLY`` is read only where the practice has no other.
        """
        best: dict[str, Load] = {}
        for load in self.loads:
            if load.practice not in best or _rank(load) > _rank(best[load.practice]):
                best[load.practice] = load
        return tuple(best[practice] for practice in sorted(best))

    def to_json(self) -> bytes:
        """As stored."""
        return json.dumps(asdict(self), default=str, indent=1).encode()

    @classmethod
    def from_json(cls, text: bytes) -> Manifest:
        """As ``to_json`` wrote it."""
        record = json.loads(text)
        return cls(
            record["number"],
            datetime.fromisoformat(record["written_at"]),
            tuple(Load.from_json(load) for load in record["loads"]),
            tuple(Load.from_json(load) for load in record["earlier"]),
            # Manifests written before there was public data have none.
            tuple(PublicLoad.from_json(load) for load in record.get("public", ())),
            tuple(PublicLoad.from_json(load) for load in record.get("public_earlier", ())),
        )


def _ordered(loads: Any) -> tuple[Load, ...]:
    return tuple(sorted(loads, key=lambda load: load.of))


def _rank(load: Load) -> tuple[bool, date, int]:
    known = load.source in SOURCE_ORDER
    whole = load.source not in PEOPLE_ONLY
    return whole, load.extract_date, -SOURCE_ORDER.index(load.source) if known else -len(SOURCE_ORDER)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
