"""Issues of a medicine without a product are grouped by its label, so one label must mean one set of classes."""

from __future__ import annotations

from stepwell.knowledge import tables
from stepwell.knowledge.medicines import Identification, MatchedBy, identify, products

SUBSTANCES = sorted(
    {row["word"] for row in tables.rows("name_words") if row["kind"] in ("counted", "mixture")}
)
ENDINGS = ("", " tablets", " 1.11mg tablets", " 10mg/1ml injection", " sublingual", " 1mg/ml gel")


def everything_identified() -> list[Identification]:
    codes = [row["code"] for row in tables.rows("dmd_codes")]
    chemicals = [f"{row['chemical']}AAZZZZ" for row in tables.rows("bnf_chemicals")]
    brands = {row["brand"] for name in ("brands", "patch_brands", "dmd_codes") for row in tables.rows(name)}
    names = [f"{word}{ending}" for word in [*SUBSTANCES, *sorted(brands)] for ending in ENDINGS]
    tablets = next(p for p in products() if p.name == "Codeine 30mg tablets")
    return [
        *(identify(code=code) for code in codes),
        *(identify(bnf_code=code) for code in chemicals),
        *(identify(name=name) for name in names),
        *(identify(code=tablets.dmd_vmp_id, name=name) for name in names),
        *(identify(code=tablets.dmd_vmp_id, bnf_code=code) for code in chemicals),
    ]


def test_one_label_means_one_set_of_classes() -> None:
    meant: dict[str, set[frozenset[str]]] = {}
    for found in everything_identified():
        if found.matched_by is MatchedBy.SUBSTANCE_ONLY:
            assert found.substance and found.classes
            meant.setdefault(found.substance, set()).add(found.classes)
    assert {label: classes for label, classes in meant.items() if len(classes) > 1} == {}


def test_every_answer_without_a_product_has_a_reason() -> None:
    assert [found for found in everything_identified() if found.product is None and not found.reason] == []


def test_a_product_always_has_a_strength_or_a_rate() -> None:
    for found in everything_identified():
        if found.product is not None:
            product = found.product
            assert (product.strength_mg_per_unit is None) != (product.patch_rate_microgram_per_h is None)
