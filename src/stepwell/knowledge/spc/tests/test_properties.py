"""What holds of every chart: moved, stretched, shuffled and turned over."""

from __future__ import annotations

import random

from hypothesis import assume, given
from hypothesis import strategies as st

from stepwell.knowledge.spc import Compared, Direction, Method, SpecialCause, Unit, Xmr, funnel, xmr
from stepwell.knowledge.spc.runs import runs
from stepwell.knowledge.spc.tests.series import charted, marks, monthly

# Whole numbers: their means are exact, so that nothing hangs on the last digit but a value that lies on a limit.
SERIES = st.lists(st.integers(-500, 500), min_size=1, max_size=40)
TURNED = str.maketrans("ABRFHLUD", "BAFRLHDU")


def clear_of_lines(chart: Xmr) -> bool:
    """No value lies so near a limit that rounding decides on which side."""
    return all(
        abs(point.value - line) > 1e-6
        for point in chart.points
        for line in (point.lines.lower, point.lines.upper, point.lines.near_lower, point.lines.near_upper)
        if line is not None
    )


@given(SERIES, st.integers(-10_000, 10_000))
def test_a_constant_added_to_every_value_changes_no_mark(values: list[int], constant: int) -> None:
    chart = charted(values)
    assume(clear_of_lines(chart))
    moved = charted([value + constant for value in values])
    assert (marks(moved), moved.variation) == (marks(chart), chart.variation)


@given(SERIES, st.integers(2, 1000))
def test_another_unit_changes_no_mark(values: list[int], factor: int) -> None:
    chart = charted(values)
    assume(clear_of_lines(chart))
    assert marks(charted([value * factor for value in values])) == marks(chart)


@given(SERIES, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(values: list[int], shuffled: random.Random) -> None:
    points = monthly(values)
    again = list(points)
    shuffled.shuffle(again)
    assert xmr(again, direction=Direction.INCREASE) == xmr(points, direction=Direction.INCREASE)


@given(SERIES)
def test_a_series_turned_over_swaps_high_and_low(values: list[int]) -> None:
    chart = charted(values)
    assume(clear_of_lines(chart))
    turned = charted([-value for value in values])
    assert marks(turned) == marks(chart).translate(TURNED)


@given(SERIES)
def test_turned_over_with_its_direction_it_means_the_same(values: list[int]) -> None:
    chart = charted(values, Direction.DECREASE)
    assume(clear_of_lines(chart))
    turned = charted([-value for value in values], Direction.INCREASE)
    assert [point.meaning for point in turned.points] == [point.meaning for point in chart.points]


@given(SERIES)
def test_a_point_outside_the_limits_is_always_marked(values: list[int]) -> None:
    for point in charted(values).points:
        if point.lines.upper is not None and point.value > point.lines.upper:
            assert point.special_cause is SpecialCause.ABOVE_LIMIT


@given(st.lists(st.integers(-5, 5), max_size=60))
def test_runs_and_crossings_turned_over_are_the_same(values: list[int]) -> None:
    centres = [0.0] * len(values)
    found = runs(values, centres)
    assert found == runs([-value for value in values], centres)
    assert found.longest_run + found.crossings <= max(found.useful, 0)


COUNTS = st.lists(
    st.tuples(st.integers(1, 400), st.integers(0, 600)).map(lambda pair: (pair[0], pair[0] + pair[1])),
    min_size=1,
    max_size=30,
)


@given(COUNTS, st.sampled_from(Compared), st.sampled_from(Method), st.randoms(use_true_random=False))
def test_the_order_of_units_does_not_matter_to_a_funnel(
    counts: list[tuple[int, int]], compared: Compared, method: Method, shuffled: random.Random
) -> None:
    units = [Unit(str(place), *each) for place, each in enumerate(counts)]
    again = list(units)
    shuffled.shuffle(again)
    first = {point.unit.name: point for point in funnel(units, compared=compared, method=method).points}
    for point in funnel(again, compared=compared, method=method).points:
        same = first[point.unit.name]
        assert (same.z, same.z_used, same.unadjusted) == (point.z, point.z_used, point.unadjusted)


@given(COUNTS, st.sampled_from(Compared))
def test_adjusted_limits_are_never_narrower_on_the_scale_of_shares_and_counts(
    counts: list[tuple[int, int]], compared: Compared
) -> None:
    if compared is Compared.EXPECTED:
        compared = Compared.SHARE
    made = funnel([Unit(str(i), *each) for i, each in enumerate(counts)], compared=compared)
    for point in made.points:
        assert point.adjusted.lower_95 <= point.unadjusted.lower_95 + 1e-12
        assert point.adjusted.upper_998 >= point.unadjusted.upper_998 - 1e-12
