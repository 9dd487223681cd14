"""Dates of a report: the day always before the month, and no century guessed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from stepwell.population.records.list_report import dates
from stepwell.population.records.reading.cells import BadCell

RUN = date(2026, 3, 24)


@pytest.mark.parametrize(
    "cell", ["12-Mar-24", "12-Mar-2024", "12/03/2024", "2024-03-12", "12/03/24", "45363"]
)
def test_styles_of_an_issue_date(cell):
    assert dates.issued(cell, RUN) == date(2024, 3, 12)


def test_a_batch_issue_dated_ahead_stays_in_this_century():
    assert dates.issued("13-Jul-26", RUN) == date(2026, 7, 13)


def test_month_first_is_not_a_date():
    with pytest.raises(BadCell):
        dates.issued("03/24/2026", RUN)


@pytest.mark.parametrize(
    ("cell", "age", "born"),
    [
        ("12-Mar-65", None, date(1965, 3, 12)),  # 2065 has not come
        ("12-Mar-15", None, date(2015, 3, 12)),  # nobody is 111
        ("12-Mar-24", 102, date(1924, 3, 12)),
        ("12-Mar-24", 2, date(2024, 3, 12)),
        ("12/03/1924", None, date(1924, 3, 12)),
        ("29-Feb-24", 2, date(2024, 2, 29)),
        ("29-Feb-00", None, date(2000, 2, 29)),
        ("", None, None),
    ],
)
def test_birth(cell, age, born):
    assert dates.born(cell, None if age is None else Decimal(age), RUN) == born


@pytest.mark.parametrize(("cell", "age"), [("12-Mar-24", None), ("12-Mar-65", 40)])
def test_birth_refused_where_either_century_or_neither_fits(cell, age):
    with pytest.raises(BadCell, match="either century"):
        dates.born(cell, None if age is None else Decimal(age), RUN)


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("2014", (date(2014, 1, 1), "year")),
        ("Mar-2014", (date(2014, 3, 1), "month")),
        ("September 2014", (date(2014, 9, 1), "month")),
        ("12-Mar-2014", (date(2014, 3, 12), "day")),
        (" ", None),
    ],
)
def test_precision_of_an_event(cell, found):
    assert dates.happened(cell, RUN) == found
