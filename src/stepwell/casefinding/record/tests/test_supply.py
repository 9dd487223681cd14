"""The finding that text and quantity disagree, as the person's page says it; unknown is never agreement."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from stepwell.casefinding.record.supply import supply_words
from stepwell.casefinding.record.tests.test_presenters import CO_DYDRAMOL
from stepwell.knowledge import exposure
from stepwell.knowledge.exposure import Issue, Medicine, TextState
from stepwell.knowledge.exposure.disagreement import of_line
from stepwell.population.records.person import MedicineNow

AS_OF = date(2026, 11, 20)
RULES = exposure.current()
PATCH = replace(CO_DYDRAMOL, line="patch", is_patch=True, mg_per_unit=None, patch_ome=Decimal(24))


def issued(quantity, daily, *, days=(112, 84, 56, 28, 0), of: Medicine = CO_DYDRAMOL, read=(), **said):
    low, high = (Decimal(number) for number in daily)
    last = Issue(
        medicine=of,
        issue_date=AS_OF,
        own=True,
        text="as written",
        state=TextState.READ,
        units_min=low,
        units_max=high,
        ome_min=low,
        ome_max=high,
        quantity=Decimal(quantity) if quantity else None,
        given_days=28,
        template_end=None,
    )
    issues = [replace(last, issue_date=AS_OF - timedelta(days=ago)) for ago in days]
    (line,) = exposure.current_lines(issues, AS_OF, RULES)
    against = of_line(exposure.occasions(issues, RULES), AS_OF, RULES, **said)
    unit = "patch" if of.is_patch else "tablet"
    return supply_words(MedicineNow(line, "A medicine", unit, read, (), against))


def test_less_than_the_instruction_says_has_both_sums():
    found = issued("56", ("8", "8"))

    assert found.heading == "Less is issued than the instruction says"
    assert found.finding[:3] == (
        "The instruction says 8 tablets a day.",
        "56 tablets issued every 28 days is 2 tablets a day, since 31 July 2026, up to the issue of 20 November 2026.",
        "That is 0.25 times the least it says; less than 0.5 times the least is flagged.",
    )
    assert "by the instruction" in found.finding[3]


def test_more_than_the_instruction_says_is_told_by_the_most_of_a_range():
    found = issued("336", ("0", "8"))

    assert found.heading == "More is issued than the instruction says"
    assert found.finding[0] == "The instruction says 0 to 8 tablets a day."
    assert "336 tablets issued every 28 days is 12 tablets a day" in found.finding[1]
    assert "1.5 times the most" in found.finding[2]


def test_uneven_issues_are_added_up():
    found = issued("56", ("8", "8"), days=(90, 61, 28, 0))

    assert found.finding[1].startswith("168 tablets issued in 90 days is about 1.9 tablets a day, since")


def test_patches_are_counted_over_four_weeks():
    found = issued("8", ("0.142857", "0.142857"), of=PATCH)

    assert found.finding[0] == "The instruction says 4 patches every 28 days."
    assert found.finding[1].startswith("8 patches issued every 28 days, since")


def test_a_number_of_patches_that_is_not_written_is_said_to_be_assumed():
    found = issued("8", ("0.142857", "0.142857"), of=PATCH, read=({"flags": "one_patch_assumed"},))

    assert (
        found.finding[0]
        == "The instruction says 4 patches every 28 days, if one patch is worn, which it does not say."
    )


def test_near_enough_says_both_and_claims_no_more():
    found = issued("112", ("4", "4"))

    assert (found.heading, found.finding) == ("", ())
    assert found.said.startswith(
        "The instruction says 4 tablets a day. 112 tablets issued every 28 days is 4 tablets"
    )
    assert found.said.endswith("Not different enough to flag.")


@pytest.mark.parametrize(
    ("quantity", "days", "said"),
    [
        (None, (112, 84, 56, 28, 0), {}),
        ("56", (28, 0), {}),
        ("56", (112, 84, 56, 28, 0), {"stepped": True}),
        ("56", (112, 84, 56, 28, 0), {"more": "Part of the record is withheld."}),
    ],
    ids=["no quantity", "too few issues", "steps", "withheld"],
)
def test_what_cannot_be_told_says_why_and_never_that_it_agrees(quantity, days, said):
    found = issued(quantity, ("8", "8"), days=days, **said)

    assert (found.heading, found.finding) == ("", ())
    assert found.said.startswith("Not compared with what was issued. ")
    assert len(found.said) > len("Not compared with what was issued. ")
