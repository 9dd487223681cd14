"""Without noise the effect put in comes out, to the last digit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stepwell.population.prescribing.evaluation import (
    Design,
    Handling,
    Method,
    Selection,
    Weights,
    evaluate,
)
from stepwell.population.prescribing.evaluation.tests.panels import (
    COUNT,
    MONTHS,
    START,
    T,
    lines,
    panel,
    starting,
)

QUIET = Design(checks=False)
SINCE = np.maximum(T - START + 1, 0)


def test_a_growing_effect_is_found_with_its_slope_and_its_first_month() -> None:
    values = lines(40)
    values[:15] += -0.5 * SINCE
    found = evaluate(panel(values), starting(range(15)), QUIET).primary
    assert found.average.value == pytest.approx(-0.5 * np.arange(1, COUNT - START + 1).mean())
    assert found.slope.value == pytest.approx(-0.5)
    assert found.level.value == pytest.approx(-0.5)


def test_one_treated_practice_is_enough() -> None:
    values = lines(40)
    values[0] += np.where(START <= T, -3, 0)
    found = evaluate(panel(values), starting([0]), QUIET).primary
    assert found.average.value == pytest.approx(-3)
    assert found.inference == "borrowed"


def test_a_course_that_all_practices_share_is_nobodys_effect() -> None:
    found = evaluate(panel(lines(40)), starting(range(15)), QUIET).primary
    assert found.average.value == pytest.approx(0, abs=1e-9)
    assert found.slope.value == pytest.approx(0, abs=1e-9)


def test_the_total_is_the_effect_times_the_patients_and_money_follows_the_months_own_costs() -> None:
    values = lines(20)
    lists = np.full(20, 4.0)
    values[:2] += np.where(START <= T, -3, 0)
    cost = np.where(T < COUNT - 1, 1.0, 10.0)
    found = evaluate(panel(values, lists), starting(range(2)), replace(QUIET, unit_cost=cost)).primary
    months = COUNT - START
    assert found.total.value == pytest.approx(-3 * 4 * 2 * months)
    assert found.money.value == pytest.approx(-3 * 4 * 2 * (months - 1 + 10))


def test_practices_count_by_their_patients_unless_asked_to_count_as_one() -> None:
    values = lines(20)
    lists = np.full(20, 4.0)
    lists[0] = 12.0
    values[0] += np.where(START <= T, -4, 0)
    made = panel(values, lists)
    by_patients = evaluate(made, starting(range(2)), QUIET).primary
    as_one = evaluate(made, starting(range(2)), replace(QUIET, weights=Weights.EQUAL)).primary
    assert by_patients.average.value == pytest.approx(-3)
    assert as_one.average.value == pytest.approx(-2)


def test_staggered_starts_with_growing_effects_are_not_set_against_each_other() -> None:
    """Where effects grow, a regression with practice and month terms uses early starters as a comparison for late ones and goes wrong."""
    values = lines(40)
    for row in range(20):
        start = 24 + row % 4 * 4
        values[row] += -0.5 * np.maximum(T - start + 1, 0)
    treated = {code: month for row in range(20) for code, month in starting([row], 24 + row % 4 * 4).items()}
    found = evaluate(panel(values, np.full(40, 5.0)), treated, QUIET).primary
    true = np.concatenate([-0.5 * np.arange(1, COUNT - (24 + row % 4 * 4) + 1) for row in range(20)]).mean()
    assert found.average.value == pytest.approx(true)
    assert found.slope.value == pytest.approx(-0.5)


def test_missing_months_are_not_zero() -> None:
    values = lines(40)
    values[:15] += np.where(START <= T, -3, 0)
    random = np.random.default_rng(3)
    values[random.random(values.shape) < 0.05] = np.nan
    found = evaluate(panel(values), starting(range(15)), QUIET).primary
    assert found.average.value == pytest.approx(-3, abs=0.15)


def test_a_month_without_patients_is_missing() -> None:
    values = lines(40)
    values[:15] += np.where(START <= T, -3, 0)
    made = panel(values)
    made.denominator[20, 10] = 0
    made.numerator[20, 10] = 0
    assert evaluate(made, starting(range(15)), QUIET).primary.average.value == pytest.approx(-3, abs=0.15)


def test_an_early_effect_biases_the_baseline_unless_its_months_are_left_out() -> None:
    values = lines(40)
    values[:15] += np.where(T >= START - 2, -3, 0)
    made = panel(values)
    assert evaluate(
        made, starting(range(15)), replace(QUIET, anticipation=2)
    ).primary.average.value == pytest.approx(-3)
    assert abs(evaluate(made, starting(range(15)), QUIET).primary.average.value + 3) > 0.3


def test_a_slow_beginning_can_be_washed_in() -> None:
    values = lines(40)
    values[:15] += np.where(T >= START + 3, -3, 0)
    found = evaluate(panel(values), starting(range(15)), replace(QUIET, wash_in=3)).primary
    assert found.average.value == pytest.approx(-3)


def test_neighbours_that_the_programme_reached_are_left_out_and_named() -> None:
    values = lines(40)
    values[:15] += np.where(START <= T, -3, 0)
    values[15:25] += np.where(START <= T, -2, 0)
    near = frozenset(f"Z99{row:03d}" for row in range(15, 25))
    found = evaluate(panel(values), starting(range(15)), replace(QUIET, neighbours=near))
    assert found.primary.average.value == pytest.approx(-3)
    assert set(found.left_out["neighbours"]) == near
    assert evaluate(panel(values), starting(range(15)), QUIET).primary.average.value > -2.5


def test_the_after_period_may_end_early() -> None:
    values = lines(40)
    values[:15] += -0.5 * SINCE
    found = evaluate(panel(values), starting(range(15)), replace(QUIET, last_month=MONTHS[START + 9])).primary
    assert found.average.value == pytest.approx(-0.5 * 5.5)


@pytest.mark.parametrize("handling", Handling)
def test_high_starters_that_fall_by_themselves_are_no_effect(handling: Handling) -> None:
    """Every practice has a high spell of its own height in months 6 to 13; those with the highest values then were chosen."""
    values = lines(200, seed=4)
    heights = np.random.default_rng(5).random(200) * 40
    values += heights[:, None] * ((T >= 6) & (T <= 13))
    chosen = [int(row) for row in np.argsort(-values[:, 6:14].mean(axis=1))[:50]]
    selection = Selection(MONTHS[6], MONTHS[13], handling)
    made = panel(values)
    told = evaluate(made, starting(chosen), replace(QUIET, selection=selection)).primary.average
    untold = evaluate(made, starting(chosen), QUIET).primary.average
    assert abs(untold.value) > 2  # the early spell tilts the line
    assert abs(told.value) < 1


def test_matched_difference_sets_like_beside_like() -> None:
    """Steep practices go on rising; the treated are steep. Only their likes show what would have come."""
    values = lines(60, slope=0.0)
    steep = np.arange(60) < 30
    values += np.where(steep, 0.8, 0.0)[:, None] * T
    values[:10] += np.where(START <= T, -3, 0)
    found = evaluate(
        panel(values, np.full(60, 5.0)),
        starting(range(10)),
        replace(QUIET, primary=Method.MATCHED_DIFFERENCE),
    )
    assert found.results[0].method is Method.MATCHED_DIFFERENCE
    assert found.primary.average.value == pytest.approx(-3, abs=0.3)


def test_matching_uses_the_facts_of_practices() -> None:
    """Old practices rise after the start, whatever anybody does; the treated are old."""
    values = lines(60, slope=0.1)
    old = (np.arange(60) % 2 == 0).astype(float)
    values += old[:, None] * np.where(START <= T, 5, 0)
    treated = starting(list(range(0, 24, 2)))
    design = replace(QUIET, primary=Method.MATCHED_DIFFERENCE)
    aware = evaluate(panel(values, np.full(60, 5.0), covariates={"aged 65 or over": old}), treated, design)
    blind = evaluate(panel(values, np.full(60, 5.0)), treated, design)
    assert aware.primary.average.value == pytest.approx(0, abs=0.5)
    assert blind.primary.average.value > 2
