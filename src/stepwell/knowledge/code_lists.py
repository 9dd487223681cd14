"""Code lists: the SNOMED CT codes, and the plain words, by which a condition is recognised in a record."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from stepwell.base.errors import Place, StepwellError
from stepwell.knowledge import tables

_LIST_FILE = "code_lists.yaml"


@dataclass(frozen=True, slots=True)
class CodeList:
    """One list. ``codes`` are text; ``words`` recognise an entry that has no code, for a clinician to look at.

    A word ending in ``*`` is the start of a word; several words are a phrase, in which ``...`` is up to four words.
    ``not_words`` are phrases that are taken out of the text first, each as short as it can be. ``review_by`` is the date by which the list must be looked at again.
    """

    id: str
    version: str
    system: str
    label: str
    source: str
    licence: str
    status: str
    review_by: date
    codes: frozenset[str]
    words: tuple[str, ...]
    not_words: tuple[str, ...]

    def looks_like(self, text: str | None) -> bool:
        """Whether uncoded text speaks of this condition. It may be wrong: it asks a question, it settles nothing."""
        plain = re.sub(r"[^a-z0-9]+", " ", (text or "").lower()).strip()
        if not plain or not self.words:
            return False
        if self.not_words:
            plain = _pattern(self.not_words).sub(" ", plain)
        return _pattern(self.words).search(plain) is not None


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    written = []
    for word in words:
        parts = [re.sub(r"[^a-z0-9]+", " ", part).strip() for part in word.lower().rstrip("*").split("...")]
        phrase = " (?:[a-z0-9]+ ){0,4}?".join(re.escape(part) for part in parts)
        written.append(phrase + ("[a-z]*" if word.endswith("*") else ""))
    return re.compile(rf"\b(?:{'|'.join(written)})\b")


@cache
def _entries() -> dict[str, dict[str, object]]:
    return {entry["id"]: entry for entry in tables.read_yaml(_LIST_FILE)["lists"]}


def ids() -> tuple[str, ...]:
    """The ids of all lists."""
    return tuple(_entries())


@cache
def code_list(list_id: str) -> CodeList:
    """One list by id. Raises StepwellError for an id that is not in the register."""
    entry = _entries().get(list_id)
    if entry is None:
        raise StepwellError(
            f"There is no code list called {list_id}.",
            where=Place(_LIST_FILE),
            next_step=f"The lists are: {', '.join(ids())}.",
        )
    header, *codes = tables.read_text(f"code_lists/{list_id}.csv").split()
    if header != "code" or not codes:
        raise StepwellError(
            "A code list is empty or has no header.",
            where=Place(f"code_lists/{list_id}.csv", line=1),
            next_step="It needs a line 'code' and one code a line.",
        )
    words, not_words = entry["words"], entry["not_words"]
    review_by = entry["review_by"]
    assert isinstance(words, list) and isinstance(not_words, list) and isinstance(review_by, date)
    return CodeList(
        id=list_id,
        version=str(entry["version"]),
        system=str(entry["system"]),
        label=str(entry["label"]),
        source=str(entry["source"]),
        licence=str(entry["licence"]),
        status=str(entry["status"]),
        review_by=review_by,
        codes=frozenset(codes),
        words=tuple(words),
        not_words=tuple(not_words),
    )
