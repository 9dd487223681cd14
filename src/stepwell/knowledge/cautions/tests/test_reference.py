"""Against the reference data: rows as given, and medicines known by name as they are by code. Run by make reference."""

from __future__ import annotations

import csv
import os
from collections import Counter
from pathlib import Path

import pytest

from stepwell.knowledge import tables
from stepwell.knowledge.cautions.groups import groups_of
from stepwell.knowledge.cautions.model import MedicineTaken

_NOT_SWALLOWED = ("injection", "infusion", "vial", "ampoule", "gel", "cream", "eye")


def read(path: str) -> list[dict[str, str]]:
    folder = os.environ.get("STEPWELL_REFERENCE")
    if not folder:
        pytest.fail("Set STEPWELL_REFERENCE to the folder of reference data.")
    with (Path(folder) / "data" / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.reference
@pytest.mark.parametrize("name", ["cautions", "instruments", "carbon_factors"])
def test_a_table_is_row_for_row_the_reference(name: str) -> None:
    ours, reference = tables.rows(name), read(f"clinical/{name}.csv")
    columns = list(reference[0])
    assert [[row[each] for each in columns] for row in ours] == [
        [row[each] for each in columns] for row in reference
    ]


@pytest.mark.reference
def test_medicines_are_known_by_name_as_they_are_by_code() -> None:
    """Of the products in a group by BNF code, at least 95 in 100 are in it by name alone; of generic ones of the graver groups, all."""
    by_code, by_name, generic = Counter[str](), Counter[str](), Counter[str]()
    for row in read("prescribing/bnf_products.csv"):
        if any(word in row["name"].lower() for word in _NOT_SWALLOWED):
            continue
        coded = groups_of(MedicineTaken(name="", bnf_code=row["bnf_code"]))
        named = groups_of(MedicineTaken(name=row["name"]))
        by_code.update(coded)
        by_name.update(coded & named)
        if row["bnf_code"][9:11] == "AA":
            generic.update(coded - named)
    graver = {"opioid", "warfarin", "doac", "ssri", "snri", "tricyclic", "maoi_or_linezolid", "cyp3a4_inhibitor", "nsaid", "arb"}  # fmt: skip
    assert {group: generic[group] for group in graver if generic[group]} == {}
    low = {
        group: (by_name[group], count) for group, count in by_code.items() if by_name[group] < 0.95 * count
    }
    assert set(low) <= {"antiplatelet", "cns_depressant", "laxative"}, (
        low
    )  # aspirin of any dose; a wide class; an exemption


@pytest.mark.reference
def test_value_codes_are_in_the_lists_they_are_taken_from() -> None:
    ours = tables.rows("caution_values")
    egfr = {row["code"] for row in read("codelists/pincer-egfr.csv")}
    renal = {row["code"] for row in read("codelists/pincer-renal.csv")}
    assert {row["code"] for row in ours if row["name"] == "egfr"} == egfr
    assert {row["code"] for row in ours if row["name"].startswith("creatinine")} <= renal - egfr
