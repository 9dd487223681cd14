"""Against the frozen public lists: how many of their codes and names are recognised. Run by make reference."""

from __future__ import annotations

import csv
import os
import time
from pathlib import Path

import pytest

from stepwell.knowledge.medicines import Group, MatchedBy, holds, identify

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


def codes_of(name: str) -> dict[str, str]:
    """Code -> name of a frozen list."""
    folder = os.environ.get("STEPWELL_REFERENCE")
    if not folder:
        pytest.fail("Set STEPWELL_REFERENCE to the folder of reference data.")
    with (Path(folder) / "data/codelists" / name).open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["term"] for row in csv.DictReader(file)}


BY_ROUTE = "opensafely-opioid-containing-medicines-{}-excluding-drugs-for-substance-misuse-dmd.csv"
# The lists, the group, and the names the rule leaves out of it on purpose.
FROZEN = [
    (OPIOIDS, Group.OPIOID, ()),
    ("user-anschaf-weak-opioids-dmd.csv", Group.WEAK_OPIOID, ()),
    ("user-anschaf-strong-opioids-exc-tramadol-and-tapentadol-dmd.csv", Group.STRONG_OPIOID, ()),
    ("user-anschaf-tramadol-and-tapentadol-dmd.csv", Group.TRAMADOL_OR_TAPENTADOL, ()),
    ("user-anschaf-long-acting-opioids-dmd.csv", Group.LONG_ACTING_OPIOID, ()),
    # Hydromorphone has no 120 mg line; morphine 90 mg is the once-daily brand's, below its own line.
    ("opensafely-high-dose-long-acting-opioids-openprescribing-dmd.csv", Group.HIGH_DOSE_120, ("Hydromorphone", "Palladone", "Morphine 90mg")),
    (GABAPENTINOIDS, Group.GABAPENTINOID, ("Gabapentin 6%",)),
    ("user-RachelS99-dependence-forming-medications-benzodiazepines-dmd.csv", Group.BENZODIAZEPINE, ("Meprobamate",)),
    ("user-RachelS99-dependence-forming-medications-z-drugs-dmd.csv", Group.Z_DRUG, ()),
    (BY_ROUTE.format("oral"), Group.ORAL_OPIOID, None),
    (BY_ROUTE.format("transdermal"), Group.TRANSDERMAL_OPIOID, ()),
    (BY_ROUTE.format("parenteral"), Group.PARENTERAL_OPIOID, ()),
    (BY_ROUTE.format("buccal-nasal-and-oromucosal"), Group.TRANSMUCOSAL_OPIOID, ()),
    (BY_ROUTE.format("rectal"), Group.RECTAL_OPIOID, ()),
    (BY_ROUTE.format("inhalation"), Group.INHALED_OPIOID, ()),
]  # fmt: skip


@pytest.mark.reference
@pytest.mark.parametrize(("name", "group", "on_purpose"), FROZEN, ids=lambda each: str(each)[:40])
def test_the_rule_of_a_group_holds_on_its_frozen_list(
    name: str, group: Group, on_purpose: tuple[str, ...] | None
) -> None:
    """Every code of the list is in the group, or what is known cannot say; the exceptions are named above."""
    listed = codes_of(name)
    left_out = {code for code in listed if holds(group, identify(code=code)) is False}
    if (
        on_purpose is None
    ):  # kaolin and morphine, ipecacuanha: stomach and cough mixtures, named in the look-alikes
        assert len(left_out) <= 30
        return
    kept = {listed[code] for code in left_out if not listed[code].startswith("VMP ")}
    assert [each for each in sorted(kept) if not each.startswith(on_purpose or ("\0",))] == []


@pytest.mark.reference
@pytest.mark.parametrize(
    ("name", "group"), [each[:2] for each in FROZEN[1:5]], ids=lambda each: str(each)[:40]
)
def test_no_opioid_outside_a_frozen_list_is_in_its_group(name: str, group: Group) -> None:
    """Of the opioids of one study, no other than those of the sub-list; one newer product of co-codamol is."""
    listed, all_listed = codes_of(name), codes_of(OPIOIDS)
    more = {
        term for code, term in all_listed.items() if code not in listed and holds(group, identify(code=code))
    }
    assert more <= {"Co-codamol 8mg/500mg effervescent tablets sugar free"}


@pytest.mark.reference
def test_names_with_the_code_withheld_meet_the_target() -> None:
    from bench.name_truth import Reference
    from bench.names import HELD_TO_TARGET, LISTS, judge

    folder = os.environ.get("STEPWELL_REFERENCE")
    if not folder:
        pytest.fail("Set STEPWELL_REFERENCE to the folder of reference data.")
    reference = Reference(Path(folder) / "data")
    for heading, topics in LISTS.items():
        score = judge(reference.names(topics), lambda name: identify(name=name))
        assert score.wrong == []
        assert heading not in HELD_TO_TARGET or score.meets_target
