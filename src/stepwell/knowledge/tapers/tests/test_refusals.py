"""When no plan is made: who is asked, and that a wrong profile is not worked round."""

from __future__ import annotations

import pytest

from stepwell.base.errors import StepwellError
from stepwell.knowledge import medicines, tapers
from stepwell.knowledge.tapers.tests.plans import START, plan

NOT_READ = [
    ("Codeine 30mg tablets", "as directed", "no dose"),
    ("Codeine 30mg tablets", "1 or 2 when required", "no most is written"),
    ("Codeine 30mg tablets", "100 tablets bd", "no dose"),
    ("Codeine 30mg tablets", "5 tablets four times a day", "not plausible"),
    ("Morphine 5mg modified-release tablets", "12 in the morning and 13 at night", "not plausible"),
    ("Morphine 60mg modified-release tablets", "2 bd for 7 days then 1 bd", "steps"),
    ("Morphine 10mg modified-release tablets", "1 weekly", "not taken every day"),
    ("Morphine 10mg tablets", "1 every 4 hours", "four times"),
    ("Fentanyl 25micrograms/hour transdermal patches", "change every 48 hours", "72 hours"),
    ("Buprenorphine 35micrograms/hour transdermal patches", "1 patch twice a week", "brand"),
    ("Fentanyl 25micrograms/hour transdermal patches", "1 patch every 2-3 days", "how long"),
    ("Co-codamol 30mg/500mg tablets", "8 a day", "at how many times"),
    ("Co-codamol 30mg/500mg tablets", "up to 8 daily", "at how many times"),
    ("Morphine 10mg modified-release tablets", "4 a day", "at how many times"),
    ("Morphine sulfate 10mg/5ml oral solution", "20ml daily", "at how many times"),
    ("Amlodipine 5mg tablets", "1 od", "Not recognised"),
    ("Morphine MR capsules", "1 bd", "."),
]


@pytest.mark.parametrize(("name", "dosage", "why"), NOT_READ)
def test_a_dose_that_is_not_known_is_not_guessed(name: str, dosage: str, why: str) -> None:
    with pytest.raises(StepwellError, match=why) as caught:
        plan(name, dosage, "OPI-FPM")
    assert "Ask" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "dosage", "at_once"),
    [
        ("Morphine 10mg tablets", "2 at night", 2),
        ("Morphine 10mg tablets", "2 once a day", 2),
        ("MXL 60mg capsules", "2 daily", 2),
        ("Morphine 10mg tablets", "1 daily", 1),
    ],
)
def test_a_dose_that_is_written_for_one_time_or_is_of_one_unit_is_planned(
    name: str, dosage: str, at_once: int
) -> None:
    starting = plan(name, dosage, "OPI-FPM").starting
    assert starting.items[0].units_by_time == {"night": at_once}


REFUSED = [
    ("Methadone 5mg tablets", "1 bd", "methadone", "specialist"),
    ("Methadone 1mg/ml oral solution", "5ml daily", "dependence_treatment", "drug service"),
    ("Diazepam 2mg tablets", "1 bd", "no_profile", "prescriber"),
    ("Zopiclone 7.5mg tablets", "1 at night", "no_profile", "prescriber"),
    ("Fentanyl 200microgram lozenges", "1 qds", "route", "palliative"),
    ("Buprenorphine 200microgram sublingual tablets sugar free", "1 bd", "route", "specialist"),
    ("Morphine 200mg modified-release tablets", "1 bd", "specialist", "specialist"),
    (
        "Morphine 100mg modified-release tablets",
        "1 in the morning and 2 at night",
        "specialist",
        "specialist",
    ),
    ("Tapentadol 25mg modified-release tablets", "1 bd", "no_lower_dose", "prescriber"),
    ("Morphine sulfate 10mg suppositories", "1 bd", "route", "specialist"),
]


@pytest.mark.parametrize(("name", "dosage", "code", "ask"), REFUSED)
def test_a_plan_that_is_not_ours_to_make_says_whom_to_ask(
    name: str, dosage: str, code: str, ask: str
) -> None:
    made = plan(name, dosage, "OPI-FPM")
    assert made.steps == () and made.stopped_on is None
    assert made.refusals[0].code == code and made.refusals[0].reason
    assert ask in made.refusals[0].ask


def test_just_below_the_line_needs_no_specialist() -> None:
    assert plan("Morphine 5mg modified-release tablets", "4 in the morning and 4 at night", "OPI-FPM").steps
    assert plan("Oxycodone 60mg modified-release tablets", "1 in the morning and 1 at night", "OPI-FPM").steps


def test_an_agreed_dose_that_is_already_reached_is_not_planned() -> None:
    made = plan("Morphine 60mg modified-release tablets", "1 bd", "OPI-FPM", maintenance=120)
    assert made.refusals[0].code == "at_agreed_dose"


def test_a_specialist_named_lets_a_high_dose_be_planned() -> None:
    named = (tapers.Override("specialist", "shared care", "the pain clinic"),)
    made = plan("Morphine 200mg modified-release tablets", "1 bd", "OPI-FPM", overrides=named)
    assert made.steps and "override_specialist" in {each.id for each in made.cautions}


@pytest.mark.parametrize("override", [("", "x"), ("x", "")])
def test_an_override_needs_a_reason_and_a_name(override: tuple[str, str]) -> None:
    empty = (tapers.Override("specialist", *override),)
    assert plan("Morphine 200mg modified-release tablets", "1 bd", "OPI-FPM", overrides=empty).refusals


@pytest.mark.parametrize(
    ("name", "profile", "why"),
    [
        ("Codeine 30mg tablets", "NOT-ONE", "no taper profile"),
        ("Codeine 30mg tablets", "GAB-FIFE", "another group"),
        ("Gabapentin 300mg capsules", "OPI-FPM", "another group"),
        ("Gabapentin 300mg capsules", "PRE-FIFE", "another group"),
        ("Morphine 10mg tablets", "CMP-TABLET", "another group"),
        ("Codeine 30mg tablets", "OPI-TAPERMD", "reference"),
        ("Codeine 30mg tablets", "OPI-THIRD", "reference"),
        ("Gabapentin 300mg capsules", "GBP-SMPC", "reference"),
        ("Gabapentin 300mg capsules", "GAB-PHE", "reference"),
        ("Codeine 30mg tablets", "CMP-SHORTAGE", "override"),
    ],
)
def test_a_profile_that_does_not_fit_is_refused(name: str, profile: str, why: str) -> None:
    with pytest.raises(StepwellError, match=why):
        plan(name, "1 bd", profile)


def test_the_shortage_profile_may_be_used_with_an_override() -> None:
    named = (tapers.Override("shortage", "no supply", "the prescriber"),)
    assert plan("Codeine 30mg tablets", "2 qds", "CMP-SHORTAGE", overrides=named).steps


@pytest.mark.parametrize(
    "constraints",
    [
        {"script_days": 10},
        {"script_days": 56},
        {"stock": -1},
        {"step": 20},
        {"step": 0},
        {"interval_days": 7},
    ],
)
def test_what_is_faster_or_longer_than_allowed_is_refused(constraints: dict) -> None:
    with pytest.raises(StepwellError):
        plan("Morphine 60mg modified-release tablets", "1 bd", "OPI-FPM", **constraints)


def test_no_product_left_is_a_refusal_and_not_a_guess() -> None:
    made = plan("Tramadol 50mg capsules", "1 qds", "OPI-FPM", no_capsules=True)
    assert made.refusals[0].code == "no_product"
    slow = plan("Morphine 60mg modified-release tablets", "1 bd", "OPI-FPM", no_modified_release=True)
    assert slow.refusals[0].code == "no_slow_product"


def test_more_tablets_than_the_profile_is_for_is_refused() -> None:
    assert plan("Codeine 15mg tablets", "3 qds", "CMP-TABLET").refusals[0].code == "more_than_profile"


def test_two_medicines_in_one_plan_are_refused() -> None:
    first = tapers.opening(medicines.identify(name="Morphine 10mg tablets"), "1 qds").regimen
    second = tapers.opening(medicines.identify(name="Codeine 30mg tablets"), "1 qds").regimen
    assert first and second
    both = tapers.Regimen((*first.items, *second.items), first.dose + second.dose, first.unit)
    with pytest.raises(StepwellError, match="one medicine at a time"):
        tapers.plan(both, "OPI-FPM", START)


def test_a_range_begins_at_its_most_and_says_so() -> None:
    made = plan("Co-codamol 30mg/500mg tablets", "1-2 qds prn max 8", "CMP-TABLET")
    assert made.starting.dose == 240
    assert "written_most" in {each.id for each in made.cautions}


def test_a_dose_of_a_product_that_is_gone_is_not_stopped_as_if_it_were_the_lowest() -> None:
    gone = frozenset({medicines.identify(name="Codeine 15mg tablets").product.product_id})
    made = plan("Codeine 15mg tablets", "2 at night", "OPI-FPM", unavailable=gone)
    assert made.refusals[0].code == "no_lower_dose" and made.steps == ()


@pytest.mark.parametrize(
    ("name", "dosage"),
    [
        ("Gabapentin 300mg capsules", "3 daily in 2 divided doses"),
        ("Morphine 10mg modified-release tablets", "half a tablet bd"),
        ("Morphine sulfate 10mg/5ml oral solution", "1.25ml qds"),
    ],
)
def test_part_of_what_is_not_taken_in_parts_is_refused(name: str, dosage: str) -> None:
    found = tapers.opening(medicines.identify(name=name), dosage)
    assert found.regimen is None and found.refusals[0].code == "part_units"
    assert "each time of day" in found.refusals[0].ask


@pytest.mark.parametrize(
    "dosage",
    [
        "1 every 4-6 hours prn max 6",  # six at four times a day would make a dose of two
        "3 mid morning and 1 pm",
        "1 at breakfast, 2 at 10am",
        "1 mane, 3 teatime, 2 evening",
        "1 nocte. May repeat after 1 hour if needed",  # the second is of the night too, and not of the morning
        "2 at night and 1 when required up to 3 times a day",
    ],
)
def test_doses_whose_times_cannot_be_kept_are_not_moved_nor_shared_into_larger_ones(dosage: str) -> None:
    found = tapers.opening(medicines.identify(name="Morphine 10mg tablets"), dosage)
    assert found.regimen is None and found.refusals[0].code == "doses_uneven"
    assert "each time of day" in found.refusals[0].ask


def test_what_was_not_asked_is_said_of_every_plan() -> None:
    for name, dosage, profile in (
        ("Morphine 10mg modified-release tablets", "2 bd", "OPI-FPM"),
        ("Gabapentin 300mg capsules", "1 tds", "GBP-MDG-MOD"),
    ):
        said = {each.id: each.message for each in plan(name, dosage, profile).cautions}
        assert "pregnancy" in said["not_asked"] and "every other medicine" in said["not_asked"]
