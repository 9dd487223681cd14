"""The ways systems write one product's name: the same dose, or no product. Never another dose."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from stepwell.knowledge.medicines import Identification, Product, catalogue, identify
from stepwell.knowledge.medicines.catalogue import Shelf

PRODUCTS = [
    p
    for p in (*(each for shelf in Shelf for each in catalogue.products(shelf)), *catalogue.text_only())
    if p.strength_mg_per_unit is not None or p.patch_rate_microgram_per_h is not None
]
# As in the official name -> as systems write it.
WAYS = [
    (r"modified-release", ["MR", "m/r", "SR", "XL", "modified release", "slow release", "prolonged-release"]),
    (r"micrograms?", ["mcg", "mcgs", "microgram", "ug", " micrograms"]),
    (r"tablets", ["tabs", "tab", "tablet", "TABS"]),
    (r"capsules", ["caps", "cap", "capsule"]),
    (r"oral (solution|suspension)", ["soln", "oral soln", "liquid"]),
    (r"transdermal patches", ["patches", "patch"]),
    (r"/hour", ["/hr", "/h", " per hour"]),
    (r"(?<=\d)mg", [" mg"]),
    (r" sugar free", ["", " S/F"]),
    (r"^(Morphine|Codeine|Tramadol|Oxycodone) (?=\d)", [r"\1 sulfate ", r"\1 HCl ", r"\1 phosphate "]),
]
TAILS = ["", " (Teva UK Ltd)", " (56 tablets)", " x 28", " 28", " - 56 tablet", ", 100 ml", " (CD)", " CD3"]


@st.composite
def written(draw: st.DrawFn) -> tuple[Product, str]:
    product = draw(st.sampled_from(PRODUCTS))
    name = product.name
    for found, ways in draw(st.lists(st.sampled_from(WAYS), max_size=4, unique_by=lambda way: way[0])):
        name = re.sub(found, draw(st.sampled_from(ways)), name)
    case = draw(st.sampled_from([str, str.upper, str.lower]))
    return product, case(name + draw(st.sampled_from(TAILS)))


def dose(product: Product) -> tuple[object, ...]:
    return (
        product.substance, product.strength_mg_per_unit, product.patch_rate_microgram_per_h, product.release,
    )  # fmt: skip


def answered(found: Identification) -> tuple[object, ...] | None:
    product = found.product or found.text_only
    return dose(product) if product else None


@given(written())
@settings(max_examples=400, deadline=None)
def test_never_another_dose(names: tuple[Product, str]) -> None:
    product, name = names
    assert answered(identify(name=name)) in (None, dose(product)), name


def test_nearly_all_are_recognised() -> None:
    """With each way of writing alone: what is refused is one letter from another strength, or is a pack or a spray."""
    ways = [(found, way) for found, ways in WAYS for way in ways]
    names = {
        re.sub(found, way, product.name): product
        for product in PRODUCTS
        for found, way in ways
        if re.search(found, product.name)
    }
    missed = [name for name in names if answered(identify(name=name)) is None]
    assert len(missed) <= len(names) / 100, missed[:20]
