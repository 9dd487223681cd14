"""A plan that is ended early: the dose stays, nothing more is issued, and what is in hand or issued ahead is told."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from stepwell.base.errors import StepwellError
from stepwell.knowledge import medicines, tapers
from stepwell.knowledge.tapers.tests.plans import START, doses, plan, product

WHO = {"reason": "the person's wish", "by": "the prescriber"}
SECOND_STEP = date(2027, 1, 5)


@pytest.fixture(scope="module")
def made() -> tapers.Plan:
    return plan("Morphine 60mg modified-release tablets", "1 bd", "OPI-FPM")


def test_a_plan_that_is_stopped_issues_nothing_more_and_says_what_is_in_hand(made: tapers.Plan) -> None:
    ended = tapers.stop(made, on=SECOND_STEP, **WHO)
    assert doses(ended) == [110, 100] and ended.steps[0] == made.steps[0]
    assert (ended.steps[1].days, ended.stopped_on, ended.stopped_early) == (7, None, True)
    assert ended.steps[1].scripts == made.steps[1].scripts and ended.to_cancel == ()
    used, issued = 7, 28
    assert dict(ended.left_over)[product("Morphine 30mg modified-release tablets")] == issued - used
    said = {each.id: each.message for each in ended.cautions}
    assert (
        "prescription of its own" in " ".join(said["plan_stopped"].split()) and "in hand" in said["left_over"]
    )
    assert "agreed_dose" not in said
    assert (ended.changes[-1].kind, ended.changes[-1].by) == ("stop", "the prescriber")


def test_what_was_issued_ahead_of_a_stop_is_to_be_cancelled() -> None:
    """Issued on a Friday for the Saturday after; stopped on the Saturday."""
    found = medicines.identify(name="Morphine 60mg modified-release tablets")
    made = tapers.plan_from_instruction(found, "1 bd", "OPI-FPM", date(2026, 12, 5))
    saturday = made.steps[1].starts_on
    ended = tapers.stop(made, on=saturday, **WHO)
    assert doses(ended) == [110] and ended.left_over == ()
    assert ended.to_cancel == made.steps[1].scripts and ended.to_cancel[0].issue_on < saturday


def test_a_plan_may_be_stopped_before_its_first_day_is_over() -> None:
    made = plan("Codeine 30mg tablets", "1 qds", "OPI-FPM", stock=Decimal(20))
    ended = tapers.stop(made, on=START, **WHO)
    assert ended.steps == () and ended.stopped_on is None and ended.to_cancel == ()
    assert ended.left_over == ((product("Codeine 30mg tablets"), 20),)


def test_patches_are_counted_to_the_day_of_change_on_which_a_stop_takes_hold() -> None:
    made = plan("Fentanyl 50micrograms/hour transdermal patches", "1 every 72 hours", "OPI-FPM")
    ended = tapers.stop(made, on=START + timedelta(days=4), **WHO)
    assert ended.steps[0].days == 6 and dict(ended.left_over)[made.steps[0].scripts[0].product] == 10 - 2


def test_nothing_is_done_to_a_plan_that_was_stopped(made: tapers.Plan) -> None:
    ended = tapers.stop(made, on=SECOND_STEP, **WHO)
    patches = plan("Fentanyl 50micrograms/hour transdermal patches", "1 every 72 hours", "OPI-FPM")
    off = tapers.stop(patches, on=START + timedelta(days=4), **WHO)
    for stopped, day in ((ended, SECOND_STEP), (off, START + timedelta(days=5))):
        for change in (tapers.slow, tapers.step_back, tapers.stop):
            with pytest.raises(StepwellError, match="was stopped"):
                change(stopped, on=day, **WHO)
    gone = product("Morphine 10mg modified-release tablets").product_id
    without = tapers.mark_unavailable(ended, product_id=gone, on=SECOND_STEP, **WHO)
    assert without.steps == ended.steps and without.stopped_early
