"""From a name as read to the product it means: by brand or ingredients, then strength, form and release.

It refuses rather than guesses: with more than one product left that differ in strength, form or release there is no match.
Injections and what is put on the skin are matched among the products that stay text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from stepwell.knowledge.medicines.brands import Brand, brands, text_only_brands
from stepwell.knowledge.medicines.catalogue import Shelf
from stepwell.knowledge.medicines.entries import (
    Entry,
    by_ingredients,
    by_name,
    entries,
    text_only,
    text_only_by_ingredients,
)
from stepwell.knowledge.medicines.model import Product, Release
from stepwell.knowledge.medicines.names import NameReading
from stepwell.knowledge.medicines.narrowing import Match, narrow, of_strength
from stepwell.knowledge.medicines.wording import plain, words_of

_TWO_MEDICINES = "The brand and the substance named do not go together."
_FAMILY = "The word after the brand is not known: it may be another product of that family."
_STAYS_TEXT = ("injection", "topical", "powder")


@cache
def _one_letter_apart(shelf: Shelf) -> frozenset[str]:
    """Ids of products of which the same number in another unit is held too, in the same form: 1mg/5ml and 1g/5ml."""
    return frozenset(
        entry.product.product_id
        for entry in entries(shelf).values()
        if (mg := entry.product.strength_mg_per_unit) is not None
        and any(
            other.form == entry.form and other.product.strength_mg_per_unit in (mg * 1000, mg / 1000)
            for other in by_ingredients(shelf)[entry.ingredients]
        )
    )


def match(name: str, reading: NameReading) -> Match:
    """The product a name means."""
    own_name = by_name(reading.shelf).get(tuple(words_of(plain(name))))
    found = Match(own_name) if own_name else _match(reading)
    if found.product is not None and found.product.product_id in _one_letter_apart(reading.shelf):
        return Match(
            None, "Another strength of this medicine is written with one letter less or more (mg, g)."
        )
    if found.product is None and reading.shelf is Shelf.COUNTED:
        return replace(found, text_only=_staying_text(reading))
    return found


def _match(reading: NameReading) -> Match:
    doubt = _doubt(reading)
    if doubt:
        return Match(None, doubt)
    brand = brands(reading.shelf).get((reading.brand or "").lower())
    if brand is not None:
        return _of_brand(reading, brand)
    pool = list(by_ingredients(reading.shelf).get(reading.ingredients, ()))
    return narrow(reading, pool, branded=False)


def _doubt(reading: NameReading) -> str:
    """Why no product is looked for at all, or ""."""
    if reading.shelf is Shelf.COUNTED and reading.form in _STAYS_TEXT:
        return (
            "Injections, powders and what is put on the skin are known by name only: no dose is worked out."
        )
    if reading.names_other:
        return "The name is of more than one medicine."
    if reading.misspelt_unit:
        return "A unit in the name is not one that is known."
    if reading.label is not None and reading.brand is None:
        return "No product of this brand is held."
    if reading.shelf is Shelf.BESIDE and reading.word_after_brand:
        return _FAMILY
    return ""


def _of_brand(reading: NameReading, brand: Brand) -> Match:
    held = entries(reading.shelf)
    pool = [held[each.product_id] for each in brand.products]
    if _names_two_brands(reading):
        return Match(None, "The name is of more than one brand.", frozenset({"several_brands"}))
    if not reading.ingredients <= frozenset().union(*(entry.ingredients for entry in pool)):
        return Match(None, _TWO_MEDICINES, frozenset({"brand_of_another_medicine"}))
    found = narrow(reading, pool, branded=True)
    if found.product is None and not reading.strengths and reading.rate is None:
        if reading.word_after_brand:
            return Match(None, _FAMILY)
        if brand.complete or _is_named_by_other_strength(reading, pool):
            return Match(brand.products[0])
    # "Zomorph 30mg tablets": the brand has the strength, in another form. Something is wrong: leave it.
    if found.product is not None or of_strength(reading, pool)[0]:
        return found
    return _generic_of_brand(reading, brand.products, found)


def _names_two_brands(reading: NameReading) -> bool:
    """Whether brands are named that have no product in common."""
    known = brands(reading.shelf)
    held = [{each.product_id for each in known[name.lower()].products} for name in reading.brands]
    return len(held) > 1 and not set.intersection(*held)


def _is_named_by_other_strength(reading: NameReading, pool: Sequence[Entry]) -> bool:
    """A brand of one compound, named by the strength of what is not counted: "Codis 500" is aspirin 500mg, codeine 8mg."""
    if len(pool) != 1 or len(pool[0].strengths) < 2:
        return False
    others = {each.per_unit for each in pool[0].strengths} - {pool[0].product.strength_mg_per_unit}
    return (
        len(reading.bare) == 1
        and reading.bare[0] in others
        and pool[0].form == (reading.form or pool[0].form)
    )


def _staying_text(reading: NameReading) -> Product | None:
    """The injection or other product that stays text of exactly the strength and volume written, if only one dose fits."""
    named = (reading.brand or reading.brand_without_product or "").lower()
    held = text_only_brands().get(named)
    if held is not None:
        pool = [text_only()[each.product_id] for each in held]
    elif reading.brand_without_product:
        return None
    else:
        pool = list(text_only_by_ingredients().get(reading.ingredients, ()))
    if reading.strengths:
        fits = [entry for entry in pool if entry.strengths == reading.strengths]
    elif held and len(pool) == 1:
        fits = pool
    else:  # "Cyclimorph 10 ampoules"
        fits = [entry for entry in pool if held and entry.strengths and entry.strengths[0].mg in reading.bare]
    fits = [entry for entry in fits if entry.form == reading.form or reading.form == "powder"]
    if not fits or len({entry.product.strength_mg_per_unit for entry in fits}) > 1:
        return None
    return min(fits, key=lambda e: (len(e.words ^ reading.words), e.product.product_id)).product


def _generic_of_brand(reading: NameReading, products: Sequence[Product], refused: Match) -> Match:
    """A strength the brand is not listed with: the generic of that strength, if the brand leaves no doubt about release."""
    releases = {each.release for each in products}
    held = entries(reading.shelf)
    kinds = {held[each.product_id].ingredients for each in products}
    if len(kinds) != 1 or (len(releases) != 1 and not reading.modified_release):
        return refused
    wanted = Release.MODIFIED if reading.modified_release else releases.pop()
    forms = {held[each.product_id].form for each in products}
    pool = [
        entry
        for entry in by_ingredients(reading.shelf).get(kinds.pop(), ())
        if entry.product.release is wanted
    ]
    if reading.form is None:
        if len(forms) != 1:
            return refused
        pool = [entry for entry in pool if entry.form in forms]
    found = narrow(reading, pool, branded=True)
    return (
        Match(found.product, found.reason, found.flags | {"brand_strength_not_listed"})
        if found.product
        else refused
    )
