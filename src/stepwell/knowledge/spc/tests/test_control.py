"""Run charts and Shewhart charts: every kind by hand, then parts, baselines, what is left out, and what is refused."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from stepwell.base.errors import StepwellError
from stepwell.knowledge.spc import ControlChart, Kind, control_chart, run_chart, subgroup_chart
from stepwell.knowledge.spc.subgroups import c4, deviation_share, mean_away


def at(chart: ControlChart, place: int = 0) -> tuple[float | None, ...]:
    """Centre, control limits and 95 % lines at a point."""
    point = chart.points[place]
    return point.centre, point.lower, point.upper, point.lower_95, point.upper_95


ROOT_5, ROOT_12 = math.sqrt(5), math.sqrt(12)
# kind, values, denominators -> centre, limits, 95 % lines at the first point
BY_HAND = [
    ("run", [3, 9, 4, 5], None, (4.5, None, None, None, None)),
    ("run", [1, 3], [10, 10], (0.2, None, None, None, None)),
    # Moving ranges 2, 1, 2: their mean over 1.128 is 1.4775.
    ("i", [10, 12, 11, 13], None, (11.5, 7.06738, 15.93262, 8.54492, 14.45508)),
    ("mr", [10, 12, 11, 13], None, (5 / 3, 0, 5.445, 0, 3.63)),
    ("c", [4, 6, 5, 5], None, (5, 0, 5 + 3 * ROOT_5, 5 - 2 * ROOT_5, 5 + 2 * ROOT_5)),
    ("u", [2, 4], [1, 3], (1.5, 0, 5.17423, 0, 3.94949)),
    ("p", [1, 3], [10, 10], (0.2, 0, 0.57947, 0, 0.45298)),
    ("p", [9, 10], [10, 10], (0.95, 0.74324, 1, 0.81216, 1)),
    ("g", [1, 3, 5], None, (3, 0, 3 + 3 * ROOT_12, 0, 3 + 2 * ROOT_12)),
    # Times whose 3.6th root is 1, 2, 3: the limits of those, to the power 3.6.
    ("t", [1, 2**3.6, 3**3.6], None, (2**3.6, 0, (2 + 3 / 1.128) ** 3.6, (2 - 2 / 1.128) ** 3.6, (2 + 2 / 1.128) ** 3.6)),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "values", "denominators", "wanted"), BY_HAND)
def test_lines_by_hand(kind: str, values: list, denominators: list | None, wanted: tuple) -> None:
    found = at(control_chart(Kind(kind), values, denominators))
    assert [each is None for each in found] == [each is None for each in wanted]
    known = [each for each in found if each is not None]
    assert known == pytest.approx([each for each in wanted if each is not None], abs=1e-5)


def test_the_centre_of_cases_between_is_the_median_though_limits_are_about_the_mean() -> None:
    centre, _, upper, *_ = at(control_chart(Kind.CASES_BETWEEN, [0, 0, 9]))
    assert (centre, upper) == pytest.approx((0, 3 + 3 * ROOT_12))


@pytest.mark.parametrize(
    ("size", "a3", "b3", "b4"),
    [(2, 2.659, 0, 3.267), (5, 1.427, 0, 2.089), (10, 0.975, 0.284, 1.716), (25, 0.606, 0.565, 1.435)],
)
def test_constants_of_subgroups_are_those_of_the_published_table(
    size: int, a3: float, b3: float, b4: float
) -> None:
    share = deviation_share(size, 3)
    assert mean_away(size, 3) == pytest.approx(a3, abs=6e-4)
    assert (max(0, 1 - share), 1 + share) == pytest.approx((b3, b4), abs=6e-4)
    assert 0 < c4(size) < 1


def test_means_and_deviations_of_groups() -> None:
    groups = [[1, 3], [2, 4], [5, None, 7, 9]]
    means = subgroup_chart(Kind.MEANS, groups)
    assert [point.value for point in means.points] == [2, 3, 7]
    # Weighted by size; variances 2, 2 and 4, of 1, 1 and 2 degrees of freedom.
    deviation = math.sqrt((2 + 2 + 4 * 2) / 4)
    assert at(means)[0] == pytest.approx(31 / 7)
    assert at(means)[2] == pytest.approx(31 / 7 + 2.6587 * deviation, abs=1e-3)
    spread = subgroup_chart(Kind.DEVIATIONS, groups)
    assert at(spread)[:3] == pytest.approx((deviation, 0, 3.2665 * deviation), abs=1e-3)


def test_a_group_of_one_has_a_mean_and_no_limits() -> None:
    chart = subgroup_chart(Kind.MEANS, [[1, 3], [2]])
    assert (chart.points[1].value, chart.points[1].upper) == (2, None)
    assert subgroup_chart(Kind.DEVIATIONS, [[1, 3], [2]]).points[1].value is None


def prime_by_hand(counts: list[int], sizes: list[int], place: int) -> tuple[float, float]:
    """Centre and upper limit of a P' chart, written out."""
    share = sum(counts) / sum(sizes)
    scores = [
        (y / n - share) / math.sqrt(share * (1 - share) / n) for y, n in zip(counts, sizes, strict=True)
    ]
    ranges = [abs(scores[i] - scores[i - 1]) for i in range(1, len(scores))]
    wider = sum(ranges) / len(ranges) / 1.128
    return share, share + 3 * wider * math.sqrt(share * (1 - share) / sizes[place])


BIG = ([91_000, 95_500, 93_000, 97_500, 92_000, 96_000, 94_000, 90_500], [100_000, 102_000, 99_000, 103_000, 98_000, 101_000, 100_500, 99_500])  # fmt: skip


def test_shares_of_large_denominators_need_the_prime_chart() -> None:
    ordinary, prime = control_chart(Kind.SHARES, *BIG), control_chart(Kind.SHARES_PRIME, *BIG)
    assert sum(point.outside for point in ordinary.points) == 7
    assert sum(point.outside for point in prime.points) == 0
    for place in (0, 3):
        assert (at(prime, place)[0], at(prime, place)[2]) == pytest.approx(prime_by_hand(*BIG, place))


def test_a_prime_chart_of_chance_alone_is_close_to_the_ordinary_one() -> None:
    """Where sigma z comes to 1 the two are the same: scores 0.564 to either side of the centre."""
    apart = 1.128 / 2 * math.sqrt(0.25 / 400)
    counts = [400 * (0.5 + apart * (-1) ** i) for i in range(10)]
    ordinary, prime = (control_chart(kind, counts, [400] * 10) for kind in (Kind.SHARES, Kind.SHARES_PRIME))
    assert at(prime) == pytest.approx(at(ordinary))


def test_rates_of_large_denominators() -> None:
    counts, sizes = [500, 560, 480, 600], [10.0, 11.0, 10.0, 12.0]
    rate = sum(counts) / sum(sizes)
    scores = [(y / n - rate) / math.sqrt(rate / n) for y, n in zip(counts, sizes, strict=True)]
    wider = sum(abs(b - a) for a, b in pairwise(scores)) / 3 / 1.128
    chart = control_chart(Kind.RATES_PRIME, counts, sizes)
    assert at(chart)[2] == pytest.approx(rate + 3 * wider * math.sqrt(rate / 10))


def test_individuals_use_another_constant_than_xmr() -> None:
    """3 / 1.128 is 2.6596, not 2.66."""
    centre, _, upper, *_ = at(control_chart(Kind.INDIVIDUALS, [0, 1000] * 10))
    assert upper - centre == pytest.approx(2659.574, abs=1e-3)


def test_the_largest_moving_ranges_are_left_out_where_asked() -> None:
    values = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]
    chart = control_chart(Kind.INDIVIDUALS, values, screen=True)
    assert at(chart)[2] == pytest.approx(sum(values) / 18 + 3 / 1.128)


def test_a_frozen_baseline_alone_makes_the_lines_and_every_point_is_judged_by_them() -> None:
    chart = control_chart(Kind.COUNTS, [4, 6, 4, 6, 30, 30], freeze=4)
    assert [point.baseline for point in chart.points] == [True] * 4 + [False] * 2
    assert chart.points[5].centre == 5
    assert [point.outside for point in chart.points] == [False] * 4 + [True] * 2


def test_parts_have_lines_of_their_own() -> None:
    chart = control_chart(Kind.COUNTS, [4, 6, 4, 6, 30, 30], parts=[4])
    assert [(point.part, point.centre) for point in chart.points] == [(1, 5)] * 4 + [(2, 30)] * 2


def test_a_point_left_out_stays_on_the_chart_and_is_judged() -> None:
    chart = control_chart(Kind.INDIVIDUALS, [1, 2, 1, 2, 90, 1, 2], exclude=[5])
    assert (chart.points[4].value, chart.points[4].included, chart.points[4].outside) == (90, False, True)
    # Its neighbours meet: every moving range is 1.
    assert at(chart)[0] == 1.5 and at(chart)[2] == pytest.approx(1.5 + 3 / 1.128)
    assert chart.parts[0].runs.useful == 6


def test_a_missing_value_is_a_gap_and_never_nought() -> None:
    chart = control_chart(Kind.INDIVIDUALS, [1, 3, None, 9, 7])
    assert chart.points[2].value is None and not chart.points[2].outside
    assert at(chart)[0] == 5 and at(chart)[2] == pytest.approx(5 + 3 * 2 / 1.128)


def test_a_moving_range_has_none_for_the_first_point_of_a_part_and_no_rule_of_runs() -> None:
    chart = control_chart(Kind.MOVING_RANGE, [1, 3, 9, 10, 10, 30], parts=[3])
    assert [point.value for point in chart.points] == [None, 2, 6, None, 0, 20]
    assert not any(part.shifted for part in chart.parts)


def test_another_unit_multiplies_every_line_and_not_the_target() -> None:
    plain = control_chart(Kind.RATES, [2, 4], [1, 3], target=1)
    thousand = control_chart(Kind.RATES, [2, 4], [1, 3], multiply=1000, target=1)
    assert at(thousand) == pytest.approx([1000 * each for each in at(plain)])
    assert (thousand.points[0].value, thousand.target) == (2000, 1)


def test_a_centre_known_beforehand() -> None:
    chart = control_chart(Kind.SHARES, [1, 3], [10, 10], multiply=100, centre=50)
    assert at(chart)[0] == pytest.approx(50)
    assert at(chart)[2] == pytest.approx(100 * (0.5 + 3 * math.sqrt(0.025)))


def test_a_denominator_of_nought_is_a_gap_and_is_said() -> None:
    chart = control_chart(Kind.SHARES, [1, 0, 3], [10, 0, 10], labels=["May", "June", "July"])
    assert (chart.points[1].value, chart.points[1].upper) == (None, None)
    assert chart.points[0].centre == pytest.approx(0.2)
    assert any("denominator is 0: June" in each for each in chart.warnings)
    prime = control_chart(Kind.SHARES_PRIME, [1, 0, 3, 2], [10, 0, 10, 10])
    assert prime.points[0].upper is not None


@pytest.mark.parametrize(
    ("chart", "said"),
    [
        (control_chart(Kind.INDIVIDUALS, [5]), "too few values"),
        (control_chart(Kind.INDIVIDUALS, [5] * 12), "no width"),
        (control_chart(Kind.COUNTS, [0] * 12), "no width"),
        (control_chart(Kind.SHARES_PRIME, [0] * 12, [9] * 12), "too much alike"),
        (control_chart(Kind.INDIVIDUALS, [None, None]), "no value that lines could rest on"),
        (control_chart(Kind.COUNTS, [4, 5], exclude=[1, 2]), "no value that lines could rest on"),
        (run_chart([1, 2, 3]), "2 points off the centre"),
    ],
)
def test_what_cannot_be_judged_is_said(chart: ControlChart, said: str) -> None:
    assert any(said in each for each in chart.warnings)
    assert not chart.signal


@pytest.mark.parametrize(
    ("kind", "values", "denominators", "options", "said"),
    [
        ("i", [], None, {}, "no values"),
        ("i", [1, math.nan], None, {}, "value of row 2"),
        ("i", [1, "2"], None, {}, "value of row 2"),
        ("c", [1, -2], None, {}, "value of row 2 is below 0"),
        ("p", [1, 2], None, {}, "needs denominators"),
        ("p", [1, 2], [10], {}, "one denominator for each"),
        ("p", [1, 2], [10, math.inf], {}, "denominator of row 2"),
        ("p", [1, 2], [10, -1], {}, "denominator of row 2 is below 0"),
        ("p", [1, 12], [10, 11], {}, "Row 2 has more counted"),
        ("u", [1, 2], [10, 0], {}, "Row 2 counts something out of nothing"),
        ("c", [1, 2], [10, 10], {}, "takes no denominators"),
        ("t", [1, 0], None, {}, "time of row 2"),
        ("xbar", [1, 2], None, {}, "several values a point"),
        ("i", [1, 2], None, {"freeze": 3}, "freeze"),
        ("i", [1, 2], None, {"exclude": [0]}, "exclude"),
        ("i", [1, 2], None, {"parts": [2]}, "part"),
        ("i", [1, 2, 3], None, {"parts": [2, 1]}, "not in order"),
        ("i", [1, 2, 3], None, {"parts": [1], "freeze": 1}, "frozen or in parts"),
        ("i", [1, 2], None, {"multiply": 0}, "multiplier"),
        ("i", [1, 2], None, {"labels": ["a"]}, "one label"),
    ],
)
def test_what_cannot_be_charted_is_refused(
    kind: str, values: list, denominators: list | None, options: dict, said: str
) -> None:
    with pytest.raises(StepwellError, match=said):
        control_chart(Kind(kind), values, denominators, **options)


def test_groups_are_for_charts_of_groups() -> None:
    with pytest.raises(StepwellError, match="one value a point"):
        subgroup_chart(Kind.INDIVIDUALS, [[1, 2]])
    with pytest.raises(StepwellError, match="value of group 2"):
        subgroup_chart(Kind.MEANS, [[1, 2], [1, math.nan]])
