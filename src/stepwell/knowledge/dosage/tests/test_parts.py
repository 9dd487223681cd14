"""The doses a day is made of, kept apart: which dose at which times."""

from __future__ import annotations

from decimal import Decimal

import pytest

from stepwell.knowledge.dosage import parse
from stepwell.knowledge.dosage.tests.products import PRODUCTS

PARTS = [
    ("4 in the morning and 1 at night", [("morning", 4, 1), ("night", 1, 1)]),
    ("2 mane, 1 midday, 3 nocte", [("morning", 2, 1), ("noon", 1, 1), ("night", 3, 1)]),
    ("1 at 8am and 2 at 8pm", [("clock 8", 1, 1), ("clock 20", 2, 1)]),
    ("2 tablets twice a day, morning and night", [("morning night", 2, 2)]),
    ("1 bd and 2 nocte", [("", 1, 2), ("night", 2, 1)]),
    ("1 tds", [("", 1, 3)]),
    ("2 at night", [("night", 2, 1)]),
    ("4 daily in 2 divided doses", [("", 2, 2)]),
]


@pytest.mark.parametrize(("text", "parts"), PARTS)
def test_each_dose_of_the_day_keeps_its_times(text: str, parts: list) -> None:
    read = parse(text)
    assert [(" ".join(each.times_of_day), each.dose_max, each.times_max) for each in read.parts] == parts
    assert not any(each.as_needed for each in read.parts)


def test_with_a_product_the_doses_are_in_its_counted_unit() -> None:
    read = parse("10mg in the morning and 30mg at night", PRODUCTS["morphine 10 tablet"])
    assert [each.dose_max for each in read.parts] == [1, 3]


def test_a_range_keeps_both_ends_and_what_is_needed_is_marked() -> None:
    (part,) = parse("1-2 qds prn").parts
    assert (part.dose_min, part.dose_max, part.times_max, part.as_needed) == (1, 2, 4, True)


def test_times_that_are_not_of_every_day_or_not_said_are_not_known() -> None:
    (weekly,) = parse("1 patch every 7 days").parts
    assert (weekly.dose_max, weekly.times_max) == (1, None)
    (needed,) = parse("1 prn").parts
    assert (needed.dose_max, needed.times_max) == (1, None)


def test_a_refusal_has_no_parts_and_a_ceiling_is_not_in_them() -> None:
    assert parse("as directed").parts == ()
    capped = parse("2 qds prn max 6")
    assert capped.daily_max == 6
    assert [each.dose_max for each in capped.parts] == [Decimal(2)]
