"""Counts that add up, options that never drop the unknown, samples that can be drawn again, and explanations that agree."""

from __future__ import annotations

import pytest

from stepwell.population import engine
from stepwell.population.records import derived
from stepwell.population.records.person import person_record
from stepwell.population.records.searches import Options, assurance, prepare, reason, run, search
from stepwell.population.records.searches.explain import explain

SEARCH = "long-term-opioids"
PRACTICE = "Z99901"


@pytest.fixture(scope="module")
def lake():
    con = engine.connect()
    cases = assurance.cases(SEARCH)
    canonical = assurance.tables(cases, con)
    tables = {**canonical, **derived.derive(canonical, con)}
    return tables, prepare(tables, cases[0].as_of, con)


def test_the_flow_adds_up(lake):
    found = run(search(SEARCH), lake[1])
    counts = found.counts
    assert counts.base == sum(counts.outcomes.values()) == len(found.candidates)
    assert counts.reasons["not_registered"] >= 4
    assert counts.registered > counts.outcomes["in"]
    for candidate in found.candidates:
        known = [reason(found.search, r) for r in candidate.reasons]
        assert candidate.outcome == "in" or all(known)


def test_who_meets_the_definition_and_is_registered_is_counted(lake):
    """Somebody whose registration is not known is not among them, whatever else puts them out."""
    found = run(search(SEARCH), lake[1])
    not_known = {"not_registered", "registration_not_certain"}
    assert any(not c.registered and "registration_not_certain" in c.reasons for c in found.candidates)
    assert found.counts.registered_base == sum(c.registered for c in found.candidates) > 0
    assert not any(c.registered for c in found.candidates if not_known & set(c.reasons))
    assert all(c.registered for c in found.candidates if c.outcome == "in")


def keys(lake, **options):
    return {c.patient_key for c in run(search(SEARCH), lake[1], Options(**options)).candidates}


def test_a_minimum_ome_keeps_whoever_may_reach_it(lake):
    kept = keys(lake, minimum_ome=1000)
    assert "no instruction and no quantity" in kept and "strength not known" in kept
    assert "ninety days" not in kept


def test_classes_and_substances_narrow(lake):
    assert keys(lake, medicine_class="tramadol") == {"name only"}
    assert "ninety days" in keys(lake, medicine_class="codeine")


def test_ages_narrow_and_keep_the_unknown(lake):
    assert "eighteen this month" not in keys(lake, age_from=40)
    young = keys(lake, age_to=17)
    assert "seventeen" in young and "ninety days" not in young
    # The years of somebody whose month of birth is not known are not known.
    assert young - {"seventeen"} == {name for name in keys(lake) if name.endswith("only the year of birth")}


def test_a_sample_can_be_drawn_again(lake):
    first, again, other = (keys(lake, sample=4, seed=s) for s in ("a", "a", "b"))
    assert first == again != other
    assert len(first) == 4


@pytest.mark.parametrize("case", assurance.cases(SEARCH), ids=lambda c: c.name)
def test_an_explanation_agrees_with_the_list(lake, case):
    tables, prepared = lake
    found = explain(search(SEARCH), prepared, tables, PRACTICE, case.name)
    assert found is not None
    assert found.outcome == case.expect
    held = {a.id for a in found.answers if a.holds}
    assert set(case.reasons) <= held


def test_nobody_of_that_key(lake):
    tables, prepared = lake
    assert explain(search(SEARCH), prepared, tables, PRACTICE, "nobody") is None


def test_a_persons_record_says_what_the_list_says(lake):
    tables, prepared = lake
    record = person_record(tables, PRACTICE, "ninety days", prepared.as_of)
    assert [line.name for line in record.now] == ["Codeine 30mg tablets"]
    assert record.ome.high == 12
    assert record.history[-1].ome.high == 12
    assert len(record.issues) == 4
    against = record.now[0].against_quantity
    assert (against.outcome, against.supplied.issues, against.reason) == ("agrees", 3, "")
    assert (record.withheld, record.ome.at_least) == (False, False)
    part = person_record(tables, PRACTICE, "a confidential row was left out", prepared.as_of)
    assert (part.withheld, part.ome.at_least, part.history[-1].ome.at_least) == (True, True, True)
    assert "withheld" in part.now[0].against_quantity.reason
    listed = {one.patient_key: one.ome_at_least for one in run(search(SEARCH), prepared).candidates}
    assert (listed["ninety days"], listed["a confidential row was left out"]) == (False, True)
    ill = person_record(tables, PRACTICE, "palliative words without a code", prepared.as_of)
    assert [(c.condition, c.unmapped) for c in ill.conditions] == [("palliative", True)]
    nobody = person_record(tables, PRACTICE, "nothing known", prepared.as_of)
    assert nobody.now == () and nobody.ome.high is None
