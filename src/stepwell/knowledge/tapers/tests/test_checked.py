"""What the cautions engine says of a plan's own doses and scripts."""

from __future__ import annotations

import pytest

from stepwell.knowledge import tapers
from stepwell.knowledge.tapers.tests.plans import plan

ORAMORPH = "Morphine sulfate 10mg/5ml oral solution"


def said(name: str, dosage: str, profile: str = "OPI-FPM", **constraints: object) -> dict[str, str]:
    """The cautions S01 to S20 a plan raises, by id."""
    found = tapers.cautions_of(plan(name, dosage, profile, **constraints))
    return {each.id: each.message for each in found if each.id.startswith("S") and each.id[1].isdigit()}


def test_a_large_bottle_of_morphine_solution_is_said_with_its_volume() -> None:
    told = said(ORAMORPH, "5ml qds")["S18"]
    assert told.startswith("To know: Morphine oral solution, large volume.")
    assert "504 ml" in told and "from 2026-12-01" in told and "verified" in told
    assert "S18" not in said(ORAMORPH, "2.5ml bd")
    assert "S18" not in said(ORAMORPH, "5ml qds", script_days=14)
    assert "S18" not in said("Morphine sulfate 20mg/ml oral solution sugar free", "0.5ml qds")


def test_a_twelve_hour_product_taken_once_a_day_is_said_but_not_for_the_last_step_of_the_plan() -> None:
    assert "S20" in said("MST Continus 30mg tablets", "1 at night")
    assert "S20" not in said("MST Continus 30mg tablets", "1 bd")
    # 60 at night and two of 30 in the morning are one medicine taken twice a day, not two taken once.
    assert "S20" not in said("Morphine 60mg modified-release tablets", "1 bd")


def test_a_whole_day_brand_and_patches_worn_as_their_brand_is_are_not_a_misfit() -> None:
    assert "S20" not in said("MXL 60mg capsules", "1 daily")
    assert "S20" not in said("Transtec 70", "1 patch every 96 hours")


@pytest.mark.parametrize(
    ("name", "dosage", "profile", "ids"),
    [
        ("Morphine 60mg modified-release tablets", "1 bd", "OPI-FPM", {"S13", "S16", "S17", "S19A"}),
        ("Codeine 30mg tablets", "1 tds", "OPI-FPM", {"S13", "S17", "S19A"}),
        ("Fentanyl 25micrograms/hour transdermal patches", "1 every 72 hours", "OPI-FPM", {"S03B", "S13", "S17", "S19A"}),
        ("Gabapentin 300mg capsules", "1 tds", "GBP-MDG-MOD", {"S13", "S17", "S19A"}),
    ],
)  # fmt: skip
def test_what_the_planned_doses_raise(name: str, dosage: str, profile: str, ids: set[str]) -> None:
    assert set(said(name, dosage, profile)) == ids


def test_a_high_dose_is_said_for_the_steps_that_have_one() -> None:
    told = said("Morphine 60mg modified-release tablets", "1 bd")
    assert (
        told["S16"].startswith("Warning:")
        and "At 3 steps, from 2026-12-01 to that of 2027-01-26." in told["S16"]
    )


def test_pregnancy_is_not_known_and_asked_before_the_plan() -> None:
    told = said("Codeine 30mg tablets", "1 tds")["S19A"]
    assert told.startswith("Stop, and not assessed: Taper in pregnancy.")


def test_naloxone_is_talked_about_after_the_taper_too() -> None:
    made = plan("Codeine 30mg tablets", "1 tds", "OPI-FPM")
    told = said("Codeine 30mg tablets", "1 tds")["S17"]
    assert f"At the step of {made.stopped_on}" in told


def test_what_is_said_of_the_person_already_is_not_said_again() -> None:
    made = plan(ORAMORPH, "5ml qds", "OPI-FPM")
    ids = {each.id for each in tapers.cautions_of(made, told={"S13", "S17"})}
    assert "S18" in ids and not {"S13", "S17"} & ids
    assert ids >= {each.id for each in made.cautions}


def test_a_plan_that_is_not_made_raises_nothing() -> None:
    made = plan("Diazepam 2mg tablets", "1 bd", "OPI-FPM")
    assert tapers.cautions_of(made) == made.cautions
