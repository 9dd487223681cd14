"""Reading a product name: ingredients, brand, strengths, form and release, as written. Nothing is looked up by strength.

Words come from the tables ``name_words`` and ``brands``. The text is cut into words and scanned once, the longest known
phrase first, so that "MST Continus" is a brand and not a form, and "unit dose vials" is not an injection.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from stepwell.knowledge import tables
from stepwell.knowledge.medicines import catalogue

_PARENTHESES = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")
_HAS_STRENGTH = re.compile(r"\d\s*(?:mg|mcg|microg|ug|g\b|µg|μg|%)", re.IGNORECASE)
_MICROGRAM = re.compile(r"(?:micrograms?|microgms?|microg|mcgs?|ugs?|[µμ]gs?)(?![a-z])")
_MILLIGRAM = re.compile(r"(?:milligrams?|mgs)(?![a-z])")
_GLUED_RELEASE = re.compile(r"(?<=\d)mg(?=[msp]/r\b)")  # "10/5mgM/R"
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_SHARED_UNIT = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)\s*/\s*(\d+(?:\.\d+)?)(?=\s*mg(?![a-z]))")
_NUMBER = r"(\d+(?:\.\d+)?)"
_STRENGTH = re.compile(
    _NUMBER + r"\s*(mg|mcg|g)(?![a-z])"
    r"(?:\s*/\s*" + _NUMBER + r"?\s*(ml|hours?|hrs?|h|doses?|actuations?|sprays?)(?![a-z]))?"
)
_BARE_PAIR = re.compile(r"(?<![\d./])" + _NUMBER + r"\s*/\s*" + _NUMBER + r"(?![\d./])(?!\s*ml)")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:\.\d+)?")
_LETTERS_SLASH = re.compile(r"(?<=\b[a-z])/(?=[a-z]\b)")

_MG = {"mg": Decimal(1), "mcg": Decimal("0.001"), "g": Decimal(1000)}

_KINDS_COUNTED = ("counted", "mixture", "brand", "brand_alias", "dependence_brand", "label_brand")

# Of several forms named, the one that says most: "effervescent powder sachets" are sachets, "buccal tablets" are buccal.
_FORM_ORDER = (
    "injection", "topical", "patch", "lozenge", "nasal spray", "buccal film", "buccal tablet", "sublingual tablet",
    "lyophilisate", "orodispersible tablet", "sachet", "effervescent tablet", "soluble/dispersible tablet",
    "suppository", "enema", "cigarette", "liquid", "capsule", "tablet", "powder",
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
    """What the words of a name say. ``counted`` are ingredients of the classes counted here; ``others`` accompany them.

    ``rate`` is microgram/h; ``bare`` are numbers without a unit; ``micrograms`` are strengths written in micrograms with
    no "/hour", which on a patch can only be the rate. ``label`` is what is in a brand of which no product is held. Empty or None where the name says nothing.
    """

    counted: frozenset[str]
    others: frozenset[str]
    brand: str | None
    dependence_brand: bool
    label: str | None
    strengths: tuple[Strength, ...]
    rate: Decimal | None
    micrograms: tuple[Decimal, ...]
    bare: tuple[Decimal, ...]
    bare_pair: bool
    form: str | None
    modified_release: bool
    words: frozenset[str]

    @property
    def ingredients(self) -> frozenset[str]:
        """Every ingredient named."""
        return self.counted | self.others


def plain(text: str) -> str:
    """A name in one spelling: lower case, one word for each unit, brackets without a strength taken out."""
    text = text.lower().replace("\u00a0", " ")
    text = _PARENTHESES.sub(
        lambda found: f" {found[0][1:-1]} " if _HAS_STRENGTH.search(found[0]) else " ", text
    )
    text = _THOUSANDS.sub("", text)
    text = _GLUED_RELEASE.sub("mg ", _MILLIGRAM.sub("mg", _MICROGRAM.sub("mcg", text)))
    text = re.sub(r"(?<=[a-z\d])\s+per\s+(?=[a-z\d])", "/", text)
    text = _SHARED_UNIT.sub(r"\1mg/\2", text)
    return _LETTERS_SLASH.sub("", text)


def words_of(text: str) -> list[str]:
    """The words and numbers of a plain text."""
    return _WORD.findall(text)


@cache
def _phrases() -> Mapping[str, tuple[tuple[tuple[str, ...], str, str], ...]]:
    """First word of each known phrase -> (its words, kind, value), the longest first."""
    found: dict[str, dict[tuple[str, ...], tuple[str, str]]] = {}

    def add(text: str, kind: str, value: str) -> None:
        words = tuple(words_of(plain(text)))
        found.setdefault(words[0], {}).setdefault(words, (kind, value))

    for row in tables.rows("name_words"):
        add(row["word"], row["kind"], row["value"])
    for brand in catalogue.brands().values():
        add(brand.name, "brand", brand.name)
    for name, label in catalogue.label_brands().items():
        add(name, "label_brand", label)
    return {
        first: tuple((words, *meant) for words, meant in sorted(held.items(), key=lambda item: -len(item[0])))
        for first, held in found.items()
    }


def _scan(words: list[str]) -> dict[str, list[str]]:
    phrases = _phrases()
    found: dict[str, list[str]] = {}
    at = 0
    while at < len(words):
        for phrase, kind, value in phrases.get(words[at], ()):
            if tuple(words[at : at + len(phrase)]) == phrase:
                found.setdefault(kind, []).append(value)
                at += len(phrase)
                break
        else:
            at += 1
    return found


def is_of_concern(found: Mapping[str, list[str]]) -> bool:
    """Whether any word names something counted here."""
    return any(kind in found for kind in _KINDS_COUNTED)


def read(name: str | None) -> NameReading | None:
    """What a product name says, or None when nothing in it is counted here (most medicines)."""
    if not name:
        return None
    text = plain(name)
    found = _scan(words_of(text))
    if not is_of_concern(found):
        return None
    counted, others = _ingredients(found)
    brands = [*found.get("brand", ()), *found.get("brand_alias", ())]
    strengths, rate, micrograms, rest = _strengths(text)
    pair = None if strengths else _BARE_PAIR.search(rest)
    if pair:
        strengths = tuple(Strength(Decimal(part)) for part in pair.groups())
    forms = set(found.get("form", ()))
    if any(each.ml is not None for each in strengths):
        forms.add("liquid")
    return NameReading(
        counted=counted,
        others=others,
        brand=max(brands, key=len) if brands else None,
        dependence_brand="dependence_brand" in found,
        label=found["label_brand"][0] if "label_brand" in found else None,
        strengths=strengths,
        rate=rate,
        micrograms=micrograms,
        bare=tuple(Decimal(word) for word in words_of(rest) if word[0].isdigit()),
        bare_pair=pair is not None,
        form=next((form for form in _FORM_ORDER if form in forms), None),
        modified_release="release" in found,
        words=frozenset(words_of(text)),
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
    found: list[Strength] = []
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
        _STRENGTH.sub(" ", text),
    )
