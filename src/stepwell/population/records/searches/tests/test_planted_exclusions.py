"""Somebody with any code of an excluding list is never simply in; somebody without one is not left out. One person a code."""

from __future__ import annotations

from datetime import date

import pytest

from stepwell.knowledge import code_lists
from stepwell.population import engine
from stepwell.population.records.searches import assurance
from stepwell.population.records.searches.assurance import Case

SEARCH, AS_OF = "long-term-opioids", date(2026, 11, 20)
CODEINE = {
    "medicine": "Codeine 30mg tablets",
    "instruction": "One four times a day",
    "quantity": 112,
    "first": date(2026, 5, 1),
    "every": 28,
    "times": 8,
}
RECENT, LONG_AGO = date(2026, 2, 1), date(2014, 2, 1)
# Of the longest list every fortieth code is planted; of the others every one.
_LONG = 1000

# list, date of the code, outcome it must have, reason that must be given
LISTS = [
    ("palliative", RECENT, "out", "palliative"),
    ("palliative", LONG_AGO, "out", "palliative"),
    ("cancer", RECENT, "out", "active_cancer"),
    ("cancer", LONG_AGO, "check", "cancer_ever"),
    ("opioid_dependence", RECENT, "out", "dependence_treatment"),
    ("opioid_dependence", LONG_AGO, "out", "dependence_treatment"),
    ("epilepsy", LONG_AGO, "check", "epilepsy"),
    ("neuropathy", LONG_AGO, "check", "neuropathy"),
    ("post_herpetic_pain", LONG_AGO, "check", "post_herpetic_pain"),
]

# What no list holds: it must put nobody out, and asks nothing.
OTHERS = [
    ("no code at all", []),
    ("a code that no list holds", [{"code": "999003", "date": RECENT}]),
    ("a code a digit longer than one of a list", [{"code": "{}0", "date": RECENT}]),
    ("words about something else", [{"words": "Sprained ankle", "date": RECENT}]),
]

# What has no code but speaks of an excluding condition: a clinician looks.
WORDS = ["On the palliative care register", "Metastatic carcinoma", "Opioid dependence"]


def _planted(name: str) -> list[str]:
    codes = sorted(code_lists.code_list(name).codes)
    return codes[::40] if len(codes) > _LONG else codes


def _person(name: str, codes: list[dict[str, object]]) -> Case:
    return Case(SEARCH, AS_OF, name, "", (), {"name": name, "medicines": [CODEINE], "codes": codes})


@pytest.fixture(scope="module")
def found():
    """Outcome and reasons by person, of everybody planted, from one run of the search."""
    everybody = [
        _person(f"{name} {day} {code}", [{"code": code, "date": day}])
        for name, day, _, _ in LISTS
        for code in _planted(name)
    ]
    longer = min(code_lists.code_list("cancer").codes)
    for name, codes in OTHERS:
        filled = [{k: v.format(longer) if k == "code" else v for k, v in code.items()} for code in codes]
        everybody.append(_person(name, filled))
    everybody += [_person(words, [{"words": words, "date": RECENT}]) for words in WORDS]
    return assurance.outcomes(everybody, engine.connect())


@pytest.mark.parametrize(("name", "day", "outcome", "reason"), LISTS)
def test_every_code_planted_excludes_or_asks(found, name, day, outcome, reason):
    wrong = {}
    for code in _planted(name):
        got, reasons = found[f"{name} {day} {code}"]
        if (got != outcome and not (outcome == "check" and got == "out")) or reason not in reasons:
            wrong[code] = (got, reasons)
    assert not wrong


@pytest.mark.parametrize(("name", "codes"), OTHERS)
def test_what_no_list_holds_puts_nobody_out(found, name, codes):
    assert found[name] == ("in", ("meets_definition",))


@pytest.mark.parametrize("words", WORDS)
def test_an_entry_without_a_code_is_for_a_clinician(found, words):
    outcome, reasons = found[words]
    assert outcome == "check" and "unmapped_condition" in reasons
