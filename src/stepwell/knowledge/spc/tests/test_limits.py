"""Limits of runs and of counts, some typed by hand from the published tables, and the rules that read them."""

from __future__ import annotations

import math

import pytest

from stepwell.base.errors import StepwellError
from stepwell.knowledge.spc import RunLimits, anhoej_limits, poisson_limits, run_chart
from stepwell.knowledge.spc.runs import runs


@pytest.mark.parametrize(
    ("useful", "longest", "fewest"),
    [(10, 6, 2), (11, 6, 2), (12, 7, 3), (20, 7, 6), (24, 8, 8), (40, 8, 14), (64, 9, 25), (100, 10, 41)],
)
def test_rows_of_the_published_table(useful: int, longest: int, fewest: int) -> None:
    assert anhoej_limits(useful) == RunLimits(longest, fewest)


@pytest.mark.parametrize("useful", range(10, 101))
def test_the_whole_table_by_its_definition(useful: int) -> None:
    """The fewest crossings counted one by one, from Pascal's triangle."""
    tosses = useful - 1
    chance = 0.0
    fewest = -1
    while chance < 0.05:
        fewest += 1
        chance += math.comb(tosses, fewest) / 2**tosses
    assert anhoej_limits(useful) == RunLimits(round(math.log2(useful)) + 3, fewest)


def test_without_useful_points_there_are_no_limits() -> None:
    with pytest.raises(StepwellError, match="no points off the centre"):
        anhoej_limits(0)
    assert runs([5, 5], [5, 5]).limits is None
    assert not runs([5, 5], [5, 5]).signal


@pytest.mark.parametrize(
    ("values", "useful", "longest", "crossings"),
    [
        ([1, -1, 1, -1], 4, 1, 3),
        ([1, 1, 1, -1, -1], 5, 3, 1),
        # On the centre, or not known: passed over, so that the run goes on.
        ([1, 0, 1, None, 1, -1], 4, 3, 1),
        ([], 0, 0, 0),
    ],
)
def test_runs_and_crossings(values: list, useful: int, longest: int, crossings: int) -> None:
    found = runs(values, [0] * len(values))
    assert (found.useful, found.longest_run, found.crossings) == (useful, longest, crossings)


def test_a_shift_is_seen_by_its_run_and_by_its_crossings() -> None:
    chart = run_chart([1, 2] * 6 + [8, 9] * 6)
    assert chart.points[0].centre == 5
    assert (chart.parts[0].runs.longest_run, chart.parts[0].runs.crossings) == (12, 1)
    assert chart.parts[0].shifted and chart.signal
    assert not run_chart([1, 2] * 6 + [8, 9] * 6, parts=[12]).signal


@pytest.mark.parametrize(
    ("expected", "limits"),
    [
        (15, (0.5597, 1.6493, 0.3863, 2.0829)),
        (20, (0.6108, 1.5444, 0.4479, 1.9021)),
        (30, (0.6747, 1.4276, 0.5290, 1.7028)),
    ],
)
def test_exact_limits_of_a_count(expected: float, limits: tuple[float, ...]) -> None:
    found = poisson_limits(expected)
    ours = (found.lower_95, found.upper_95, found.lower_998, found.upper_998)
    assert ours == pytest.approx(limits, abs=5e-5)


@pytest.mark.parametrize("expected", [0.5, 3.7, 42, 12_345.6])
def test_a_limit_is_where_so_few_counts_lie_beyond_it(expected: float) -> None:
    """By definition: with a mean at the upper limit, a count of E or fewer comes up 2.5 times in 100. Summed, for whole E."""
    found = poisson_limits(expected)
    assert found.lower_998 < found.lower_95 < 1 < found.upper_95 < found.upper_998
    if expected == 42:
        mean = found.upper_95 * expected
        chance = sum(math.exp(-mean + k * math.log(mean) - math.lgamma(k + 1)) for k in range(43))
        assert chance == pytest.approx(0.025, rel=1e-9)


@pytest.mark.parametrize("expected", [0, -1, math.nan, "20"])
def test_nothing_expected_has_no_limits(expected: object) -> None:
    with pytest.raises(StepwellError, match="expected"):
        poisson_limits(expected)  # type: ignore[arg-type]
