"""XmR charts: the worked example and its trap, each rule, each icon, and what is warned of or refused."""

from __future__ import annotations

import math
from datetime import date, datetime
from decimal import Decimal

import pytest

from stepwell.base.errors import StepwellError
from stepwell.knowledge.spc import (
    Assurance,
    Direction,
    Meaning,
    Variation,
    palette,
    sentences,
    variation_words,
    xmr,
)
from stepwell.knowledge.spc.numbers import screened
from stepwell.knowledge.spc.special_causes import trends
from stepwell.knowledge.spc.tests.series import charted, marks, month, monthly

UP, DOWN, NEUTRAL = Direction.INCREASE, Direction.DECREASE, Direction.NEUTRAL

# 18 months in which lower is better and the last six have plainly moved.
EXAMPLE = (42, 45, 41, 44, 43, 47, 44, 42, 46, 43, 45, 44, 39, 38, 37, 38, 36, 38)
# Quiet: the mean is 0 and each moving range 2, so limits are at 5.32 and near limits at 3.55.
QUIET = (1, -1) * 8


def test_the_lines_of_the_worked_example() -> None:
    lines = charted(EXAMPLE).points[0].lines
    wanted = (41.778, 42 / 17, 35.206, 48.350, 37.397, 46.159)
    assert (
        lines.centre,
        lines.mean_moving_range,
        lines.lower,
        lines.upper,
        lines.near_lower,
        lines.near_upper,
    ) == pytest.approx(wanted, abs=5e-4)


def test_the_trap_of_the_worked_example() -> None:
    """The last six points are no shift, two of them are two in three, and the last is common cause: so is the icon."""
    chart = charted(EXAMPLE)
    assert marks(chart)[12:] == "..L.L."
    assert [point.meaning for point in chart.points if point.value in (37, 36)] == [Meaning.IMPROVEMENT] * 2
    assert chart.variation is Variation.COMMON_CAUSE
    assert [point.on for point in chart.marked][-2:] == [month(14), month(16)]


def test_the_worked_example_had_been_high_before() -> None:
    chart = charted(EXAMPLE)
    assert marks(chart)[:12] == "...UUUUUUUUU"
    assert {point.meaning for point in chart.points[3:12]} == {Meaning.CONCERN}


@pytest.mark.parametrize(
    ("after", "wanted"),
    [
        # Astronomical comes first: a point outside is that, whatever else it is.
        ((9,), "A"),
        ((-9,), "B"),
        # Seven points of a trend are marked, all seven; six are not, and a tie breaks it.
        ((-2.5, -2, -1, 0, 1, 2, 2.5), "RRRRRRR"),
        ((2.5, 2, 1, 0, -1, -2, -2.5), "FFFFFFF"),
        ((-2, -1, 0, 1, 2, 2.5), "......"),
        ((-2.5, -2, -1, -1, 0, 1, 2, 2.5), "........"),
        # Two of three near a limit on one side; the third is on that side too and is not marked.
        ((4, 1, 4, -1), "H.H."),
        ((-4, -1, -4, 1), "L.L."),
        # Not where the three lie on both sides, nor for one near and one outside.
        ((4, -1, 4, -1), "...."),
        ((-4, 4), ".."),
        ((4, 9, 1), ".A."),
        # Seven on one side; six are not, and one on the mean breaks the row.
        ((2, 3, 2, 3, 2, 3, 2), "UUUUUUU"),
        ((1, -2, -3, -2, -3, -2, -3, -2), ".DDDDDDD"),
        ((2, 3, 2, 3, 2, 3, -1), "......."),
        ((2, 3, 2, 0, 3, 2, 3, -1), "........"),
        # The first rule that fits: a trend before two in three, two in three before a shift.
        ((-3, -2, -1, 0, 1, 4, 4.5), "RRRRRRR"),
        ((4, 4, 2, 2, 2, 2, 2), "HHUUUUU"),
    ],
)
def test_rules_of_special_cause(after: tuple[float, ...], wanted: str) -> None:
    chart = charted((*QUIET, *after), fix_after=len(QUIET))
    assert marks(chart) == "." * len(QUIET) + wanted


@pytest.mark.parametrize(
    ("values", "ways"),
    [
        # A point of two trends takes the later one.
        ((0, 1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1, 0), "RRRRRRFFFFFFF"),
        # A rising trend that ends in a tie, or a fall that is no trend, is rising to its end.
        ((0, 1, 2, 3, 4, 5, 6, 6, 5, 4, 3, 2, 1, 0), "RRRRRRRFFFFFFF"),
        ((0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6), "RRRRRRRRRRRRRR"),
        ((), ""),
    ],
)
def test_trends_that_meet(values: tuple[int, ...], ways: str) -> None:
    assert "".join(".RF"[way] for way in trends(values)) == ways


@pytest.mark.parametrize(
    ("direction", "last", "meaning", "icon"),
    [
        (UP, 9, Meaning.IMPROVEMENT, Variation.IMPROVEMENT_HIGH),
        (UP, -9, Meaning.CONCERN, Variation.CONCERN_LOW),
        (DOWN, 9, Meaning.CONCERN, Variation.CONCERN_HIGH),
        (DOWN, -9, Meaning.IMPROVEMENT, Variation.IMPROVEMENT_LOW),
        (NEUTRAL, 9, Meaning.NEUTRAL_HIGH, Variation.NEUTRAL_HIGH),
        (NEUTRAL, -9, Meaning.NEUTRAL_LOW, Variation.NEUTRAL_LOW),
        (UP, 1, Meaning.COMMON_CAUSE, Variation.COMMON_CAUSE),
    ],
)
def test_what_the_last_point_means(
    direction: Direction, last: float, meaning: Meaning, icon: Variation
) -> None:
    chart = charted((*QUIET, last), direction)
    assert (chart.points[-1].meaning, chart.variation) == (meaning, icon)
    assert variation_words(icon) and meaning.value in palette()


@pytest.mark.parametrize(
    ("direction", "target", "icon"),
    [
        (UP, 6, Assurance.FAIL),
        (UP, -6, Assurance.PASS),
        (UP, 0, Assurance.INCONSISTENT),
        (DOWN, 6, Assurance.PASS),
        (DOWN, -6, Assurance.FAIL),
        (DOWN, 0, Assurance.INCONSISTENT),
        (NEUTRAL, 6, Assurance.NONE),
        (UP, None, Assurance.NONE),
    ],
)
def test_whether_the_process_would_keep_to_the_target(
    direction: Direction, target: float | None, icon: Assurance
) -> None:
    assert charted(QUIET, direction, target=target).assurance is icon


def test_the_largest_moving_ranges_are_left_out_once() -> None:
    values = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]
    screened, kept = charted(values), charted(values, screen_outliers=False)
    ends = [(each.points[0].lines.lower, each.points[0].lines.upper) for each in (screened, kept)]
    assert ends[0] == pytest.approx((-0.71556, 4.60444), abs=1e-5)
    assert ends[1] == pytest.approx((-3.06261, 6.95150), abs=1e-5)


def test_a_moving_range_on_the_screen_is_left_out() -> None:
    """Their mean is 2, so a screen of twice that is at 4."""
    assert screened([1, 1, 4], 2) == [1, 1]
    assert screened([0, 0], 2) == [0, 0]


def test_limits_begin_anew_at_a_rebase_date() -> None:
    chart = charted([*QUIET, *(value + 10 for value in QUIET)], rebase_on=[month(16)])
    assert [segment.lines.centre for segment in chart.segments] == [0, 10]
    assert [(segment.first, segment.points) for segment in chart.segments] == [
        (month(0), 16),
        (month(16), 16),
    ]
    assert marks(chart) == "." * 32 and chart.warnings == ()
    assert marks(charted([*QUIET, *(value + 10 for value in QUIET)])) != "." * 32


def test_rebase_dates_may_come_in_any_order_and_twice() -> None:
    values = [*QUIET, *QUIET, *QUIET]
    ordered = charted(values, rebase_on=[month(16), month(32)])
    assert charted(values, rebase_on=[month(32), month(16), month(32)]) == ordered
    assert len(ordered.segments) == 3


def test_a_rebase_on_the_first_date_changes_nothing() -> None:
    assert charted(QUIET, rebase_on=[month(0)]) == charted(QUIET)


def test_a_trend_does_not_run_over_a_rebase() -> None:
    rising = list(range(12))
    assert marks(charted(rising, rebase_on=[month(6)])) == "." * 12


def test_the_assurance_icon_is_that_of_the_last_segment() -> None:
    chart = charted([*QUIET, *(value + 10 for value in QUIET)], UP, rebase_on=[month(16)], target=3)
    assert chart.assurance is Assurance.PASS


def test_limits_may_be_fixed_on_the_first_points() -> None:
    chart = charted([*QUIET[:12], *[4] * 8], fix_after=12)
    assert chart.segments[0].fixed_on == 12
    assert chart.points[-1].lines.centre == 0
    assert marks(chart) == "............HHHHHHHH"


def test_a_rebase_date_without_a_value_is_warned_of() -> None:
    chart = charted(QUIET, rebase_on=[date(2024, 2, 15)])
    assert len(chart.segments) == 1
    assert any("2024-02-15" in each for each in chart.warnings)


@pytest.mark.parametrize(("points", "short"), [(12, True), (13, False)])
def test_a_short_segment_is_charted_with_a_warning(points: int, short: bool) -> None:
    chart = charted(list(QUIET)[:points])
    assert chart.segments[0].short is short
    assert any("Only 12 points" in each for each in chart.warnings) is short
    assert chart.points[0].lines.upper is not None


def test_equal_values_have_limits_without_width_and_a_warning() -> None:
    chart = charted([5] * 14)
    lines = chart.points[0].lines
    assert (lines.lower, lines.centre, lines.upper) == (5, 5, 5)
    assert marks(chart) == "." * 14
    assert any("no width" in each for each in chart.warnings)


def test_after_equal_values_any_other_is_outside() -> None:
    assert marks(charted([*[5] * 12, 6, 5], fix_after=12)) == "............A."


def test_one_value_is_not_judged_rather_than_found_usual() -> None:
    chart = charted([5], target=3)
    assert (marks(chart), chart.variation, chart.assurance) == ("?", None, Assurance.NONE)
    assert chart.points[0].lines.lower is None
    assert "Not judged" in variation_words(chart.variation)
    assert any("no limits" in each for each in chart.warnings)


def test_limits_are_not_clipped_at_nought() -> None:
    lower = charted([0, 1, 0, 2, 0, 1, 0, 2, 0, 1, 0, 2, 0]).points[0].lines.lower
    assert lower is not None and lower < 0


def test_decimals_are_numbers() -> None:
    assert xmr([(month(0), Decimal("1.5")), (month(1), 2)], direction=UP).points[0].value == 1.5


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ([], "no values"),
        ([(month(0), 1), (month(1), 2), (month(0), 3)], "Rows 1 and 3 have the same date"),
        ([(month(0), 1), (month(1), math.nan)], "value of row 2"),
        ([(month(0), math.inf)], "value of row 1"),
        ([(month(0), None)], "value of row 1"),
        ([(month(0), "12")], "value of row 1"),
        ([(month(0), True)], "value of row 1"),
        ([(month(0), 10**400)], "value of row 1"),
        ([("2024-01-01", 1)], "date of row 1"),
        ([(datetime(2024, 1, 1), 1)], "date of row 1"),  # noqa: DTZ001
    ],
)
def test_what_cannot_be_charted_is_refused_by_row(points: list, said: str) -> None:
    with pytest.raises(StepwellError, match=said) as refused:
        xmr(points, direction=UP)
    assert "12" not in str(refused.value)


def test_limits_are_not_fixed_on_fewer_than_twelve() -> None:
    with pytest.raises(StepwellError, match="fewer than 12"):
        charted(QUIET, fix_after=11)


def test_a_target_is_a_number() -> None:
    with pytest.raises(StepwellError, match="target"):
        xmr(monthly(QUIET), direction=UP, target=math.nan)


def test_an_unknown_direction_is_refused() -> None:
    with pytest.raises(StepwellError, match="increase, decrease or neutral"):
        Direction.of("up")


def test_a_chart_in_sentences() -> None:
    said = sentences(charted(EXAMPLE, target=30))
    assert said == (
        "Common cause: nothing unusual about the latest point.",
        "The process as it is would not reach the target.",
        (
            "Marked: 2024-04-01 to 2024-12-01, 7 or more in a row above the average (concern); "
            "2025-03-01, two of three near the lower limit (improvement); "
            "2025-05-01, two of three near the lower limit (improvement)."
        ),
    )


def test_marked_points_side_by_side_are_told_apart_by_their_cause() -> None:
    said = sentences(charted((*QUIET, 9, -9), fix_after=len(QUIET)))[-1]
    assert said == (
        "Marked: 2025-05-01, above the upper limit (concern); 2025-06-01, below the lower limit (improvement)."
    )


def test_a_chart_without_marks_says_so_and_one_not_judged_says_that() -> None:
    assert sentences(charted(QUIET))[-1] == "No point is marked."
    assert sentences(charted([5]))[-1] == "No point could be judged."
