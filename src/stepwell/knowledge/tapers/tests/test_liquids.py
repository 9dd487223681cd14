"""Liquids: doses an oral syringe measures, steps worth taking, a last dose to stop from, and liquids no plan counts on."""

from __future__ import annotations

from decimal import Decimal

import pytest

from stepwell.knowledge import tapers
from stepwell.knowledge.tapers.tests.plans import doses, plan, taken

ORAMORPH = "Morphine sulfate 10mg/5ml oral solution"
CONCENTRATE = "Morphine sulfate 20mg/ml oral solution sugar free"


def volumes(made: tapers.Plan) -> list[list[float]]:
    """ml at each time of day, in order, step by step."""
    return [[float(ml) for item in step.regimen.items for _, ml in item.units] for step in made.steps]


def test_forty_mg_of_morphine_solution_comes_down_in_steps_worth_taking() -> None:
    made = plan(ORAMORPH, "5ml qds", "OPI-FPM")
    assert doses(made) == [36, 33, 30, 27, 25, 23, 21, 19, 18, 17, 16, 15, 14, 13, 12, 9, 6, 3, 0]
    assert volumes(made)[0] == [4.5, 4.5, 4.5, 4.5]
    assert volumes(made)[-5:] == [[1.5] * 4, [1.5] * 3, [1.5] * 2, [1.5], []]
    assert made.steps[-2].regimen.times == ("night",)


@pytest.mark.parametrize(
    ("name", "dosage", "marks"),
    [
        (ORAMORPH, "5ml qds", "0.5"),
        (ORAMORPH, "12ml tds", "0.5"),
        (CONCENTRATE, "0.7ml qds", "0.1"),
        (CONCENTRATE, "2ml bd", "0.1"),
        ("Gabapentin 50mg/ml oral solution", "6ml tds", "0.5"),
        ("Pregabalin 20mg/ml oral solution", "5ml bd", "0.5"),
        ("Codeine 25mg/5ml oral solution", "5ml qds", "1"),
        ("Oxycodone 5mg/5ml oral solution sugar free", "5ml qds", "1"),
    ],
)
def test_every_dose_is_on_a_mark_of_the_syringe_it_fits(name: str, dosage: str, marks: str) -> None:
    """A small syringe has finer marks, and they are used where a step of one is worth taking."""
    profile = "OPI-FPM" if "gaba" not in name.lower() else "GBP-MDG-MOD"
    for step in volumes(plan(name, dosage, profile)):
        for ml in step:
            mark = Decimal("0.1") if ml <= 1 else Decimal("0.5") if ml <= 10 else Decimal(1)
            assert Decimal(str(ml)) % max(mark, Decimal(marks)) == 0


@pytest.mark.parametrize(
    ("name", "dosage", "profile", "last", "most_steps"),
    [
        (ORAMORPH, "5ml qds", "OPI-FPM", 3, 20),
        (CONCENTRATE, "0.7ml qds", "OPI-FPM", 4, 20),
        ("Codeine 25mg/5ml oral solution", "5ml qds", "OPI-FPM", 10, 20),
        ("Codeine 15mg/5ml linctus", "5ml qds", "OPI-FPM", 9, 20),
        ("Gabapentin 50mg/ml oral solution", "6ml tds", "GBP-MDG-MOD", 50, 20),
        ("Pregabalin 20mg/ml oral solution", "5ml bd", "GBP-MDG-MOD", 20, 20),
        ("Pregabalin 20mg/ml oral solution", "7.5ml bd", "PRE-FIFE", 20, 20),
    ],
)
def test_a_liquid_is_planned_to_a_last_dose_at_one_time_of_day(
    name: str, dosage: str, profile: str, last: int, most_steps: int
) -> None:
    made = plan(name, dosage, profile)
    assert made.refusals == () and doses(made)[-2:] == [last, 0] and len(made.steps) <= most_steps
    assert len(made.steps[-2].regimen.times) == 1
    assert list(taken(made.steps[0])) == [made.starting_product.name]
    assert "oral_syringe" in {each.id for each in made.cautions}


def test_a_dose_that_no_syringe_marks_stays_as_it_is_until_it_is_lowered() -> None:
    made = plan(CONCENTRATE, "2.3ml bd", "OPI-FPM")
    assert volumes(made)[:3] == [[2, 2.3], [2, 2], [1.5, 2]]
    uneven = plan(ORAMORPH, "2.5ml in the morning and 7.5ml at night", "OPI-FPM")
    assert volumes(uneven)[:9] == [[2.5, night / 2] for night in range(13, 4, -1)]


def test_who_takes_less_than_the_last_dose_stops_from_that() -> None:
    assert doses(plan(ORAMORPH, "0.5ml at night", "OPI-FPM")) == [0]


def test_whether_a_liquid_will_be_supplied_is_said_where_it_is_not_known() -> None:
    said = {
        name: {each.id for each in plan(name, "5ml bd", profile).cautions}
        for name, profile in ((ORAMORPH, "OPI-FPM"), ("Pregabalin 20mg/ml oral solution", "PRE-FIFE"))
    }
    assert "liquid_supply_unknown" in said["Pregabalin 20mg/ml oral solution"]
    assert "liquid_supply_unknown" not in said[ORAMORPH]


@pytest.mark.parametrize(
    "name", ["Codeine 30mg/5ml oral solution", "Tramadol 50mg/5ml oral solution sugar free"]
)
def test_a_liquid_made_to_order_is_refused_with_who_to_ask(name: str) -> None:
    made = plan(name, "5ml bd", "OPI-FPM")
    assert made.steps == () and made.refusals[0].code == "liquid_not_supplied"
    assert "made to order" in made.refusals[0].reason and "pharmacy" in made.refusals[0].ask


def test_from_tablets_to_the_liquid_no_time_of_day_is_given_more() -> None:
    made = plan("Morphine 10mg tablets", "2 in the morning and 1 at night", "OPI-FPM", liquid=True)
    assert volumes(made)[0] == [8.5, 5] and made.steps[0].daily_dose == 27


def test_where_no_liquid_can_be_counted_on_a_plan_that_may_use_one_says_so() -> None:
    gabapentin = plan("Gabapentin 300mg capsules", "1 tds", "GBP-MDG-MOD", liquid=True)
    assert "no_liquid_held" in {each.id for each in gabapentin.cautions}
    morphine = plan("Morphine 10mg tablets", "1 qds", "OPI-FPM", liquid=True)
    assert "no_liquid_held" not in {each.id for each in morphine.cautions}
