"""Months, however they are written."""

from __future__ import annotations

import pytest

from stepwell.base.errors import StepwellError
from stepwell.population.prescribing import months


@pytest.mark.parametrize("text", ["201709", "2017_09", "2017-09", " 2017-09 ", "2017-09-01", "2017_09_01"])
def test_a_month_is_read_in_every_way_it_is_published(text: str):
    assert months.read(text) == "2017-09"


@pytest.mark.parametrize(
    "text", ["", "2017", "2017-13", "2017-00", "20170", "Sept 2017", "2017-09-02", "302017-09"]
)
def test_what_is_no_month_is_none(text: str):
    assert months.read(text) is None


@pytest.mark.parametrize(
    ("name", "month"),
    [
        ("EPD_201709.csv", "2017-09"),
        ("EPD_SNOMED_202607.csv", "2026-07"),
        ("T201410PDPI+BNFT.CSV", "2014-10"),
        ("EPD_2017-09.csv", "2017-09"),
        ("201709_to_201710.csv", None),
        ("prescribing.csv", None),
        ("EPD_20170912.csv", None),
    ],
)
def test_a_name_tells_a_month_when_it_tells_just_one(name: str, month: str | None):
    assert months.in_name(name) == month


@pytest.mark.parametrize("text", ["01SEP2017", "01-Sep-17", "2017-09-01", "01/09/2017", "1 September 2017"])
def test_the_day_of_a_list_is_read_in_every_way(text: str):
    assert months.of_day(text) == "2017-09"


@pytest.mark.parametrize("text", ["", "01XYZ2017", "2017-13-01", "September"])
def test_what_is_no_day_is_none(text: str):
    assert months.of_day(text) is None


def test_months_before_and_after():
    assert months.after("2025-12") == "2026-01"
    assert months.after("2026-01", -1) == "2025-12"
    assert months.between("2025-11", "2026-02") == ("2025-11", "2025-12", "2026-01", "2026-02")


def test_what_a_person_typed_is_refused_with_how_to_write_it():
    with pytest.raises(StepwellError, match="2017-09"):
        months.require("September")
