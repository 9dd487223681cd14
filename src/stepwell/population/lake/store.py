"""The lake: imported facts as Parquet, written only by an import, and what readers see of it.

lake.json                                   its id, the id of its key, its schema version
CURRENT                                     the number of the manifest in force, swapped by an atomic rename
manifests/<n>.json                          what the lake holds, with provenance
loads/<load_id>/<table>.parquet             canonical tables
derived/<load_id>/<version>/<name>.parquet  worked out from them under one knowledge version
staging/, pins/, writer.lock, writer.json   an import under way, readers under way, the one writer
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow.parquet as pq
from ibis.backends import BaseBackend

from stepwell.base.errors import StepwellError
from stepwell.population import engine
from stepwell.population.lake.files import write_atomically
from stepwell.population.lake.locks import pin_file
from stepwell.population.lake.manifest import Load, Manifest, PublicLoad
from stepwell.population.records.canonical import TABLES
from stepwell.population.records.derived_schema import DERIVED

SCHEMA_VERSION = 1
_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]*")


class Lake:
    """A lake that exists. Reading starts with ``pin``; writing is ``importing.import_extract`` and ``lake.writing``."""

    def __init__(self, path: Path) -> None:
        """Open the lake at ``path``. Raises ``StepwellError`` when there is none, or a later Stepwell made it."""
        self.path = path
        try:
            mark = json.loads((path / "lake.json").read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            raise StepwellError(
                f'There is no lake in "{path.name}".', next_step="Import an extract into it first."
            ) from None
        if mark["schema_version"] != SCHEMA_VERSION:
            raise StepwellError(
                f"This lake has schema version {mark['schema_version']}; this Stepwell reads version {SCHEMA_VERSION}.",
                next_step="Use the Stepwell that made it, or import the extracts again into a new lake.",
            )
        self.lake_id: str = mark["lake_id"]
        self.key_id: str | None = mark["key_id"]

    @classmethod
    def create(cls, path: Path, key_id: str | None) -> Lake:
        """Make an empty lake whose patient keys are made with the key of this id. ``path`` must be empty or absent.

        A lake of public data alone has no key until the first record extract comes into it.
        """
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise StepwellError(
                f'"{path.name}" holds something that is not a lake.', next_step="Give an empty or new folder."
            )
        path.mkdir(parents=True, exist_ok=True)
        mark = {"lake_id": uuid.uuid4().hex, "key_id": key_id, "schema_version": SCHEMA_VERSION}
        write_atomically(path / "lake.json", json.dumps(mark).encode())
        return cls(path)

    def take_key(self, key_id: str) -> None:
        """Give a lake that has no key yet the id of its key. One that has a key keeps it."""
        if self.key_id is None:
            mark = json.loads((self.path / "lake.json").read_bytes())
            write_atomically(self.path / "lake.json", json.dumps({**mark, "key_id": key_id}).encode())
            self.key_id = key_id

    def current(self) -> Manifest:
        """The manifest in force now. An empty one before the first import."""
        while True:
            try:
                number = int((self.path / "CURRENT").read_text())
            except FileNotFoundError:
                return Manifest()
            try:
                return Manifest.from_json(self.manifest_path(number).read_bytes())
            except FileNotFoundError:
                # Superseded and removed between the two reads; unless it is still the one in force.
                if int((self.path / "CURRENT").read_text()) == number:
                    raise StepwellError(
                        "The lake's manifest is missing.",
                        next_step="Restore the lake from a backup, or import again.",
                    ) from None

    @contextmanager
    def pin(self) -> Iterator[Snapshot]:
        """The lake as it is now, which stays readable and unchanged until the end of the block."""
        held = self.current()

        def contents() -> dict[str, Any]:
            nonlocal held
            held = self.current()
            every: tuple[Load | PublicLoad, ...] = (*held.loads, *held.public)
            loads = [[load.load_id, load.derived] for load in every]
            return {"manifest": held.number, "loads": loads}

        with pin_file(self.path / "pins", contents):
            yield Snapshot(self, held)

    def manifest_path(self, number: int) -> Path:
        """Where manifest ``number`` is kept."""
        return self.path / "manifests" / f"{number}.json"

    def load_directory(self, load_id: str) -> Path:
        """Where the canonical tables of a load are kept."""
        return self.path / "loads" / load_id

    def derived_directory(self, load_id: str, version: str) -> Path:
        """Where what was derived from a load under a knowledge version is kept."""
        if not _PART.fullmatch(version):
            raise ValueError("a knowledge version is letters, digits and _ . + - only")
        return self.path / "derived" / load_id / version


@dataclass(frozen=True)
class Snapshot:
    """What a reader sees: one manifest, held still."""

    lake: Lake
    manifest: Manifest

    @property
    def loads(self) -> tuple[Load, ...]:
        """Every current load, by practice and source."""
        return self.manifest.loads

    @property
    def in_use(self) -> tuple[Load, ...]:
        """The load of each practice that ``tables`` reads. Where a practice has several sources, the newest extract."""
        return self.manifest.in_use()

    @property
    def set_aside(self) -> tuple[Load, ...]:
        """Current loads that are not read, because the same practice has a newer extract from another source."""
        used = {load.load_id for load in self.in_use}
        return tuple(load for load in self.loads if load.load_id not in used)

    def tables(
        self, con: BaseBackend, practices: Collection[str] | None = None, *, derived: bool = True
    ) -> dict[str, ir.Table]:
        """Each canonical table (``canonical.TABLES``) and derived table (``DERIVED``) by name, over the loads in use.

        ``practices`` narrows them to these ODS codes; one the lake does not hold is refused, since nothing known is
        not the same as nobody found. With ``derived``, every load must have derived tables of one and the same
        knowledge version. Derived tables without a ``practice`` column are dimensions: each row comes once.
        """
        loads = self._chosen(practices)
        found = {
            name: engine.parquet(
                con, [self.lake.load_directory(load.load_id) / f"{name}.parquet" for load in loads], schema
            )
            for name, schema in TABLES.items()
        }
        return {**found, **self._derived(con, loads)} if derived else found

    def _chosen(self, practices: Collection[str] | None) -> tuple[Load, ...]:
        if practices is None:
            return self.in_use
        missing = sorted(set(practices) - {load.practice for load in self.in_use})
        if missing:
            raise StepwellError(
                f"The lake holds no records of practice {', '.join(missing)}.",
                next_step="Check the code, or import the practice's extract.",
            )
        return tuple(load for load in self.in_use if load.practice in practices)

    def _derived(self, con: BaseBackend, loads: tuple[Load, ...]) -> dict[str, ir.Table]:
        directories = self._derived_directories(loads)
        names = {**DERIVED, **_extra_names(directories)}
        found = {}
        for name, schema in names.items():
            table = engine.parquet(con, [directory / f"{name}.parquet" for directory in directories], schema)
            found[name] = table if "practice" in table.columns else table.distinct()
        return found

    def _derived_directories(self, loads: tuple[Load, ...]) -> list[Path]:
        versions = {load.derived for load in loads}
        if None in versions or len(versions) > 1:
            raise StepwellError(
                "The loads in this lake were not all worked out with the same clinical tables.",
                next_step="Work them out again with `lake.rederive`, or import any extract again: the same one will do.",
            )
        return [self.lake.derived_directory(load.load_id, str(load.derived)) for load in loads]


def _extra_names(directories: list[Path]) -> Mapping[str, Any]:
    """Derived tables that are there without being in ``DERIVED``."""
    found = {path.stem: path for directory in directories[:1] for path in sorted(directory.glob("*.parquet"))}
    return {name: pq.read_schema(path) for name, path in found.items() if name not in DERIVED}
