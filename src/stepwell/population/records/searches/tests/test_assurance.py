"""Every assurance case of every search comes out as written, on the real path from rows to outcome."""

from __future__ import annotations

import pytest

from stepwell.population import engine
from stepwell.population.records.searches import all_searches, assurance


@pytest.fixture(scope="module")
def con():
    return engine.connect()


@pytest.mark.parametrize("search_id", list(all_searches()))
def test_cases_come_out_as_written(con, search_id):
    cases = assurance.cases(search_id)
    found = assurance.outcomes(cases, con)
    wrong = {
        case.name: (case.expect, case.reasons, *found[case.name])
        for case in cases
        if found[case.name][0] != case.expect or set(case.reasons) - set(found[case.name][1])
    }
    assert not wrong


@pytest.mark.parametrize("search_id", list(all_searches()))
def test_every_search_shows_all_it_can_say(search_id):
    """At least one person in, one to check, one out and one not found."""
    assert {case.expect for case in assurance.cases(search_id)} == {"in", "check", "out", "none"}
