"""The tables of the format: every row has a source and a status, and every value is one the canonical tables know."""

from __future__ import annotations

import csv
from importlib import resources

import pytest

from stepwell.population.records.emis import facts

ALLOWED = {
    "patient_types.csv": ("registration_type", {"regular", "temporary", "other"}),
    "elsewhere_words.csv": (
        "elsewhere_source",
        {"hospital", "drug_service", "private", "over_the_counter", "other"},
    ),
    "values.csv": (
        "value",
        {"female", "male", "other", "", "acute", "repeat", "repeat_dispensing", "automatic", "active", "past",
         "day", "month", "year"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ALLOWED)
def test_rows(name: str) -> None:
    text = (resources.files("stepwell.population.records.emis") / "data" / name).read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    column, allowed = ALLOWED[name]
    assert rows
    for row in rows:
        assert row["source"]
        assert row["status"] in ("verified", "unverified")
        assert row[column] in allowed


def test_each_table_is_told_from_the_others() -> None:
    from stepwell.population.records.emis.tests.extracts import V5, V8
    from stepwell.population.records.reading.headers import normal

    for layout in (V8, V5):
        for name, columns in layout.items():
            headings = frozenset(map(normal, columns))
            fits = [table.name for table in facts.tables().values() if table.fits(headings)]
            assert fits == ([name] if name in facts.tables() else [])
