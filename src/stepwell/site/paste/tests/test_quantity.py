"""What is pasted of a quantity, set against the instruction; where nothing can be checked, that is said."""

from __future__ import annotations

from datetime import date

import pytest

from stepwell.site.paste.answer import answer
from stepwell.site.paste.quantity import check

ON = date(2026, 11, 24)
CODEINE = "Co-codamol 30mg/500mg tablets"
PATCH = "Buprenorphine 10micrograms/hour 7 day patches"


def checked(line: str):
    (medicine,) = answer(line, ON).medicines
    return check(medicine)


def test_more_than_the_instruction_says():
    found = checked(f"{CODEINE}  1-2 qds prn, max 8  336 tablet  28 days")

    assert found.heading == "More is supplied than the instruction says"
    assert found.said == (
        "The instruction says 0 to 8 tablets a day; 336 tablets for 28 days is 12 tablets a day.",
        "That is 1.5 times the most it says; more than 1.25 times the most is flagged.",
        "Ask what is taken. The dose and OME here are by the instruction.",
    )


def test_less_than_the_instruction_says():
    found = checked(f"{CODEINE}  2 qds  56 tablet  28 days")

    assert found.heading == "Less is supplied than the instruction says"
    assert "8 tablets a day; 56 tablets for 28 days is 2 tablets a day" in found.said[0]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            f"{CODEINE}  2 qds  224 tablet  28 days",
            "The instruction says 8 tablets a day; 224 tablets for 28 days is 8 tablets a day.",
        ),
        (
            f"{PATCH}  1 every 7/7  4 patch  28 days",
            "The instruction says 4 patches every 28 days; 4 patches for 28 days.",
        ),
        (
            f"{PATCH}  change every 7 days  4 patch  28 days",
            "The instruction says 4 patches every 28 days, if one patch is worn, which it does not say; 4 patches for 28 days.",
        ),
    ],
)
def test_near_enough_gives_both_sums_and_no_comfort(line, said):
    found = checked(line)

    assert found.heading == ""
    assert found.said[0] == said
    assert "no proof of what is taken" in found.said[1]


NOT_POSSIBLE = [
    ("no quantity", f"{CODEINE}  2 qds", "No quantity"),
    ("no days", f"{CODEINE}  2 qds  224 tablet", "No number of days"),
    ("a number of nothing", f"{CODEINE}  2 qds  224  28 days", "No quantity"),
    ("two numbers of days", f"{CODEINE}  2 qds  224 tablet  28 days  7 days", "More than one number of days"),
    ("two quantities", f"{CODEINE}  2 qds  224 tablet  100 tablet  28 days", "More than one quantity"),
    ("another unit", f"{CODEINE}  2 qds  224 ml  28 days", "not counted in tablets"),
    ("packs", f"{CODEINE}  2 qds  2 OP  28 days", "not counted in tablets"),
    ("not recognised", "Ramipril 5mg capsules  one daily  28 capsule  28 days", "not recognised"),
    ("as directed", f"{CODEINE}  as directed  224 tablet  28 days", "no daily dose"),
    ("no maximum", f"{CODEINE}  2 prn  224 tablet  28 days", "no maximum"),
    (
        "steps",
        "Morphine 10mg modified-release tablets  2 bd for 14 days then 1 bd  56 tablet  28 days",
        "has steps",
    ),
]


@pytest.mark.parametrize(
    ("line", "why"), [row[1:] for row in NOT_POSSIBLE], ids=[row[0] for row in NOT_POSSIBLE]
)
def test_where_no_check_is_possible_it_is_said_and_why(line, why):
    found = checked(line)

    assert found.heading == ""
    (said,) = found.said
    assert said.startswith("No check against the quantity was possible. ")
    assert why in said
