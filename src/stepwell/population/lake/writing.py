"""Changing a lake: staging, the steps of a commit, pruning. A writer that dies at any moment leaves the lake as it was."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import NamedTuple, Protocol

import ibis.expr.types as ir
from ibis.backends import BaseBackend

from stepwell.base.errors import StepwellError
from stepwell.population import engine
from stepwell.population.lake.files import fsync_directory, fsync_tree, write_atomically
from stepwell.population.lake.locks import live_pins, writer_lock
from stepwell.population.lake.manifest import Load, Manifest, PublicLoad
from stepwell.population.lake.store import Lake
from stepwell.population.records.canonical import TABLES
from stepwell.population.records.derived_schema import DERIVED

# What an import may use of the machine while it merges and sorts; the rest is spilled to the staging folder.
MEMORY = "600MB"
MANIFESTS_KEPT = 50


class _Steps(NamedTuple):
    rows_staged: str = "rows_staged"
    derived_built: str = "derived_built"
    vault_written: str = "vault_written"
    load_renamed: str = "load_renamed"
    manifest_written: str = "manifest_written"
    manifest_swapped: str = "manifest_swapped"
    pruned: str = "pruned"


# Each is announced when it is done. Until ``manifest_swapped`` the earlier load stands; from then on the new one.
COMMIT_STEPS = _Steps()

OnStep = Callable[[str], None]


class Derivation(Protocol):
    """Works out the derived tables of one load: writes ``<name>.parquet`` files into ``out_dir``.

    ``tables`` are the canonical tables of that load alone, on ``con``. ``version`` names the knowledge used: letters,
    digits and ``_ . + -``.
    """

    @property
    def version(self) -> str:
        """The knowledge version."""

    def __call__(
        self, tables: Mapping[str, ir.Table], out_dir: Path, con: BaseBackend, extract_date: date
    ) -> None:
        """Write the derived tables."""


@dataclass(frozen=True, slots=True)
class Derive:
    """A function as a ``Derivation``."""

    version: str
    build: Callable[[Mapping[str, ir.Table], Path, BaseBackend, date], None]

    def __call__(
        self, tables: Mapping[str, ir.Table], out_dir: Path, con: BaseBackend, extract_date: date
    ) -> None:
        """Write the derived tables."""
        self.build(tables, out_dir, con, extract_date)


class Identities(Protocol):
    """The vault, as far as a lake's writer knows it."""

    def keep_only(self, load_ids: set[str]) -> None:
        """Remove the files of every other load, and leftovers."""


@contextmanager
def writing(lake: Lake, vault: Identities | None = None) -> Iterator[Writer]:
    """Hold the lake for writing, after clearing away what a dead writer left. A second writer is refused."""
    with writer_lock(lake.path):
        writer = Writer(lake, vault)
        writer.sweep()
        try:
            yield writer
        finally:
            shutil.rmtree(writer.staging, ignore_errors=True)


class Writer:
    """The one writer of a lake."""

    def __init__(self, lake: Lake, vault: Identities | None) -> None:
        self.lake = lake
        self.staging = lake.path / "staging"
        self._vault = vault

    def stage(self, load_id: str) -> Path:
        """An empty folder for the canonical tables of a new load."""
        folder = self.staging / load_id
        folder.mkdir(parents=True)
        return folder

    def connect(self, memory: str = MEMORY) -> BaseBackend:
        """An engine that spills into the staging folder, so that nothing of it outlives the import."""
        self.staging.mkdir(exist_ok=True)
        return engine.connect(memory_limit=memory, threads=2, temp_dir=self.staging / "spill")

    def commit(
        self,
        load: Load,
        staged: Path,
        *,
        derivation: Derivation | None = None,
        publish_identities: Callable[[], object],
        on_step: OnStep,
    ) -> Load:
        """Make a staged load the current one of its practice and source, in ``COMMIT_STEPS``."""
        fsync_tree(staged)
        on_step(COMMIT_STEPS.rows_staged)
        if derivation is not None:
            load = replace(load, derived=derivation.version)
            self._derive(load, staged, derivation)
        on_step(COMMIT_STEPS.derived_built)
        publish_identities()
        on_step(COMMIT_STEPS.vault_written)
        if load.derived is not None:
            self._publish_derived(load.load_id, load.derived)
        _move(staged, self.lake.load_directory(load.load_id))
        on_step(COMMIT_STEPS.load_renamed)
        self._swap(self.lake.current().with_load(load), on_step)
        self.sweep()
        on_step(COMMIT_STEPS.pruned)
        return load

    def commit_public(
        self, load: PublicLoad, staged: Path, derived: Mapping[str, Path], on_step: OnStep
    ) -> PublicLoad:
        """Make a staged load of public data current. ``derived`` are staged folders of what was worked out, by load id.

        They may be of other loads than this one: what a month's measures say can hang on a list of organisations. All
        are worked out under ``load.derived``, and become visible with the load, together.
        """
        for folder in (staged, *derived.values()):
            fsync_tree(folder)
        on_step(COMMIT_STEPS.rows_staged)
        for load_id, folder in derived.items():
            _move(folder, self.lake.derived_directory(load_id, str(load.derived)))
        on_step(COMMIT_STEPS.derived_built)
        _move(staged, self.lake.load_directory(load.load_id))
        on_step(COMMIT_STEPS.load_renamed)
        self._swap(self.lake.current().with_public([load]), on_step)
        self.sweep()
        on_step(COMMIT_STEPS.pruned)
        return load

    def publish_derived(self, loads: Sequence[PublicLoad], derived: Mapping[str, Path]) -> None:
        """Make staged folders, by load id, the derived tables of public loads that have their new version set."""
        for load in loads:
            final = self.lake.derived_directory(load.load_id, str(load.derived))
            # One that is there, because a reader still holds it, is whole.
            if not final.exists():
                fsync_tree(derived[load.load_id])
                _move(derived[load.load_id], final)
        self._swap(self.lake.current().with_public(loads), _ignore)
        self.sweep()

    def withdraw_public(self, dataset: str, period: str) -> None:
        """Take a load of public data out of the lake."""
        current = self.lake.current()
        if current.current_public(dataset, period) is None:
            raise StepwellError(f"The lake holds no {dataset.replace('_', ' ')} for {period}.")
        self._swap(current.without_public(dataset, period), _ignore)
        self.sweep()

    def rederive(self, derivation: Derivation) -> int:
        """Work out again every current load that lacks this knowledge version. Returns how many; none is no change."""
        version = derivation.version
        behind = [
            replace(load, derived=version) for load in self.lake.current().loads if load.derived != version
        ]
        for load in behind:
            # One that is there, because a reader still holds it, is whole.
            if not self.lake.derived_directory(load.load_id, version).exists():
                self._derive(load, self.lake.load_directory(load.load_id), derivation)
                self._publish_derived(load.load_id, version)
        if behind:
            self._swap(self.lake.current().with_derived(version), _ignore)
            self.sweep()
        return len(behind)

    def withdraw(self, practice: str, source: str) -> None:
        """Take a practice's loads from one source out of the lake, identities and all."""
        current = self.lake.current()
        if current.current(practice, source) is None:
            raise StepwellError(f"The lake holds no {source} load of practice {practice}.")
        self._swap(current.without(practice, source), _ignore)
        self.sweep()

    def sweep(self) -> None:
        """Remove all that neither the current manifest nor a living reader holds."""
        current = self.lake.current()
        records = (*current.loads, *current.earlier)
        held: tuple[Load | PublicLoad, ...] = (*records, *current.public, *current.public_earlier)
        loads = {(load.load_id, load.derived) for load in held}
        manifests = set(range(current.number - MANIFESTS_KEPT + 1, current.number + 1))
        for pin in live_pins(self.lake.path / "pins"):
            loads |= {(load_id, version) for load_id, version in pin.get("loads", [])}
            manifests.add(pin.get("manifest", 0))
        ids = {load_id for load_id, _ in loads}
        shutil.rmtree(self.staging, ignore_errors=True)
        _keep(self.lake.path / "loads", "*", lambda path: path.name in ids)
        _keep(self.lake.path / "derived", "*/*", lambda path: (path.parent.name, path.name) in loads)
        _keep(self.lake.path / "derived", "*", lambda path: path.name in ids)
        _keep(
            self.lake.path / "manifests",
            "*",
            lambda path: path.stem.isdigit() and int(path.stem) in manifests,
        )
        if self._vault is not None:
            self._vault.keep_only(ids)

    def _derive(self, load: Load, tables: Path, derivation: Derivation) -> None:
        """Build ``load.derived`` from the canonical tables in the folder ``tables``, in the staging folder."""
        out = self._staged_derived(load.load_id, str(load.derived))
        out.mkdir(parents=True)
        con = self.connect()
        try:
            read = {
                name: engine.parquet(con, [tables / f"{name}.parquet"], schema)
                for name, schema in TABLES.items()
            }
            derivation(read, out, con, load.extract_date)
        finally:
            con.disconnect()
        missing = sorted(name for name in DERIVED if not (out / f"{name}.parquet").is_file())
        if missing:
            raise ValueError(f"the derivation did not write {', '.join(missing)}")
        fsync_tree(out)

    def _staged_derived(self, load_id: str, version: str) -> Path:
        # The same shape as the lake's own, so that the version is checked before any work is done.
        return self.staging / self.lake.derived_directory(load_id, version).relative_to(self.lake.path)

    def _publish_derived(self, load_id: str, version: str) -> None:
        _move(self._staged_derived(load_id, version), self.lake.derived_directory(load_id, version))

    def _swap(self, manifest: Manifest, on_step: OnStep) -> None:
        path = self.lake.manifest_path(manifest.number)
        path.parent.mkdir(exist_ok=True)
        write_atomically(path, manifest.to_json())
        on_step(COMMIT_STEPS.manifest_written)
        write_atomically(self.lake.path / "CURRENT", str(manifest.number).encode())
        on_step(COMMIT_STEPS.manifest_swapped)


def rederive(lake: Lake, derivation: Derivation) -> int:
    """Bring the derived tables of every current load to this knowledge version, without an import. Returns how many."""
    with writing(lake) as writer:
        return writer.rederive(derivation)


def withdraw(lake: Lake, vault: Identities, practice: str, source: str) -> None:
    """Take a practice's loads from one source out of the lake, and their identities out of the vault."""
    with writing(lake, vault) as writer:
        writer.withdraw(practice, source)


def _ignore(step: str) -> None:
    """Nobody asked to be told of the steps."""


def _move(staged: Path, final: Path) -> None:
    """Give a finished folder its final name, durably."""
    final.parent.mkdir(parents=True, exist_ok=True)
    os.rename(staged, final)
    fsync_directory(final.parent)
    fsync_directory(final.parent.parent)


def _keep(folder: Path, pattern: str, wanted: Callable[[Path], bool]) -> None:
    for path in folder.glob(pattern):
        if not wanted(path):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
