"""Scripts: stock at home, what is left over, issue days."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from stepwell.base.errors import StepwellError
from stepwell.knowledge import medicines, tapers
from stepwell.knowledge.tapers import wording
from stepwell.knowledge.tapers.tests.plans import plan, product


def test_stock_at_home_is_taken_off_the_first_issue_that_uses_it() -> None:
    made = plan("Co-codamol 30mg/500mg tablets", "2 qds", "CMP-TABLET", stock=Decimal(30))
    assert made.steps[0].scripts[0].quantity == 7 * 14 - 30
    assert "stock_deducted" in {each.id for each in made.cautions}


def test_more_at_home_than_an_issue_needs_goes_on_to_the_next() -> None:
    made = plan("Co-codamol 30mg/500mg tablets", "2 qds", "CMP-TABLET", stock=Decimal(100), script_days=7)
    first = made.steps[0]
    assert (first.days, [script.quantity for script in first.scripts]) == (14, [])
    second = made.steps[1].scripts[0]
    assert second.quantity == 6 * 7 - 2


def test_what_is_never_used_is_left_over_and_said() -> None:
    made = plan("Co-codamol 30mg/500mg tablets", "1 bd", "CMP-TABLET", stock=Decimal(100))
    assert [(p.name, units) for p, units in made.left_over] == [("Co-codamol 30mg/500mg tablets", 72)]
    assert "left_over" in {each.id for each in made.cautions}


def test_issues_are_made_on_open_days_and_patches_on_a_day_of_change_where_one_is_open() -> None:
    found = medicines.identify(name="Fentanyl 25micrograms/hour transdermal patches")
    saturday = date(2026, 12, 5)
    made = tapers.plan_from_instruction(found, "1 every 72 hours", "OPI-FPM", saturday)
    assert made.steps[0].scripts[0].issue_on == date(2026, 12, 2)
    tablets = medicines.identify(name="Codeine 30mg tablets")
    daily = tapers.plan_from_instruction(tablets, "2 qds", "CMP-TABLET", date(2026, 12, 26))
    assert daily.steps[0].scripts[0].issue_on == date(2026, 12, 25)
    closed = tapers.Constraints(closed_days=frozenset({date(2026, 12, 25)}))
    with_holidays = tapers.plan_from_instruction(tablets, "2 qds", "CMP-TABLET", date(2026, 12, 26), closed)
    assert with_holidays.steps[0].scripts[0].issue_on == date(2026, 12, 24)
    assert "bank_holidays" not in {each.id for each in with_holidays.cautions}


def test_every_step_has_a_review_on_an_open_day_before_the_next() -> None:
    made = plan("Morphine 60mg modified-release tablets", "1 bd", "OPI-FPM")
    for step in made.steps[:-1]:
        ends = step.starts_on + timedelta(days=step.days)
        assert step.starts_on < step.review_on < ends and step.review_on.weekday() < 5


@pytest.mark.parametrize(
    ("name", "units", "text"),
    [
        ("Codeine 30mg tablets", {"night": "1"}, "1 tablet at night"),
        ("Codeine 30mg tablets", {"morning": "2", "night": "3"}, "2 tablets in the morning and 3 tablets at night"),
        ("Codeine 30mg tablets", {"morning": "0.5", "night": "1.5"}, "half a tablet in the morning and 1 and a half tablets at night"),
        ("Gabapentin 300mg capsules", {"morning": "1", "midday": "1", "night": "2"}, "1 capsule in the morning, 1 capsule at midday and 2 capsules at night"),
        ("Morphine sulfate 10mg/5ml oral solution", {"morning": "2.5", "evening": "2.6"}, "2.5ml in the morning and 2.6ml in the evening"),
        ("Morphine 20mg modified-release granules sachets sugar free", {"morning": "1", "night": "2"}, "1 sachet in the morning and 2 sachets at night"),
    ],
)  # fmt: skip
def test_instructions(name: str, units: dict[str, str], text: str) -> None:
    taken = tuple((tapers.Time(time), Decimal(number)) for time, number in units.items())
    assert wording.instruction(tapers.Item(product(name), taken)) == text


@pytest.mark.parametrize(
    ("name", "worn", "hours", "text"),
    [
        ("Fentanyl 25micrograms/hour transdermal patches", 1, 72, "Apply 1 patch every 72 hours"),
        ("Buprenorphine 20micrograms/hour transdermal patches", 2, 168, "Apply 2 patches every 7 days"),
        ("Buprenorphine 35micrograms/hour transdermal patches", 1, 96, "Apply 1 patch every 96 hours"),
    ],
)
def test_instructions_of_patches(name: str, worn: int, hours: int, text: str) -> None:
    assert wording.instruction(tapers.Item(product(name), (), worn, hours)) == text


def test_an_instruction_that_would_not_read_back_is_never_written() -> None:
    too_many = tapers.Item(product("Codeine 30mg tablets"), ((tapers.Time.NIGHT, Decimal(300)),))
    with pytest.raises(StepwellError, match="does not read back"):
        wording.instruction(too_many)


def test_an_instruction_that_reads_back_as_another_dose_is_never_written(monkeypatch) -> None:
    monkeypatch.setattr(wording, "_written", {})
    one = tapers.Item(product("Meptazinol 200mg tablets"), ((tapers.Time.NIGHT, Decimal(1)),))
    for other in (
        "2 tablets at night",
        "1 tablet in the morning",
        "1 tablet daily",
        "1 tablet at night when required",
    ):
        monkeypatch.setattr(wording, "_by_time", lambda item, other=other: other)
        with pytest.raises(StepwellError, match="does not read back"):
            wording.instruction(one)


def test_what_is_taken_from_home_without_a_script_is_said_on_its_step() -> None:
    made = plan("Oxycodone 40mg modified-release tablets", "1 bd", "OPI-FPM", stock=Decimal(30))
    told = [step for step in made.steps if "from_home" in step.flags]
    assert [step.daily_dose for step in told] == [75]
    assert "whose label says another dose" in told[0].reason
    without = plan("Oxycodone 40mg modified-release tablets", "1 bd", "OPI-FPM")
    assert not any("from_home" in step.flags for step in without.steps)


def test_patches_are_supplied_for_the_days_asked_where_those_are_whole_changes() -> None:
    fentanyl = ("Fentanyl 50micrograms/hour transdermal patches", "1 every 72 hours", "OPI-FPM")
    assert plan(*fentanyl, script_days=30).steps[0].issue_days == (30,)
    assert set(plan(*fentanyl, script_days=9).steps[0].issue_days) == {9}
    with pytest.raises(StepwellError, match="Scripts of that many days"):
        plan(*fentanyl, script_days=12)
    # From patches of four days to patches of a week: the nearest length that is whole changes.
    both = plan(
        "Transtec 35micrograms/hour transdermal patches", "1 every 96 hours", "OPI-FPM", script_days=12
    )
    assert set(both.steps[0].issue_days) == {14}


def test_patches_whose_hours_the_brand_decides_are_to_be_prescribed_by_brand() -> None:
    by_brand = plan("Transtec 70micrograms/hour transdermal patches", "1 every 96 hours", "OPI-FPM")
    assert "name_patch_brand" in {each.id for each in by_brand.cautions}
    weekly = plan("Butec 20micrograms/hour transdermal patches", "1 weekly", "OPI-FPM")
    assert "name_patch_brand" not in {each.id for each in weekly.cautions}
