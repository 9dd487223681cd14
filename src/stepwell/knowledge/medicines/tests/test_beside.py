"""What is taken beside an opioid for pain: recognised, classed, and never a line of a search."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest

from stepwell.knowledge import tables
from stepwell.knowledge.medicines import MatchedBy, MedicineClass, Release, catalogue, identify, product
from stepwell.knowledge.medicines.catalogue import Shelf

RECOGNISED = [
    # written, product, class, mg per unit
    ("Naproxen 250mg tablets", "Naproxen 250mg tablets", "nsaid", "250"),
    ("Naproxen 250mg e/c tablets", "Naproxen 250mg gastro-resistant tablets", "nsaid", "250"),
    ("Ibuprofen 400mg tablets (Almus Pharmaceuticals Ltd)", "Ibuprofen 400mg tablets", "nsaid", "400"),
    ("IBUPROFEN TABS 200MG", "Ibuprofen 200mg tablets", "nsaid", "200"),
    ("Voltarol Retard 100mg tablets", "Diclofenac sodium 100mg modified-release tablets", "nsaid", "100"),
    ("Amitriptyline 10mg tablets", "Amitriptyline 10mg tablets", "antidepressant", "10"),
    ("Duloxetine 30mg capsules", "Duloxetine 30mg gastro-resistant capsules", "antidepressant", "30"),
    ("Nortriptyline 25mg tablets", "Nortriptyline 25mg tablets", "antidepressant", "25"),
    ("Paracetamol 500mg tabs", "Paracetamol 500mg tablets", "paracetamol", "500"),
    ("Paracetamol 250mg/5ml oral suspension", "Paracetamol 250mg/5ml oral suspension", "paracetamol", "50"),
    ("Ibuprofen 5% gel", "Ibuprofen 5% gel", "topical_analgesic", "50"),
    ("Capsaicin 0.075% cream", "Capsaicin 0.075% cream", "topical_analgesic", "0.75"),
    ("Lidocaine 5% medicated plasters", "Lidocaine 5% medicated plasters", "topical_analgesic", "50"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "meant", "kind", "mg"), RECOGNISED)
def test_recognised_by_name(written: str, meant: str, kind: str, mg: str) -> None:
    found = identify(name=written)
    assert found.product is not None, found.reason
    assert (found.product.name, found.matched_by) == (meant, MatchedBy.NAME)
    assert MedicineClass(kind) in found.classes
    assert found.product.strength_mg_per_unit == Decimal(mg)


@pytest.mark.parametrize(
    ("written", "label", "reason"),
    [
        ("Naproxen", "naproxen", "The name gives no strength"),
        ("Ibuprofen gel", "ibuprofen on the skin", "The name gives no strength"),
        ("Naproxen 300mg tablets", "naproxen", "The strength written"),
        ("Nurofen Advance 200mg tablets", "ibuprofen or ibuprofen on the skin", "The word after the brand"),
        ("Ibuprofen lysine 200mg tablets", "ibuprofen", "This combination"),
        ("Paracetamol 500mg / Metoclopramide 5mg tablets", "paracetamol", "This combination"),
    ],
)
def test_the_strength_is_not_guessed(written: str, label: str, reason: str) -> None:
    found = identify(name=written)
    assert (found.product, found.substance) == (None, label)
    assert found.reason.startswith(reason)


def test_by_code_and_by_bnf_code() -> None:
    naproxen = next(p for p in catalogue.products(Shelf.BESIDE) if p.name == "Naproxen 250mg tablets")
    assert naproxen.bnf_code is not None
    assert identify(code=naproxen.dmd_vmp_id).product == naproxen
    assert identify(bnf_code=naproxen.bnf_code).product == naproxen
    branded = f"{naproxen.bnf_code[:9]}BB{naproxen.bnf_code[11:]}"
    assert identify(bnf_code=branded).product == naproxen
    assert product(naproxen.product_id) == naproxen


def test_a_code_of_which_a_list_says_the_class_alone_is_of_that_class_and_the_name_gives_the_product() -> (
    None
):
    code = next(row["code"] for row in tables.rows("dmd_codes_pain") if row["label"] == "nsaid")
    alone = identify(code=code)
    assert (alone.product, alone.substance, alone.classes) == (None, "nsaid", {MedicineClass.NSAID})
    named = identify(code=code, name="Naproxen 250mg tablets")
    assert named.product is not None and named.product.name == "Naproxen 250mg tablets"
    assert "code_name_conflict" in identify(code=code, name="Amitriptyline 10mg tablets").flags


def test_a_code_whose_product_is_not_held_is_of_its_substance() -> None:
    code = next(
        row["code"]
        for row in tables.rows("dmd_codes_pain")
        if row["label"] == "ibuprofen" and not row["product_id"]
    )
    assert identify(code=code).substance == "ibuprofen"


COUNTED = set(MedicineClass) - {
    MedicineClass.NSAID,
    MedicineClass.ANTIDEPRESSANT,
    MedicineClass.PARACETAMOL,
    MedicineClass.TOPICAL_ANALGESIC,
}


def test_none_of_them_is_of_a_class_that_searches_name() -> None:
    assert [p.name for p in catalogue.products(Shelf.BESIDE) if p.classes & COUNTED] == []
    assert [p.name for p in catalogue.products() if not p.classes & COUNTED] == []


@pytest.mark.parametrize(
    "code",
    ["1001010J0AAADAD", "1001010J0BBAAAD", "0407041A0AAADAD", "0407010X0AAAZAZ", "0407010W0BMAAA0"],
)
def test_a_code_of_a_chemical_that_is_counted_in_part_is_no_opioid_unless_it_is_of_that_part(
    code: str,
) -> None:
    """Ibuprofen, paracetamol with metoclopramide, cold remedies, aspirin compounds."""
    assert MedicineClass.OPIOID not in identify(bnf_code=code).classes


@pytest.mark.parametrize("code", ["1001010J0AAAYAY", "1001010J0AAARAR", "0407041A0AAAGAG", "0407010X0AAAJAJ"])
def test_the_part_with_codeine_is(code: str) -> None:
    assert MedicineClass.OPIOID in identify(bnf_code=code).classes


def test_every_product_has_a_strength_a_form_and_a_rule_of_splitting() -> None:
    for each in catalogue.products(Shelf.BESIDE):
        assert each.strength_mg_per_unit is not None and each.strength_mg_per_unit > 0
        assert each.form and each.unit and each.route
        assert each.splitting in ("never", "no", "check_score_line", "measure")
        assert each.status == "unverified"


class TestFacts:
    """Splitting, schedule, safe custody: as the table gives them, "" where it gives nothing."""

    def test_what_is_modified_release_or_a_patch_is_never_split(self) -> None:
        for shelf in Shelf:
            for each in catalogue.products(shelf):
                if each.splitting and each.release in (Release.MODIFIED, Release.TRANSDERMAL):
                    assert each.splitting == "never", each.name

    def test_schedule_and_custody_come_from_the_table_with_their_own_status(self) -> None:
        found = identify(name="Pregabalin 75mg capsules").product
        assert found is not None
        assert (found.cd_schedule, found.safe_custody, found.cd_status) == ("3", "no", "verified")

    def test_what_the_table_does_not_say_is_not_no(self) -> None:
        found = identify(name="Naproxen 250mg tablets").product
        assert found is not None
        assert (found.cd_schedule, found.safe_custody, found.cd_status) == ("", "", "")


def test_the_catalogue_loads_in_a_third_of_a_second() -> None:
    from stepwell.knowledge.medicines import matching, names

    for module in (catalogue, names, matching):
        for each in vars(module).values():
            if hasattr(each, "cache_clear"):
                each.cache_clear()
    tables.rows.cache_clear()
    began = time.process_time()
    identify(name="A medicine nobody knows 5mg tablets")
    identify(name="Naproxen 251mg tablets")
    assert time.process_time() - began < 1  # 0.15 s measured; generous for a shared machine
