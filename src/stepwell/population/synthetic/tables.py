"""The generator's own tables: products, brands, usual regimens, conditions and invented names.

A small transcription made for the synthetic neighbourhood, so that its truth owes nothing to the catalogue it is used to
test. Every row carries its source and status.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib import resources

from stepwell.population.synthetic.regimens import Regimen, hourly, parts, patch, times, when_needed


@dataclass(frozen=True, slots=True)
class Brand:
    """A branded product of a ``Product``. ``interval_hours`` is the brand's own patch change interval, if it has one."""

    name: str
    dmd_id: str
    interval_hours: int | None


@dataclass(frozen=True, slots=True)
class Product:
    """One generic product. ``strength_mg`` is mg of the counted substance in one counted unit (None for patches). ``ome`` is mg of oral morphine equivalent in one counted unit (tablet, capsule, ml) or,
    for a patch, a day of one patch worn; None where it is not an opioid or is never converted."""

    key: str
    name: str
    dmd_id: str
    classes: frozenset[str]
    substance: str
    release: str
    unit: str
    strength_mg: Fraction | None
    ome: Fraction | None
    interval_hours: int | None
    brands: tuple[Brand, ...]
    regimens: tuple[Regimen, ...]
    weights: tuple[int, ...]

    @property
    def is_patch(self) -> bool:
        """Whether it is worn rather than taken."""
        return self.unit == "patch"


@dataclass(frozen=True, slots=True)
class Condition:
    """A coded condition in our own words. A blank ``snomed_id`` is a local code that no map knows."""

    kind: str
    snomed_id: str
    term: str


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one of the generator's tables, as text."""
    text = resources.files("stepwell.population.synthetic").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def products() -> Mapping[str, Product]:
    """All products by key."""
    brands: dict[str, list[Brand]] = {}
    for row in rows("brands.csv"):
        hours = row["patch_interval_hours"]
        brand = Brand(row["name"], row["dmd_id"], int(hours) if hours else None)
        brands.setdefault(row["product_key"], []).append(brand)
    usual: dict[str, list[tuple[Regimen, int]]] = {}
    for row in rows("regimens.csv"):
        usual.setdefault(row["product_key"], []).append((_regimen(row), int(row["weight"])))
    return {row["product_key"]: _product(row, brands, usual) for row in rows("products.csv")}


@cache
def conditions(kind: str) -> tuple[Condition, ...]:
    """The conditions of a kind: cancer, palliative, epilepsy, neuropathy, post_herpetic, dependence, everyday, ..."""
    return tuple(
        Condition(row["kind"], row["snomed_id"], row["term"])
        for row in rows("conditions.csv")
        if row["kind"] == kind
    )


@cache
def all_conditions() -> tuple[Condition, ...]:
    """Every condition, in the order of the table."""
    return tuple(Condition(row["kind"], row["snomed_id"], row["term"]) for row in rows("conditions.csv"))


@cache
def names(kind: str) -> tuple[str, ...]:
    """Invented names: female, male, family."""
    return tuple(row["name"] for row in rows("names.csv") if row["kind"] == kind)


@cache
def menu(kind: str, of: str = "") -> tuple[tuple[str, int], ...]:
    """Product keys with weights that a plan may choose from, for example the long-term opioids."""
    return tuple(
        (row["product_key"], int(row["weight"]))
        for row in rows("menus.csv")
        if (row["menu"], row["of"]) == (kind, of)
    )


def step_down(product: Product) -> str | None:
    """The next smaller strength that a taper goes to, or None at the bottom."""
    lower = menu("step_down", product.key)
    return lower[0][0] if lower else None


@cache
def everyday() -> tuple[tuple[str, int, int], ...]:
    """Everyday medicines: product key, the age from which they are common, per cent of people who take them."""
    return tuple(
        (row["product_key"], int(row["from_age"]), int(row["per_cent"])) for row in rows("everyday.csv")
    )


@cache
def emis_columns() -> Mapping[str, tuple[str, ...]]:
    """The columns of each EMIS bulk 8.2 table, in the specification's order."""
    return {row["table"]: tuple(row["columns"].split(" ")) for row in rows("emis_columns.csv")}


def _product(
    row: Mapping[str, str], brands: Mapping[str, list[Brand]], usual: Mapping[str, list[tuple[Regimen, int]]]
) -> Product:
    key = row["product_key"]
    factor, strength = row["ome_factor"], row["strength_mg"]
    ome = Fraction(factor) * Fraction(strength or 1) if factor else None
    hours = row["patch_interval_hours"]
    return Product(
        key=key,
        name=row["name"],
        dmd_id=row["dmd_id"],
        classes=frozenset(row["classes"].split(";")) - {""},
        substance=row["substance"],
        release=row["release"],
        unit=row["unit"],
        strength_mg=Fraction(strength) if strength else None,
        ome=ome,
        interval_hours=int(hours) if hours else None,
        brands=tuple(brands.get(key, ())),
        regimens=tuple(regimen for regimen, _ in usual[key]),
        weights=tuple(weight for _, weight in usual[key]),
    )


def _regimen(row: Mapping[str, str]) -> Regimen:
    shape, needed = row["shape"], row["as_needed"] == "yes"
    ceiling = Fraction(row["ceiling"]) if row["ceiling"] else None
    if shape == "parts":
        named = (item.split(":") for item in row["parts"].split("|"))
        return parts(*((when, Fraction(amount)) for when, amount in named))
    low, high = Fraction(row["low"]), Fraction(row["high"])
    if shape == "patch":
        return patch(int(low), int(row["hours"]))
    if shape == "hourly":
        return hourly(low, high, int(row["hours"]), as_needed=needed, ceiling=ceiling)
    if shape == "open":
        return when_needed(low, high, ceiling=ceiling)
    return times(low, high, int(row["times"]), as_needed=needed, ceiling=ceiling)
