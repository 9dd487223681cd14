"""One letter wrong in a long word of a product name: read as the word meant, when only one can be meant, and said so.

Numbers and units of strength are never touched. A word that is another medicine's (``name_neighbours``) is never read as
a misspelling, and one that may be either of two known words of different meaning is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

LONG = 6  # letters; a shorter word known here is never the correction of another
_MOST = 2  # words corrected in one name
_WORD = re.compile(r"[a-z]{5,}")
_UNITS = {"microgram": "micrograms", "micrograms": "micrograms", "milligrams": "milligrams"}


@dataclass(frozen=True, slots=True)
class Corrected:
    """The text with its misspelt words replaced, and the words as they were read."""

    text: str
    read_as: tuple[str, ...]


class Spelling:
    """Corrects against the words known. ``meanings``: each word and what it stands for; ``real``: words left alone."""

    def __init__(self, meanings: Mapping[str, object], real: Iterable[str]) -> None:
        self._meanings = {**meanings, **_UNITS}
        self._real = frozenset(real)
        self._near: dict[str, set[str]] = {}
        for word in self._meanings:
            if len(word) >= LONG and word.isalpha():
                for shorter in _with_one_left_out(word):
                    self._near.setdefault(shorter, set()).add(word)

    def candidates(self, word: str) -> set[str]:
        """Known words one letter away: one left out, put in, put for another, or two beside each other swapped."""
        found: set[str] = set()
        for shorter in _with_one_left_out(word):
            found |= self._near.get(shorter, set())
        return {each for each in found if one_edit_apart(word, each)}

    def is_near(self, word: str) -> bool:
        """Whether a word is not known and one letter from one that is."""
        return word not in self._meanings and bool(self.candidates(word))

    def meant(self, word: str) -> str | None:
        """The known word a misspelling stands for; None when it is known, another medicine's, or doubtful."""
        if word in self._meanings or word in self._real or len(word) < LONG - 1:
            return None
        found = self.candidates(word)
        if not found or len({self._meanings[each] for each in found}) > 1:
            return None
        own = {
            each for each in found if each in str(self._meanings[each]).lower()
        }  # the right spelling itself
        return min(own or found, key=lambda each: (abs(len(each) - len(word)), each))

    def correct(self, text: str) -> Corrected:
        """A text in lower case with at most two misspelt words read as the words meant; unchanged when there are more."""
        read_as: list[str] = []

        def replaced(found: re.Match[str]) -> str:
            meant = self.meant(found[0])
            if meant is None:
                return found[0]
            read_as.append(meant)
            return meant

        corrected = _WORD.sub(replaced, text)
        if len(read_as) > _MOST:
            return Corrected(text, ())
        return Corrected(corrected, tuple(read_as))


def _with_one_left_out(word: str) -> Iterator[str]:
    yield word
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]


def one_edit_apart(one: str, other: str) -> bool:
    """Whether two different words differ by one letter left out, put in or changed, or by two neighbours swapped."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    left, right = one[start:], other[start:]
    return (
        left[1:] == right[1:]
        or left[1:] == right
        or left == right[1:]
        or (left[2:] == right[2:] and left[:2] == right[1::-1])
    )
