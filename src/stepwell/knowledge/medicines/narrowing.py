"""Of the products a name may mean, those of the strength, form and release written; one, or the reason there is none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from stepwell.knowledge.medicines import catalogue
from stepwell.knowledge.medicines.entries import Entry, by_ingredients
from stepwell.knowledge.medicines.model import MedicineClass, Product, Release
from stepwell.knowledge.medicines.names import NameReading

# The patch labelled 12 releases 12.5 microgram/h and is written either way.
_SAME_RATE = {Decimal("12.5"): Decimal(12)}
_SOLUBLE = ("effervescent tablet", "soluble/dispersible tablet")


@dataclass(frozen=True, slots=True)
class Match:
    """A product, or the reason there is none; ``text_only``: the product where it is known but stays text."""

    product: Product | None
    reason: str = ""
    flags: frozenset[str] = frozenset()
    text_only: Product | None = None


def narrow(reading: NameReading, pool: Sequence[Entry], *, branded: bool) -> Match:
    if not pool:
        return Match(None, "This combination of ingredients is not held.")
    if reading.form == "mixed pack":
        return _pack(reading, pool)
    held, flags = of_strength(reading, pool)
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


def _pack(reading: NameReading, pool: Sequence[Entry]) -> Match:
    """A pack of several strengths, where there is one of this medicine."""
    ingredients = {entry.ingredients for entry in pool}
    held = [
        entry
        for kind in ingredients
        for entry in by_ingredients(reading.shelf).get(kind, ())
        if entry.form == reading.form
    ]
    if len(ingredients) == 1 and len(held) == 1:
        return Match(held[0].product)
    return Match(None, "The name is of a pack of several strengths, which is not held.")


def of_strength(reading: NameReading, pool: Sequence[Entry]) -> tuple[list[Entry] | None, frozenset[str]]:
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


def _leaves_one_out(reading: NameReading, entry: Entry) -> bool:
    """Whether a strength of a compound is missing and a number without a unit is there: "10m / Naloxone 5mg"."""
    return len(reading.strengths) < len(entry.strengths) and bool(reading.bare)


def _of_rate(patches: Iterable[Entry], rate: Decimal) -> list[Entry]:
    exactly = [entry for entry in patches if entry.product.patch_rate_microgram_per_h == rate]
    return exactly or [
        entry for entry in patches if entry.product.patch_rate_microgram_per_h == _SAME_RATE.get(rate)
    ]


def _of_form(reading: NameReading, held: list[Entry], pool: Sequence[Entry], *, branded: bool) -> list[Entry]:
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
    reading: NameReading, held: list[Entry], pool: Sequence[Entry], *, branded: bool
) -> list[Entry]:
    """Gastro-resistant when the name says so; else plain, unless the medicine has no plain product of that form."""
    if reading.gastro_resistant:
        return [entry for entry in held if _is_coated(entry)]
    forms = {entry.form for entry in held}
    if branded or all(_is_coated(entry) for entry in pool if entry.form in forms):
        return held
    return [entry for entry in held if not _is_coated(entry)]


def _is_coated(entry: Entry) -> bool:
    return entry.product.form.startswith("gastro-resistant")


def _of_release(reading: NameReading, held: list[Entry], *, branded: bool) -> list[Entry]:
    if reading.modified_release:
        return [entry for entry in held if entry.product.release in (Release.MODIFIED, Release.TRANSDERMAL)]
    if branded:
        return held
    return [entry for entry in held if entry.product.release is not Release.MODIFIED]


def _only(reading: NameReading, held: list[Entry], flags: frozenset[str]) -> Match:
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
