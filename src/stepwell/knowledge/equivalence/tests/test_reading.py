"""From words to what is taken: units where they are the product's own, patches by those worn, not known where unread."""

from __future__ import annotations

from decimal import Decimal

import pytest

from stepwell.knowledge.dosage import parse
from stepwell.knowledge.equivalence import taken_as_read
from stepwell.knowledge.medicines import identify

FENTANYL = "Fentanyl 25micrograms/hour transdermal patches"


@pytest.mark.parametrize(
    ("name", "text", "formula", "as_needed"),
    [
        ("Oxycodone 20mg modified-release tablets", "1 bd", "2 tablet x 20 mg x 1.5 = 60 mg", False),
        ("Oxycodone 20mg modified-release tablets", "40mg bd", "4 tablet x 20 mg x 1.5 = 120 mg", False),
        ("Codeine 30mg tablets", "1-2 qds prn", "0 to 8 tablet x 30 mg x 0.1 = 0 to 24 mg", True),
        ("Morphine sulfate 10mg/5ml oral solution", "2.5ml qds", "10 ml x 2 mg x 1 = 20 mg", False),
        (FENTANYL, "one every 72 hours", "25 microgram/h: 60 mg (published values)", False),
    ],
)
def test_an_instruction_becomes_a_sum(name: str, text: str, formula: str, as_needed: bool) -> None:
    found = identify(name=name)
    taken = taken_as_read(found, parse(text, found.product))
    assert (taken.under("SW-DEFAULT-1").formula, taken.as_needed) == (formula, as_needed)


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("Codeine 30mg tablets", "as directed", "the instruction could not be read"),
        ("Codeine 30mg tablets", "", "the instruction could not be read"),
        ("Codeine 30mg tablets", "when required", "The daily dose is not known."),
        ("Morphine MR capsules", "1 bd", "strength"),
        ("Amlodipine 5mg tablets", "1 od", "Not recognised"),
        (FENTANYL, "when required", "The rate of the patches worn is not known."),
    ],
)
def test_what_is_not_read_is_not_known(name: str, text: str, reason: str) -> None:
    found = identify(name=name)
    part = taken_as_read(found, parse(text, found.product)).under("SW-DEFAULT-1")
    assert part.ome_max is None and reason in part.reason


def test_it_may_be_called_by_another_name() -> None:
    found = identify(name="Codeine 30mg tablets")
    taken = taken_as_read(found, parse("2 qds", found.product), name="line 3")
    assert (taken.name, taken.units) == ("line 3", (Decimal(8), Decimal(8)))
