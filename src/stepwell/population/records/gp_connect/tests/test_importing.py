"""Through the importer and a search: nothing is unaccounted for, and a candidate is found."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from stepwell.base.errors import StepwellError
from stepwell.base.progress import Silent
from stepwell.population import engine
from stepwell.population.records.derived import DERIVATION
from stepwell.population.records.extracts import Options
from stepwell.population.records.gp_connect import GpConnectReader
from stepwell.population.records.gp_connect.tests.bundles import PersonBundle, long_term_opioid_candidate
from stepwell.population.records.importing import ImportReport, import_extract
from stepwell.population.records.searches import search
from stepwell.population.records.searches.run import Candidate, prepare, run
from stepwell.population.stores import Stores, open_stores


@pytest.fixture
def stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stores:
    monkeypatch.delenv("STEPWELL_KEY", raising=False)
    return open_stores(tmp_path / "lake")


def load(stores: Stores, path: Path) -> ImportReport:
    reader = GpConnectReader(path, Options())
    return import_extract(stores.lake, stores.vault, reader, Options(), derive=DERIVATION, progress=Silent())


def candidates(stores: Stores, search_id: str) -> list[Candidate]:
    con = engine.connect()
    with stores.lake.pin() as snapshot:
        prepared = prepare(snapshot.tables(con), date(2026, 7, 1), con)
        return list(run(search(search_id), prepared).candidates)


def test_a_person_on_codeine_for_half_a_year_is_found_and_a_child_is_out(stores: Stores, tmp_path: Path):
    folder = tmp_path / "set"
    long_term_opioid_candidate("adult").write(folder)
    child = long_term_opioid_candidate("child")
    child.patient["identifier"] = []
    child.patient["birthDate"] = "2015-01-01"
    child.write(folder)
    report = load(stores, folder)
    assert report.rows_rejected == 0
    assert not [warning for warning in report.warnings if "accounted" in warning]
    assert report.rows_read == sum(file.used for file in report.files.values()) + sum(
        number for name, number in report.counters.items() if "merged" in name or "left out" in name
    )
    found = candidates(stores, "long-term-opioids")
    assert [(c.outcome, c.no_nhs_number) for c in found] == [("in", False), ("out", True)]
    adult = found[0]
    assert (adult.era_start, adult.daily_ome_min) == (date(2026, 1, 5), pytest.approx(12.0))


def test_merged_and_left_out_entries_are_accounted_for(stores: Stores, tmp_path: Path):
    folder = tmp_path / "set"
    bundle = long_term_opioid_candidate()
    bundle.resources.append(dict(bundle.resources[-1]))
    bundle.plan("void", status="entered-in-error")
    bundle.plan("away", agency="prescribed-by-another-organisation")
    bundle.medicine("spare")
    bundle.write(folder, "a.json")
    long_term_opioid_candidate().write(folder, "b.json")
    report = load(stores, folder)
    assert not [warning for warning in report.warnings if "accounted" in warning]


def test_more_than_two_per_cent_that_cannot_be_used_is_refused(stores: Stores, tmp_path: Path):
    bundle = long_term_opioid_candidate()
    bundle.order("bad", plan=None, intent="option")
    with pytest.raises(StepwellError, match="more than 2%"):
        load(stores, bundle.write(tmp_path / "set"))


def test_a_bundle_without_issues_is_refused(stores: Stores, tmp_path: Path):
    with pytest.raises(StepwellError, match="no issues"):
        load(stores, PersonBundle().write(tmp_path / "set"))
