"""An organisation's own months: what is unusual, in words."""

from __future__ import annotations

import pytest

from stepwell.insight import changes
from stepwell.insight.changes import Row, change
from stepwell.population.prescribing import months
from stepwell.population.prescribing.measures import measure

STEADY = [42, 45, 41, 44, 43, 47, 44, 42, 46, 43, 45, 44]
EVERY = months.between("2025-01", "2026-12")


def rows(values):
    return [Row(month, value, 1.0, value, 1, 0) for month, value in zip(EVERY, values, strict=False)]


@pytest.mark.parametrize(
    ("measure_id", "values", "icon", "short"),
    [
        ("opioid_high_dose_items_90", [*STEADY, *[30] * 8], "improvement_low", "Improving: lower"),
        ("opioid_high_dose_items_90", [*STEADY, *[60] * 8], "concern_high", "Of concern: higher"),
        # Neither end of it is better, so it is never called good or bad.
        ("opioid_ome", [*STEADY, *[30] * 8], "neutral_low", "Lower than usual"),
        ("opioid_ome", STEADY + STEADY, "common_cause", "As usual"),
        ("opioid_ome", STEADY, "none", "Only 12 months"),
        ("opioid_ome", [42], "none", "Too few months"),
        ("opioid_ome", [], "none", "Too few months"),
    ],
)
def test_the_newest_month(measure_id, values, icon, short):
    found = change(measure(measure_id), rows(values))
    assert (found.icon, found.short) == (icon, short)


def test_an_unusual_stretch_says_since_when():
    found = change(measure("opioid_high_dose_items_90"), rows([*STEADY, *[30] * 8]))
    assert found.since == "2026-01"
    title = changes.title(found, measure("opioid_high_dose_items_90"))
    assert (
        title
        == "Since January 2026 the figure is lower than usual, by more than chance, a change for the better"
    )


def test_earlier_unusual_months_are_named_when_the_newest_is_as_usual():
    """The icon alone would say that nothing happened."""
    values = [42, 45, 41, 44, 43, 47, 44, 42, 46, 43, 45, 44, 39, 38, 37, 38, 36, 38]
    of = measure("opioid_high_dose_items_90")
    found = change(of, rows(values))
    assert found.icon == "common_cause"
    assert changes.title(found, of) == "June 2026 is as usual; 11 earlier months are unusual"
    spans = [each.split(":")[0] for each in changes.stretches(found.chart)]
    assert spans == ["April 2025 to December 2025", "March 2026", "May 2026"]


def test_limits_may_rest_on_the_first_year():
    of = measure("opioid_high_dose_items_90")
    values = rows([*STEADY, *[41] * 4, *[30] * 8])
    assert change(of, values, fixed=True).chart.segments[0].fixed_on == 12
    assert change(of, values).chart.segments[0].fixed_on == 24


def test_a_month_without_a_value_is_not_nought():
    found = change(measure("opioid_ome"), rows([*STEADY, None, *STEADY[:3]]))
    assert len(found.chart.points) == 15
    assert min(point.value for point in found.chart.points) == 41
