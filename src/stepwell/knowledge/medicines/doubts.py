"""Short words in a product name that are not known, and what they may be: a misspelt release, a unit, another medicine.

A short word is never corrected; where it may change the medicine, the name is refused.
"""

from __future__ import annotations

from functools import cache

from stepwell.knowledge import tables
from stepwell.knowledge.medicines.catalogue import Shelf
from stepwell.knowledge.medicines.phrases import phrases
from stepwell.knowledge.medicines.spelling import one_edit_apart

_SHORT = 3  # letters
_PER_WORDS = frozenset({"ml", "h", "hr", "hrs"})
_UNIT_WORDS = frozenset({"mg", "mcg", "g"}) | _PER_WORDS


@cache
def _short_release_words() -> frozenset[str]:
    words = {
        row["word"].replace("/", "")
        for row in tables.rows("name_words")
        if row["kind"] in ("release", "coating")
    }
    return frozenset(word for word in words if len(word) <= _SHORT)


def may_be_release(words: list[str], unknown: frozenset[int]) -> bool:
    """Whether a short word that is not known, and is no unit, may be a misspelt "MR" or "XL"."""
    return any(
        len(words[at]) <= _SHORT
        and words[at].isalpha()
        and not _is_unit(words, at)
        and any(one_edit_apart(words[at], release) for release in _short_release_words())
        for at in unknown
    )


def misspelt_unit(words: list[str], unknown: frozenset[int]) -> bool:
    """Whether a number is followed by a short word that is no unit, one letter from "mg" or "mcg"."""
    return any(
        at > 0
        and words[at - 1][0].isdigit()
        and words[at].isalpha()
        and words[at] not in _UNIT_WORDS
        and any(one_edit_apart(words[at], unit) for unit in ("mg", "mcg"))
        for at in unknown
    )


def names_beside(words: list[str], unknown: frozenset[int]) -> bool:
    """Whether a word not known on one shelf is a medicine's or a brand's on the other."""
    known = phrases(Shelf.BESIDE)
    return any(
        phrase == (words[at],) and kind in ("counted", "brand")
        for at in unknown
        for phrase, kind, _ in known.get(words[at], ())
    )


def _is_unit(words: list[str], at: int) -> bool:
    """Whether a word follows a number or another unit ("10 mg / ml"), counts ("x 56") or gives a schedule ("CD3")."""
    before = words[at - 1] if at else ""
    after = words[at + 1] if at + 1 < len(words) else ""
    if words[at] == "x":
        return after.isdigit() and words[at + 2 : at + 3] not in (["mg"], ["mcg"])
    if words[at] == "cd":
        return after in ("2", "3", "4", "5")
    of_each = words[at] in _PER_WORDS and before in _UNIT_WORDS - _PER_WORDS  # "mg/ml"
    return of_each or (words[at] in _UNIT_WORDS and before[:1].isdigit())
