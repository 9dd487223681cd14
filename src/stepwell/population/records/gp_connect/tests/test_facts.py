"""Every fact about the format is a row with a source and a status."""

from __future__ import annotations

import pytest

from stepwell.population.records.gp_connect import facts

TABLES = (
    "agencies",
    "degraded_codes",
    "duration_units",
    "extensions",
    "kinds",
    "registration_types",
    "security_labels",
    "statuses",
    "systems",
)


@pytest.mark.parametrize("name", TABLES)
def test_rows_have_source_and_status(name: str):
    rows = facts.table(name)
    assert rows
    for row in rows:
        assert None not in row and None not in row.values()
        assert row["source"]
        assert row["status"] in ("verified", "unverified")


def test_an_extension_may_go_by_two_addresses():
    assert len(facts.extension_urls("dosage_last_changed")) == 2


def test_dmd_codes_are_told_by_either_system():
    assert facts.systems("dmd") == {"http://snomed.info/sct", "https://dmd.nhs.uk"}
