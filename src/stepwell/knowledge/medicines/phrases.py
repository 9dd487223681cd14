"""The phrases that product names are made of, from ``name_words`` and the brands, and what those in a name mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from stepwell.knowledge import tables
from stepwell.knowledge.medicines import brands, catalogue
from stepwell.knowledge.medicines.catalogue import Shelf
from stepwell.knowledge.medicines.spelling import Spelling
from stepwell.knowledge.medicines.wording import plain, words_of

# Kinds of word that mean the same in a name of either shelf.
_KINDS_SHARED = ("form", "release", "coating", "other")


@cache
def phrases(shelf: Shelf) -> Mapping[str, tuple[tuple[tuple[str, ...], str, str], ...]]:
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
    for brand in brands.brands(shelf).values():
        yield brand.name, "brand", brand.name
    for name in brands.label_brands(shelf):
        yield name, "label_brand", name


@cache
def spelling() -> Spelling:
    """One for both shelves: a word of either is never a misspelling of one of the other."""
    meanings: dict[str, set[tuple[str, str]]] = {}
    known = [phrase for shelf in Shelf for held in phrases(shelf).values() for phrase in held]
    for words, kind, value in known:
        alone = len(words) == 1
        for word in words:
            meanings.setdefault(word, set()).add((kind, value) if alone else ("part", word))
    settled: dict[str, object] = {}
    for word, meant in meanings.items():
        whole = sorted(each for each in meant if each[0] != "part")
        settled[word] = whole[0] if whole else word
    return Spelling(settled, (row["word"] for row in tables.rows("name_neighbours")))


def near_a_known_word(words: Iterable[str]) -> list[str]:
    """Of some words, those one letter from a long word known here that are not known themselves."""
    return [word for word in words if spelling().is_near(word)]


@dataclass(frozen=True, slots=True)
class Scanned:
    """What the known phrases mean, by kind; the places of words that are in none; the places right after a brand."""

    found: Mapping[str, list[str]]
    unknown: frozenset[int]
    after_brand: frozenset[int]

    def unknown_after_brand(self, words: list[str]) -> bool:
        """Whether a word that is not known comes right after a brand."""
        return any(words[at].isalpha() and len(words[at]) > 1 for at in self.unknown & self.after_brand)


def scan(words: list[str], shelf: Shelf) -> Scanned:
    """What the words of a plain text mean on a shelf, the longest known phrase first."""
    known = phrases(shelf)
    found: dict[str, list[str]] = {}
    unknown, after_brand = set(), set()
    at = 0
    while at < len(words):
        for phrase, kind, value in known.get(words[at], ()):
            if tuple(words[at : at + len(phrase)]) == phrase:
                found.setdefault(kind, []).append(value)
                at += len(phrase)
                if kind in ("brand", "brand_alias"):
                    after_brand.add(at)
                break
        else:
            unknown.add(at)
            at += 1
    return Scanned(found, frozenset(unknown), frozenset(after_brand))
