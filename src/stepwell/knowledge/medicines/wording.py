"""The text of a product name in one spelling, and its words and numbers."""

from __future__ import annotations

import re

_PARENTHESES = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")
_HAS_STRENGTH = re.compile(r"\d\s*(?:mg|mcg|microg|ug|g\b|µg|μg|%)", re.IGNORECASE)
_MICROGRAM = re.compile(r"(?:micrograms?|microgms?|microg|mcgs?|ugs?|[µμ]gs?)(?![a-z])")
_MILLIGRAM = re.compile(r"(?:milligrams?|mgs)(?![a-z])")
_GLUED_RELEASE = re.compile(r"(?<=\d)mg(?=[msp]/r\b)")  # "10/5mgM/R"
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_SHARED_UNIT = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)\s*/\s*(\d+(?:\.\d+)?)(?=\s*mg(?![a-z]))")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:\.\d+)?")
_LETTERS_SLASH = re.compile(r"(?<=\b[a-z])/(?=[a-z]\b)")


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
