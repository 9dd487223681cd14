"""The brand of a slow opioid or a patch, which every script keeps naming: others of the name may last for other hours."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from stepwell.knowledge.medicines import catalogue, identify
from stepwell.knowledge.medicines.brands import brands
from stepwell.knowledge.medicines.model import Identification, MedicineClass, Product, Release


def by_brand(product: Product) -> bool:
    """Whether a product is to be prescribed by brand: slow opioids and patches."""
    slow = product.release in (Release.MODIFIED, Release.TRANSDERMAL)
    return slow and MedicineClass.GABAPENTINOID not in product.classes


def kept(found: Identification) -> str:
    """The brand a plan keeps to; "" where none is named, or where it does not matter."""
    product = found.product
    if product is None or not found.brand or not by_brand(product) or not sold(found.brand, product):
        return ""
    return found.brand


def sold(brand: str, product: Product) -> bool:
    """Whether a product is held as sold under a brand."""
    return product.product_id in _sold_as(brand)


@cache
def _sold_as(brand: str) -> frozenset[str]:
    held = brands().get(brand.lower())
    return frozenset(each.product_id for each in held.products) if held else frozenset()


@cache
def written(product: Product, brand: str) -> str:
    """What a script names: "Zomorph 30mg modified-release capsules". Only what is recognised as the same again is written."""
    if not brand or not sold(brand, product):
        return product.name
    at = next((place for place, letter in enumerate(product.name) if letter.isdigit()), 0)
    name = f"{brand} {product.name[at:]}"
    again = identify(name=name)
    if again.product == product and again.brand == brand:
        return name
    return f"{product.name} (brand: {brand})"


@cache
def hours_by_brand(product: Product) -> Mapping[int, tuple[str, ...]]:
    """Hours a patch is worn, and the brands of it that are."""
    rate = product.patch_rate_microgram_per_h
    found: dict[int, list[str]] = {}
    for each in brands().values():
        if rate is None or product not in each.products:
            continue
        hours = catalogue.patch_interval(each.name, rate)[1]
        if hours is not None:
            found.setdefault(hours, []).append(each.name)
    return {hours: tuple(sorted(found[hours])) for hours in sorted(found)}
