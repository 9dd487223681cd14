"""Reading a product name: ingredients, brand, strengths, form and release, as written. Nothing is looked up by strength.

Words come from the tables ``name_words`` and ``brands``. The text is cut into words and scanned once, the longest known
phrase first, so that "MST Continus" is a brand and not a form, and "unit dose vials" is not an injection. A long word
with one letter wrong is read as the word meant (see ``spelling``), and the reading says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from stepwell.knowledge import tables
from stepwell.knowledge.medicines import catalogue
from stepwell.knowledge.medicines.catalogue import Shelf
from stepwell.knowledge.medicines.spelling import Spelling, one_edit_apart

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
_PERCENT = re.compile(_NUMBER + r"\s*%")
_BARE_PAIR = re.compile(r"(?<![\d./])" + _NUMBER + r"\s*/\s*" + _NUMBER + r"(?![\d./])(?!\s*ml)")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:\.\d+)?")
_LETTERS_SLASH = re.compile(r"(?<=\b[a-z])/(?=[a-z]\b)")

_MG = {"mg": Decimal(1), "mcg": Decimal("0.001"), "g": Decimal(1000)}

_SHORT = 3  # letters
_PER_WORDS = frozenset({"ml", "h", "hr", "hrs"})
_UNIT_WORDS = frozenset({"mg", "mcg", "g"}) | _PER_WORDS
# Kinds of word that mean the same in a name of either shelf.
_KINDS_SHARED = ("form", "release", "coating", "other")
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
    """What the words of a name say. ``counted`` are ingredients of the classes counted here; ``others`` accompany them.

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


def plain(text: str) -> str:
    """A name in one spelling: lower case, one word for each unit, brackets without a strength taken out."""
    text = text.lower().replace("\u00a0", " ")
    for _ in range(2):  # "(Bell, Sons & Co (Druggists) Ltd)"
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
def _phrases(shelf: Shelf) -> Mapping[str, tuple[tuple[tuple[str, ...], str, str], ...]]:
    """First word of each known phrase -> (its words, kind, value), the longest first."""
    found: dict[str, dict[tuple[str, ...], tuple[str, str]]] = {}
    for text, kind, value in _known(shelf):
        words = tuple(words_of(plain(text)))
        found.setdefault(words[0], {}).setdefault(words, (kind, value))
    return {
        first: tuple((words, *meant) for words, meant in sorted(held.items(), key=lambda item: -len(item[0])))
        for first, held in found.items()
    }


def _known(shelf: Shelf) -> Iterator[tuple[str, str, str]]:
    """(text, kind, value) of everything a name of this shelf may be made of; the first of equal texts counts."""
    if shelf is Shelf.BESIDE:
        for substance in {row["substance"] for row in catalogue.chemicals(shelf).values()}:
            yield substance, "counted", substance
    for row in tables.rows("name_words"):
        if row["kind"] == "beside":
            if shelf is Shelf.BESIDE:
                yield row["word"], "counted", row["value"]
        elif shelf is Shelf.COUNTED or row["kind"] in _KINDS_SHARED:
            yield row["word"], row["kind"], row["value"]
    for brand in catalogue.brands(shelf).values():
        yield brand.name, "brand", brand.name
    for name in catalogue.label_brands(shelf):
        yield name, "label_brand", name


@cache
def _spelling() -> Spelling:
    """One for both shelves: a word of either is never a misspelling of one of the other."""
    meanings: dict[str, set[tuple[str, str]]] = {}
    known = [phrase for shelf in Shelf for phrases in _phrases(shelf).values() for phrase in phrases]
    for words, kind, value in known:
        alone = len(words) == 1
        for word in words:
            meanings.setdefault(word, set()).add((kind, value) if alone else ("part", word))
    settled: dict[str, object] = {}
    for word, meant in meanings.items():
        whole = sorted(each for each in meant if each[0] != "part")
        settled[word] = whole[0] if whole else word
    return Spelling(settled, (row["word"] for row in tables.rows("name_neighbours")))


@cache
def _short_release_words() -> frozenset[str]:
    words = {
        row["word"].replace("/", "")
        for row in tables.rows("name_words")
        if row["kind"] in ("release", "coating")
    }
    return frozenset(word for word in words if len(word) <= _SHORT)


def _may_be_release(words: list[str], unknown: frozenset[int]) -> bool:
    """Whether a short word that is not known, and is no unit, may be a misspelt "MR" or "XL"."""
    return any(
        len(words[at]) <= _SHORT
        and words[at].isalpha()
        and not _is_unit(words, at)
        and any(one_edit_apart(words[at], release) for release in _short_release_words())
        for at in unknown
    )


def _misspelt_unit(words: list[str], unknown: frozenset[int]) -> bool:
    """Whether a number is followed by a short word that is no unit, one letter from "mg" or "mcg"."""
    return any(
        at > 0
        and words[at - 1][0].isdigit()
        and words[at].isalpha()
        and words[at] not in _UNIT_WORDS
        and any(one_edit_apart(words[at], unit) for unit in ("mg", "mcg"))
        for at in unknown
    )


def _names_beside(words: list[str], unknown: frozenset[int]) -> bool:
    """Whether a word not known on one shelf is a medicine's or a brand's on the other."""
    phrases = _phrases(Shelf.BESIDE)
    return any(
        phrase == (words[at],) and kind in ("counted", "brand")
        for at in unknown
        for phrase, kind, _ in phrases.get(words[at], ())
    )


def _is_unit(words: list[str], at: int) -> bool:
    """Whether a word follows a number or another unit ("10 mg / ml"), or counts ("x 56")."""
    before = words[at - 1] if at else ""
    after = words[at + 1] if at + 1 < len(words) else ""
    if words[at] == "x":
        return after.isdigit() and words[at + 2 : at + 3] not in (["mg"], ["mcg"])
    of_each = words[at] in _PER_WORDS and before in _UNIT_WORDS - _PER_WORDS  # "mg/ml"
    return of_each or (words[at] in _UNIT_WORDS and before[:1].isdigit())


def _follows(words: list[str], unknown: frozenset[int], brand: str) -> bool:
    """Whether a word that is not known comes right after the brand."""
    end = words_of(plain(brand))[-1:]
    return any(
        words[at - 1 : at] == end and words[at].isalpha() and len(words[at]) > 1 for at in unknown if at
    )


def near_a_known_word(words: Iterable[str]) -> list[str]:
    """Of some words, those one letter from a long word known here that are not known themselves."""
    spelling = _spelling()
    return [word for word in words if spelling.is_near(word)]


def _scan(words: list[str], shelf: Shelf) -> tuple[dict[str, list[str]], frozenset[int]]:
    """What the known phrases mean, by kind, and the places of the words that are in none."""
    phrases = _phrases(shelf)
    found: dict[str, list[str]] = {}
    unknown = set()
    at = 0
    while at < len(words):
        for phrase, kind, value in phrases.get(words[at], ()):
            if tuple(words[at : at + len(phrase)]) == phrase:
                found.setdefault(kind, []).append(value)
                at += len(phrase)
                break
        else:
            unknown.add(at)
            at += 1
    return found, frozenset(unknown)


def is_of_concern(found: Mapping[str, list[str]]) -> bool:
    """Whether any word names something counted here."""
    return any(kind in found for kind in _KINDS_COUNTED)


def read(name: str | None, shelf: Shelf = Shelf.COUNTED) -> NameReading | None:
    """What a product name says, or None when nothing in it is of this shelf (most medicines)."""
    if not name:
        return None
    spelt = _spelling().correct(name.lower())
    text = plain(spelt.text)
    words = words_of(text)
    found, unknown = _scan(words, shelf)
    if not is_of_concern(found):
        return None
    counted, others = _ingredients(found)
    brands = [*found.get("brand", ()), *found.get("brand_alias", ())]
    named = found["label_brand"][0] if "label_brand" in found else None
    label = catalogue.label_brands(shelf)[named] if named else None
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
        brand=max(brands, key=len) if brands else None,
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
        may_be_release=_may_be_release(words, unknown),
        word_after_brand=bool(brands) and _follows(words, unknown, max(brands, key=len)),
        misspelt_unit=_misspelt_unit(words, unknown),
        names_other=shelf is Shelf.COUNTED and _names_beside(words, unknown),
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
