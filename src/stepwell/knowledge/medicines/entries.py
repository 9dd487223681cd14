"""The products of the catalogue as their own official names read: what a name is matched against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from stepwell.knowledge.medicines import catalogue
from stepwell.knowledge.medicines.catalogue import Shelf
from stepwell.knowledge.medicines.model import Product
from stepwell.knowledge.medicines.names import Strength, read
from stepwell.knowledge.medicines.wording import plain, words_of


@dataclass(frozen=True, slots=True)
class Entry:
    product: Product
    ingredients: frozenset[str]
    strengths: tuple[Strength, ...]
    form: str
    words: frozenset[str]

    @property
    def per_unit(self) -> frozenset[Decimal]:
        found = {each.per_unit for each in self.strengths}
        if self.product.strength_mg_per_unit is not None:
            found.add(self.product.strength_mg_per_unit)
        return frozenset(found)


def form_group(product: Product) -> str:
    """The form of a product in the words names are read into."""
    form = product.form
    for word, group in (
        ("sachet", "sachet"), ("liquid", "liquid"), ("drops", "liquid"), ("lyophilisate", "lyophilisate"),
        ("cigarette", "cigarette"), ("enema", "enema"), ("rectal", "enema"),
        ("oral solution", "liquid"), ("oral suspension", "liquid"), ("suppositor", "suppository"),
        ("injection", "injection"), ("infusion", "injection"), ("plaster", "plaster"), ("nasal", "nasal spray"),
        ("gel", "topical"), ("cream", "topical"), ("ointment", "topical"), ("foam", "topical"), ("cutaneous", "topical"),
        ("gastro-resistant tablet", "tablet"), ("gastro-resistant capsule", "capsule"),
    ):  # fmt: skip
        if word in form:
            return group
    return form


@cache
def entries(shelf: Shelf) -> Mapping[str, Entry]:
    return {product.product_id: _entry(product, shelf) for product in catalogue.products(shelf)}


def _entry(product: Product, shelf: Shelf) -> Entry:
    reading = read(product.name, shelf)
    return Entry(
        product,
        reading.ingredients if reading else frozenset(),
        reading.strengths if reading else (),
        form_group(product),
        frozenset(words_of(plain(product.name))),
    )


@cache
def by_ingredients(shelf: Shelf) -> Mapping[frozenset[str], tuple[Entry, ...]]:
    return _grouped(entries(shelf).values())


@cache
def text_only() -> Mapping[str, Entry]:
    return {product.product_id: _entry(product, Shelf.COUNTED) for product in catalogue.text_only()}


@cache
def text_only_by_ingredients() -> Mapping[frozenset[str], tuple[Entry, ...]]:
    return _grouped(text_only().values())


def _grouped(entries: Iterable[Entry]) -> Mapping[frozenset[str], tuple[Entry, ...]]:
    found: dict[frozenset[str], list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.ingredients, []).append(entry)
    return {key: tuple(held) for key, held in found.items()}


@cache
def by_name(shelf: Shelf) -> Mapping[tuple[str, ...], Product]:
    found: dict[tuple[str, ...], Product] = {}
    for product in catalogue.products(shelf):
        found.setdefault(tuple(words_of(plain(product.name))), product)
    return found
