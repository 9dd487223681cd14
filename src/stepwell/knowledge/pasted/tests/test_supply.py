"""What stands beside a pasted medicine: its quantity and the days it is for, and what might be either."""

from __future__ import annotations

from decimal import Decimal

import pytest

from stepwell.knowledge.pasted import Supply, read, supply_of

MORPHINE = "Morphine 30mg modified-release capsules"


def of(tail: str, **read_as: int) -> Supply | str:
    (entry,) = read(f"{MORPHINE} {tail}").entries
    return supply_of(entry, **read_as)


@pytest.mark.parametrize(
    "tail",
    [
        "1 bd  56 capsule  28 days",
        "1 bd | 56 capsule | 28 day supply",
        "1 bd  56 capsule (28 days)",
        "1 bd, 56 capsule, 28 days",
        "1 bd 56 capsule for 28 days",
        "1 bd  2 x 28 capsule  4 weeks",
        "1 bd  56 capsule  Duration: 28 days",
        "1 bd  56 capsule  Issue interval 28 days",
        "1 bd  56 capsule  Repeat every 28 days",
        "1 bd 28 day script  56 capsule",
    ],
)
def test_a_quantity_and_its_days(tail):
    assert of(tail) == Supply(Decimal(56), "capsule", 28)


def test_a_labelled_quantity_needs_no_unit():
    assert of("1 bd  Qty: 56  Days: 28") == Supply(Decimal(56), "", 28)


def test_how_long_it_is_taken_is_how_long_it_is_for():
    assert of("1 bd  56 capsule", duration_days=28) == Supply(Decimal(56), "capsule", 28)
    assert "More than one number of days" in of("1 bd  56 capsule  28 days", duration_days=7)


@pytest.mark.parametrize(
    ("tail", "why"),
    [
        ("1 bd", "No quantity"),
        ("1 bd  56  28 days", "No quantity"),
        ("1 bd  3 of 6  28 days", "No quantity"),
        ("1 bd  1,000 capsule  28 days", "No quantity"),
        ("1 bd  56 capsule", "No number of days"),
        ("1 bd  56 capsule  28", "No number of days"),
        ("1 bd  56 capsule  1 month", "No number of days"),
        ("1 bd  56 capsule  12-Oct-2026", "No number of days"),
        ("1 bd  56 capsule  100 capsule  28 days", "More than one quantity"),
        ("1 bd  56 capsule  28 days  7 days", "More than one number of days"),
    ],
)
def test_what_might_be_something_else_is_not_taken(tail, why):
    assert why in of(tail)
