"""What a record tells of what is supplied, and when it cannot tell all of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from stepwell.knowledge import exposure
from stepwell.knowledge.exposure import Issue, Medicine, TextState
from stepwell.knowledge.medicines.model import MedicineClass
from stepwell.population.records.supplied import SuppliedAgainstText

AS_OF = date(2026, 11, 20)
CODEINE = Medicine(
    line="codeine-30",
    substance="codeine",
    release="immediate",
    classes=frozenset({MedicineClass.OPIOID}),
    mg_per_unit=Decimal(30),
    ome_per_unit=Decimal(3),
    is_patch=False,
    patch_interval_hours=None,
    patch_ome=None,
    convertible=True,
)


def issues(quantity: int, *, own: bool = True, text: str = "1 qds") -> list[Issue]:
    """Five, 28 days apart, by which 4 a day are taken."""
    four, ome = Decimal(4), Decimal(12)
    first = Issue(
        CODEINE, AS_OF, own, text, TextState.READ, four, four, ome, ome, Decimal(quantity), 28, None
    )
    return [replace(first, issue_date=AS_OF - timedelta(days=days)) for days in (112, 84, 56, 28, 0)]


def finding(found: list[Issue], *, undated=(), stepped=frozenset(), withheld=False):
    now = exposure.current_lines(found, AS_OF, exposure.current())
    (own,) = [line for line in now if line.own]
    return SuppliedAgainstText(found, now, undated, stepped, withheld, AS_OF).of(own)


@pytest.mark.parametrize(
    ("quantity", "outcome"), [(28, "under_use"), (112, "agrees"), (224, "over_ordering")]
)
def test_what_is_issued_is_set_against_what_is_written(quantity, outcome):
    assert finding(issues(quantity)).outcome == outcome


def test_an_instruction_with_steps_is_not_compared():
    assert "has steps" in finding(issues(28), stepped=frozenset({("codeine-30", "1 qds")})).reason


OF_LATE = {"line": "codeine-30", "latest": AS_OF - timedelta(days=100)}
MORE = [
    ("withheld", {"withheld": True}, "withheld"),
    ("issues without a date of late", {"undated": [OF_LATE]}, "without a date"),
    (
        "issues without a date up to now",
        {"undated": [{"line": "codeine-30", "latest": None}]},
        "without a date",
    ),
]


@pytest.mark.parametrize(("told", "reason"), [row[1:] for row in MORE], ids=[row[0] for row in MORE])
def test_where_more_may_have_been_issued_too_little_is_never_found(told, reason):
    found = finding(issues(28), **told)
    assert (found.outcome, reason in found.reason) == ("not_compared", True)
    assert finding(issues(224), **told).outcome == "over_ordering"


@pytest.mark.parametrize(
    "undated",
    [
        {"line": "codeine-30", "latest": AS_OF - timedelta(days=180)},
        {"line": "another", "latest": None},
    ],
)
def test_issues_without_a_date_long_ago_or_of_something_else_change_nothing(undated):
    assert finding(issues(28), undated=[undated]).outcome == "under_use"


def test_what_comes_from_elsewhere_too_is_not_taken_for_too_little():
    elsewhere = issues(28, own=False)[-1:]
    assert "from elsewhere" in finding([*issues(28), *elsewhere]).reason
