"""Brands: which products are sold under a name, and which names are of nothing that is held."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from types import MappingProxyType

from stepwell.knowledge import tables
from stepwell.knowledge.medicines import catalogue
from stepwell.knowledge.medicines.catalogue import Shelf
from stepwell.knowledge.medicines.model import Product

_TABLES = {Shelf.COUNTED: "brands", Shelf.BESIDE: "brands_pain"}


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand and the products sold under it. ``complete`` when the brand's own name leaves out the strength."""

    name: str
    products: tuple[Product, ...]
    complete: bool


_ENDS_WITH_FORM = re.compile(r"\b(tablets|capsules|caplets|pack|suspension|solution)$", re.IGNORECASE)


@cache
def brands(shelf: Shelf = Shelf.COUNTED) -> Mapping[str, Brand]:
    """Every brand by its name in lower case: from the catalogue's brand column, the code lists and the patch table."""
    named: dict[str, tuple[str, dict[str, Product]]] = {}

    def add(brand: str, found: Product) -> None:
        named.setdefault(brand.lower(), (brand, {}))[1][found.product_id] = found

    for each in catalogue.products(shelf):
        for brand in each.brands:
            add(brand, each)
    for row in tables.rows(_TABLES[shelf]):
        add(row["brand"], catalogue.product(row["product_id"]))
    by_rate = {
        (p.substance, p.patch_rate_microgram_per_h): p
        for p in catalogue.products(shelf)
        if p.patch_rate_microgram_per_h
    }
    for row in tables.rows("patch_brands"):
        patch = by_rate.get((row["substance"], Decimal(row["rate_microgram_per_h"])))
        if patch is not None:
            add(row["brand"], patch)
    return MappingProxyType(
        {
            key: Brand(
                name, tuple(held.values()), len(held) == 1 and _ENDS_WITH_FORM.search(name) is not None
            )
            for key, (name, held) in named.items()
        }
    )


@cache
def label_brands(shelf: Shelf = Shelf.COUNTED) -> Mapping[str, str]:
    """Brands (in lower case) of which no product is held, and the label of what is in them."""
    if shelf is not Shelf.COUNTED:
        return MappingProxyType({})
    found = {
        row["brand"].lower(): row["label"]
        for row in tables.rows("dmd_codes")
        if row["brand"] and row["label"] and row["brand"].lower() not in brands()
    }
    return MappingProxyType(found)


@cache
def text_only_brands() -> Mapping[str, tuple[Product, ...]]:
    """Brands (in lower case) of products that stay text, and those products."""
    found: dict[str, dict[str, Product]] = {}
    for brand, product in catalogue.with_text_only():
        found.setdefault(brand.lower(), {})[product.product_id] = product
    return MappingProxyType({brand: tuple(held.values()) for brand, held in found.items()})
