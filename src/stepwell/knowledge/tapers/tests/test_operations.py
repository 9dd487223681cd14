"""What may be done to a plan that has begun."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from stepwell.base.errors import StepwellError
from stepwell.knowledge import medicines, tapers
from stepwell.knowledge.tapers.tests.plans import START, doses, plan, product, taken

WHO = {"reason": "poor sleep", "by": "the prescriber"}
SECOND_STEP = date(2027, 1, 5)


@pytest.fixture(scope="module")
def made() -> tapers.Plan:
    return plan("Morphine 60mg modified-release tablets", "1 bd", "OPI-FPM")


def test_a_hold_shifts_what_follows_by_the_same_days(made: tapers.Plan) -> None:
    held = tapers.hold(made, on=SECOND_STEP, days=14, **WHO)
    assert doses(held) == doses(made)
    assert held.steps[0] == made.steps[0]
    assert held.steps[1].days == made.steps[1].days + 14 and "held" in held.steps[1].flags
    shift = timedelta(days=14)
    assert [s.starts_on for s in held.steps[2:]] == [s.starts_on + shift for s in made.steps[2:]]
    assert held.stopped_on == made.stopped_on + shift
    assert [(c.kind, c.reason) for c in held.changes] == [("hold", "poor sleep")]


def test_a_hold_is_supplied_and_what_was_issued_stays_as_it_was(made: tapers.Plan) -> None:
    held = tapers.hold(made, on=SECOND_STEP, days=14, **WHO)
    before, after = made.steps[1].scripts, held.steps[1].scripts
    assert after[: len(before)] == before
    assert {(s.runs_out_on - s.starts_on).days + 1 for s in after[len(before) :]} == {14}


def test_slow_doubles_the_interval_or_halves_the_step(made: tapers.Plan) -> None:
    doubled = tapers.slow(made, on=SECOND_STEP, **WHO)
    assert {step.days for step in doubled.steps[1:-1]} == {56}
    assert doses(doubled) == doses(made)
    halved = tapers.slow(made, on=SECOND_STEP, halve_step=True, **WHO)
    assert doses(halved)[:5] == [110, 100, 95, 90, 85]


def test_step_back_goes_one_step_up_and_down_again(made: tapers.Plan) -> None:
    back = tapers.step_back(made, on=SECOND_STEP, **WHO)
    assert doses(back)[:5] == [110, 100, 110, 100, 90]
    assert back.steps[1].days == 7 and "cut_short" in back.steps[1].flags
    rise = back.steps[2]
    assert rise.starts_on == SECOND_STEP and rise.percent_change == -10 and rise.days >= 28
    assert "step_back" in rise.flags and back.changes[-1].by == "the prescriber"


def test_what_a_step_cut_short_left_at_home_is_taken_off(made: tapers.Plan) -> None:
    back = tapers.step_back(made, on=SECOND_STEP, **WHO)
    quantities = {script.product.name: script.quantity for script in back.steps[2].scripts}
    assert quantities["Morphine 60mg modified-release tablets"] == 28 - 21
    assert quantities["Morphine 10mg modified-release tablets"] == 2 * 28 - 21


def test_never_back_to_the_start_nor_two_steps_nor_without_a_reason(made: tapers.Plan) -> None:
    with pytest.raises(StepwellError, match="starting dose"):
        tapers.step_back(made, on=START + timedelta(days=5), **WHO)
    back = tapers.step_back(made, on=SECOND_STEP, **WHO)
    with pytest.raises(StepwellError, match="one step only"):
        tapers.step_back(back, on=SECOND_STEP + timedelta(days=3), **WHO)
    with pytest.raises(StepwellError, match="reason"):
        tapers.step_back(made, on=SECOND_STEP, reason="", by="the prescriber")


@pytest.mark.parametrize("day", [START - timedelta(days=1), date(2040, 1, 1)])
def test_nothing_is_done_to_a_plan_on_a_day_it_does_not_hold(made: tapers.Plan, day: date) -> None:
    with pytest.raises(StepwellError, match="No step"):
        tapers.hold(made, on=day, days=7, **WHO)


def test_planning_again_begins_from_what_is_taken(made: tapers.Plan) -> None:
    now = tapers.opening(
        medicines.identify(name="Morphine 30mg modified-release tablets"), "1 tablet twice a day"
    ).regimen
    assert now is not None
    again = tapers.replan(made, taken=now, on=SECOND_STEP, **WHO)
    assert doses(again)[:4] == [110, 100, 60, 55]
    assert again.steps[3].starts_on - again.steps[2].starts_on >= timedelta(days=28)
    more = tapers.opening(medicines.identify(name="Morphine 100mg modified-release tablets"), "1 bd").regimen
    assert more is not None
    for too_much in (more, made.starting):
        with pytest.raises(StepwellError, match="As much is taken"):
            tapers.replan(made, taken=too_much, on=SECOND_STEP, **WHO)


def test_more_taken_than_the_step_in_force_is_planned_from_with_its_reason(made: tapers.Plan) -> None:
    again = tapers.replan(made, taken=made.steps[0].regimen, on=SECOND_STEP, **WHO)
    assert doses(again)[:3] == [110, 100, 110] and again.changes[-1].reason == WHO["reason"]


CHANGES = {
    "hold": lambda made, **who: tapers.hold(made, days=14, **who),
    "slow": tapers.slow,
    "step_back": tapers.step_back,
    "replan": lambda made, **who: tapers.replan(made, taken=made.steps[2].regimen, **who),
    "stop": tapers.stop,
    "unavailable": lambda made, **who: tapers.mark_unavailable(
        made, product_id=product("Morphine 10mg modified-release tablets").product_id, **who
    ),
}


@pytest.mark.parametrize("missing", [{"reason": ""}, {"by": ""}, {"reason": "  "}, {"by": " "}])
@pytest.mark.parametrize("kind", CHANGES)
def test_every_change_needs_a_reason_and_who_made_it(made: tapers.Plan, kind: str, missing: dict) -> None:
    assert CHANGES[kind](made, on=SECOND_STEP, **WHO).changes[-1].kind == kind
    with pytest.raises(StepwellError, match="needs a reason"):
        CHANGES[kind](made, on=SECOND_STEP, **{**WHO, **missing})


def test_a_product_that_cannot_be_supplied_is_replaced_from_the_next_issue(made: tapers.Plan) -> None:
    gone = product("Morphine 10mg modified-release tablets")
    without = tapers.mark_unavailable(made, product_id=gone.product_id, on=SECOND_STEP, **WHO)
    assert without.steps[:2] == made.steps[:2]
    later = [item.product for step in without.steps[2:] for item in step.regimen.items]
    assert later and gone not in later
    assert doses(without)[-1] == 0 and without.refusals == ()


def test_within_a_step_the_same_dose_is_made_of_others(made: tapers.Plan) -> None:
    weekly = plan("Morphine 60mg modified-release tablets", "1 bd", "OPI-FPM", script_days=7)
    gone = product("Morphine 10mg modified-release tablets")
    without = tapers.mark_unavailable(weekly, product_id=gone.product_id, on=SECOND_STEP, **WHO)
    assert doses(without)[:3] == [110, 100, 100]
    assert "rebuilt" in without.steps[2].flags and without.steps[2].starts_on == SECOND_STEP
    assert gone.name not in taken(without.steps[2])


def test_a_dose_nothing_else_makes_ends_in_a_refusal_and_not_in_a_fall() -> None:
    made = plan("Tramadol 50mg capsules", "2 qds", "OPI-FPM", script_days=7)
    gone = product("Tramadol 50mg capsules").product_id
    without = tapers.mark_unavailable(made, product_id=gone, on=SECOND_STEP, **WHO)
    assert without.refusals and without.stopped_on is None
    assert all(step.starts_on < SECOND_STEP for step in without.steps)


def test_running_out_of_a_product_never_stops_somebody() -> None:
    """Two capsules of 1.3 mg were to become one and then none; one of 2.6 mg is not a step to stop from."""
    made = plan("Hydromorphone 2.6mg capsules", "1 bd", "OPI-FPM")
    gone = product("Hydromorphone 1.3mg capsules").product_id
    on = next(s for s in made.steps if s.daily_dose == Decimal("1.3")).starts_on
    without = tapers.mark_unavailable(made, product_id=gone, on=on, **WHO)
    assert without.refusals[0].code == "cannot_supply" and without.stopped_on is None
    assert without.steps[-1].daily_dose == Decimal("2.6")


def test_an_agreed_dose_holds_when_a_plan_is_changed() -> None:
    made = plan("Morphine 60mg modified-release tablets", "1 bd", "OPI-FPM", maintenance=Decimal(90))
    gone = product("Morphine 15mg modified-release tablets").product_id
    on = made.steps[-1].starts_on + timedelta(days=1)
    for changed in (
        tapers.slow(made, on=on, **WHO),
        tapers.mark_unavailable(made, product_id=gone, on=SECOND_STEP, **WHO),
        tapers.hold(made, on=on, days=28, **WHO),
    ):
        assert changed.steps[-1].daily_dose == 90 and changed.stopped_on is None


def test_what_was_done_is_not_rewritten(made: tapers.Plan) -> None:
    later = tapers.hold(made, on=SECOND_STEP + timedelta(days=40), days=7, **WHO)
    with pytest.raises(StepwellError, match="later change"):
        tapers.step_back(later, on=SECOND_STEP, **WHO)


def test_every_plan_is_planned_again_without_it(made: tapers.Plan) -> None:
    other = plan("Pregabalin 75mg capsules", "1 bd", "PRE-FIFE")
    gone = product("Morphine 10mg modified-release tablets").product_id
    first, second = tapers.mark_unavailable_in([made, other], product_id=gone, on=SECOND_STEP, **WHO)
    assert first.steps != made.steps and second.steps == other.steps
    assert {each.changes[-1].kind for each in (first, second)} == {"unavailable"}


def test_patches_change_on_patch_days_whatever_the_day_asked_for() -> None:
    made = plan("Fentanyl 50micrograms/hour transdermal patches", "1 every 72 hours", "OPI-FPM")
    asked = made.steps[1].starts_on + timedelta(days=4)
    back = tapers.step_back(made, on=asked, **WHO)
    assert (back.steps[2].starts_on - back.steps[1].starts_on).days == 6


def line(name: str, dosage: str, profile: str) -> tapers.Line:
    found = tapers.opening(medicines.identify(name=name), dosage).regimen
    assert found is not None
    return tapers.Line(found, profile)


PLAIN = ("Morphine 10mg tablets", "1 qds", "OPI-FPM")
SLOW = ("Morphine 30mg modified-release tablets", "1 bd", "OPI-FPM")
GABAPENTIN = ("Gabapentin 300mg capsules", "1 tds", "GBP-MDG-MOD")


def test_one_medicine_after_another_the_plain_one_first() -> None:
    plans = tapers.plan_in_turn([line(*PLAIN), line(*SLOW), line(*GABAPENTIN)], START)
    assert [each.starting_product.substance for each in plans] == ["morphine", "morphine", "gabapentin"]
    for earlier, later in pairwise(plans):
        assert earlier.stopped_on is not None
        assert later.start_on >= earlier.stopped_on + timedelta(days=28)


def test_another_order_needs_an_override_with_a_reason() -> None:
    lines = [line(*SLOW), line(*PLAIN)]
    with pytest.raises(StepwellError, match="order"):
        tapers.plan_in_turn(lines, START)
    set_aside = tapers.Constraints(overrides=(tapers.Override("order", "her wish", "the prescriber"),))
    assert len(tapers.plan_in_turn(lines, START, set_aside)) == 2


def test_medicines_that_together_need_a_specialist_are_refused() -> None:
    lines = [line("Morphine 50mg tablets", "1 qds", "OPI-FPM"), line("Morphine 60mg modified-release tablets", "1 bd", "OPI-FPM")]  # fmt: skip
    (made,) = tapers.plan_in_turn(lines, START)
    assert made.refusals[0].code == "specialist" and made.steps == ()


def test_a_slow_product_is_not_taken_at_fewer_times_because_another_ran_out() -> None:
    """20 and 10 mg could be one capsule of 30 mg, but at night alone."""
    made = plan("Morphine 10mg modified-release capsules", "2 capsules twice a day", "OPI-FPM", script_days=7)
    gone = product("Morphine 10mg modified-release capsules").product_id
    assert made.steps[0].daily_dose == 30
    without = tapers.mark_unavailable(made, product_id=gone, on=START + timedelta(days=7), **WHO)
    assert without.refusals[0].code == "cannot_supply"
    assert [step.days for step in without.steps] == [7]


def test_an_agreed_dose_is_not_gone_below_because_a_product_ran_out() -> None:
    agreed = Decimal(15)
    made = plan(
        "Morphine 10mg modified-release tablets", "1 bd", "OPI-FPM", maintenance=agreed, script_days=7
    )
    assert doses(made) == [15]
    gone = product("Morphine 5mg modified-release tablets").product_id
    without = tapers.mark_unavailable(made, product_id=gone, on=START + timedelta(days=7), **WHO)
    assert doses(without) == [15] and without.refusals[0].code == "cannot_supply"


def test_a_step_back_made_of_other_products_is_still_a_step_back(made: tapers.Plan) -> None:
    back = tapers.step_back(made, on=SECOND_STEP, **WHO)
    gone = product("Morphine 60mg modified-release tablets").product_id
    without = tapers.mark_unavailable(back, product_id=gone, on=SECOND_STEP, **WHO)
    rise = without.steps[2]
    assert {"step_back", "rebuilt"} <= set(rise.flags) and rise.daily_dose == 110
    assert gone not in {item.product.product_id for item in rise.regimen.items}
