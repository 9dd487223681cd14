"""The list of facts nobody has checked yet."""

from __future__ import annotations

from stepwell.knowledge import tables
from stepwell.knowledge.unverified import label, unverified


def test_it_counts_what_the_tables_count():
    counted = {each.table.name: len(each.facts) for each in unverified() if each.rows}

    for name in tables.register():
        assert counted.get(name, 0) >= tables.counts(name)[1]


def test_no_verified_row_is_in_it():
    assert all(fact.get("status") != "verified" for each in unverified() for fact in each.facts)


def test_a_document_that_is_unverified_as_a_whole_is_in_it():
    assert {each.table.name for each in unverified() if each.whole} >= {"exposure_rules", "extract_age"}


def test_each_fact_has_a_name():
    assert all(label(each.table, fact) for each in unverified() for fact in each.facts)
