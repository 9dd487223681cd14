"""Which doses can be made and how they are shared out, against a slow search of everything."""

from __future__ import annotations

from decimal import Decimal
from itertools import product as every

import pytest

from stepwell.knowledge import medicines, tapers
from stepwell.knowledge.medicines import Release
from stepwell.knowledge.tapers import families
from stepwell.knowledge.tapers.guard import lowest_within
from stepwell.knowledge.tapers.ladder import MICROGRAM, TENTHS, OccasionDoses
from stepwell.knowledge.tapers.profiles import profiles
from stepwell.knowledge.tapers.rungs import DailyRungs, PatchRungs
from stepwell.knowledge.tapers.spread import DayDoses
from stepwell.knowledge.tapers.target import pace
from stepwell.knowledge.tapers.tests import regimens
from stepwell.knowledge.tapers.tests.plans import START, doses, plan, product, taken

TIMES = (tapers.Time.MORNING, tapers.Time.NIGHT)


def at_one_time(strengths: list[int], most: int) -> set[int]:
    """Doses any number of whole units make, up to a most."""
    made = {0}
    while True:
        grown = {a + b for a in made for b in strengths if a + b <= most} | made
        if grown == made:
            return made
        made = grown


def in_a_day(strengths: list[int], tops: list[int], slow: bool) -> set[int]:
    """Daily doses that can be made with at most so much at each time: all of them in use for a slow product, but for its lowest strength."""
    sums = {0}
    for top in tops:
        single = at_one_time(strengths, top) - ({0} if slow else set())
        sums = {a + b for a in sums for b in single}
    if slow and sum(tops) <= len(tops) * min(strengths):
        sums = set()
    return (sums | {n * min(strengths) for n in range(1, len(tops)) if slow}) - {0}


def at_each_time(regimen: tapers.Regimen) -> list[int]:
    return [
        sum(
            int(units * (item.product.strength_mg_per_unit or 0) * MICROGRAM)
            for item in regimen.items
            for when, units in item.units
            if when is time
        )
        for time in regimen.times
    ]


@pytest.mark.parametrize("seed", range(40))
def test_each_step_is_the_closest_dose_above_the_target_or_the_next_below(seed: int) -> None:
    """Everything that can be made is searched; the plan's step must be the best of it."""
    for asked in regimens.many(seed, 60):
        start = asked.regimen
        item = start.items[0]
        profile = profiles()[asked.profile]
        if item.change_hours or item.product.unit == "ml" or profile.basis != "percent_of_current":
            continue
        if (
            asked.brand
            or asked.constraints.liquid
            or asked.constraints.score_lines
            or asked.constraints.maintenance
        ):
            continue
        if start.dose > 200 and len(start.times) > 2:
            continue
        made = regimens.planned(asked, START)
        if made.refusals:
            continue
        best_of_all(made, asked)
        return


def best_of_all(made: tapers.Plan, asked: regimens.Asked) -> None:
    start = made.starting_product
    products = families.products_for(start, made.constraints, once_daily=asked.once_daily)
    strengths = [int((p.strength_mg_per_unit or 0) * MICROGRAM) for p in products]
    before, tops = int(made.starting.dose * MICROGRAM), at_each_time(made.starting)
    wanted = pace(profiles()[made.profile], start, before, made.constraints)
    for step in made.steps[:-1]:
        every_dose = in_a_day(strengths, tops, start.release is Release.MODIFIED)
        target = max(wanted.next_dose(before), lowest_within(before, Decimal(25)))
        above = [dose for dose in every_dose if target <= dose < before]
        below = [dose for dose in every_dose if dose < target]
        dose = int(step.daily_dose * MICROGRAM)
        assert dose == (min(above) if above else max(below)), (made.profile, before, dose)
        before, tops = dose, at_each_time(step.regimen)


MORPHINE = tuple(
    product(f"Morphine {strength}mg modified-release tablets") for strength in (5, 10, 15, 30, 60, 100, 200)
)


@pytest.mark.parametrize("dose", range(5, 200, 5))
def test_a_dose_at_one_time_takes_the_fewest_tablets(dose: int) -> None:
    ladder = OccasionDoses(MORPHINE)
    found = ladder.ways(dose * MICROGRAM)
    counts = range(4)
    fewest = min(
        sum(many)
        for many in every(counts, repeat=4)
        for rest in [dose - sum(n * s for n, s in zip(many, (5, 10, 15, 30), strict=True))]
        for many in [(*many, rest // 60 if rest >= 0 and rest % 60 == 0 else 99)]
    ) if dose < 100 else None  # fmt: skip
    units = {sum(made) // TENTHS for made in found}
    assert len(units) == 1
    if fewest is not None:
        assert units == {fewest}


@pytest.mark.parametrize(
    ("name", "dosage", "spread", "first"),
    [
        # 100 mg: three tablets with the larger part at night, or six with both parts the same.
        ("Morphine 60mg modified-release tablets", "2 tablets in the morning and 2 tablets at night", tapers.Spread.NIGHT, 220),
        ("Morphine 60mg modified-release tablets", "2 tablets in the morning and 2 tablets at night", tapers.Spread.EVEN, 220),
    ],
)  # fmt: skip
def test_the_larger_part_is_at_night_unless_an_even_day_is_asked_for(
    name: str, dosage: str, spread: tapers.Spread, first: int
) -> None:
    made = plan(name, dosage, "OPI-FPM", spread=spread)
    assert made.steps[0].daily_dose == first
    for step in made.steps[:-2]:
        by_time = {"morning": Decimal(0), "night": Decimal(0)}
        for item in step.regimen.items:
            for time, units in item.units:
                by_time[time.value] += units * (item.product.strength_mg_per_unit or 0)
        gap = by_time["night"] - by_time["morning"]
        assert gap >= 0
        assert gap <= (5 if spread is tapers.Spread.EVEN else max(5, step.daily_dose / 5))


def days(cost: object = None) -> DayDoses:
    products = (
        product("Tramadol 50mg modified-release tablets"),
        product("Tramadol 100mg modified-release tablets"),
        product("Tramadol 150mg modified-release tablets"),
        product("Tramadol 200mg modified-release tablets"),
    )
    return DayDoses(
        OccasionDoses(products), TIMES, fixed=True, spread=tapers.Spread.EVEN,
        uneven_percent=Decimal(20), form="tablet", cost=cost,
    )  # fmt: skip


def at_night(found: DayDoses, dose: int) -> set[str]:
    day = dict(found.day(dose * MICROGRAM) or ())
    made = day[tapers.Time.NIGHT]
    return {p.name[9:14].strip() for p, tenths in zip(found.occasion.products, made, strict=True) if tenths}


def test_cost_decides_between_equals_only_where_every_price_is_known() -> None:
    """250 mg at once is 200 and 50, or 150 and 100: two tablets of two strengths either way."""
    names = {p.product_id: p.name for p in medicines.products()}
    dear = {"200": Decimal(9), "50mg": Decimal(9), "150": Decimal(1), "100": Decimal(1)}

    def price(product_id: str) -> Decimal | None:
        return next((cost for word, cost in dear.items() if f" {word}" in names[product_id]), None)

    def cheap_elsewhere(product_id: str) -> Decimal | None:
        return Decimal(10) - (price(product_id) or Decimal(0))

    assert at_night(days(price), 500) == {"150mg", "100mg"}
    assert at_night(days(cheap_elsewhere), 500) == {"200mg", "50mg"}
    for one in ("200mg", "150mg"):
        some = days(lambda product_id, one=one: None if one in names[product_id] else Decimal(5))
        assert at_night(some, 500) == at_night(days(), 500)


def test_an_unknown_price_is_said() -> None:
    ids = {each.id for each in plan("Codeine 30mg tablets", "1 qds", "OPI-FPM").cautions}
    assert {"price_unknown", "availability_unknown", "bank_holidays"} <= ids


@pytest.mark.parametrize(
    ("name", "halves"), [("Morphine 60mg modified-release tablets", False), ("Gabapentin 300mg capsules", False), ("Co-codamol 30mg/500mg effervescent tablets", False), ("Codeine 15mg tablets", True)]
)  # fmt: skip
def test_only_a_plain_tablet_whose_score_line_was_checked_is_halved(name: str, halves: bool) -> None:
    found = product(name)
    scored = tapers.Constraints(score_lines=frozenset({found.product_id}))
    assert families.may_be_halved(found, scored) is halves
    assert families.may_be_halved(found, tapers.Constraints()) is False


def test_a_half_makes_a_smaller_step_and_reads_back() -> None:
    scored = frozenset({product("Codeine 15mg tablets").product_id})
    made = plan("Codeine 15mg tablets", "1 qds", "OPI-FPM", score_lines=scored, script_days=7)
    first = made.steps[0]
    assert first.daily_dose == Decimal("52.5")
    assert "half a tablet at midday" in first.scripts[0].instruction
    # Three and a half a day for a week are 24 and a half: 25 are issued, and the next issue is one less.
    assert [script.quantity for script in first.scripts] == [25, 24, 25, 24]


def test_a_liquid_is_used_only_where_the_prescriber_allows_it() -> None:
    without = plan("Morphine 10mg tablets", "1 qds", "OPI-FPM").steps[0]
    assert (without.daily_dose, without.within_profile) == (30, False)
    allowed = plan("Morphine 10mg tablets", "1 qds", "OPI-FPM", liquid=True).steps[0]
    assert (allowed.daily_dose, allowed.within_profile) == (36, True)
    assert list(taken(allowed)) == ["Morphine sulfate 10mg/5ml oral solution"]
    assert "form_differs" in allowed.flags
    slow = plan("Morphine 10mg modified-release tablets", "1 bd", "OPI-FPM", liquid=True)
    assert all(item.product.unit == "tablet" for step in slow.steps for item in step.regimen.items)


def test_a_once_daily_brand_stays_once_daily() -> None:
    made = plan("Zydol XL 200mg tablets", "1 daily", "OPI-FPM")
    assert all(len(step.regimen.times) == 1 for step in made.steps[:-1])
    names = {item.product.name for step in made.steps for item in step.regimen.items}
    assert "Tramadol 50mg modified-release tablets" not in names
    assert "once_daily_brand" in {each.id for each in made.cautions}


def test_products_with_naloxone_stay_with_naloxone() -> None:
    made = plan("Oxycodone 20mg / Naloxone 10mg modified-release tablets", "1 bd", "OPI-FPM")
    assert all("Naloxone" in item.product.name for step in made.steps for item in step.regimen.items)


def test_an_agreed_dose_ends_the_plan_and_is_not_gone_below() -> None:
    made = plan("Morphine 60mg modified-release tablets", "1 bd", "OPI-FPM", maintenance=Decimal(60))
    assert made.steps[-1].daily_dose == 60 and made.steps[-1].days == 28
    assert made.stopped_on is None and "agreed_dose" in {each.id for each in made.cautions}


@pytest.mark.parametrize(
    ("dosage", "times"),
    [
        ("1 bd", ("morning", "night")),
        ("1 tds", ("morning", "midday", "night")),
        ("1 qds", ("morning", "midday", "evening", "night")),
        ("1 tablet in the evening", ("evening",)),
        ("1 tablet in the morning", ("morning",)),
        ("1 at lunchtime and 2 at night", ("midday", "night")),
        ("1-2 every 4-6 hours when required max 8", ("morning", "midday", "evening", "night")),
    ],
)
def test_times_of_day_are_those_written_or_the_usual_ones(dosage: str, times: tuple[str, ...]) -> None:
    found = tapers.opening(medicines.identify(name="Codeine 30mg tablets"), dosage)
    assert found.regimen is not None and found.regimen.times == times


@pytest.mark.parametrize(
    ("name", "dosage", "units"),
    [
        ("Morphine 10mg modified-release tablets", "4 in the morning, 1 at night", {"morning": 4, "night": 1}),
        ("Morphine 10mg modified-release tablets", "40mg mane and 10mg nocte", {"morning": 4, "night": 1}),
        ("Gabapentin 300mg capsules", "3 mane, 1 midday, 2 nocte", {"morning": 3, "midday": 1, "night": 2}),
        ("Codeine 30mg tablets", "2 at 6am, 1 at 2pm and 2 at 10pm", {"morning": 2, "midday": 1, "night": 2}),
        ("Codeine 30mg tablets", "1-2 in the morning and 1 at night", {"morning": 2, "night": 1}),
        ("Codeine 30mg tablets", "1 tds and 2 nocte", {"morning": 1, "midday": 1, "evening": 1, "night": 2}),
        ("Codeine 30mg tablets", "half in the morning and 1 at night", {"morning": Decimal("0.5"), "night": 1}),
        ("Morphine sulfate 10mg/5ml oral solution", "2.5ml mane 5ml nocte", {"morning": Decimal("2.5"), "night": 5}),
        ("Codeine 30mg tablets", "1 every 4 hours when required up to 4 a day", {"morning": 1, "midday": 1, "evening": 1, "night": 1}),
        ("Codeine 30mg tablets", "1-2 qds prn max 7", {"morning": 1, "midday": 2, "evening": 2, "night": 2}),
    ],
)  # fmt: skip
def test_a_plan_begins_with_the_units_of_each_time_as_they_are_written(
    name: str, dosage: str, units: dict
) -> None:
    found = tapers.opening(medicines.identify(name=name), dosage)
    assert found.regimen is not None and found.regimen.items[0].units_by_time == units
    assert "shared_anew" not in {each.id for each in found.cautions}


def test_an_uneven_day_comes_down_from_its_largest_dose_and_no_dose_is_ever_raised() -> None:
    made = plan("Morphine 10mg modified-release tablets", "4 in the morning, 1 at night", "OPI-FPM")
    by_time = [at_each_time(step.regimen) for step in made.steps[:-2]]
    mg = [(morning // MICROGRAM, night // MICROGRAM) for morning, night in by_time]
    assert mg == [(35, 10), (30, 10), (25, 10), (20, 10), (15, 10), (10, 10), (5, 10), (5, 5)]
    assert doses(made)[-2:] == [5, 0]


def test_the_share_of_a_step_is_not_above_what_was_taken_at_any_time_before() -> None:
    made = DayDoses(
        OccasionDoses(MORPHINE), TIMES, fixed=True, spread=tapers.Spread.NIGHT,
        uneven_percent=Decimal(50), form="tablet",
    )  # fmt: skip

    def shared(tops: dict[str, int] | None) -> dict[str, int] | None:
        most = {tapers.Time(time): mg * MICROGRAM for time, mg in tops.items()} if tops else None
        day = made.day(75 * MICROGRAM, most)
        return day and {time.value: made.occasion.dose_of(units) // MICROGRAM for time, units in day}

    assert shared(None) == shared({"morning": 60, "night": 45}) == {"night": 45, "morning": 30}
    assert shared({"morning": 60, "night": 20}) == {"morning": 55, "night": 20}
    assert shared({"morning": 60, "night": 10}) is None
    assert shared({"night": 90}) is None


def test_a_slow_product_is_never_taken_at_fewer_times_to_make_a_dose() -> None:
    """Without the 10 mg capsule 100 mg can only be made at one time of day: 90 is next, at both."""
    gone = frozenset({product("Morphine 10mg modified-release capsules").product_id})
    made = plan("Morphine 60mg modified-release capsules", "1 bd", "OPI-FPM", unavailable=gone)
    assert made.steps[0].daily_dose == 90
    assert made.steps[0].regimen.times == ("morning", "night")


def test_no_rung_of_a_slow_product_is_skipped_on_the_way_to_nothing() -> None:
    rungs = DailyRungs(
        DayDoses(
            OccasionDoses(MORPHINE), TIMES, fixed=True, spread=tapers.Spread.NIGHT,
            uneven_percent=Decimal(20), form="tablet",
        ),
        slow=True,
    )  # fmt: skip
    down = [15_000]
    while (rung := rungs.below(down[-1], 0)) is not None:
        down.append(rung.dose)
    assert down == [15_000, 10_000, 5_000]


def test_at_most_two_patches_make_a_rung() -> None:
    seventy = product("Buprenorphine 70micrograms/hour transdermal patches")
    twenty = product("Buprenorphine 20micrograms/hour transdermal patches")
    rungs = PatchRungs(((96, (seventy,)), (168, (twenty,))), 96)
    found = [dose for dose in range(0, 300_000, 5_000) if rungs.at(dose)]
    assert found == [20_000, 40_000, 70_000, 140_000]


@pytest.mark.parametrize(
    ("profile", "constraints", "current", "target"),
    [
        ("OPI-FPM", {}, 120, 108),
        ("OPI-FPM", {}, 30, 27),
        ("OPI-FPM", {"half_rate_in_last_part": True}, 40, Decimal("38")),
        ("OPI-FPM", {"half_rate_in_last_part": True}, 41, Decimal("36.9")),
        ("OPI-NOUGG", {}, 41, Decimal("36.9")),
        ("OPI-NOUGG", {}, 40, 38),
        ("OPI-FPM", {"step": Decimal(5)}, 100, 95),
        ("OPI-VA-SLOWEST", {}, 100, 95),
    ],
)
def test_targets_from_120_mg(profile: str, constraints: dict, current: int, target: Decimal) -> None:
    wanted = pace(
        profiles()[profile],
        product("Morphine 10mg tablets"),
        120 * MICROGRAM,
        tapers.Constraints(**constraints),
    )
    assert wanted.next_dose(current * MICROGRAM) == int(target * MICROGRAM)


@pytest.mark.parametrize(
    ("name", "profile", "current", "target"),
    [
        ("Gabapentin 300mg capsules", "GAB-FIFE", 601, 301),
        ("Gabapentin 300mg capsules", "GAB-FIFE", 600, 500),
        ("Gabapentin 300mg capsules", "GBP-MDG-MOD", 1800, 1530),
        ("Gabapentin 300mg capsules", "GBP-MDG-MOD", 600, 555),
        ("Pregabalin 75mg capsules", "PRE-FIFE", 601, 526),
        ("Pregabalin 75mg capsules", "PRE-FIFE", 600, 575),
    ],
)
def test_targets_of_gabapentinoids_from_1800_mg(name: str, profile: str, current: int, target: int) -> None:
    wanted = pace(profiles()[profile], product(name), 1800 * MICROGRAM, tapers.Constraints())
    assert wanted.next_dose(current * MICROGRAM) == target * MICROGRAM


def test_half_the_rate_is_half_of_what_is_within_the_profile() -> None:
    made = plan("Morphine sulfate 10mg/5ml oral solution", "7.5ml qds", "OPI-NOUGG")
    for step in made.steps:
        if step.within_profile and step.dose_before <= 20:
            assert step.percent_change <= 5 and "last_part" in step.flags
