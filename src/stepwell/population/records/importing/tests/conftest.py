"""A lake to import into."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from stepwell.base.progress import Silent
from stepwell.population import engine
from stepwell.population.lake import Derivation
from stepwell.population.records.extracts import Options
from stepwell.population.records.importing import ImportReport, import_extract
from stepwell.population.records.importing.tests.synthetic_reader import ScriptedReader
from stepwell.population.stores import Stores, open_stores


@pytest.fixture
def stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stores:
    monkeypatch.delenv("STEPWELL_KEY", raising=False)
    return open_stores(tmp_path / "lake")


@pytest.fixture
def load(stores: Stores) -> Callable[..., ImportReport]:
    """Import what a reader pushes, with no derived tables unless they are asked for."""

    def run(
        reader: ScriptedReader, options: Options | None = None, derive: Derivation | None = None
    ) -> ImportReport:
        return import_extract(
            stores.lake, stores.vault, reader, options or Options(), derive=derive, progress=Silent()
        )

    return run


@pytest.fixture
def table(stores: Stores) -> Callable[[str], list[dict[str, object]]]:
    """The rows of a canonical table over the loads in use."""

    def rows(name: str) -> list[dict[str, object]]:
        con = engine.connect()
        with stores.lake.pin() as snapshot:
            found: list[dict[str, object]] = con.to_pyarrow(
                snapshot.tables(con, derived=False)[name]
            ).to_pylist()
        return found

    return rows
