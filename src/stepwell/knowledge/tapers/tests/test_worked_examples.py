"""Every worked example of the tapering rules: the numbers as a clinician would write them, in; the plan, out."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from stepwell.knowledge import tapers
from stepwell.knowledge.tapers import lengths
from stepwell.knowledge.tapers.ladder import MICROGRAM
from stepwell.knowledge.tapers.profiles import profiles
from stepwell.knowledge.tapers.target import pace
from stepwell.knowledge.tapers.tests.plans import doses, percents, plan, product, taken
from stepwell.knowledge.tapers.words import in_words

MORPHINE_60 = "Morphine 60mg modified-release tablets"


def test_smallest_step_of_morphine_120_at_ten_per_cent() -> None:
    made = plan(MORPHINE_60, "1 bd", "OPI-FPM")
    first = made.steps[0]
    wanted = pace(profiles()["OPI-FPM"], product(MORPHINE_60), 120 * MICROGRAM, tapers.Constraints())
    assert wanted.next_dose(120 * MICROGRAM) == 108 * MICROGRAM
    assert (first.daily_dose, first.percent_change, first.within_profile) == (110, Decimal("8.3"), True)
    assert taken(first) == {
        MORPHINE_60: {"night": 1},
        "Morphine 30mg modified-release tablets": {"morning": 1},
        "Morphine 10mg modified-release tablets": {"morning": 2},
    }


def test_at_20_mg_a_5_mg_step_is_25_per_cent_flagged_and_held() -> None:
    made = plan(MORPHINE_60, "1 bd", "OPI-FPM")
    step = made.steps[doses(made).index(15)]
    assert (step.percent_change, step.within_profile, step.days) == (25, False, 28)
    assert "smallest_step" in step.flags and step.reason


def test_a_slow_product_stays_twice_a_day_then_once_at_night_then_stops() -> None:
    made = plan(MORPHINE_60, "1 bd", "OPI-FPM")
    *twice, once, stopped = made.steps
    assert {tuple(step.regimen.times) for step in twice} == {("morning", "night")}
    assert taken(twice[-1]) == {"Morphine 5mg modified-release tablets": {"morning": 1, "night": 1}}
    assert taken(once) == {"Morphine 5mg modified-release tablets": {"night": 1}}
    assert (stopped.daily_dose, stopped.percent_change, stopped.starts_on) == (0, 100, made.stopped_on)


@pytest.mark.parametrize(
    "name", ["Tramadol 100mg modified-release tablets", "Tapentadol 100mg modified-release tablets"]
)
def test_from_100_twice_a_day_ten_per_cent_aims_at_180_and_makes_150(name: str) -> None:
    wanted = pace(profiles()["OPI-FPM"], product(name), 200 * MICROGRAM, tapers.Constraints())
    assert wanted.next_dose(200 * MICROGRAM) == 180 * MICROGRAM
    first = plan(name, "1 bd", "OPI-FPM").steps[0]
    assert (first.daily_dose, first.percent_change, first.within_profile) == (150, 25, False)


def test_closeness_to_the_target_goes_before_fewer_units() -> None:
    first = plan("Tapentadol 20mg/ml oral solution", "5ml bd", "OPI-FPM").steps[0]
    assert first.daily_dose == 180


GABAPENTIN_OTHERS = frozenset(
    product(name).product_id
    for name in (
        "Gabapentin 100mg capsules",
        "Gabapentin 400mg capsules",
    )
)


def test_gabapentin_1800_by_300_a_week_falls_by_half_and_by_all_at_the_end() -> None:
    set_aside = (tapers.Override("guard", "in hospital", "the consultant"),)
    made = plan(
        "Gabapentin 300mg capsules", "2 tds", "GAB-FIFE", unavailable=GABAPENTIN_OTHERS, overrides=set_aside
    )
    assert doses(made) == [1500, 1200, 900, 600, 300, 0]
    assert percents(made)[-2:] == [50, 100]
    assert {step.days for step in made.steps[:-1]} == {7}
    assert "above_guard_override" in made.steps[-2].flags
    assert "override_guard" in {each.id for each in made.cautions}


def test_the_guard_refuses_600_300_0_in_two_weeks() -> None:
    made = plan("Gabapentin 300mg capsules", "2 tds", "GAB-FIFE", unavailable=GABAPENTIN_OTHERS)
    assert doses(made) == [1500, 1200, 900, 600, 300, 0]
    assert min(step.days for step in made.steps[:-1]) == 28


def test_the_last_third_goes_by_100_mg_of_gabapentin_and_25_mg_of_pregabalin() -> None:
    gabapentin = doses(plan("Gabapentin 300mg capsules", "2 tds", "GAB-FIFE"))
    assert gabapentin[gabapentin.index(600) :] == [600, 500, 400, 300, 200, 100, 0]
    pregabalin = doses(plan("Pregabalin 150mg capsules", "1 bd", "PRE-FIFE"))
    assert pregabalin[pregabalin.index(100) :] == [100, 75, 50, 25, 0]


def test_a_compound_goes_from_eight_to_none_by_one_tablet() -> None:
    made = plan("Co-codamol 30mg/500mg tablets", "2 qds", "CMP-TABLET")
    assert [dose / 30 for dose in doses(made)] == [7, 6, 5, 4, 3, 2, 1, 0]
    assert all(step.within_profile for step in made.steps)
    assert "paracetamol_falls" in {each.id for each in made.cautions}


def test_the_strength_route_keeps_the_tablets_until_all_are_of_the_lowest() -> None:
    made = plan("Co-codamol 30mg/500mg tablets", "2 qds", "CMP-STRENGTH")
    assert doses(made)[:8] == [210, 180, 150, 120, 106, 92, 78, 64]
    assert {sum(sum(day.values()) for day in taken(step).values()) for step in made.steps[:8]} == {8}
    assert taken(made.steps[3]).keys() == {"Co-codamol 15mg/500mg tablets"}
    assert taken(made.steps[7]).keys() == {"Co-codamol 8mg/500mg tablets"}
    assert made.steps[-1].daily_dose == 0


FENTANYL = [
    (87.5, 210, 12.5, {75: 1, 12: 1}),
    (75, 180, 14.3, {75: 1}),
    (62.5, 150, 16.7, {50: 1, 12: 1}),
    (50, 120, 20, {50: 1}),
    (37.5, 90, 25, {37.5: 1}),
    (25, 60, 33.3, {25: 1}),
    (12.5, 30, 50, {12: 1}),
    (0, 0, 100, {}),
]
BUPRENORPHINE = [
    (52.5, 126, 25, {52.5: 1}),
    (35, 84, 33.3, {35: 1}),
    (30, 72, 14.3, {20: 1, 10: 1}),
    (25, 60, 16.7, {20: 1, 5: 1}),
    (20, 48, 20, {20: 1}),
    (15, 36, 25, {15: 1}),
    (10, 24, 33.3, {10: 1}),
    (5, 12, 50, {5: 1}),
    (0, 0, 100, {}),
]


@pytest.mark.parametrize(
    ("name", "dosage", "start_ome", "ladder"),
    [
        ("Fentanyl 100micrograms/hour transdermal patches", "apply 1 patch every 72 hours", 240, FENTANYL),
        (
            "Transtec 70micrograms/hour transdermal patches",
            "apply 1 patch every 96 hours",
            168,
            BUPRENORPHINE,
        ),
    ],
)
def test_patch_ladders(name: str, dosage: str, start_ome: int, ladder: list) -> None:
    made = plan(name, dosage, "OPI-FPM")
    found = [
        (
            float(step.daily_dose),
            step.ome_after,
            float(step.percent_change),
            {float(item.product.patch_rate_microgram_per_h): item.worn for item in step.regimen.items},
        )
        for step in made.steps
    ]
    assert found == ladder
    assert made.steps[0].ome_before == start_ome
    assert all("smallest_step" in step.flags for step in made.steps[:-1])
    assert min(step.days for step in made.steps[:-1]) >= 28


def test_fentanyl_37_is_25_and_12_where_there_is_no_37_5_patch() -> None:
    gone = frozenset({product("Fentanyl 37.5microgram/hour transdermal patches").product_id})
    made = plan(
        "Fentanyl 50micrograms/hour transdermal patches", "1 every 72 hours", "OPI-FPM", unavailable=gone
    )
    first = made.steps[0]
    assert (first.daily_dose, first.percent_change, first.ome_after) == (Decimal("37.5"), 25, 90)
    assert [item.worn for item in first.regimen.items] == [1, 1]


def test_from_35_down_buprenorphine_moves_to_seven_day_patches_and_says_so() -> None:
    made = plan("Transtec 70micrograms/hour transdermal patches", "apply 1 patch every 96 hours", "OPI-FPM")
    hours = [step.regimen.change_hours for step in made.steps]
    assert hours == [96, 96, 168, 168, 168, 168, 168, 168, None]
    assert [n for n, s in enumerate(made.steps) if "change_interval_differs" in s.flags] == [2]


@pytest.mark.parametrize(
    ("hours", "by_script_days"),
    [
        (None, {7: [7], 14: [14, 7], 28: [28, 14, 7]}),
        (72, {7: [9], 14: [15, 9], 28: [30, 27, 15, 9]}),
        (96, {7: [8], 14: [12, 8], 28: [28, 12, 8]}),
        (168, {7: [7], 14: [14, 7], 28: [28, 14, 7]}),
    ],
)
def test_lengths_of_supply(hours: int | None, by_script_days: dict[int, list[int]]) -> None:
    for script_days, permitted in by_script_days.items():
        assert list(lengths.allowed(script_days, hours)) == permitted


def test_three_a_day_for_fourteen_days_is_42_in_words_too() -> None:
    made = plan("Co-codamol 30mg/500mg tablets", "2 bd", "CMP-TABLET", script_days=14)
    script = made.steps[0].scripts[0]
    assert (script.quantity, script.quantity_words) == (42, "forty-two")
    assert script.runs_out_on == script.starts_on + timedelta(days=13)


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "nought"), (8, "eight"), (13, "thirteen"), (20, "twenty"), (56, "fifty-six"), (100, "one hundred"),
     (112, "one hundred and twelve"), (224, "two hundred and twenty-four"), (1000, "one thousand"),
     (1005, "one thousand and five"), (2240, "two thousand two hundred and forty")],
)  # fmt: skip
def test_numbers_in_words(number: int, words: str) -> None:
    assert in_words(number) == words


@pytest.mark.parametrize(
    ("name", "mg", "months", "risk", "profile"),
    [
        ("Morphine 10mg tablets", 40, None, False, "OPI-FPM"),
        ("Fentanyl 25micrograms/hour transdermal patches", None, None, False, "OPI-FPM"),
        ("Co-codamol 30mg/500mg tablets", 240, None, False, "CMP-TABLET"),
        ("Gabapentin 300mg capsules", 900, 6, False, "GAB-FIFE"),
        ("Gabapentin 300mg capsules", 1800, 6, False, "GBP-MDG-MOD"),
        ("Gabapentin 300mg capsules", 900, 12, False, "GBP-MDG-MOD"),
        ("Gabapentin 300mg capsules", 900, None, False, "GBP-MDG-MOD"),
        ("Gabapentin 300mg capsules", None, 6, False, "GBP-MDG-MOD"),
        ("Gabapentin 300mg capsules", 900, 6, True, "GBP-MDG-HIGH"),
        ("Pregabalin 75mg capsules", 150, 6, False, "PRE-FIFE"),
        ("Pregabalin 75mg capsules", 300, 6, False, "GBP-MDG-MOD"),
        ("Diazepam 2mg tablets", 4, 6, False, None),
    ],
)
def test_default_profiles(
    name: str, mg: int | None, months: int | None, risk: bool, profile: str | None
) -> None:
    daily = None if mg is None else Decimal(mg)
    found = tapers.default_profile(product(name), daily_mg=daily, months_of_use=months, high_risk=risk)
    assert found == profile
