"""From a name as read to the product it means: by brand or ingredients, then strength, form and release.

It refuses rather than guesses: with more than one product left that differ in strength, form or release there is no match.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from stepwell.knowledge.medicines import catalogue
from stepwell.knowledge.medicines.model import MedicineClass, Product, Release
from stepwell.knowledge.medicines.names import NameReading, Strength, plain, read, words_of

# The patch labelled 12 releases 12.5 microgram/h and is written either way.
_SAME_RATE = {Decimal("12.5"): Decimal(12)}
_SOLUBLE = ("effervescent tablet", "soluble/dispersible tablet")


@dataclass(frozen=True, slots=True)
class Match:
    """A product, or the reason there is none."""

    product: Product | None
    reason: str = ""
    flags: frozenset[str] = frozenset()


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
    ):  # fmt: skip
        if word in form:
            return group
    return form


@cache
def _entries() -> Mapping[str, _Entry]:
    found = {}
    for product in catalogue.products():
        reading = read(product.name)
        found[product.product_id] = _Entry(
            product,
            reading.ingredients if reading else frozenset(),
            reading.strengths if reading else (),
            form_group(product),
            frozenset(words_of(plain(product.name))),
        )
    return found


@cache
def _by_ingredients() -> Mapping[frozenset[str], tuple[_Entry, ...]]:
    found: dict[frozenset[str], list[_Entry]] = {}
    for entry in _entries().values():
        found.setdefault(entry.ingredients, []).append(entry)
    return {key: tuple(held) for key, held in found.items()}


@cache
def _by_name() -> Mapping[tuple[str, ...], Product]:
    found: dict[tuple[str, ...], Product] = {}
    for product in catalogue.products():
        found.setdefault(tuple(words_of(plain(product.name))), product)
    return found


def exact(name: str) -> Product | None:
    """The product whose own name this is, apart from case, spacing and brackets."""
    return _by_name().get(tuple(words_of(plain(name))))


def match(reading: NameReading) -> Match:
    """The product a name means."""
    if reading.form in ("injection", "topical", "powder"):
        return Match(None, "Injections, creams and powders are not held as products.")
    if reading.label is not None and reading.brand is None:
        return Match(None, "No product of this brand is held.")
    brand = catalogue.brands().get((reading.brand or "").lower())
    if brand is not None:
        pool = [_entries()[each.product_id] for each in brand.products]
        found = _narrow(reading, pool, branded=True)
        if found.product is None and brand.complete and not reading.strengths and reading.rate is None:
            return Match(brand.products[0])
        # "Zomorph 30mg tablets": the brand has the strength, in another form. Something is wrong: leave it.
        if found.product is not None or _of_strength(reading, pool)[0]:
            return found
        return _generic_of_brand(reading, brand.products, found)
    return _narrow(reading, _by_ingredients().get(reading.ingredients, ()), branded=False)


def _generic_of_brand(reading: NameReading, products: Sequence[Product], refused: Match) -> Match:
    """A strength the brand is not listed with: the generic of that strength, if the brand leaves no doubt about release."""
    releases = {each.release for each in products}
    kinds = {_entries()[each.product_id].ingredients for each in products}
    if len(kinds) != 1 or (len(releases) != 1 and not reading.modified_release):
        return refused
    wanted = Release.MODIFIED if reading.modified_release else releases.pop()
    forms = {_entries()[each.product_id].form for each in products}
    pool = [entry for entry in _by_ingredients().get(kinds.pop(), ()) if entry.product.release is wanted]
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
    held, flags = _of_strength(reading, pool)
    if held is None:
        return Match(None, "The name gives no strength.")
    if not held:
        return Match(None, "The strength written is not one that is held for this medicine.")
    held = _of_form(reading, held, branded=branded)
    if not held:
        return Match(None, "The form written is not one that is held for this medicine and strength.")
    held = _of_release(reading, held, branded=branded)
    if not held:
        return Match(None, "No product of this strength and form has the release written.")
    return _only(reading, held, flags)


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
        if entry.strengths == reading.strengths
        or (
            entry.product.strength_mg_per_unit in written
            and written <= entry.per_unit
            and liquid == (entry.form == "liquid")
        )
    ], flags


def _of_rate(patches: Iterable[_Entry], rate: Decimal) -> list[_Entry]:
    exactly = [entry for entry in patches if entry.product.patch_rate_microgram_per_h == rate]
    return exactly or [
        entry for entry in patches if entry.product.patch_rate_microgram_per_h == _SAME_RATE.get(rate)
    ]


def _of_form(reading: NameReading, held: list[_Entry], *, branded: bool) -> list[_Entry]:
    if reading.form is None:
        return held
    found = [entry for entry in held if entry.form == reading.form]
    if not found and reading.form in _SOLUBLE:
        found = [entry for entry in held if entry.form in _SOLUBLE]
    if (
        not found and branded and reading.form == "tablet"
    ):  # "Zamadol Melt 50mg tablets": the brand says which kind
        found = [entry for entry in held if entry.form.endswith("tablet")]
    return found


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
    if len({entry.form for entry in held}) > 1:
        return Match(None, "The name gives no form, and the medicine comes in several.")
    if len({(entry.product.release, entry.product.strength_mg_per_unit) for entry in held}) > 1:
        return Match(None, "The name fits products of different release or strength.")
    if len({entry.product.classes for entry in held}) > 1:
        return Match(None, "The name fits products for different purposes.")
    preference = catalogue.preference()
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
