"""What the age of an extract means. The limits are read from the table, so that moving one moves the answer."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from stepwell.base.errors import StepwellError
from stepwell.knowledge import extract_age, tables

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("days", "state", "needs_reason"),
    [
        (0, "current", False),
        (35, "current", False),
        (36, "old", False),
        (90, "old", False),
        (91, "needs_reason", True),
        (4000, "needs_reason", True),
        (-1, "after_today", True),
    ],
)
def test_age(days: int, state: str, needs_reason: bool) -> None:
    found = extract_age.extract_age(TODAY - timedelta(days), on=TODAY)
    assert (found.days, found.state, found.needs_reason) == (days, state, needs_reason)


def test_every_limit_has_a_source_and_none_is_called_verified() -> None:
    rows = tables.document("extract_age")["limits"]
    assert all(row["source"].strip() and row["then"].strip() for row in rows)
    assert {row["status"] for row in rows} == {"unverified"}


def test_a_limit_that_the_table_lacks_is_refused() -> None:
    with pytest.raises(StepwellError, match=r"extract_age\.yaml"):
        extract_age._more_than_days("never")
