"""The words the reader knows, loaded once from data: what each means, and which spelling slips may be mended."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from functools import lru_cache

from stepwell.knowledge.tables import read_text

NUMBER_KINDS = frozenset({"number", "fraction", "count", "latin", "ordinal"})
"""Kinds that carry a number. No spelling slip is ever mended into one of these, nor near one."""

TELLING_KINDS = NUMBER_KINDS | frozenset(
    "when every adverb hourly alternate alternate_day times period weekday unit prn max upto change stat stop divided then".split()
)
"""Kinds that say how much, how often or when: a word that might be one of them is never left unread."""

_DECIMAL_KINDS = NUMBER_KINDS | {"alternate", "alternate_day"}
_NEVER_MENDED_INTO = frozenset({"none", "prose", "split", "total", "stat"})
_SHORTEST_MENDED_WORD = 4
_SHORTEST_MENDED_NUMBER = 5
_LIKE = 0.75
# Short words of dosing with two letters in each other's place: too short for the general rule, too common to leave.
_SHORT_SLIPS = {
    slip: word
    for word in ("one", "two", "six", "ten", "the", "and", "tab", "bds", "tds", "qds", "prn", "day", "for")
    for slip in {word[1] + word[0] + word[2], word[0] + word[2] + word[1]} - {"fro", "tne"}
}
_VERY_LIKE = 0.8
_SHORTEST_FORM = 6


@dataclass(slots=True)
class Node:
    """One word on the way through a phrase; ``kind`` is set where a phrase may end."""

    kind: str | None = None
    value: object = None
    next: dict[str, Node] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Phrases by their words, and the index of near spellings."""

    root: dict[str, Node]
    words: frozenset[str]
    never_near: frozenset[str]
    mendable: dict[str, tuple[str, ...]]
    phrases: Counter[str]
    telling: frozenset[str]
    near_telling: dict[str, tuple[str, ...]]
    near_short: frozenset[str]
    stems: tuple[str, ...]

    def mend(self, word: str) -> str | None:
        """The one known word of four letters or more that is one slip from ``word``; None when none or several.

        The first letter must be right. A slip is one letter too many, missing, wrong, or two neighbours swapped. A word that is near a number word is
        never mended: it might have been the number.
        """
        if len(word) < _SHORTEST_MENDED_WORD:
            return _SHORT_SLIPS.get(word)
        near = {known for form in _one_letter_less(word) for known in self.mendable.get(form, ())}
        near = {known for known in near if _same_beginning(word, known) and _one_slip(word, known)}
        if not near:
            return self._form(word)
        swapped = {known for known in near if _swapped(word, known)}
        if len(swapped) == 1 and not (near - swapped) & self.never_near:
            return self._commonest(near, swapped.pop())
        if near & self.never_near:
            # "twelv" is twelve: a longer word that is near one number and nothing else.
            return near.pop() if len(near) == 1 and len(word) >= _SHORTEST_MENDED_NUMBER else None
        if len(near) == 1:
            return near.pop()
        meanings = {_meaning(self.root.get(known)) for known in near}
        if len(meanings) == 1 and None not in meanings:
            return self._commonest(near, min(near))
        return None

    def _form(self, word: str) -> str | None:
        """A long word two slips from the name of a form: "capsual" is a capsule, and no other word of dosing is like it."""
        if len(word) < _SHORTEST_FORM:
            return None
        close = get_close_matches(word, self.telling, n=3, cutoff=_VERY_LIKE)
        meanings = {_meaning(self.root.get(known)) for known in close}
        if len(meanings) != 1 or word[0] != close[0][0]:
            return None
        (meaning,) = meanings
        return close[0] if meaning is not None and meaning[0] == "unit" else None

    def _commonest(self, near: set[str], found: str) -> str:
        """Of the near words that mean what ``found`` means, the one most phrases hold: "morning", not a known slip of it."""
        meaning = _meaning(self.root.get(found))
        same = [known for known in near if meaning is not None and _meaning(self.root.get(known)) == meaning]
        return max([found, *sorted(same)], key=lambda known: self.phrases[known])

    def mend_number(self, word: str, following: str) -> str | None:
        """The one number word that is one slip from ``word``, where a number must stand: before "times", and of counts before "a day"."""
        counts = following in ("a", "daily", "per", "weekly")
        if not counts and following != "times":
            return None
        near = {known for form in _one_letter_less(word) for known in self.mendable.get(form, ())}
        numbers = {
            known for known in near & self.never_near if word[:1] == known[:1] and _one_slip(word, known)
        }
        if counts:
            numbers = {known for known in numbers if (node := self.root.get(known)) and node.kind == "count"}
        return numbers.pop() if len(numbers) == 1 else None

    def resembles(self, word: str) -> bool:
        """Whether an unknown word may be a slip of one that says how much, how often or when."""
        if len(word) < _SHORTEST_MENDED_WORD:
            return word in self.near_short
        near = {known for form in _one_letter_less(word) for known in self.near_telling.get(form, ())}
        return any(_one_slip(word, known) for known in near)

    def is_like_a_telling_word(self, word: str) -> bool:
        """Looser than ``resembles``: two slips in a longer word. For stretches that hold a number."""
        return bool(get_close_matches(word, self.telling, n=1, cutoff=_LIKE))


def _swapped(word: str, known: str) -> bool:
    """Two neighbours changed places and nothing else: the commonest slip of the fingers."""
    return len(word) == len(known) and sorted(word) == sorted(known)


def _same_beginning(word: str, known: str) -> bool:
    """People seldom miss the first letter; they do swap the first two."""
    return word[0] == known[0] or (word[0] == known[1] and word[1] == known[0])


def _meaning(node: Node | None) -> tuple[str, object] | None:
    return None if node is None or node.kind is None else (node.kind, node.value)


def _one_letter_less(word: str) -> Iterator[str]:
    yield word
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]


def _one_slip(left: str, right: str) -> bool:
    """Whether one insertion, deletion, substitution or swap of neighbours turns one word into the other."""
    if abs(len(left) - len(right)) > 1:
        return False
    first = 0
    shortest = min(len(left), len(right))
    while first < shortest and left[first] == right[first]:
        first += 1
    if len(left) == len(right):
        swapped = left[first : first + 2] == right[first : first + 2][::-1]
        return left[first + 1 :] == right[first + 1 :] or (
            swapped and left[first + 2 :] == right[first + 2 :]
        )
    longer, shorter = (left, right) if len(left) > len(right) else (right, left)
    return longer[first + 1 :] == shorter[first:]


def _value(kind: str, text: str) -> object:
    if kind in _DECIMAL_KINDS:
        return Decimal(text)
    return text


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The vocabulary of ``knowledge/data/dosage_vocabulary.csv``: columns word, kind, value, source, status."""
    table = read_text("dosage_vocabulary.csv")
    root: dict[str, Node] = {}
    words: set[str] = set()
    mendable: set[str] = set()
    telling: set[str] = set()
    stems: list[str] = []
    phrases: Counter[str] = Counter()
    never_near: set[str] = set()
    for row in csv.DictReader(table.splitlines()):
        if row["kind"] == "stem":
            stems.append(row["word"].rstrip("-"))
            continue
        parts = row["word"].replace("-", " ").replace("&", "and").replace("+", "and").split()
        node = root.setdefault(parts[0], Node())
        for part in parts[1:]:
            node = node.next.setdefault(part, Node())
        node.kind, node.value = row["kind"], _value(row["kind"], row["value"])
        words.update(parts)
        phrases.update(parts)
        if row["kind"] in TELLING_KINDS and len(parts) == 1:
            telling.add(parts[0])
        if row["kind"] not in _NEVER_MENDED_INTO:
            mendable.update(parts)
        if row["kind"] in NUMBER_KINDS and len(parts) == 1:
            never_near.add(parts[0])
    return Vocabulary(
        root,
        frozenset(words),
        frozenset(never_near),
        _near_index(mendable),
        phrases,
        frozenset(telling),
        _near_index(telling),
        frozenset(form for word in telling if len(word) <= _SHORTEST_MENDED_WORD for form in _slips(word))
        - words,
        tuple(stems),
    )


def _slips(word: str) -> Iterator[str]:
    """Short forms of a short word: one letter left out, doubled or swapped. A wrong letter would make nearly any word."""
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]
        yield word[:place] + word[place] + word[place:]
        yield word[:place] + word[place : place + 2][::-1] + word[place + 2 :]


def _near_index(words: set[str]) -> dict[str, tuple[str, ...]]:
    index: dict[str, set[str]] = {}
    for word in words:
        if len(word) >= _SHORTEST_MENDED_WORD:
            for form in _one_letter_less(word):
                index.setdefault(form, set()).add(word)
    return {form: tuple(sorted(known)) for form, known in index.items()}
