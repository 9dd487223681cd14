"""Creatinine clearance by Cockcroft and Gault, against sums done by hand, and when there is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from stepwell.knowledge.cautions import PersonFacts, Value
from stepwell.knowledge.cautions.clearance import clearance_of, cockcroft_gault
from stepwell.knowledge.cautions.tests.made import ON, check, medicine, outcome, person, value

PREGABALIN_300 = medicine("pregabalin", "pregabalin", mg=300)


def facts(*medicines: Any, weight: Any = 75, creatinine: Any = 110, **known: Any) -> PersonFacts:
    """A man of 70 with a weight and a creatinine of 1 September 2026, and no recorded clearance."""
    values = (
        *([value("weight_kg", weight)] if isinstance(weight, int) else [weight] if weight else []),
        *([value("creatinine_umol_l", creatinine)] if isinstance(creatinine, int) else [creatinine] if creatinine else []),
    )  # fmt: skip
    return person(*medicines, **{"values": values, "age": 70, **known})


# By hand: 70 x 75 = 5,250; x 1.23 = 6,457.5; / 110 = 58.704...
#          60 x 62 = 3,720; x 1.04 = 3,868.8; / 65 = 59.52 exactly
#          52 x 48.5 = 2,522; x 1.04 = 2,622.88; / 210 = 12.489...
#          100 x 80 = 8,000; x 1.23 = 9,840; / 82 = 120 exactly
@pytest.mark.parametrize(
    ("age", "sex", "weight", "creatinine", "expected"),
    [
        (70, "male", "75", "110", "58.7045"),
        (80, "female", "62", "65", "59.5200"),
        (88, "female", "48.5", "210", "12.4899"),
        (40, "male", "80", "82", "120.0000"),
    ],
)
def test_the_formula_as_worked_out_by_hand(
    age: int, sex: str, weight: str, creatinine: str, expected: str
) -> None:
    found = cockcroft_gault(
        age=age, sex=sex, weight_kg=Decimal(weight), creatinine_umol_l=Decimal(creatinine)
    )
    assert round(found, 4) == Decimal(expected)


def test_it_is_rounded_down_so_that_no_band_is_gained() -> None:
    found = clearance_of(facts(), ON)
    assert isinstance(found, Value)
    assert found.number == Decimal("58.7")
    nearly_sixty = clearance_of(facts(weight=77, creatinine=Value("creatinine_umol_l", Decimal("110.52"), date(2026, 9, 1))), ON)  # fmt: skip
    assert isinstance(nearly_sixty, Value)
    assert nearly_sixty.number == Decimal("59.9")  # 59.98 by the formula


def test_the_sum_is_written_out_for_the_reader() -> None:
    old_weight = value("weight_kg", 75, date(2026, 3, 4))
    found = check(facts(medicine("pregabalin", "pregabalin", mg=450), weight=old_weight), ON)
    (fired,) = [each for each in found.fires if each.caution_id == "S12B"]
    said = fired.because[1]
    assert "(140 - 70) x 75 kg of 4 March 2026 x 1.23 / creatinine 110 micromol/l" in said.what
    assert said.on == date(2026, 9, 1)
    assert said.rows == ("result creatinine_umol_l", "result weight_kg")


@pytest.mark.parametrize(
    ("known", "missing"),
    [
        ({"age": None}, "age"),
        ({"sex": None}, "sex"),
        ({"sex": "other"}, "sex"),
        ({"weight": None}, "weight"),
        ({"creatinine": None}, "creatinine"),
        ({"weight": value("weight_kg", 75, None)}, "weight"),
        ({"creatinine": value("creatinine_umol_l", 110, None)}, "creatinine"),
        ({"weight": value("weight_kg", 75, date(2025, 11, 1))}, "weight"),  # 366 days before
        ({"weight": None, "creatinine": None, "age": None}, "age, weight, creatinine"),
    ],
)
def test_without_all_four_it_is_not_known_and_what_is_missing_is_said(
    known: dict[str, Any], missing: str
) -> None:
    found = clearance_of(facts(**known), ON)
    assert isinstance(found, str)
    assert found.endswith(f"Missing: {missing}.")
    assert outcome("S12B", facts(PREGABALIN_300, **known)) == "not assessed"


def test_a_weight_of_a_year_ago_to_the_day_is_within_the_window() -> None:
    assert isinstance(clearance_of(facts(weight=value("weight_kg", 75, date(2025, 11, 2))), ON), Value)


def test_a_value_of_after_the_day_is_not_used() -> None:
    assert isinstance(clearance_of(facts(creatinine=value("creatinine_umol_l", 110, date(2026, 11, 3))), ON), str)  # fmt: skip


def test_it_is_not_worked_out_for_a_child() -> None:
    assert clearance_of(facts(age=17), ON) == "Creatinine clearance is not known: the formula is for adults."


def test_the_greater_of_two_ages_is_used() -> None:
    found = clearance_of(facts(age=69, age_most=70), ON)
    assert isinstance(found, Value)
    assert found.number == Decimal("58.7")


def test_above_a_weight_it_may_raise_a_caution_and_never_clears_one() -> None:
    heavy = facts(medicine("pregabalin", "pregabalin", mg=300), weight=110)  # 86.1 ml/min
    assert outcome("S12B", heavy) == "not assessed"
    assert outcome("S12B", facts(PREGABALIN_300, weight=90)) == "clear"
    poor = facts(medicine("pregabalin", "pregabalin", mg=450), weight=110, creatinine=200)  # 47.3 ml/min
    assert outcome("S12B", poor) == "warn"


@pytest.mark.parametrize("doubted", ["weight", "creatinine"])
def test_a_doubt_about_a_part_is_a_doubt_about_the_clearance(doubted: str) -> None:
    parts = {"weight": value("weight_kg", 75), "creatinine": value("creatinine_umol_l", 80)}  # 80.7 ml/min
    assert outcome("S12B", facts(PREGABALIN_300, **parts)) == "clear"
    parts[doubted] = replace(parts[doubted], doubt="A later one cannot be read.")
    assert outcome("S12B", facts(PREGABALIN_300, **parts)) == "not assessed"


@pytest.mark.parametrize(
    ("recorded_on", "recorded", "used"),
    [
        (date(2026, 8, 1), 20, "58.7"),  # the later one, worked out
        (date(2026, 9, 2), 90, "90"),  # the later one, recorded
        (date(2026, 9, 1), 40, "40"),  # of one day, the lower
        (date(2026, 9, 1), 90, "58.7"),
    ],
)
def test_a_recorded_clearance_beside_one_worked_out(recorded_on: date, recorded: int, used: str) -> None:
    known = facts()
    both = replace(known, values=(*known.values, value("creatinine_clearance", recorded, recorded_on)))
    found = clearance_of(both, ON)
    assert isinstance(found, Value)
    assert found.number == Decimal(used)


def test_egfr_is_never_taken_for_it() -> None:
    assert isinstance(clearance_of(person(values=(value("egfr", 20),), age=70), ON), str)
