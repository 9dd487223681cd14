"""Against the frozen public lists: how many of their codes and names are recognised. Run by make reference."""

from __future__ import annotations

import csv
import os
import time
from pathlib import Path

import pytest

from stepwell.knowledge.medicines import MatchedBy, identify

OPIOIDS = "user-anschaf-opioids-for-analgesia-dmd.csv"
GABAPENTINOIDS = "user-anschaf-gabapentinoids-dmd.csv"
# Gabapentin creams and gels, which are not counted.
ON_THE_SKIN = "0407030AD"


def rows(name: str) -> list[dict[str, str]]:
    folder = os.environ.get("STEPWELL_REFERENCE")
    if not folder:
        pytest.fail("Set STEPWELL_REFERENCE to the folder of reference data.")
    with (Path(folder) / "data/codelists" / name).open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if not row["bnf_code"].startswith(ON_THE_SKIN)]


@pytest.mark.reference
@pytest.mark.parametrize("name", [OPIOIDS, GABAPENTINOIDS])
def test_every_code_is_recognised_and_has_classes(name: str, record_property) -> None:  # type: ignore[no-untyped-def]
    found = [identify(code=row["code"]) for row in rows(name)]
    record_property("with a product", sum(each.product is not None for each in found))
    assert [each for each in found if not each.classes] == []


@pytest.mark.reference
@pytest.mark.parametrize("name", [OPIOIDS, GABAPENTINOIDS])
def test_99_of_100_names_are_recognised(name: str) -> None:
    named = [row for row in rows(name) if not row["term"].startswith("VMP previous")]
    missed = [row["term"] for row in named if identify(name=row["term"]).matched_by is MatchedBy.NOTHING]
    assert len(missed) <= len(named) / 100, missed


@pytest.mark.reference
@pytest.mark.parametrize("name", [OPIOIDS, GABAPENTINOIDS])
def test_the_name_never_gives_another_dose_than_the_code(name: str) -> None:
    """The two ways are independent: the code through its list's BNF code, the name through its words."""
    wrong = []
    for row in rows(name):
        coded, named = identify(code=row["code"]), identify(name=row["term"])
        if coded.product is None or named.product is None:
            continue
        ours = (
            coded.product.strength_mg_per_unit,
            coded.product.patch_rate_microgram_per_h,
            coded.product.release,
        )
        theirs = (
            named.product.strength_mg_per_unit,
            named.product.patch_rate_microgram_per_h,
            named.product.release,
        )
        if ours != theirs:
            wrong.append(row["term"])
    assert wrong == []


@pytest.mark.reference
@pytest.mark.parametrize("name", [OPIOIDS, GABAPENTINOIDS])
def test_code_and_name_of_one_row_never_quarrel(name: str) -> None:
    found = [identify(code=row["code"], name=row["term"]) for row in rows(name)]
    assert [each.reason for each in found if "code_name_conflict" in each.flags] == []


@pytest.mark.reference
def test_twenty_thousand_distinct_names_take_seconds() -> None:
    terms = [row["term"] for row in rows(OPIOIDS)]
    names = [f"{terms[number % len(terms)]} ({number})" for number in range(20_000)]
    identify(name="warm up")
    began = time.perf_counter()
    for name in names:
        identify(name=name)
    assert time.perf_counter() - began < 10  # 1 s measured; generous for a shared machine
