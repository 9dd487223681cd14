"""What is known in part: an age between two, a value in doubt, and why something is not known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from stepwell.base.errors import StepwellError
from stepwell.knowledge import code_lists, tables
from stepwell.knowledge.cautions import check, condition_lists, conditions
from stepwell.knowledge.cautions.model import VALUES
from stepwell.knowledge.cautions.tests.made import (
    CODEINE,
    IBUPROFEN,
    MORPHINE,
    ON,
    had,
    medicine,
    outcome,
    person,
    value,
)

PARACETAMOL = medicine("Paracetamol 500mg tablets", "paracetamol", mg=4000)


@pytest.mark.parametrize(
    ("youngest", "oldest", "expected"),
    [(65, 66, "warn"), (64, 65, "not assessed"), (63, 64, "clear"), (65, 65, "warn")],
)
def test_an_age_is_one_of_two_where_the_day_of_birth_is_not_held(
    youngest: int, oldest: int, expected: str
) -> None:
    assert outcome("S11C", person(IBUPROFEN, age=youngest, age_most=oldest)) == expected


def test_the_gap_names_both_ages() -> None:
    found = check(person(IBUPROFEN, age=64, age_most=65), ON)
    (open_,) = [each for each in found.not_assessed if each.caution_id == "S11C"]
    assert open_.gaps == ("Age is 64 or 65: the day of birth is not held.",)


@pytest.mark.parametrize(("age", "most"), [(70, 69), (120, 131), (-1, 0)])
def test_an_impossible_span_of_ages_is_refused(age: int, most: int) -> None:
    with pytest.raises(StepwellError, match="0 to 130"):
        person(age=age, age_most=most)


def test_a_value_in_doubt_raises_and_never_clears() -> None:
    doubt = "A later eGFR has no number that can be read."
    good = replace(value("egfr", 90), doubt=doubt)
    assert outcome("S12A", person(MORPHINE, values=(good,))) == "not assessed"
    poor = replace(value("egfr", 20), doubt=doubt)
    found = check(person(MORPHINE, values=(poor,)), ON)
    (fired,) = [each for each in found.fires if each.caution_id == "S12A"]
    assert doubt in fired.gaps


@pytest.mark.parametrize(
    ("on", "expected"),
    [(date(2026, 9, 1), "clear"), (date(2024, 1, 1), "not assessed"), (None, "not assessed")],
)
def test_an_old_weight_does_not_clear_paracetamol(on: date | None, expected: str) -> None:
    assert outcome("S14F", person(PARACETAMOL, values=(value("weight_kg", 70, on),))) == expected


def test_an_old_low_weight_still_fires() -> None:
    assert outcome("S14F", person(PARACETAMOL, values=(value("weight_kg", 40, date(2020, 1, 1)),))) == "warn"


def test_why_a_list_was_not_searched_is_the_gap() -> None:
    known = person(
        IBUPROFEN, lists_searched=frozenset(), why_unknown={"heart_failure": "No code list is held."}
    )
    found = check(known, ON)
    (open_,) = [each for each in found.not_assessed if each.caution_id == "S11D"]
    assert open_.gaps == ("No code list is held.",)


def test_why_a_value_is_not_known_is_the_gap() -> None:
    found = check(person(MORPHINE, values=(), why_unknown={"egfr": "The eGFR has no number."}), ON)
    (open_,) = [each for each in found.not_assessed if each.caution_id == "S12A"]
    assert open_.gaps == ("The eGFR has no number.",)


def test_a_condition_is_shown_with_its_code() -> None:
    found = check(person(CODEINE, problems=(replace(had("copd"), said="code 13645005"),)), ON)
    (fired,) = [each for each in found.fires if each.caution_id == "S14B"]
    assert fired.because[-1].what == "COPD (code 13645005)"


def test_every_list_a_condition_is_found_by_is_held() -> None:
    assert condition_lists().keys() < conditions()
    for name, found in condition_lists().items():
        assert {*found.lists, *([found.cancelled_by] if found.cancelled_by else [])} <= set(code_lists.ids())
        assert found.whole or found.why, name


def test_every_value_has_a_code_and_a_way_to_be_read() -> None:
    assert {row["name"] for row in tables.rows("caution_values")} == VALUES
    read = tables.document("caution_rules")["recorded_values"]
    assert read.keys() == VALUES
    assert all(Decimal(str(each["least"])) < Decimal(str(each["most"])) for each in read.values())
    codes = [row["code"] for row in tables.rows("caution_values")]
    assert len(codes) == len(set(codes))
