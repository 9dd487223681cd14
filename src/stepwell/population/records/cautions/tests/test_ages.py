"""Ages by year and month of birth: one age, or two where the birthday is this month or the month is not held."""

from __future__ import annotations

from datetime import date

import pytest

from stepwell.population.records.cautions.facts import ages

ON = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("year", "month", "expected"),
    [
        (1961, 10, (65, 65)),
        (1961, 11, (64, 65)),
        (1961, 12, (64, 64)),
        (1961, None, (64, 65)),
        (None, None, (None, None)),
        (None, 5, (None, None)),
        (2026, 10, (0, 0)),
        (2026, 11, (0, 0)),
        (2026, 12, (None, None)),
        (2027, 1, (None, None)),
        (1890, 1, (None, None)),
    ],
)
def test_an_age(year: int | None, month: int | None, expected: tuple[int | None, int | None]) -> None:
    assert ages({"birth_year": year, "birth_month": month}, ON) == expected


def test_of_nobody_no_age_is_known() -> None:
    assert ages(None, ON) == (None, None)
