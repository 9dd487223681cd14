"""Which medicines become lines of the derived tables: those of the classes searches name, and no others."""

from __future__ import annotations

import pytest

from stepwell.population.records.resolve import Recognised, line_row, recognise


def recognised(name: str) -> Recognised:
    (found,) = recognise([(None, None, name)])
    return found


@pytest.mark.parametrize(
    "name",
    [
        "Naproxen 250mg tablets",
        "Ibuprofen 400mg tablets",
        "Amitriptyline 10mg tablets",
        "Duloxetine 30mg gastro-resistant capsules",
        "Paracetamol 500mg tablets",
        "Ibuprofen 5% gel",
        "Lidocaine 5% medicated plasters",
        "Gabapentin 6% cream",
    ],
)
def test_what_is_taken_beside_an_opioid_is_known_and_is_no_line(name: str) -> None:
    found = recognised(name)
    assert found.found.product is not None or found.found.text_only is not None
    assert (found.line, found.classes) == (None, frozenset())


@pytest.mark.parametrize(
    "code", ["1001010J0AAADAD", "0407041A0AAADAD"], ids=["ibuprofen", "paracetamol with metoclopramide"]
)
def test_a_code_of_a_chemical_of_which_some_is_an_opioid_is_no_line(code: str) -> None:
    (found,) = recognise([(None, code, None)])
    assert found.line is None


def test_an_injection_is_a_line_of_its_substance_with_no_product_to_count() -> None:
    found = recognised("Morphine 10mg/1ml solution for injection ampoules")
    assert found.line == "substance:morphine injection"
    assert "end_of_life_injectable" in found.classes
    row = line_row(found)
    assert (row["unit"], row["mg_per_unit"], row["convertible"]) == (None, None, False)


def test_a_product_that_was_misspelt_by_one_letter_is_the_line_of_the_product() -> None:
    assert recognised("Oxycodnoe 10mg modified-release tablets").line == (
        recognised("Oxycodone 10mg modified-release tablets").line
    )
