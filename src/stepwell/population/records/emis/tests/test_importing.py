"""EMIS extracts through a whole import: a full load, then deltas upon it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from stepwell.base.progress import Silent
from stepwell.population import engine
from stepwell.population.records.canonical import TABLES
from stepwell.population.records.emis import EmisReader
from stepwell.population.records.emis.tests.extracts import DELTA, a_delta, a_practice, guid
from stepwell.population.records.emis.tests.test_people import messy
from stepwell.population.records.extracts import Options
from stepwell.population.records.importing import ImportReport, import_extract
from stepwell.population.stores import Stores, open_stores

_NEXT_DAY = Options(kind=DELTA, practice="Z99901", extract_date=date(2026, 7, 2))


@pytest.fixture
def stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stores:
    monkeypatch.delenv("STEPWELL_KEY", raising=False)
    return open_stores(tmp_path / "lake")


def load(stores: Stores, folder: Path, options: Options | None = None) -> ImportReport:
    options = options or Options()
    return import_extract(stores.lake, stores.vault, EmisReader(folder, options), options, progress=Silent())


def tables(stores: Stores) -> dict[str, list[dict[str, object]]]:
    con = engine.connect()
    with stores.lake.pin() as snapshot:
        found = snapshot.tables(con, derived=False)
        return {name: con.to_pyarrow(found[name]).to_pylist() for name in TABLES}


def test_an_empty_delta_changes_nothing(stores: Stores, tmp_path: Path) -> None:
    extract = a_practice()
    extract.problem(1)
    report = load(stores, extract.write(tmp_path / "full"))
    before = tables(stores)
    assert report.tables["issues"].kept == 1
    load(stores, a_delta().write(tmp_path / "delta"), _NEXT_DAY)
    assert tables(stores) == before


def test_a_delta_changes_what_it_names(stores: Stores, tmp_path: Path) -> None:
    extract = a_practice()
    extract.patient(2)
    extract.issue(2)
    extract.issue(3, PatientGuid=guid("P", 2))
    extract.event(2, PatientGuid=guid("P", 2))
    load(stores, extract.write(tmp_path / "full"))
    delta = a_delta()
    delta.issue(1, Quantity="28")
    delta.issue(2, Deleted="TRUE")
    delta.issue(4)
    delta.patient(2, Deleted="TRUE")
    delta.problem(1, ProblemStatusDescription="Past Problem")
    report = load(stores, delta.write(tmp_path / "delta"), _NEXT_DAY)
    after = tables(stores)
    assert sorted(str(row["quantity_value"]) for row in after["issues"]) == ["28.0000", "56.0000"]
    assert len(after["patients"]) == 1
    assert [(row["is_problem"], row["problem_status"]) for row in after["events"]] == [(True, "past")]
    assert not any("not accounted for" in warning for warning in report.warnings)


def test_every_row_of_a_messy_extract_is_accounted_for(stores: Stores, tmp_path: Path) -> None:
    extract = messy()
    for number in range(100, 400):  # enough good rows that the bad ones do not refuse the load
        extract.issue(number)
        extract.event(number)
    report = load(stores, extract.write(tmp_path / "full"))
    assert report.rows_rejected == 5
    assert not any("not accounted for" in warning for warning in report.warnings)
