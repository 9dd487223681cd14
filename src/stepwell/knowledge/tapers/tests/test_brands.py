"""Slow opioids and patches keep their brand; a patch whose brand is not known is not planned unless its hours are."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stepwell.base.errors import StepwellError
from stepwell.knowledge import tapers
from stepwell.knowledge.tapers.tests.plans import START, doses, plan


def names(made: tapers.Plan) -> list[str]:
    """What the scripts of a plan name, each once."""
    return sorted({script.name for step in made.steps for script in step.scripts})


def said(made: tapers.Plan) -> set[str]:
    return {each.id for each in made.cautions}


@pytest.mark.parametrize(
    ("name", "dosage", "brand", "first"),
    [
        ("Zomorph 30mg capsules", "1 bd", "Zomorph", "Zomorph 10mg modified-release capsules"),
        ("MST Continus 60mg tablets", "1 bd", "MST Continus", "MST Continus 10mg modified-release tablets"),
        ("Longtec 40mg tablets", "1 bd", "Longtec", "Longtec 10mg modified-release tablets"),
        ("Palexia SR 100mg tablets", "1 bd", "Palexia SR", "Palexia SR 100mg modified-release tablets"),
        ("MXL 60mg capsules", "1 daily", "MXL", "MXL 30mg modified-release capsules"),
        ("Targinact 20mg/10mg tablets", "1 bd", "Targinact", "Targinact 10mg / Naloxone 5mg modified-release tablets"),
        ("Matrifen 50", "1 patch every 72 hours", "Matrifen", "Matrifen 12micrograms/hour transdermal patches"),
        ("Butec 20", "1 patch every 7 days", "Butec", "Butec 10micrograms/hour transdermal patches"),
    ],
)  # fmt: skip
def test_every_script_names_the_brand(name: str, dosage: str, brand: str, first: str) -> None:
    made = plan(name, dosage, "OPI-FPM")
    assert made.brand == brand and names(made)[0] == first
    assert all(each.startswith(brand) for each in names(made))
    assert {script.brand for step in made.steps for script in step.scripts} == {brand}
    assert "brand_kept" in said(made) and "brand_unknown" not in said(made)


def test_only_strengths_of_the_brand_are_used_while_it_has_a_lower_dose() -> None:
    """37.5 is sold under one other brand: 25 and 12 of this one are worn."""
    made = plan("Matrifen 50", "1 patch every 72 hours", "OPI-FPM")
    assert doses(made) == [37.5, 25, 12.5, 0]
    assert [item.worn for item in made.steps[0].regimen.items] == [1, 1]


def test_below_the_lowest_strength_of_a_brand_another_is_named_and_said() -> None:
    made = plan("Maneo 100mg tablets", "1 bd", "OPI-FPM")
    assert doses(made) == [150, 100, 50, 0]
    assert [{s.name: s.brand for s in step.scripts} for step in made.steps[:2]] == [
        {"Maneo 100mg modified-release tablets": "Maneo", "Tramadol 50mg modified-release tablets": ""},
        {"Tramadol 50mg modified-release tablets": ""},
    ]
    assert all("other_brand" in step.flags for step in made.steps[:3])
    assert "not sold in this strength" in made.steps[0].reason


def test_from_a_brand_of_four_days_to_patches_of_a_week_another_brand_is_to_be_named() -> None:
    made = plan("Transtec 35", "1 patch every 96 hours", "OPI-FPM")
    assert made.steps[0].scripts[0].brand == "" and "other_brand" in made.steps[0].flags


def test_a_plain_medicine_needs_no_brand() -> None:
    made = plan("Neurontin 300mg capsules", "1 tds", "GAB-FIFE")
    assert made.brand == "" and not {"brand_kept", "brand_unknown"} & said(made)
    assert all(each.startswith("Gabapentin") for each in names(made))


@pytest.mark.parametrize(
    ("name", "dosage"),
    [
        ("Morphine 30mg modified-release capsules", "1 bd"),
        ("Fentanyl 50micrograms/hour transdermal patches", "1 patch every 72 hours"),
    ],
)
def test_without_a_brand_the_plan_asks_which(name: str, dosage: str) -> None:
    made = plan(name, dosage, "OPI-FPM")
    assert made.steps and "brand_unknown" in said(made)


def test_a_changed_plan_keeps_the_brand() -> None:
    made = plan("Zomorph 30mg capsules", "1 bd", "OPI-FPM")
    who = {"reason": "poor sleep", "by": "the prescriber", "on": made.steps[1].starts_on + timedelta(days=1)}
    gone = made.steps[1].regimen.items[0].product.product_id
    for changed in (
        tapers.hold(made, days=14, **who),
        tapers.slow(made, **who),
        tapers.step_back(made, **who),
        tapers.replan(made, taken=made.steps[2].regimen, **who),
        tapers.mark_unavailable(made, product_id=gone, **who),
    ):
        assert changed.brand == "Zomorph"
        assert all(each.startswith("Zomorph") for each in names(changed))
    at_once = tapers.mark_unavailable(made, product_id=gone, on=START, reason="no supply", by="the pharmacy")
    assert at_once.brand == "Zomorph"


@pytest.mark.parametrize("rate", ["35", "52.5", "70"])
@pytest.mark.parametrize(
    "dosage", ["1 patch", "1 patch twice a week", "1 patch weekly", "apply 1 patch every 3-4 days"]
)
def test_a_patch_worn_by_its_brand_is_asked_for_where_brand_and_hours_are_not_known(
    rate: str, dosage: str
) -> None:
    with pytest.raises(StepwellError, match="Which brand of patch") as caught:
        plan(f"Buprenorphine {rate}micrograms/hour transdermal patches", dosage, "OPI-FPM")
    assert "72 hours: Hapoctasin" in str(caught.value) and "Transtec" in str(caught.value)
    assert "pharmacy" in str(caught.value)


def test_three_to_four_days_is_how_a_brand_of_four_days_may_be_worded() -> None:
    made = plan("Transtec 70", "1 patch every 3-4 days", "OPI-FPM")
    assert made.starting.change_hours == 96


@pytest.mark.parametrize("hours", [72, 96])
def test_it_is_planned_where_the_instruction_gives_hours_a_brand_of_it_is_worn(hours: int) -> None:
    name = "Buprenorphine 70micrograms/hour transdermal patches"
    made = plan(name, f"1 patch every {hours} hours", "OPI-FPM")
    assert made.steps[0].regimen.change_hours == hours
    assert {"brand_unknown", "name_patch_brand"} <= said(made)
