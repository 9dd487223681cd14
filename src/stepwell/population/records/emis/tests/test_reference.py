"""The reference sample of 8.2, read and imported: exactly the rows its description counts."""

from __future__ import annotations

import os
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from stepwell.base.progress import Silent
from stepwell.population.records.emis import EmisReader
from stepwell.population.records.emis.tests.extracts import read
from stepwell.population.records.extracts import Options
from stepwell.population.records.importing import Outcome, import_extract
from stepwell.population.stores import open_stores

pytestmark = pytest.mark.reference


@pytest.fixture
def sample() -> Path:
    root = os.environ.get("STEPWELL_REFERENCE")
    if not root:
        pytest.fail("Set STEPWELL_REFERENCE to the folder of reference data.")
    return Path(root) / "data" / "records" / "emis_8.2"


def test_issues_of_the_sample(sample: Path) -> None:
    about = EmisReader(sample, Options()).describe()
    assert (about.practice, about.extract_date) == ("Z99901", date(2026, 7, 1))
    sink = read(sample)
    assert sink.rows_read["Prescribing_IssueRecord.csv"] == 15
    issues = sink.tables["issues"]
    assert len(issues) == 14
    due = [row for row in issues if row["issue_date"] <= about.extract_date]  # type: ignore[operator]
    assert len(due) == 13
    sensitive = {row["patient_key"] for row in sink.tables["patients"] if row["sensitive"]}
    shown = [row for row in due if row["patient_key"] not in sensitive]
    assert len(shown) == 11
    names = {who.patient_key: who.family_name for who in sink.people}
    assert Counter(names[str(row["patient_key"])] for row in shown) == {
        "Alder": 6,
        "Birch": 3,
        "Cedar": 1,
        "Dogwood": 1,
    }
    assert Counter(names[str(row["patient_key"])] for row in issues)["Gorse"] == 3
    assert Counter(row["drug_code"] is not None for row in sink.tables["drug_codes"]) == {True: 9, False: 1}
    assert not sink.rejects


def test_the_sample_is_imported_and_adds_up(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STEPWELL_KEY", raising=False)
    stores = open_stores(tmp_path / "lake")

    def load() -> tuple[Outcome, int, tuple[str, ...]]:
        report = import_extract(
            stores.lake, stores.vault, EmisReader(sample, Options()), Options(), progress=Silent()
        )
        return report.outcome, report.tables["issues"].kept, report.warnings

    outcome, issues, warnings = load()
    assert (outcome, issues) == (Outcome.LOADED, 14)
    assert not any("not accounted for" in warning for warning in warnings)
    assert load()[0] is Outcome.UNCHANGED
