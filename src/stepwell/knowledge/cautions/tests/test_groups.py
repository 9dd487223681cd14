"""Medicines the catalogue does not hold, recognised by BNF code or by name for what they do beside a pain medicine."""

from __future__ import annotations

import pytest

from stepwell.knowledge import tables
from stepwell.knowledge.cautions import MedicineTaken
from stepwell.knowledge.cautions.groups import groups_of, has_substance, is_placed, names


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("Seroxat 20mg tablets", "ssri"),
        ("Efexor XL 75mg capsules", "snri"),
        ("Anafranil 25mg capsules", "tricyclic"),
        ("Nardil 15mg tablets", "maoi_or_linezolid"),
        ("Lasix 40mg tablets", "diuretic"),
        ("Co-amilofruse 5mg/40mg tablets", "diuretic"),
        ("Zestoretic 20 tablets", "diuretic"),
        ("Zestoretic 20 tablets", "ace_inhibitor"),
        ("Eliquis 5mg tablets", "doac"),
        ("Aspirin 75mg dispersible tablets", "antiplatelet"),
        ("Aspirin 75 mg tablets", "antiplatelet"),
        ("Protium 40mg gastro-resistant tablets", "ppi"),
        ("FELDENE 20mg capsules", "nsaid"),
        ("Laxido Orange oral powder sachets", "laxative"),
        ("Vfend 200mg tablets", "cyp3a4_inhibitor"),
        ("Solpadol 30mg/500mg caplets", "paracetamol"),
    ],
)
def test_a_name_is_enough(name: str, group: str) -> None:
    assert group in groups_of(MedicineTaken(name=name))


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("Feldene 0.5% gel", "nsaid"),
        ("Voltarol 1% Emulgel gel", "nsaid"),
        ("Doxepin 5% cream", "tricyclic"),
        ("Ketoconazole 2% shampoo", "cyp3a4_inhibitor"),
        ("Docusate 5% ear drops", "laxative"),
        ("Aspirin 300mg tablets", "antiplatelet"),
        ("Canesten 1% cream", "cyp3a4_inhibitor"),
    ],
)
def test_what_is_not_swallowed_or_not_that_dose_is_not_in_the_group(name: str, group: str) -> None:
    assert group not in groups_of(MedicineTaken(name=name))


def test_a_bnf_code_is_enough_whatever_the_name() -> None:
    assert "nsaid" in groups_of(MedicineTaken(name="Capsules", bnf_code="1001010P0BBAAAA"))
    assert groups_of(MedicineTaken(name="Capsules", bnf_code="not a code")) == frozenset()


def test_a_medicine_with_a_code_or_a_known_word_is_placed() -> None:
    assert is_placed(MedicineTaken(name="Amlodipine", bnf_code="0206020A0AAAAAA"))
    assert is_placed(MedicineTaken(name="Sertraline 50mg tablets"))
    assert not is_placed(MedicineTaken(name="Amlodipine 5mg tablets"))


def test_a_substance_is_a_whole_word_of_a_name_and_never_part_of_another() -> None:
    assert has_substance(MedicineTaken(name="Codeine 30mg tablets"), "codeine")
    assert not has_substance(MedicineTaken(name="Dihydrocodeine 30mg tablets"), "codeine")
    assert not has_substance(MedicineTaken(name="Apomorphine 10mg"), "morphine")


def test_brands_belong_to_groups_a_rule_may_name() -> None:
    brands = tables.rows("caution_brands")
    assert {row["group"] for row in brands} <= names()
    assert {row["kind"] for row in (*brands, *tables.rows("caution_groups"))} == {"bnf", "word", "words"}
