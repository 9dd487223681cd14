"""How findings are ranked, shown, acknowledged, and what missing facts do to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from stepwell.base.errors import StepwellError
from stepwell.knowledge import tables
from stepwell.knowledge.cautions import (
    Acknowledgement,
    Finding,
    PersonFacts,
    Problem,
    check,
    interrupting,
    medicine_from,
    to_raise,
)
from stepwell.knowledge.cautions.language import read_rule
from stepwell.knowledge.cautions.tests.made import (
    CODEINE,
    DIAZEPAM,
    GABAPENTIN,
    IBUPROFEN,
    MORPHINE,
    ON,
    TRAMADOL,
    had,
    named,
    ome,
    opioid,
    outcome,
    person,
    value,
)
from stepwell.knowledge.medicines import identify

PILE = person(
    CODEINE, TRAMADOL, DIAZEPAM, GABAPENTIN, IBUPROFEN, named("Phenelzine 15mg tablets"), named("Warfarin 1mg tablets"),
    age=70,
)  # fmt: skip


def one(facts: PersonFacts, caution_id: str, on: date = ON) -> Finding:
    found = check(facts, on)
    return next(each for each in (*found.fires, *found.not_assessed) if each.caution_id == caution_id)


def test_findings_are_ranked_stop_warn_inform_then_most_recent() -> None:
    order = {"stop": 0, "warn": 1, "inform": 2}
    fires = check(PILE, ON).fires
    keys = [(order[each.level], -each.latest.toordinal()) for each in fires]
    assert keys == sorted(keys)
    assert fires[0].caution_id == "S06"
    late = replace(TRAMADOL, last_issued=ON, cover_from=ON)
    fresh = person(late, named("Warfarin 1mg tablets"), CODEINE, DIAZEPAM)
    ids = [each.caution_id for each in check(fresh, ON).fires if each.level == "warn"]
    assert ids == ["S01", "S05"]  # both touch the new tramadol: then by id


def test_at_most_three_may_interrupt_and_none_that_only_informs() -> None:
    found = check(PILE, ON)
    assert [each.level for each in found.modal] == ["stop", "warn", "warn"]
    assert len(check(person(CODEINE), ON).modal) == 0


def test_what_was_acknowledged_leaves_room_for_the_next() -> None:
    found = check(PILE, ON)
    seen = [Acknowledgement(each.fingerprint, ON) for each in found.modal]
    following = interrupting(to_raise(found, seen))
    assert len(following) == 3
    assert not {each.caution_id for each in following} & {each.caution_id for each in found.modal}


def test_level_message_source_and_status_are_the_tables() -> None:
    declared = {row["caution_id"]: row for row in tables.rows("cautions")}
    for each in check(PILE, ON).fires:
        row = declared[each.caution_id]
        assert (each.title, each.message, each.source, each.status) == (row["title"], row["message"], row["source"], row["status"])  # fmt: skip
        if each.caution_id not in ("S03", "S04", "S06"):
            assert each.level == row["level"]
        assert (each.table_version, each.rules_version, each.on) == ("CAU-1", "CR-2", ON)


def test_a_finding_names_the_settings_of_ours_it_leans_on() -> None:
    finding = one(person(IBUPROFEN, values=(value("egfr", 50),)), "S11E")
    (setting,) = finding.settings
    assert setting.startswith("egfr_kidney_disease = 60 (unverified; ours")


def test_medicines_from_elsewhere_count() -> None:
    hospital = opioid(
        "methadone", elsewhere=True, cover_from=None, cover_to=None, last_issued=date(2026, 1, 5)
    )
    finding = one(person(hospital, DIAZEPAM), "S01")
    assert finding.state == "fires"
    assert any("from elsewhere" in cause.what for cause in finding.because)
    assert finding.gaps == ("The days of cover of one of these are not known.",)


def test_a_code_of_dependence_says_that_substitution_may_be_hidden() -> None:
    finding = one(person(DIAZEPAM, problems=(had("opioid_dependence"),)), "S01")
    assert finding.state == "not_assessed"
    assert "may not be in this record" in finding.gaps[0]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ({"cover_from": date(2026, 9, 1), "cover_to": ON}, "clear"),  # the end is the first day without supply
        ({"cover_from": date(2026, 9, 1), "cover_to": ON + timedelta(days=1)}, "inform"),
        ({"cover_from": ON + timedelta(days=1), "cover_to": date(2026, 12, 1)}, "clear"),
        ({"cover_from": date(2026, 9, 1), "cover_to": date(2026, 9, 8), "template_active": True, "last_issued": date(2026, 9, 7)}, "inform"),
        ({"cover_from": date(2026, 9, 1), "cover_to": date(2026, 9, 8), "template_active": True, "last_issued": date(2026, 9, 6)}, "clear"),
        ({"cover_from": None, "cover_to": None, "last_issued": date(2026, 9, 7)}, "inform"),
        ({"cover_from": None, "cover_to": None, "last_issued": date(2026, 9, 6)}, "clear"),
        ({"cover_from": None, "cover_to": None, "last_issued": None}, "inform"),
    ],
)  # fmt: skip
def test_active_is_covered_on_the_day_or_a_repeat_issued_in_56_days(
    days: dict[str, Any], expected: str
) -> None:
    assert outcome("S13", person(replace(CODEINE, **days))) == expected


def test_two_medicines_whose_days_never_meet_are_not_taken_together() -> None:
    stopped = {"cover_from": date(2026, 9, 1), "cover_to": date(2026, 10, 1), "template_active": True, "last_issued": date(2026, 9, 20)}  # fmt: skip
    assert outcome("S01", person(CODEINE, replace(DIAZEPAM, **stopped))) == "clear"
    assert (
        outcome("S01", person(CODEINE, replace(DIAZEPAM, **{**stopped, "cover_to": date(2026, 10, 21)})))
        == "warn"
    )


def test_an_old_good_egfr_clears_nothing_and_an_old_bad_one_still_fires() -> None:
    old = date(2025, 6, 1)
    good = one(person(MORPHINE, values=(value("egfr", 80, old),)), "S12A")
    assert (good.state, good.gaps) == ("not_assessed", ("No eGFR in 15 months.",))
    bad = one(person(MORPHINE, values=(value("egfr", 20, old),)), "S12A")
    assert (bad.state, bad.gaps) == ("fires", ("No eGFR in 15 months.",))


def test_only_the_latest_value_up_to_the_day_counts() -> None:
    values = (
        value("egfr", 20, date(2025, 12, 1)),
        value("egfr", 60, date(2026, 6, 1)),
        value("egfr", 10, date(2026, 12, 1)),
    )
    assert outcome("S12A", person(MORPHINE, values=values)) == "clear"


def test_a_total_that_is_a_lower_bound_says_at_least() -> None:
    finding = one(person(MORPHINE, ome=ome(120, at_least=True)), "S16")
    assert finding.notes == (
        "Oral morphine equivalent: at least 120 mg OME a day. Lines reached: 50, 90, 120 mg.",
    )


def test_of_a_record_of_which_part_is_missing_no_absence_is_believed() -> None:
    facts = person(CODEINE, medicines_complete=False)
    assert outcome("S01", facts) == "not assessed"
    assert outcome("S14D", facts) == "inform"  # a laxative not seen exempts nobody
    assert "Not every medicine of this person is known." in one(facts, "S14D").gaps


def test_medicines_nobody_could_place_are_named() -> None:
    strange = named("Zzyzx 5mg")
    assert check(person(strange, IBUPROFEN, named("Pill", bnf_code="0212000B0AAAAAA")), ON).unplaced == (
        strange,
    )


def test_codeine_is_not_seen_in_dihydrocodeine() -> None:
    assert outcome("S07", person(named("Dihydrocodeine 30mg tablets"), age=11)) == "clear"
    assert outcome("S07", person(named("Codeine 30mg tablets"), age=11)) == "stop"


def test_what_was_acknowledged_is_not_raised_again_within_90_days() -> None:
    facts = person(CODEINE, DIAZEPAM)
    first = one(facts, "S01")

    def raised(days: int, later: PersonFacts = facts) -> bool:
        found = check(later, ON + timedelta(days=1))
        seen = [Acknowledgement(first.fingerprint, found.on - timedelta(days=days))]
        return any(each.caution_id == "S01" for each in to_raise(found, seen))

    assert not raised(89)
    assert raised(90)
    next_issue = replace(CODEINE, rows=("another issue",), last_issued=ON, cover_to=date(2026, 12, 1))
    assert not raised(10, person(next_issue, DIAZEPAM))
    assert raised(10, person(CODEINE, DIAZEPAM, TRAMADOL))


def test_a_line_of_dose_crossed_is_a_new_finding() -> None:
    prints = {mg: one(person(MORPHINE, ome=ome(mg)), "S16").fingerprint for mg in (90, 100, 120)}
    assert prints[90] == prints[100] != prints[120]


def test_an_acknowledged_stop_still_stops() -> None:
    found = check(person(CODEINE, age=11), ON)
    seen = [Acknowledgement(each.fingerprint, ON) for each in found.fires]
    assert to_raise(found, seen) == ()
    assert [each.caution_id for each in found.stops] == ["S07"]


def test_a_condition_no_rule_asks_for_is_refused() -> None:
    with pytest.raises(StepwellError, match="that no caution asks for"):
        check(person(problems=(Problem("gout", ON),)), ON)


@pytest.mark.parametrize("wrong", [{"flags": {"tired": True}}, {"age": -1}, {"sex": "F"}, {"values": (value("mood", 1),)}])  # fmt: skip
def test_facts_no_rule_could_read_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(StepwellError):
        person(**wrong)


@pytest.mark.parametrize(
    "when",
    [
        {"shell": "rm"},
        {"age": {}},
        {"age": {"below": 1, "above": 2}},
        {"age": {"below": "old"}},
        {"taking": {"release": ["MR"]}},
        {"taking": {"group": ["sweets"]}},
        {"problem": {"list": "gout"}},
        {"flag": {"name": "tired"}},
        {"value": {"name": "egfr"}},
        {"fired": ["S99"]},
        {"all": []},
        "codeine",
    ],
)
def test_what_is_not_exactly_a_rule_is_refused(when: object) -> None:
    with pytest.raises(StepwellError, match=r"caution_rules\.yaml: S01"):
        read_rule({"id": "S01", "when": when}, earlier=[])


def test_every_parameter_has_a_value_a_source_and_a_status() -> None:
    for name, row in tables.document("caution_rules")["parameters"].items():
        assert Decimal(row["value"]) > 0, name
        assert row["source"] and row["status"] in ("verified", "unverified"), name


@pytest.mark.parametrize(
    "name",
    ["Methadone 1mg/ml oral solution", "Espranor 8mg oral lyophilisates", "Subutex 2mg sublingual tablets"],
)
def test_substitution_treatment_is_an_opioid_here(name: str) -> None:
    found = identify(name=name)
    treatment = replace(medicine_from(found, None, name=name), elsewhere=True)
    assert outcome("S01", person(treatment, DIAZEPAM)) == "warn"
    assert outcome("S16", person(treatment, ome=None)) == "not assessed"


def test_gabapentin_on_the_skin_is_not_taken_for_gabapentin() -> None:
    gel = medicine_from(identify(name="Gabapentin 6% gel"), None, name="Gabapentin 6% gel")
    assert outcome("S02", person(MORPHINE, gel)) == "clear"


@pytest.mark.parametrize("name", ["Naltrexone 50mg tablets", "Kaolin and Morphine mixture"])
def test_what_is_no_opioid_is_not_taken_for_one(name: str) -> None:
    assert outcome("S01", person(named(name), DIAZEPAM)) == "clear"
