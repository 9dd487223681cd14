"""Columns are found by heading, never by position."""

from __future__ import annotations

import pytest

from stepwell.base.errors import StepwellError
from stepwell.population.records.reading.headers import Column, find

WANTED = (Column("DateofDeactivation", ("Deducted",)), Column("NhsNumber"), Column("Email", needed=False))


@pytest.mark.parametrize(
    ("headings", "places"),
    [
        (["NhsNumber", "DateofDeactivation"], (1, 0, None)),
        (["nhs number", "x", "DATE_OF_DEACTIVATION", "email"], (2, 0, 3)),
        (["Deducted", "NHS-Number"], (0, 1, None)),
    ],
)
def test_found(headings: list[str], places: tuple[int | None, ...]) -> None:
    assert tuple(find(WANTED, headings, file="f.csv").values()) == places


@pytest.mark.parametrize(
    ("headings", "column", "words"),
    [
        (["NhsNumber"], "DateofDeactivation", "missing"),
        (["NhsNumber", "Deducted", "DateofDeactivation"], "DateofDeactivation", "more than one"),
        (["NhsNumber", "nhsnumber", "Deducted"], "NhsNumber", "more than one"),
    ],
)
def test_refused_naming_file_and_column(headings: list[str], column: str, words: str) -> None:
    with pytest.raises(StepwellError, match=words) as caught:
        find(WANTED, headings, file="f.csv", line=4)
    assert str(caught.value.where) == f"f.csv, line 4, column {column}"
    assert caught.value.next_step
