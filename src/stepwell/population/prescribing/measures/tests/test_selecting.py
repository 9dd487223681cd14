"""Which presentations a selector takes: yes, no, or not known. What is not known is listed, and never counted as none."""

from __future__ import annotations

from typing import Any

import pytest

from stepwell.base.errors import StepwellError
from stepwell.knowledge import supplied
from stepwell.population.prescribing.measures import measure, read_measure
from stepwell.population.prescribing.measures.selecting import chooses, worths

ZOMORPH = supplied.resolve("0407020Q0BKAAEF", "Zomorph 10mg modified-release capsules")
PARACETAMOL = supplied.resolve("0407010H0AAAMAM", "Paracetamol 500mg tablets")
NEW_BRAND = supplied.resolve("0407020Q0BZZZZZ", "Newmorph 10mg modified-release capsules")
NEW_OPIOID = supplied.resolve("0407020ZZAAAAAA", "Newopioid 10mg tablets")
NEW_DIAZEPAM = supplied.resolve("0401020K0BZZZZZ", "Newzepam oral drops")


@pytest.mark.parametrize(
    ("chosen", "answer"),
    [
        ({"substance": ["morphine"]}, True),
        ({"substance": ["codeine"]}, False),
        ({"substance": ["morphine"], "release": ["IR"]}, False),
        ({"not": {"substance": ["morphine"]}}, False),
        ({"any": [{"substance": ["codeine"]}, {"release": ["MR"]}]}, True),
        ({"any": [{"substance": ["codeine"]}, {"release": ["IR"]}]}, False),
    ],
)
def test_what_is_known_answers_yes_or_no(chosen: dict[str, Any], answer: bool):
    assert chooses(chosen, ZOMORPH) is answer


@pytest.mark.parametrize(
    ("chosen", "answer"),
    [
        ({"release": ["MR"]}, None),
        ({"not": {"release": ["MR"]}}, None),
        ({"release": ["MR"], "substance": ["codeine"]}, False),
        ({"any": [{"release": ["MR"]}, {"substance": ["morphine"]}]}, True),
        ({"any": [{"release": ["MR"]}, {"substance": ["codeine"]}]}, None),
        ({"group": "high_dose_long_acting_90"}, None),
    ],
)
def test_what_is_not_known_answers_only_where_the_rest_decides(chosen: dict[str, Any], answer: bool | None):
    assert chooses(chosen, NEW_BRAND) is answer


@pytest.mark.parametrize(
    ("patterns", "code", "answer"),
    [
        (["100101"], "1001010J0AAAEAE", True),
        (["100101", "~1001010J0"], "1001010J0AAAEAE", False),
        (["100101", "~1001010J0"], "1001010C0AAAEAE", True),
        (["0407020Q0%CN"], "0407020Q0BCAGCN", True),
        (["0407020Q0%CN"], "0407020Q0BCCNAG", False),
        (["0407020Q0%CN"], "0407020P0AACNCN", False),
        (["1003020", "~100302010"], "100302010AAAAAA", False),
    ],
)
def test_patterns_of_codes(patterns: list[str], code: str, answer: bool):
    assert chooses({"bnf": patterns}, supplied.resolve(code, "")) is answer


def test_a_pattern_is_asked_of_todays_code():
    old, new = next((o, n) for o, n in supplied._changes().items() if o[:9] != n[:9])
    assert chooses({"bnf": [new]}, supplied.resolve(old + "  ", ""))
    assert not chooses({"bnf": [old]}, supplied.resolve(old, ""))


@pytest.mark.parametrize("name", ["opioid_ome", "opioid_ome_per_item"])
def test_an_opioid_nobody_knows_yet_is_listed_and_never_counted_as_none(name: str):
    found, missing = worths(measure(name), [NEW_OPIOID, NEW_BRAND, PARACETAMOL])
    assert {each.presentation for each in missing} == {NEW_OPIOID.given, NEW_BRAND.given}
    assert {each.why for each in missing} == {"class not known", "strength not known"}
    assert not [each for each in found if each.side == "numerator"]


def test_a_sedative_without_a_known_strength_is_listed():
    found, missing = worths(measure("bdz_adq"), [NEW_DIAZEPAM])
    assert not found
    assert [each.presentation for each in missing] == [NEW_DIAZEPAM.given]


WHOLE: dict[str, Any] = {
    "id": "own", "version": 1, "title": "Own measure", "plain": "Items of something that is counted.", "unit": "items", "direction": "none",
    "family": "opioids", "numerator": {"sum": "items", "of": {"opioid": True}}, "denominator": "list_size", "caveats": ["Made up."],
    "valid_from": "2026-11", "review": "2027-11", "source": "ours", "status": "unverified",
}  # fmt: skip


def test_a_measure_that_is_whole_is_read():
    assert read_measure(WHOLE).id == "own"


@pytest.mark.parametrize(
    ("change", "at"),
    [
        ({"id": "Own Measure"}, "id"),
        ({"direction": "up"}, "direction"),
        ({"caveats": []}, "caveats"),
        ({"status": "probably"}, "status"),
        ({"valid_from": "November"}, "valid_from"),
        ({"sql": "SELECT 1"}, None),
        ({"denominator": "patients"}, "denominator"),
        ({"numerator": {"sum": "items"}}, "numerator"),
        ({"numerator": {"sum": "items", "of": {}}}, "numerator.of"),
        ({"numerator": {"sum": "items", "of": {"bnf": ["04%"]}}}, "numerator.of.bnf.0"),
        ({"numerator": {"sum": "items", "of": {"colour": ["blue"]}}}, "numerator.of"),
        ({"numerator": {"sum": "items", "times": "mg", "of": {"opioid": True}}}, "numerator.times"),
        ({"numerator": {"sum": "items", "of": {"group": "strong_opiod"}}}, "numerator.of"),
        ({"numerator": {"sum": "items", "of": {"dependence_class": "opiods"}}}, "numerator.of"),
        ({"numerator": {"sum": "items", "of": {"not": {"substance": ["morphin"]}}}}, "numerator.of"),
        ({"kind": "share"}, "kind"),
    ],
)
def test_a_slip_of_the_pen_is_refused_with_its_place(change: dict[str, Any], at: str | None):
    with pytest.raises(StepwellError, match="not written as a measure") as refused:
        read_measure({**WHOLE, **change}, "own.yaml")
    assert refused.value.where is not None
    assert refused.value.where.file == "own.yaml"
    assert refused.value.where.column == at


@pytest.mark.parametrize("missing", ["numerator", "caveats", "source", "review", "plain"])
def test_nothing_may_be_left_out(missing: str):
    with pytest.raises(StepwellError, match=missing):
        read_measure({name: value for name, value in WHOLE.items() if name != missing})


def test_an_unknown_measure_names_those_there_are():
    with pytest.raises(StepwellError) as refused:
        measure("opioids")
    assert "opioid_ome" in str(refused.value.next_step)
