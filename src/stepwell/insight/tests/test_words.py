"""Values and places as they are written: tables in, words out."""

from __future__ import annotations

import pytest

from stepwell.insight import directory, groups, words
from stepwell.insight.sparks import spark
from stepwell.insight.standing import is_too_small
from stepwell.population.prescribing.measures import measure, measures

HUNDRED = [float(each) for each in range(100)]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (95.0, "higher than 9 in 10 practices in England"),
        (99.0, "higher than 9 in 10 practices in England"),
        (65.0, "higher than 6 in 10 practices in England"),
        (50.0, "about the middle of practices in England"),
        (30.0, "lower than 6 in 10 practices in England"),
        (0.0, "lower than 9 in 10 practices in England"),
    ],
)
def test_a_place_among_many_is_told_in_tenths(value, said):
    assert words.place_words(words.place(value, HUNDRED), "practice", "practices", "in England") == said


@pytest.mark.parametrize(
    ("value", "everyone", "said"),
    [
        (3.0, [1.0, 2.0, 3.0], "higher than 2 of the 2 other ICBs in England"),
        (1.0, [1.0, 2.0, 3.0], "lower than 2 of the 2 other ICBs in England"),
        (1.0, [1.0, 2.0], "lower than the 1 other ICB in England"),
        (0.0, [0.0, 0.0, 0.0], "the same as the 2 other ICBs in England"),
        (5.0, [5.0, None], "the only ICB with a figure in England"),
    ],
)
def test_a_place_among_few_is_counted(value, everyone, said):
    assert words.place_words(words.place(value, everyone), "ICB", "ICBs", "in England") == said


def test_one_of_many_noughts_is_neither_low_nor_high():
    found = words.place(0.0, [0.0] * 80 + [1.0] * 20)
    assert words.place_words(found, "practice", "practices", "in England").startswith("the same as most")


def test_no_place_is_ever_called_worst_or_best():
    for value in HUNDRED:
        said = words.place_words(words.place(value, HUNDRED), "practice", "practices", "in England")
        assert "worst" not in said and "best" not in said


@pytest.mark.parametrize(
    ("measure_id", "value", "said"),
    [
        ("opioid_ome", 37716.36, "37,716 mg OME per 1,000 patients"),
        ("opioid_high_dose_items_90", 2.727, "2.73 items per 1,000 patients"),
        ("opioid_high_dose_share_90", 0.0968, "9.7%"),
        ("lp_coproxamol", 12.3, "£12.30 per 1,000 patients"),
        ("opioid_ome_per_item", 485.2, "485 mg OME per item"),
        ("opioid_ome", None, "no value"),
    ],
)
def test_a_value_is_written_with_its_unit(measure_id, value, said):
    assert words.with_unit(measure(measure_id), value) == said


@pytest.mark.parametrize(
    ("measure_id", "denominator", "small"),
    [
        ("opioid_ome", 0.999, True),  # thousands of patients
        ("opioid_ome", 1.0, False),
        ("opioid_high_dose_share_90", 19, True),  # items
        ("opioid_high_dose_share_90", 20, False),
        ("opioid_ome", None, True),
    ],
)
def test_what_is_too_small_to_put_in_order(measure_id, denominator, small):
    assert is_too_small(measure(measure_id), denominator) is small


@pytest.mark.parametrize(
    ("published", "shown"),
    [
        ("ALDER ROAD SURGERY", "Alder Road Surgery"),
        ("NHS NORTH OF THAMES ICB - A1B", "NHS North of Thames ICB - A1B"),
        ("DR O'NEIL & PARTNERS", "Dr O'neil & Partners"),
        ("Already as written", "Already as written"),
    ],
)
def test_names_in_capitals_are_shown_as_people_write_them(published, shown):
    assert directory.shown(published) == shown


def test_every_measure_is_shown_once():
    shown = [each.id for group in groups.groups() for each in group.measures]
    assert sorted(shown) == sorted(measures())


def test_amounts_come_before_items():
    first, *rest = groups.groups()
    assert all(not words.counts_items(each) for each in first.measures)
    assert any(words.counts_items(each) for group in rest for each in group.measures)


def test_a_small_line_is_broken_where_a_month_has_no_value():
    assert len(spark([1.0, 2.0, None, 3.0]).lines) == 2
    assert spark([1.0, None]) is None
