"""The catalogue: every generic product held, found by dm+d id, BNF code or name.

It has two shelves. On one are the classes that searches name (opioids and the others that are counted); on the other
what is taken beside them for pain. The second is read when something is not found on the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from stepwell.knowledge import bnf, tables
from stepwell.knowledge.medicines.model import MedicineClass, Product, Release
from stepwell.knowledge.tables import Row


class Shelf(StrEnum):
    """Which part of the catalogue. COUNTED: classes that searches name. BESIDE: other medicines for pain."""

    COUNTED = "counted"
    BESIDE = "beside"


_TABLES: Mapping[Shelf, tuple[str, ...]] = {
    Shelf.COUNTED: ("products", "products_dependence", "products_sedative", "products_more"),
    Shelf.BESIDE: ("products_pain",),
}


@dataclass(frozen=True, slots=True)
class Coded:
    """What a dm+d or BNF code is known to be: a product, or only a label (a substance) and its classes.

    ``text_only`` beside a label: the product where it is known but never counted (an injection).
    """

    product: Product | None
    label: str
    classes: frozenset[MedicineClass]
    brand: str | None
    text_only: Product | None = None


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
        splitting=row["splitting"],
        cd_schedule=row["cd_schedule"],
        safe_custody=row["safe_custody"],
        cd_status=row["cd_status"],
    )


@cache
def _by_id(shelf: Shelf) -> Mapping[str, Product]:
    found = {
        row["product_id"]: _product(row, tables.version(name))
        for name in _TABLES[shelf]
        for row in tables.rows(name)
    }
    return MappingProxyType(found)


@cache
def products(shelf: Shelf = Shelf.COUNTED) -> tuple[Product, ...]:
    """Every product of a shelf: opioids, gabapentinoids, dependence treatment, benzodiazepines and z-drugs, unless said otherwise."""
    return tuple(_by_id(shelf).values())


@cache
def text_only() -> tuple[Product, ...]:
    """Products that are known and named but never counted, converted or planned with: injections, what is put on the skin."""
    version = tables.version("products_text_only")
    return tuple(_product(row, version) for row in tables.rows("products_text_only"))


def product(product_id: str) -> Product:
    """One product. Raises KeyError for an id that is not held."""
    found = _by_id(Shelf.COUNTED).get(product_id)
    return found if found is not None else _by_id(Shelf.BESIDE)[product_id]


@cache
def preference(shelf: Shelf) -> Mapping[str, int]:
    """How likely a product is to be the one meant, among equals: 0 likely marketed, 1 otherwise."""
    return MappingProxyType(
        {
            row["product_id"]: 0 if row["market_status"] in ("likely_marketed", "unknown") else 1
            for name in _TABLES[shelf]
            for row in tables.rows(name)
        }
    )


@cache
def _by_dmd() -> Mapping[str, Coded]:
    stay_text = {each.product_id: each for each in text_only()}
    found = {
        row["code"]: Coded(
            product=_by_id(Shelf.COUNTED)[row["product_id"]] if row["product_id"] else None,
            label=row["label"],
            classes=classes_of(row["classes"]),
            brand=row["brand"] or None,
            text_only=stay_text.get(row["text_only_id"]),
        )
        for row in tables.rows("dmd_codes")
    }
    found |= {each.dmd_vmp_id: Coded(each, "", frozenset(), None) for each in products() if each.dmd_vmp_id}
    return MappingProxyType(found)


@cache
def _beside_by_dmd() -> Mapping[str, Coded]:
    held = _by_id(Shelf.BESIDE)
    found = {
        row["code"]: Coded(
            held.get(row["product_id"]), row["label"], classes_of(row["classes"]), row["brand"] or None
        )
        for row in tables.rows("dmd_codes_pain")
    }
    found |= {
        each.dmd_vmp_id: Coded(each, "", frozenset(), None) for each in held.values() if each.dmd_vmp_id
    }
    return MappingProxyType(found)


@cache
def _by_generic_key(shelf: Shelf) -> Mapping[str, Product]:
    return MappingProxyType(
        {bnf.generic_key(each.bnf_code): each for each in products(shelf) if each.bnf_code}
    )


@cache
def _text_only_by_key() -> Mapping[str, Product]:
    return MappingProxyType({bnf.generic_key(each.bnf_code): each for each in text_only() if each.bnf_code})


@cache
def _labelled_keys() -> Mapping[str, Coded]:
    """Codes of which only the label is known: end-of-life injectables; the counted part of a chemical counted in part."""
    return MappingProxyType(
        {
            row["generic_key"]: Coded(
                None,
                row["label"],
                classes_of(row["classes"]),
                None,
                _text_only_by_key().get(row["generic_key"]),
            )
            for name in ("bnf_partly_counted", "bnf_end_of_life")
            for row in tables.rows(name)
        }
    )


@cache
def chemicals(shelf: Shelf = Shelf.COUNTED) -> Mapping[str, Row]:
    """Rows of the BNF chemicals of a shelf, by their nine characters."""
    name = "bnf_chemicals" if shelf is Shelf.COUNTED else "bnf_chemicals_pain"
    return MappingProxyType({row["chemical"]: row for row in tables.rows(name)})


def partly_counted(chemical: str) -> bool:
    """Whether only some products of a chemical are counted: of ibuprofen, those with codeine."""
    row = chemicals().get(chemical)
    return row is not None and row["counted"] == "some"


def with_text_only() -> Iterator[tuple[str, Product]]:
    """(brand, product that stays text) of every branded dm+d code that has one."""
    for coded in _by_dmd().values():
        if coded.brand and coded.text_only:
            yield coded.brand, coded.text_only


def by_dmd(code: str) -> Coded | None:
    """What a dm+d id (generic, brand or earlier id) is; None if it is not held."""
    return _by_dmd().get(code) or _beside_by_dmd().get(code)


def by_bnf(code: str) -> Coded | None:
    """What a 15-character BNF code is: exact, else by the first nine and last two; else its chemical alone.

    None when the chemical is not one that is held, or is counted in part and the code is not of that part.
    """
    key, chemical = bnf.generic_key(code), bnf.chemical(code)
    for shelf in Shelf:
        if key in _by_generic_key(shelf):
            return Coded(_by_generic_key(shelf)[key], "", frozenset(), None)
        if shelf is Shelf.COUNTED and key in _labelled_keys():
            return _labelled_keys()[key]
        row = chemicals(shelf).get(chemical)
        if row is not None and row.get("counted") != "some":
            stays_text = _text_only_by_key().get(key)
            return Coded(None, row["label"], classes_of(row["classes"]), None, stays_text)
    return None


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
