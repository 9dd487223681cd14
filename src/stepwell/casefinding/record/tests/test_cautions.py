"""The cautions on a person's page: fired ones first and why, what could not be checked, and never a word of safety."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.template import engines

from stepwell.casefinding.record.cautions import card
from stepwell.knowledge.cautions import MedicineTaken, PersonFacts, Problem, Value, check, medicine_from
from stepwell.knowledge.dosage import parse
from stepwell.knowledge.medicines import identify
from stepwell.population.records.cautions import PersonCautions

ON = date(2026, 11, 2)


def taking(name: str, text: str | None = None, *, on: date | None = date(2026, 10, 20)) -> MedicineTaken:
    found = identify(name=name)
    dosage = parse(text, found.product) if text else None
    return replace(medicine_from(found, dosage, name=name), last_issued=on)


def of(*medicines: MedicineTaken, **known) -> PersonCautions:
    facts = PersonFacts(medicines, **{"medicines_complete": True, "age": 70, "sex": "male", **known})
    return PersonCautions(facts, check(facts, ON), ("copd", "heart_failure"))


def page_of(found: PersonCautions | None) -> str:
    template = engines.all()[0].from_string(
        '{% import "macros/app.jinja" as app with context %}{% include "people/_cautions.jinja" %}'
    )
    return template.render({"cautions": card(found) if found else None})


CODEINE, DIAZEPAM = (
    taking("Codeine 30mg tablets", "Take one four times a day"),
    taking("Diazepam 2mg tablets"),
)
PREGABALIN = taking("Pregabalin 300mg capsules", "Take one twice a day")


def test_the_gravest_come_first():
    phenelzine = taking("Phenelzine 15mg tablets")
    shown = card(of(taking("Tramadol 50mg capsules"), DIAZEPAM, phenelzine))
    levels = [row.level for row in shown.fired]
    assert levels[0] == "Stop"
    assert levels == sorted(levels, key=["Stop", "Warning", "To know"].index)


def test_each_says_why_with_medicine_and_day():
    (row,) = [each for each in card(of(CODEINE, DIAZEPAM)).fired if each.id == "S01"]
    assert row.because == (
        "Codeine 30mg tablets, last issued 20 October 2026",
        "Diazepam 2mg tablets, last issued 20 October 2026",
    )
    assert not row.unverified


def test_a_code_and_a_value_are_said_with_their_day():
    known = {
        "problems": (Problem("copd", date(2019, 4, 5), ("e1",), "code 13645005, as told"),),
        "values": (Value("egfr", Decimal("25"), date(2026, 9, 1), ("e2",), "code 80274001"),),
    }
    shown = card(of(CODEINE, **known))
    because = {row.id: row.because[-1] for row in shown.fired}
    assert because["S14B"] == "COPD (code 13645005, as told), 5 April 2019"
    assert because["S12A"] == "eGFR 25 (code 80274001), 1 September 2026"


def test_what_was_put_before_us_without_a_day_is_said_to_have_none():
    (row,) = [each for each in card(of(taking("Diazepam 2mg tablets", on=None))).fired if each.id == "S13"]
    assert row.because == ("Diazepam 2mg tablets, no issue dated",)


def test_an_unverified_one_is_marked():
    heading, _, rest = page_of(of(CODEINE)).split("Constipation", 1)[1].partition("</h3>")
    assert "Unverified" in heading
    assert "Source: background (unverified)." in rest


def test_where_none_fires_the_numbers_are_said_and_nothing_is_called_safe():
    found = of(taking("Paracetamol 500mg tablets"))
    quiet, unchecked = len(found.findings.clear), len(found.findings.not_assessed)
    assert quiet + unchecked == 38
    text = page_of(found)
    assert (
        f"No caution fired among the {quiet} that could be checked; {unchecked} could not be checked." in text
    )
    assert not re.search(r"\b(green|all clear|no problems|no concerns)\b", text)


def test_where_some_fire_the_rest_is_counted_too():
    found = of(CODEINE, DIAZEPAM).findings
    said = card(of(CODEINE, DIAZEPAM)).summary
    assert said == (
        f"{len(found.fires)} cautions fired. {len(found.clear)} more could be checked and did not fire; "
        f"{len(found.not_assessed)} could not be checked."
    )


def test_what_could_not_be_checked_is_listed_with_what_is_missing():
    text = page_of(of(PREGABALIN, why_unknown={"copd": "No code list for COPD is held here."}))
    part = text.split("Could not be checked:", 1)[1]
    assert "Sleep apnoea or chronic lung disease" in part
    assert "No code list for COPD is held here." in part
    assert "Missing: weight, creatinine." in part
    assert "No code list is held for COPD and heart failure" in part


def test_a_check_of_the_gravest_level_that_could_not_be_made_is_said_before_the_list():
    woman = of(CODEINE, sex="female", age=30)
    text = page_of(woman)
    assert "Codeine in people who must not have it" in text.split("<details", 1)[0]


def test_a_medicine_no_check_knows_is_named():
    assert "nothing here speaks of them: Qwertyzine 5mg tablets." in page_of(
        of(taking("Qwertyzine 5mg tablets"))
    )


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "A & B"])
def test_words_of_a_record_are_escaped(name):
    assert name not in page_of(of(MedicineTaken(name)))


def test_without_cautions_there_is_no_card():
    assert "Cautions" not in page_of(None)
