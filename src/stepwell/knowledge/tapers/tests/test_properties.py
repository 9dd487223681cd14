"""The invariants of a plan, over generated regimens. What each is: ``invariants``."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stepwell.base.errors import StepwellError
from stepwell.knowledge import tapers
from stepwell.knowledge.tapers.tests import regimens
from stepwell.knowledge.tapers.tests.invariants import broken

START = date(2026, 12, 1)
RELAXED = [HealthCheck.too_slow, HealthCheck.data_too_large]
EACH = 50


def planned(asked: regimens.Asked, start: date = START) -> tapers.Plan:
    return regimens.planned(asked, start)


def holds(made: tapers.Plan) -> None:
    if made.refusals:
        assert made.steps == ()
        return
    assert broken(made) == []


@settings(max_examples=150, deadline=None, suppress_health_check=RELAXED)
@given(choose=st.randoms(use_true_random=False), days=st.integers(0, 400))
def test_every_plan_holds_to_the_invariants(choose, days) -> None:
    holds(planned(regimens.asked(choose), START + timedelta(days=days)))


@settings(max_examples=40, deadline=None, suppress_health_check=RELAXED)
@given(choose=st.randoms(use_true_random=False))
def test_the_same_question_has_the_same_plan(choose) -> None:
    asked = regimens.asked(choose)
    assert planned(asked) == planned(asked)


def changed(made: tapers.Plan, choose: random.Random) -> tapers.Plan:
    """The plan after one change on some day it holds."""
    ends = made.steps[-1].starts_on + timedelta(days=max(made.steps[-1].days, 0))
    on = made.start_on + timedelta(days=choose.randrange(max(1, (ends - made.start_on).days)))
    who = {"on": on, "reason": "the person's wish", "by": "the prescriber"}
    in_force = [s for s in made.steps if s.starts_on <= on < s.starts_on + timedelta(days=s.days)]
    kind = choose.choice(("hold", "slow", "back", "gone", "again", "stop")) if in_force else "hold"
    if kind == "hold":
        return tapers.hold(made, days=choose.choice((7, 14, 30)), **who)
    if kind == "stop":
        return tapers.stop(made, **who)
    if kind == "slow":
        return tapers.slow(made, **who)
    if kind == "back":
        return tapers.step_back(made, **who)
    if kind == "gone":
        product = choose.choice(in_force[0].regimen.items).product
        return tapers.mark_unavailable(made, product_id=product.product_id, **who)
    return tapers.replan(made, taken=in_force[0].regimen, **who)


@settings(max_examples=150, deadline=None, suppress_health_check=RELAXED)
@given(choose=st.randoms(use_true_random=False))
def test_a_changed_plan_holds_to_the_invariants_too(choose) -> None:
    made = planned(regimens.asked(choose))
    if made.refusals:
        return
    try:
        for _ in range(2):
            made = changed(made, choose)
            if made.refusals:
                assert made.stopped_on is None
                return
            if not made.steps:
                assert made.stopped_early
                return
            assert broken(made) == []
    except StepwellError as error:
        assert error.next_step  # a change that is not allowed says what to do instead


@pytest.mark.slow
@pytest.mark.timeout(3600)
@settings(max_examples=2100, deadline=None, suppress_health_check=RELAXED)
@given(seed=st.integers(0, 2**60))
def test_a_hundred_thousand_plans_hold_to_the_invariants(seed) -> None:
    for asked in regimens.many(seed, EACH):
        holds(planned(asked))
