"""The invariants of a plan, over generated regimens. What each is: ``invariants``."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stepwell.knowledge import tapers
from stepwell.knowledge.tapers.tests import regimens
from stepwell.knowledge.tapers.tests.invariants import broken

START = date(2026, 12, 1)
RELAXED = [HealthCheck.too_slow, HealthCheck.data_too_large]
EACH = 50


def planned(asked: regimens.Asked, start: date = START) -> tapers.Plan:
    return tapers.plan(asked.regimen, asked.profile, start, asked.constraints, once_daily=asked.once_daily)


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


@pytest.mark.slow
@pytest.mark.timeout(3600)
@settings(max_examples=2100, deadline=None, suppress_health_check=RELAXED)
@given(seed=st.integers(0, 2**60))
def test_a_hundred_thousand_plans_hold_to_the_invariants(seed) -> None:
    for asked in regimens.many(seed, EACH):
        holds(planned(asked))
