"""Funnels: by hand on two practices, against a slow re-implementation on many, and what is said, left out or refused."""

from __future__ import annotations

import math
import statistics

import pytest

from stepwell.base.errors import StepwellError
from stepwell.knowledge.spc import Compared, Funnel, Method, Position, Unit, funnel, poisson_limits
from stepwell.knowledge.spc.transforms import quantile, truncated

SHARE, EXPECTED, COUNTS = Compared.SHARE, Compared.EXPECTED, Compared.COUNTS


def units(*counts: tuple[float, float]) -> list[Unit]:
    return [Unit(f"practice {place}", *each) for place, each in enumerate(counts, start=1)]


# Twenty practices with shares about 0.3, two of them well away; sizes from 40 to 800.
SIZES = [40 * place for place in range(1, 21)]
SPREAD = [0.30, 0.34, 0.26, 0.31, 0.29, 0.36, 0.24, 0.30, 0.33, 0.27] * 2
MANY = [(round(size * share), size) for size, share in zip(SIZES, SPREAD, strict=True)]
MANY[4] = (130, 200)
MANY[17] = (60, 720)


def made(**options) -> Funnel:
    return funnel(units(*MANY), compared=SHARE, **options)


def test_two_practices_by_hand() -> None:
    """Shares 0.4 and 0.6 of 100: angles 0.1007 either side of a quarter turn, of standard error 0.05."""
    found = funnel(units((40, 100), (60, 100)), compared=SHARE, trim=0)
    z = (math.asin(math.sqrt(0.6)) - math.pi / 4) / 0.05
    assert [point.z for point in found.points] == pytest.approx([-z, z])
    tau2 = (2 * z * z - 1) / (800 - 400)
    assert (found.target, found.phi, found.tau2) == pytest.approx((0.5, z * z, tau2))
    point = found.points[0]
    assert point.unadjusted.lower_95 == pytest.approx(math.sin(math.pi / 4 - 1.959964 * 0.05) ** 2)
    wide = math.sqrt(0.05**2 + tau2)
    assert point.adjusted.upper_998 == pytest.approx(math.sin(math.pi / 4 + 3.090232 * wide) ** 2)
    assert (point.position_unadjusted, point.position) == (Position.BELOW, Position.WITHIN)


def test_many_practices_against_the_formulas_written_out() -> None:
    found = made()
    theta = sum(y for y, _ in MANY) / sum(n for _, n in MANY)
    angle = math.asin(math.sqrt(theta))
    z = [(math.asin(math.sqrt(y / n)) - angle) * 2 * math.sqrt(n) for y, n in MANY]
    cuts = statistics.quantiles(z, n=10, method="inclusive")
    w = [min(max(each, cuts[0]), cuts[-1]) for each in z]
    k, phi = len(w), sum(each * each for each in w) / len(w)
    weight = [4 * n for _, n in MANY]
    tau2 = (k * phi - (k - 1)) / (sum(weight) - sum(v * v for v in weight) / sum(weight))
    assert (found.target, found.phi, found.tau2) == pytest.approx((theta, phi, tau2))
    assert [point.z_used for point in found.points] == pytest.approx(w)


def test_who_is_outside_is_said_in_words_and_by_size() -> None:
    outside = {point.unit.name: point.position for point in made().outside}
    assert outside == {
        "practice 5": Position.FAR_ABOVE,
        "practice 16": Position.ABOVE,
        "practice 18": Position.FAR_BELOW,
    }
    said = [position.words for position in Position]
    assert all("for its size" in each for each in said) and not any("worst" in each for each in said)


def test_overdispersion_widens_the_limits() -> None:
    for point in made().points:
        assert point.adjusted.lower_95 < point.unadjusted.lower_95
        assert point.adjusted.upper_998 > point.unadjusted.upper_998


def test_limits_narrow_as_practices_grow() -> None:
    widths = [point.adjusted.upper_95 - point.adjusted.lower_95 for point in made().points]
    assert widths == sorted(widths, reverse=True)


def test_where_chance_explains_all_the_limits_are_not_widened() -> None:
    found = funnel(units((30, 100), (60, 200), (91, 300)), compared=SHARE)
    assert not found.overdispersed and found.phi < 1 and found.tau2 == 0
    assert all(point.adjusted == point.unadjusted for point in found.points)


def test_the_limits_of_a_very_small_practice_stay_between_nought_and_one() -> None:
    """Past 0 the sine would turn back: a practice of 2 has no lower limit."""
    found = funnel(units((1, 2), (300, 1000), (200, 1000)), compared=SHARE)
    limits = found.points[0].unadjusted
    assert (limits.lower_95, limits.lower_998) == (0, 0)
    assert limits.upper_95 <= 1 and limits.upper_998 == 1


def test_another_unit_multiplies_values_and_limits_only() -> None:
    plain, hundred = made(), made(multiply=100)
    assert (hundred.target, hundred.tau2) == (plain.target, plain.tau2)
    for first, second in zip(plain.points, hundred.points, strict=True):
        assert second.ratio == first.ratio
        assert second.value == pytest.approx(100 * first.ratio)
        assert second.adjusted.lower_95 == pytest.approx(100 * first.adjusted.lower_95)
        assert second.position is first.position


def test_ratios_to_an_expected_count_have_exact_limits_before_adjustment() -> None:
    for method in Method:
        found = funnel(units((100, 108), (150, 112), (80, 95)), compared=EXPECTED, method=method)
        assert found.target == 1
        assert found.points[0].unadjusted == poisson_limits(108)


def test_the_log_method_drops_its_tails_and_the_root_method_pulls_them_in() -> None:
    counts = [(100 + 5 * place, 120) for place in range(20)]
    logs = funnel(units(*counts), compared=EXPECTED)
    roots = funnel(units(*counts), compared=EXPECTED, method=Method.ROOT)
    dropped = [place for place, point in enumerate(logs.points) if point.z_used is None]
    assert dropped == [0, 1, 18, 19]
    assert all(point.z_used is not None for point in roots.points)
    assert (
        roots.points[0].z_used == roots.points[1].z_used - 0.0 or roots.points[0].z_used > roots.points[0].z
    )
    assert any("root" in each for each in roots.warnings) and logs.warnings == ()


def test_ties_share_their_rank() -> None:
    assert truncated([1.0, 1.0, 1.0, 1.0], 0.25) == [1.0, 1.0, 1.0, 1.0]
    assert truncated([1.0, 2.0, 3.0, 4.0], 0) == [1.0, 2.0, 3.0, 4.0]


def test_quantiles_are_between_ordered_values() -> None:
    assert [quantile([1, 2, 3, 5], share) for share in (0, 0.1, 0.5, 1)] == pytest.approx([1, 1.3, 2.5, 5])


def test_ratios_of_two_counts_add_a_half_to_each() -> None:
    found = funnel(units((10, 20), (30, 20)), compared=COUNTS, trim=0)
    spread = math.sqrt(10 / 10.5**2 + 20 / 20.5**2)
    assert found.target == 1
    assert found.points[0].z == pytest.approx(math.log(10.5 / 20.5) / spread)
    assert found.points[0].unadjusted.upper_95 == pytest.approx(math.exp(1.959964 / (2 * math.sqrt(20))))
    assert any("denominator alone" in each for each in found.warnings)


def test_a_practice_without_a_denominator_is_left_out_and_named() -> None:
    found = funnel(units((30, 100), (0, 0), (20, 100)), compared=SHARE)
    assert [unit.name for unit in found.left_out] == ["practice 2"]
    assert len(found.points) == 2
    assert any("practice 2" in each for each in found.warnings)


def test_a_practice_without_events_is_among_the_dropped_tail_or_the_method_is_refused() -> None:
    many = [(100 + place, 100) for place in range(19)]
    found = funnel(units((0, 5), *many), compared=EXPECTED)
    assert found.points[0].z_used is None and math.isfinite(found.phi)
    with pytest.raises(StepwellError, match="square roots"):
        funnel(units((0, 5), (0, 6), (0, 7), *many[:4]), compared=EXPECTED)
    assert funnel(units((0, 5), (0, 6), *many[:4]), compared=EXPECTED, method=Method.ROOT).phi > 0


def test_one_practice_is_at_the_target() -> None:
    found = funnel(units((30, 100)), compared=SHARE)
    assert (found.points[0].position, found.tau2, found.overdispersed) == (Position.WITHIN, 0, False)


@pytest.mark.parametrize(
    ("given", "compared", "options", "said"),
    [
        ([], SHARE, {}, "no unit"),
        (units((0, 0)), SHARE, {}, "no unit"),
        ([Unit("a", 1, 2), Unit("a", 1, 3)], SHARE, {}, "Rows 1 and 2 are of the same unit"),
        (units((1, 2), (math.nan, 2)), SHARE, {}, "numerator of row 2"),
        (units((1, 2), (1, "2")), SHARE, {}, "denominator of row 2"),
        (units((1, 2), (-1, 2)), SHARE, {}, "Row 2 has a count below 0"),
        (units((1, 2), (3, 2)), SHARE, {}, "Row 2 has more counted"),
        (units((1, 2), (3, 0)), COUNTS, {}, "Row 2 counts something out of nothing"),
        (units((0, 2), (0, 3)), COUNTS, {}, "no ratio"),
        (units((1, 2), (1, 3)), SHARE, {"trim": 0.5}, "trimmed"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    given: list[Unit], compared: Compared, options: dict, said: str
) -> None:
    with pytest.raises(StepwellError, match=said):
        funnel(given, compared=compared, **options)
