"""Reading a product name: ingredients, brand, strengths, form and release, as written. Nothing is looked up by strength.

Words come from the tables ``name_words`` and ``brands``. The text is cut into words and scanned once, the longest known
phrase first, so that "MST Continus" is a brand and not a form, and "unit dose vials" is not an injection. A long word
with one letter wrong is read as the word meant (see ``spelling``), and the reading says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from stepwell.knowledge.medicines import doubts
from stepwell.knowledge.medicines.brands import label_brands
from stepwell.knowledge.medicines.catalogue import Shelf
from stepwell.knowledge.medicines.phrases import scan, spelling
from stepwell.knowledge.medicines.wording import plain, words_of

_NUMBER = r"(\d+(?:\.\d+)?)"
_STRENGTH = re.compile(
    _NUMBER + r"\s*(mg|mcg|g)(?![a-z])"
    r"(?:\s*/\s*" + _NUMBER + r"?\s*(ml|hours?|hrs?|h|doses?|actuations?|sprays?)(?![a-z]))?"
)
_PERCENT = re.compile(_NUMBER + r"\s*%")
_BARE_PAIR = re.compile(r"(?<![\d./])" + _NUMBER + r"\s*/\s*" + _NUMBER + r"(?![\d./])(?!\s*ml)")

_MG = {"mg": Decimal(1), "mcg": Decimal("0.001"), "g": Decimal(1000)}

_KINDS_COUNTED = ("counted", "mixture", "brand", "brand_alias", "dependence_brand", "label_brand")

# Of several forms named, the one that says most: "effervescent powder sachets" are sachets, "buccal tablets" are buccal.
_FORM_ORDER = (
    "injection", "plaster", "topical", "mixed pack", "patch", "lozenge", "nasal spray", "buccal film", "buccal tablet", "buccal", "sublingual tablet",
    "lyophilisate", "orodispersible tablet", "sachet", "effervescent tablet", "soluble/dispersible tablet",
    "suppository", "enema", "cigarette", "liquid", "chewable capsule", "capsule", "tablet", "powder",
)  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Strength:
    """Milligrams as written, with the millilitres they are in where the name says so ("10mg/5ml": 10 in 5)."""

    mg: Decimal
    ml: Decimal | None = None

    @property
    def per_unit(self) -> Decimal:
        """Milligrams in one counted unit, or in one ml."""
        return self.mg if self.ml is None else self.mg / self.ml


@dataclass(frozen=True, slots=True)
class NameReading:
    """What the words of a name say. ``brand`` is the longest of ``brands``. ``counted`` are ingredients of the classes counted here; ``others`` accompany them.

    ``rate`` is microgram/h; ``bare`` are numbers without a unit; ``micrograms`` are strengths written in micrograms with
    no "/hour", which on a patch can only be the rate. ``label`` is what is in a brand of which no product is held.
    ``read_as`` are words that were misspelt, as they were read; ``may_be_release`` says that a short word is not known and
    one letter from a word of release ("NR"). ``word_after_brand``: one that is not known follows the brand ("Nurofen
    Advance"); ``misspelt_unit``: a number is followed by what may be "mg" or "mcg"; ``names_other``: a medicine of the
    other shelf is named too. Empty, False or None where the name says nothing.
    """

    counted: frozenset[str]
    others: frozenset[str]
    brand: str | None
    brands: frozenset[str]
    dependence_brand: bool
    label: str | None
    brand_without_product: str | None
    strengths: tuple[Strength, ...]
    rate: Decimal | None
    micrograms: tuple[Decimal, ...]
    bare: tuple[Decimal, ...]
    bare_pair: bool
    percent: bool
    form: str | None
    modified_release: bool
    gastro_resistant: bool
    words: frozenset[str]
    shelf: Shelf
    read_as: tuple[str, ...]
    may_be_release: bool
    word_after_brand: bool
    misspelt_unit: bool
    names_other: bool

    @property
    def ingredients(self) -> frozenset[str]:
        """Every ingredient named."""
        return self.counted | self.others


def is_of_concern(found: Mapping[str, list[str]]) -> bool:
    """Whether any word names something counted here."""
    return any(kind in found for kind in _KINDS_COUNTED)


def read(name: str | None, shelf: Shelf = Shelf.COUNTED) -> NameReading | None:
    """What a product name says, or None when nothing in it is of this shelf (most medicines)."""
    if not name:
        return None
    spelt = spelling().correct(name.lower())
    text = plain(spelt.text)
    words = words_of(text)
    scanned = scan(words, shelf)
    found, unknown = scanned.found, scanned.unknown
    if not is_of_concern(found):
        return None
    counted, others = _ingredients(found)
    named_brands = [*found.get("brand", ()), *found.get("brand_alias", ())]
    named = found["label_brand"][0] if "label_brand" in found else None
    label = label_brands(shelf)[named] if named else None
    strengths, rate, micrograms, rest = _strengths(text)
    pair = None if strengths else _BARE_PAIR.search(rest)
    if pair:
        strengths = tuple(Strength(Decimal(part)) for part in pair.groups())
    forms = set(found.get("form", ()))
    if any(each.ml is not None for each in strengths):
        forms.add("liquid")
    if "liquid" in forms:  # "oral suspension 5ml sachets"
        forms.discard("sachet")
    return NameReading(
        counted=counted,
        others=others,
        brand=max(named_brands, key=len) if named_brands else None,
        brands=frozenset(named_brands),
        dependence_brand="dependence_brand" in found,
        label=label,
        brand_without_product=named,
        strengths=strengths,
        rate=rate,
        micrograms=micrograms,
        bare=tuple(Decimal(word) for word in words_of(rest) if word[0].isdigit()),
        bare_pair=pair is not None,
        percent=_PERCENT.search(text) is not None,
        form=next((form for form in _FORM_ORDER if form in forms), None),
        modified_release="release" in found,
        gastro_resistant="coating" in found,
        words=frozenset(words),
        shelf=shelf,
        read_as=spelt.read_as,
        may_be_release=doubts.may_be_release(words, unknown),
        word_after_brand=scanned.unknown_after_brand(words),
        misspelt_unit=doubts.misspelt_unit(words, unknown),
        names_other=shelf is Shelf.COUNTED and doubts.names_beside(words, unknown),
    )


def _ingredients(found: Mapping[str, list[str]]) -> tuple[frozenset[str], frozenset[str]]:
    counted = {*found.get("counted", ()), *found.get("dependence_brand", ())}
    others = set(found.get("other", ()))
    for mixture in found.get("mixture", ()):
        opioid, other = mixture.split()
        counted.add(opioid)
        others.add(other)
    return frozenset(counted), frozenset(others)


def _strengths(text: str) -> tuple[tuple[Strength, ...], Decimal | None, tuple[Decimal, ...], str]:
    """Strengths in mg, the rate in microgram/h, amounts written in micrograms, and the text without them."""
    found = [Strength(Decimal(number) * 10) for number in _PERCENT.findall(text)]  # milligrams in a gram
    rates: set[Decimal] = set()
    micrograms: list[Decimal] = []
    for number, unit, per, per_unit in _STRENGTH.findall(text):
        amount = Decimal(number)
        if per_unit.startswith("h"):
            if unit == "mcg" and per in ("", "1"):
                rates.add(amount)
            continue
        volume = Decimal(per or 1) if per_unit == "ml" else None
        if volume is not None and volume <= 0:
            continue
        found.append(Strength(amount * _MG[unit], volume))
        if unit == "mcg" and volume is None:
            micrograms.append(amount)
    volumes = {each.ml for each in found if each.ml is not None}
    if len(volumes) == 1:  # "8mg/500mg/5ml": both are in 5 ml
        volume = volumes.pop()
        found = [Strength(each.mg, volume) for each in found]
    rate = rates.pop() if len(rates) == 1 else None
    return (
        tuple(sorted(set(found), key=lambda each: (each.mg, each.ml or 0))),
        rate,
        tuple(micrograms),
        _PERCENT.sub(" ", _STRENGTH.sub(" ", text)),
    )
