"""Whoever meets a definition is on its list once: in, to check, or out with a reason. The cases say who must, not the search."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from stepwell.population import engine
from stepwell.population.records.searches import all_searches, assurance, reason, search


@pytest.fixture(scope="module")
def searched():
    """``searched("stopped")``: what the search finds of its own cases, run once."""
    con = engine.connect()
    return cache(lambda search_id: assurance.searched(assurance.cases(search_id), con))


@pytest.mark.parametrize("search_id", list(all_searches()))
def test_in_to_check_and_out_are_everybody_who_meets_the_definition(searched, search_id):
    cases = assurance.cases(search_id)
    found = searched(search_id)
    times = Counter(candidate.patient_key for candidate in found.candidates)
    assert set(times) == {case.name for case in cases if case.expect != "none"}
    assert set(times.values()) == {1}
    assert found.counts.base == sum(found.counts.outcomes.values()) == len(times)
    assert found.counts.outcomes == {
        outcome: sum(c.outcome == outcome for c in found.candidates) for outcome in found.counts.outcomes
    }


@pytest.mark.parametrize("search_id", list(all_searches()))
def test_everybody_left_out_has_a_reason_in_words_and_is_counted_under_it(searched, search_id):
    found = searched(search_id)
    definition = search(search_id)
    out = [candidate for candidate in found.candidates if candidate.outcome == "out"]
    assert out
    allowed = {rule.id for rule in definition.out}
    for candidate in out:
        assert candidate.reasons and set(candidate.reasons) <= allowed
        assert all(reason(definition, name).reason for name in candidate.reasons)
    counted = Counter(name for candidate in out for name in candidate.reasons)
    assert {name: found.counts.reasons[name] for name in counted} == dict(counted)


def test_a_high_dose_that_is_left_out_is_still_flagged_as_high(searched):
    cases = [case for case in assurance.cases("high-dose-90") if case.expect == "out"]
    found = searched("high-dose-90")
    out = {c.patient_key: c.flags for c in found.candidates if c.outcome == "out"}
    assert set(out) == {case.name for case in cases}
    assert all({"ome_90", "ome_120"} & set(flags) for flags in out.values())
