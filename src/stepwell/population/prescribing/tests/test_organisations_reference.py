"""The published list of practices of March 2017, read whole."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from stepwell.population.prescribing.organisations import write_organisations
from stepwell.population.prescribing.tests.test_organisations import table

pytestmark = pytest.mark.reference


def test_the_list_of_march_2017_has_its_published_counts(tmp_path: Path) -> None:
    folder = os.environ.get("STEPWELL_REFERENCE") or pytest.fail(
        "Set STEPWELL_REFERENCE to the folder of reference data."
    )
    (tmp_path / "out").mkdir()
    file = Path(folder) / "data" / "prescribing" / "epraccur_2017-03.csv"
    read = write_organisations(file, file.name, tmp_path / "out")
    rows = table(tmp_path, "organisations")
    assert (read.rows, read.rejected) == (13_385, 0)
    assert len(rows) == 13_385 - 717  # Wales
    assert sum(row["setting"] == 4 and row["status"] == "active" for row in rows) == 7_498
    assert table(tmp_path, "rejected") == []
