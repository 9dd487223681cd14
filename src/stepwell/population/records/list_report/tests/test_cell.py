"""The one cell with name, dosage and quantity: taken apart as a person would, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepwell.population.records.list_report.cell import split


@pytest.mark.parametrize(
    ("cell", "name", "dosage", "quantity"),
    [
        (
            "Codeine 30mg tablets, One To Be Taken Four Times A Day, 112 tablet",
            "Codeine 30mg tablets",
            "One To Be Taken Four Times A Day",
            "112 tablet",
        ),
        (
            "Co-codamol 30mg/500mg tablets - 1-2 qds prn - 100 tablets",
            "Co-codamol 30mg/500mg tablets",
            "1-2 qds prn",
            "100 tablets",
        ),
        (
            "Morphine sulfate 10mg/5ml oral solution  5ml every 4 hours when required  300 ml",
            "Morphine sulfate 10mg/5ml oral solution",
            "5ml every 4 hours when required",
            "300 ml",
        ),
        (
            "Zomorph 30mg modified-release capsules (Ethypharm UK Ltd), 1 BD, 56 capsule",
            "Zomorph 30mg modified-release capsules (Ethypharm UK Ltd)",
            "1 BD",
            "56 capsule",
        ),
        (
            "Fentanyl 12micrograms/hour transdermal patches, Apply one patch, every 72 hours, 10 patch",
            "Fentanyl 12micrograms/hour transdermal patches",
            "Apply one patch, every 72 hours",
            "10 patch",
        ),
        (
            "Morphine sulfate, 10mg/5ml, oral solution, 5ml qds, 300 ml",
            "Morphine sulfate, 10mg/5ml, oral solution",
            "5ml qds",
            "300 ml",
        ),
        (
            "Macrogol oral powder sachets NPF sugar free, One sachet a day, 30 sachet",
            "Macrogol oral powder sachets NPF sugar free",
            "One sachet a day",
            "30 sachet",
        ),
        ("Tramadol 50mg capsules, Two up to 4 times a day, 2 x 28", "Tramadol 50mg capsules", "Two up to 4 times a day", "2 x 28"),
        ("Morphine sulfate 10mg/1ml solution for injection ampoules, One when required, 10 ampoule", "Morphine sulfate 10mg/1ml solution for injection ampoules", "One when required", "10 ampoule"),
        ("Codeine 30mg tablets", "Codeine 30mg tablets", None, None),
        ("Codeine 30mg tablets, 112 tablet", "Codeine 30mg tablets", None, "112 tablet"),
        ("Codeine 30mg tablets One To Be Taken 112 tablet", "Codeine 30mg tablets", "One To Be Taken", "112 tablet"),
    ],
)  # fmt: skip
def test_taken_apart(cell, name, dosage, quantity):
    parts = split(cell)
    assert (parts.name, parts.dosage, parts.quantity, parts.split) == (name, dosage, quantity, True)


@pytest.mark.parametrize(
    "instruction",
    ["1-2", "Take 1 - 2 tablets", "at night 2 tablets", "one or two, max 8 tablets", "take no more than 8 tablets", "take 2"],
)  # fmt: skip
def test_the_end_of_an_instruction_is_not_a_quantity(instruction):
    parts = split(f"Codeine 30mg tablets, {instruction}")
    assert (parts.dosage, parts.quantity) == (instruction, None)


@pytest.mark.parametrize(
    "cell",
    [
        "Gabapentin 300mg, two capsules three times a day, 84 capsule",  # the form is the instruction's
        "Oramorph, 5ml prn, 300 ml",  # no form at all
        "Stoma bag",
    ],
)
def test_not_taken_apart_when_unsure(cell):
    parts = split(cell)
    assert (parts.name, parts.dosage, parts.quantity, parts.split) == (cell, None, None, False)


@given(
    name=st.sampled_from(["Codeine 30mg tablets", "Zomorph 30mg modified-release capsules (Ethypharm UK Ltd)"]),
    dosage=st.sampled_from(["One four times a day", "1-2 qds prn", "Take ONE, at night, with food", "2 bd"]),
    quantity=st.integers(1, 500).flatmap(lambda n: st.sampled_from([f"{n} tablet", f"{n} capsules"])),
    joint=st.sampled_from([", ", " - ", "  ", " | ", "\t"]),
)  # fmt: skip
def test_what_was_joined_comes_apart(name, dosage, quantity, joint):
    parts = split(joint.join((name, dosage, quantity)))
    assert (parts.name, parts.dosage, parts.quantity) == (name, dosage, quantity)
