"""The catalogue: every generic product held, found by dm+d id, BNF code or name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from types import MappingProxyType

from stepwell.knowledge import bnf, tables
from stepwell.knowledge.medicines.model import MedicineClass, Product, Release
from stepwell.knowledge.tables import Row

_TABLES = ("products", "products_dependence", "products_sedative")


@dataclass(frozen=True, slots=True)
class Coded:
    """What a dm+d or BNF code is known to be: a product, or only a label (a substance) and its classes."""

    product: Product | None
    label: str
    classes: frozenset[MedicineClass]
    brand: str | None


def classes_of(text: str) -> frozenset[MedicineClass]:
    """Classes written as ``opioid;tramadol``."""
    return frozenset(MedicineClass(name) for name in text.split(";") if name)


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _hours(text: str) -> int | None:
    return int(text) if text else None


def _product(row: Row, table_version: str) -> Product:
    flags = set(filter(None, row["flags"].split(";")))
    if "=" in row["interval_exceptions"]:
        flags.add("interval_set_by_brand")
    return Product(
        product_id=row["product_id"],
        name=row["name"],
        dmd_vmp_id=row["dmd_vmp_id"] or None,
        bnf_code=row["bnf_code"] or None,
        classes=classes_of(row["classes"]),
        substance=row["substance"],
        other_ingredients=row["other_ingredients"],
        route=row["route"],
        form=row["form"],
        release=Release(row["release"]),
        unit=row["unit"],
        strength_mg_per_unit=_number(row["strength_mg_per_unit"]),
        patch_rate_microgram_per_h=_number(row["patch_rate_microgram_per_h"]),
        mr_interval_hours=_hours(row["mr_interval_hours"]),
        patch_interval_hours=_hours(row["patch_interval_hours"]),
        brands=tuple(filter(None, (brand.strip() for brand in row["brands"].split(";")))),
        flags=frozenset(flags),
        source=row["source"],
        status=row["status"],
        table_version=table_version,
    )


@cache
def _by_id() -> Mapping[str, Product]:
    found = {
        row["product_id"]: _product(row, tables.version(name))
        for name in _TABLES
        for row in tables.rows(name)
    }
    return MappingProxyType(found)


@cache
def products() -> tuple[Product, ...]:
    """Every product held: opioids, gabapentinoids, dependence treatment, benzodiazepines and z-drugs."""
    return tuple(_by_id().values())


def product(product_id: str) -> Product:
    """One product. Raises KeyError for an id that is not held."""
    return _by_id()[product_id]


@cache
def preference() -> Mapping[str, int]:
    """How likely a product is to be the one meant, among equals: 0 likely marketed, 1 otherwise."""
    return MappingProxyType(
        {
            row["product_id"]: 0 if row["market_status"] in ("likely_marketed", "unknown") else 1
            for name in _TABLES
            for row in tables.rows(name)
        }
    )


@cache
def _by_dmd() -> Mapping[str, Coded]:
    found = {
        row["code"]: Coded(
            product=_by_id()[row["product_id"]] if row["product_id"] else None,
            label=row["label"],
            classes=classes_of(row["classes"]),
            brand=row["brand"] or None,
        )
        for row in tables.rows("dmd_codes")
    }
    found |= {each.dmd_vmp_id: Coded(each, "", frozenset(), None) for each in products() if each.dmd_vmp_id}
    return MappingProxyType(found)


@cache
def _by_generic_key() -> Mapping[str, Product]:
    return MappingProxyType({bnf.generic_key(each.bnf_code): each for each in products() if each.bnf_code})


@cache
def _end_of_life() -> Mapping[str, Coded]:
    return MappingProxyType(
        {
            row["generic_key"]: Coded(None, row["label"], classes_of(row["classes"]), None)
            for row in tables.rows("bnf_end_of_life")
        }
    )


@cache
def chemicals() -> Mapping[str, Row]:
    """Rows of the BNF chemicals counted here, by their nine characters."""
    return MappingProxyType({row["chemical"]: row for row in tables.rows("bnf_chemicals")})


def by_dmd(code: str) -> Coded | None:
    """What a dm+d id (generic, brand or earlier id) is; None if it is not held."""
    return _by_dmd().get(code)


def by_bnf(code: str) -> Coded | None:
    """What a 15-character BNF code is: exact, else by the first nine and last two; else its chemical alone.

    None when the chemical is not one that is counted.
    """
    key = bnf.generic_key(code)
    if key in _by_generic_key():
        return Coded(_by_generic_key()[key], "", frozenset(), None)
    if key in _end_of_life():
        return _end_of_life()[key]
    chemical = chemicals().get(bnf.chemical(code))
    if chemical is None:
        return None
    return Coded(None, chemical["label"], classes_of(chemical["classes"]), None)


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand and the products sold under it. ``complete`` when the brand's own name leaves out the strength."""

    name: str
    products: tuple[Product, ...]
    complete: bool


_ENDS_WITH_FORM = re.compile(r"\b(tablets|capsules|caplets)$", re.IGNORECASE)


@cache
def brands() -> Mapping[str, Brand]:
    """Every brand by its name in lower case: from the catalogue's brand column, the code lists and the patch table."""
    named: dict[str, tuple[str, dict[str, Product]]] = {}

    def add(brand: str, found: Product) -> None:
        named.setdefault(brand.lower(), (brand, {}))[1][found.product_id] = found

    for each in products():
        for brand in each.brands:
            add(brand, each)
    for row in tables.rows("brands"):
        add(row["brand"], _by_id()[row["product_id"]])
    by_rate = {
        (p.substance, p.patch_rate_microgram_per_h): p for p in products() if p.patch_rate_microgram_per_h
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
def label_brands() -> Mapping[str, str]:
    """Brands (in lower case) of which no product is held, and the label of what is in them."""
    found = {
        row["brand"].lower(): row["label"]
        for row in tables.rows("dmd_codes")
        if row["brand"] and row["label"] and row["brand"].lower() not in brands()
    }
    return MappingProxyType(found)


@cache
def _patch_intervals() -> Mapping[tuple[str, Decimal], int | None]:
    return MappingProxyType(
        {
            (row["brand"].lower(), Decimal(row["rate_microgram_per_h"])): _hours(row["change_interval_hours"])
            for row in tables.rows("patch_brands")
        }
    )


def patch_interval(brand: str, rate: Decimal) -> tuple[bool, int | None]:
    """Whether the brand and rate are in the patch table, and its change interval in hours (None = not known)."""
    key = (brand.lower(), rate)
    return key in _patch_intervals(), _patch_intervals().get(key)


@cache
def once_daily_brands() -> frozenset[tuple[str, str]]:
    """(brand in lower case, product id) of brands taken once a day where the product's other brands are not."""
    found = set()
    for row in tables.rows("products"):
        for part in row["interval_exceptions"].split(";"):
            brand, equals, hours = part.strip().partition("=")
            if equals and hours == "24":
                found.add((brand.lower(), row["product_id"]))
    return frozenset(found)
