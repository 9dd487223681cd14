"""From a name as read to the product it means: by brand or ingredients, then strength, form and release.

It refuses rather than guesses: with more than one product left that differ in strength, form or release there is no match.
Injections and what is put on the skin are matched among the products that stay text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from stepwell.knowledge.medicines import catalogue
from stepwell.knowledge.medicines.catalogue import Shelf
from stepwell.knowledge.medicines.model import MedicineClass, Product, Release
from stepwell.knowledge.medicines.names import NameReading, Strength, plain, read, words_of

# The patch labelled 12 releases 12.5 microgram/h and is written either way.
_SAME_RATE = {Decimal("12.5"): Decimal(12)}
_TWO_MEDICINES = "The brand and the substance named do not go together."
_STAYS_TEXT = ("injection", "topical", "powder")
_SOLUBLE = ("effervescent tablet", "soluble/dispersible tablet")


@dataclass(frozen=True, slots=True)
class Match:
    """A product, or the reason there is none; ``text_only``: the product where it is known but stays text."""

    product: Product | None
    reason: str = ""
    flags: frozenset[str] = frozenset()
    text_only: Product | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
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
def _entries(shelf: Shelf) -> Mapping[str, _Entry]:
    return {product.product_id: _entry(product, shelf) for product in catalogue.products(shelf)}


def _entry(product: Product, shelf: Shelf) -> _Entry:
    reading = read(product.name, shelf)
    return _Entry(
        product,
        reading.ingredients if reading else frozenset(),
        reading.strengths if reading else (),
        form_group(product),
        frozenset(words_of(plain(product.name))),
    )


@cache
def _by_ingredients(shelf: Shelf) -> Mapping[frozenset[str], tuple[_Entry, ...]]:
    return _grouped(_entries(shelf).values())


@cache
def _text_only() -> Mapping[str, _Entry]:
    return {product.product_id: _entry(product, Shelf.COUNTED) for product in catalogue.text_only()}


@cache
def _text_only_by_ingredients() -> Mapping[frozenset[str], tuple[_Entry, ...]]:
    return _grouped(_text_only().values())


def _grouped(entries: Iterable[_Entry]) -> Mapping[frozenset[str], tuple[_Entry, ...]]:
    found: dict[frozenset[str], list[_Entry]] = {}
    for entry in entries:
        found.setdefault(entry.ingredients, []).append(entry)
    return {key: tuple(held) for key, held in found.items()}


@cache
def _by_name(shelf: Shelf) -> Mapping[tuple[str, ...], Product]:
    found: dict[tuple[str, ...], Product] = {}
    for product in catalogue.products(shelf):
        found.setdefault(tuple(words_of(plain(product.name))), product)
    return found


def _one_letter_apart(product: Product, shelf: Shelf) -> bool:
    """Whether the same number in another unit is a strength of the same medicine and form too: 1mg/5ml and 1g/5ml."""
    entry, mg = _entries(shelf)[product.product_id], product.strength_mg_per_unit
    return mg is not None and any(
        other.form == entry.form and other.product.strength_mg_per_unit in (mg * 1000, mg / 1000)
        for other in _by_ingredients(shelf)[entry.ingredients]
    )


def match(name: str, reading: NameReading) -> Match:
    """The product a name means."""
    own_name = _by_name(reading.shelf).get(tuple(words_of(plain(name))))
    found = Match(own_name) if own_name else _match(reading)
    if found.product is not None and _one_letter_apart(found.product, reading.shelf):
        return Match(
            None, "Another strength of this medicine is written with one letter less or more (mg, g)."
        )
    if found.product is None and reading.shelf is Shelf.COUNTED:
        return replace(found, text_only=_staying_text(reading))
    return found


def _match(reading: NameReading) -> Match:
    if reading.shelf is Shelf.COUNTED and reading.form in _STAYS_TEXT:
        return Match(None, "Injections, powders and what is put on the skin are not counted.")
    if reading.names_other:
        return Match(None, "The name is of more than one medicine.")
    if reading.misspelt_unit:
        return Match(None, "A unit in the name is not one that is known.")
    if reading.label is not None and reading.brand is None:
        return Match(None, "No product of this brand is held.")
    if reading.shelf is Shelf.BESIDE and reading.word_after_brand:
        return Match(None, "The word after the brand is not known: it may be another product of that family.")
    entries = _entries(reading.shelf)
    brand = catalogue.brands(reading.shelf).get((reading.brand or "").lower())
    if brand is not None:
        pool = [entries[each.product_id] for each in brand.products]
        if not reading.ingredients <= frozenset().union(*(entry.ingredients for entry in pool)):
            return Match(None, _TWO_MEDICINES, frozenset({"brand_of_another_medicine"}))
        found = _narrow(reading, pool, branded=True)
        if found.product is None and not reading.strengths and reading.rate is None:
            if brand.complete or _is_named_by_other_strength(reading, pool):
                return Match(brand.products[0])
        # "Zomorph 30mg tablets": the brand has the strength, in another form. Something is wrong: leave it.
        if found.product is not None or _of_strength(reading, pool)[0]:
            return found
        return _generic_of_brand(reading, brand.products, found)
    pool = list(_by_ingredients(reading.shelf).get(reading.ingredients, ()))
    return _narrow(reading, pool, branded=False)


def _is_named_by_other_strength(reading: NameReading, pool: Sequence[_Entry]) -> bool:
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
    held = catalogue.text_only_brands().get(named)
    if held is not None:
        pool = [_text_only()[each.product_id] for each in held]
    elif reading.brand_without_product:
        return None
    else:
        pool = list(_text_only_by_ingredients().get(reading.ingredients, ()))
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
    entries = _entries(reading.shelf)
    kinds = {entries[each.product_id].ingredients for each in products}
    if len(kinds) != 1 or (len(releases) != 1 and not reading.modified_release):
        return refused
    wanted = Release.MODIFIED if reading.modified_release else releases.pop()
    forms = {entries[each.product_id].form for each in products}
    pool = [
        entry
        for entry in _by_ingredients(reading.shelf).get(kinds.pop(), ())
        if entry.product.release is wanted
    ]
    if reading.form is None:
        if len(forms) != 1:
            return refused
        pool = [entry for entry in pool if entry.form in forms]
    found = _narrow(reading, pool, branded=True)
    return (
        Match(found.product, found.reason, found.flags | {"brand_strength_not_listed"})
        if found.product
        else refused
    )


def _narrow(reading: NameReading, pool: Sequence[_Entry], *, branded: bool) -> Match:
    if not pool:
        return Match(None, "This combination of ingredients is not held.")
    if reading.form == "mixed pack":
        return _pack(reading, pool)
    held, flags = _of_strength(reading, pool)
    if held is None:
        return Match(None, "The name gives no strength.")
    if not held:
        return Match(None, "The strength written is not one that is held for this medicine.")
    held = _of_form(reading, held, pool, branded=branded)
    if not held:
        return Match(None, "The form written is not one that is held for this medicine and strength.")
    releases = {entry.product.release for entry in held}
    held = _of_release(reading, held, branded=branded)
    if not held:
        return Match(None, "No product of this strength and form has the release written.")
    if reading.may_be_release and not reading.modified_release and len(releases) > 1:
        return Match(None, "A short word in the name may be one for release, misspelt.")
    return _only(reading, held, flags)


def _pack(reading: NameReading, pool: Sequence[_Entry]) -> Match:
    """A pack of several strengths, where there is one of this medicine."""
    ingredients = {entry.ingredients for entry in pool}
    held = [
        entry
        for kind in ingredients
        for entry in _by_ingredients(reading.shelf).get(kind, ())
        if entry.form == reading.form
    ]
    if len(ingredients) == 1 and len(held) == 1:
        return Match(held[0].product)
    return Match(None, "The name is of a pack of several strengths, which is not held.")


def _of_strength(reading: NameReading, pool: Sequence[_Entry]) -> tuple[list[_Entry] | None, frozenset[str]]:
    """Entries of the strength written; None when no strength is written."""
    patches = [entry for entry in pool if entry.product.patch_rate_microgram_per_h is not None]
    if reading.rate is not None:
        return _of_rate(patches, reading.rate), frozenset()
    if patches and (reading.form == "patch" or len(patches) == len(pool)):
        numbers = set(reading.micrograms) or set(reading.bare)
        if len(numbers) != 1:
            return None, frozenset()
        return _of_rate(patches, numbers.pop()), frozenset({"rate_unit_assumed"})
    if not reading.strengths:
        return None, frozenset()
    flags = frozenset({"strength_unit_assumed"}) if reading.bare_pair else frozenset()
    written = {each.per_unit for each in reading.strengths}
    liquid = any(each.ml is not None for each in reading.strengths)
    return [
        entry
        for entry in pool
        if reading.percent == ("%" in entry.product.name)
        and (
            entry.strengths == reading.strengths
            or (
                entry.product.strength_mg_per_unit in written
                and written <= entry.per_unit
                and liquid == (entry.form == "liquid")
                and not _leaves_one_out(reading, entry)
            )
        )
    ], flags


def _leaves_one_out(reading: NameReading, entry: _Entry) -> bool:
    """Whether a strength of a compound is missing and a number without a unit is there: "10m / Naloxone 5mg"."""
    return len(reading.strengths) < len(entry.strengths) and bool(reading.bare)


def _of_rate(patches: Iterable[_Entry], rate: Decimal) -> list[_Entry]:
    exactly = [entry for entry in patches if entry.product.patch_rate_microgram_per_h == rate]
    return exactly or [
        entry for entry in patches if entry.product.patch_rate_microgram_per_h == _SAME_RATE.get(rate)
    ]


def _of_form(
    reading: NameReading, held: list[_Entry], pool: Sequence[_Entry], *, branded: bool
) -> list[_Entry]:
    if reading.form is None:
        return _of_coating(reading, held, pool, branded=branded)
    found = [entry for entry in held if entry.form == reading.form]
    if reading.form == "buccal":
        found = [entry for entry in held if entry.form.startswith("buccal")]
    if not found and reading.form in _SOLUBLE:
        found = [entry for entry in held if entry.form in _SOLUBLE]
    if (
        not found and branded and reading.form == "tablet"
    ):  # "Zamadol Melt 50mg tablets": the brand says which kind
        found = [entry for entry in held if entry.form.endswith("tablet")]
    return _of_coating(reading, found, pool, branded=branded)


def _of_coating(
    reading: NameReading, held: list[_Entry], pool: Sequence[_Entry], *, branded: bool
) -> list[_Entry]:
    """Gastro-resistant when the name says so; else plain, unless the medicine has no plain product of that form."""
    if reading.gastro_resistant:
        return [entry for entry in held if _is_coated(entry)]
    forms = {entry.form for entry in held}
    if branded or all(_is_coated(entry) for entry in pool if entry.form in forms):
        return held
    return [entry for entry in held if not _is_coated(entry)]


def _is_coated(entry: _Entry) -> bool:
    return entry.product.form.startswith("gastro-resistant")


def _of_release(reading: NameReading, held: list[_Entry], *, branded: bool) -> list[_Entry]:
    if reading.modified_release:
        return [entry for entry in held if entry.product.release in (Release.MODIFIED, Release.TRANSDERMAL)]
    if branded:
        return held
    return [entry for entry in held if entry.product.release is not Release.MODIFIED]


def _only(reading: NameReading, held: list[_Entry], flags: frozenset[str]) -> Match:
    """The one product left, or the likeliest of several that are the same thing for a dose."""
    analgesic_names = {
        e.product.name for e in held if MedicineClass.DEPENDENCE_TREATMENT not in e.product.classes
    }
    held = [
        e
        for e in held
        if MedicineClass.DEPENDENCE_TREATMENT not in e.product.classes
        or e.product.name not in analgesic_names
    ]
    if len({entry.form for entry in held}) > 1 or len({_is_coated(entry) for entry in held}) > 1:
        return Match(None, "The name gives no form, and the medicine comes in several.")
    if held[0].form == "topical" and len({entry.product.form for entry in held}) > 1:
        held = [entry for entry in held if entry.product.form.split()[-1] in reading.words]
        if not held:
            return Match(None, "The name gives no form, and the medicine comes in several.")
    if len({(entry.product.release, entry.product.strength_mg_per_unit) for entry in held}) > 1:
        return Match(None, "The name fits products of different release or strength.")
    if len({entry.product.classes for entry in held}) > 1:
        return Match(None, "The name fits products for different purposes.")
    preference = catalogue.preference(reading.shelf)
    best = min(
        held,
        key=lambda e: (
            e.strengths != reading.strengths,
            len(e.words ^ reading.words),
            preference[e.product.product_id],
            e.product.name,
            e.product.product_id,
        ),
    )
    return Match(best.product, "", flags)
