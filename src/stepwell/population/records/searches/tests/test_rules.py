"""The rule tree: what is refused before any data is touched, and that tracing says what holding does."""

from __future__ import annotations

import pytest

from stepwell.base.errors import StepwellError
from stepwell.population.records.searches import rules
from stepwell.population.records.searches.model import all_searches, read, search

REFUSED = [
    ("not a mapping", ["opioid.open"]),
    ("two things at once", {"all": [], "any": []}),
    ("nothing in it", {"all": []}),
    ("a word that is no rule", {"unless": {"fact": "opioid.open", "is": True}}),
    ("a fact there is not", {"fact": "opioid.happy", "is": True}),
    ("no test", {"fact": "opioid.open"}),
    ("a test there is not", {"fact": "opioid.open", "like": True}),
    ("two tests", {"fact": "opioid.era_days", "at_least": 1, "less_than": 9}),
    ("a number against a yes or no", {"fact": "opioid.open", "at_least": 1}),
    ("a yes against a number", {"fact": "opioid.era_days", "is": True}),
    ("a date cannot be tested", {"fact": "opioid.era_start", "at_least": 1}),
    ("not, over what may be unknown", {"not": {"fact": "opioid.era_days", "at_least": 90}}),
    ("not, deeper", {"not": {"all": [{"not": {"fact": "ome.high", "at_least": 90}}]}}),
]


@pytest.mark.parametrize(("why", "raw"), REFUSED, ids=[r[0] for r in REFUSED])
def test_refused(why, raw):
    with pytest.raises(StepwellError):
        rules.read(raw, "here")


TREE = {
    "all": [
        {"fact": "opioid.open", "is": True},
        {"any": [{"fact": "opioid.era_days", "at_least": 90}, {"fact": "ome.high", "less_than": 10}]},
        {"not": {"fact": "person.sensitive", "is": True}},
        {"fact": "person.age", "is": "adult"},
    ]
}
ADULT = {"opioid.open": True, "person.age": "adult"}
PEOPLE = [
    ({}, False),
    (ADULT, False),
    ({**ADULT, "opioid.era_days": 90}, True),
    ({**ADULT, "opioid.era_days": 89}, False),
    ({**ADULT, "ome.high": 9.9}, True),
    ({**ADULT, "ome.high": 10}, False),
    ({**ADULT, "opioid.era_days": 90, "person.sensitive": True}, False),
    ({**ADULT, "opioid.era_days": 90, "person.age": None}, False),
]


@pytest.mark.parametrize(("facts", "expected"), PEOPLE)
def test_holds_only_on_what_is_known(facts, expected):
    node = rules.read(TREE, "here")
    assert rules.holds(node, facts) is expected
    steps = rules.traced(node, facts)
    assert steps[0].holds is expected and len(steps) == 8
    assert {step.depth for step in steps} == {0, 1, 2}


def test_a_check_rule_may_ask_about_what_is_unknown():
    node = rules.read({"not": {"fact": "ome.own_high", "at_least": 90}}, "here", unknown_asks=True)
    assert rules.holds(node, {}) is True


GOOD = {
    "id": "a",
    "version": 1,
    "title": "A",
    "plain": "a",
    "about": ["opioid"],
    "source": "s",
    "status": "unverified",
    "review": {},
    "base": {"fact": "opioid.open", "is": True},
    "out": [],
    "check": [],
}
COMMON = {"out": {}, "check": {}}
UNSOUND = [
    ("missing a key", {k: v for k, v in GOOD.items() if k != "plain"}),
    ("a key not known", {**GOOD, "colour": "red"}),
    ("about nothing", {**GOOD, "about": []}),
    ("a shared rule there is not", {**GOOD, "out": ["nobody"]}),
    ("would include everyone missing", {**GOOD, "base": {"fact": "opioid.open", "is": False}}),
    ("an own rule without a source", {**GOOD, "own_checks": {"x": {"when": GOOD["base"], "reason": "r"}}}),
]


@pytest.mark.parametrize(("why", "raw"), UNSOUND, ids=[u[0] for u in UNSOUND])
def test_an_unsound_search_is_refused(why, raw):
    with pytest.raises(StepwellError):
        read(raw, COMMON, "here")


def test_a_sound_one_is_not():
    assert read(GOOD, COMMON, "here").id == "a"


def test_a_search_there_is_not_names_those_there_are():
    with pytest.raises(StepwellError, match="long-term-opioids"):
        search("nope")
    assert len(all_searches()) == 9
