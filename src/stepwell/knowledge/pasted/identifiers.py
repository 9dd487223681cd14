"""Lines that may point at a person. A line too many is refused rather than one too few."""

from __future__ import annotations

import re

from stepwell.knowledge.pasted import words

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_STREETS = (
    "road|street|lane|avenue|close|drive|crescent|terrace|gardens|court|place|grove|square|mews|hill|"
    "view|row|walk|park|rise|rd|ave|cres"
)
_RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("an NHS number or another ten-digit number", re.compile(r"(?<!\d)\d{3}[ \-\u2010-\u2013\u00a0]?\d{3}[ \-\u2010-\u2013\u00a0]?\d{4}(?!\d)")),
    ("a number of a person", re.compile(r"\b(?:nhs|hospital|patient|emis|chi|mrn)\s*(?:no\b|num|number|id\b|#)", re.I)),
    ("a telephone number", re.compile(r"(?<!\d)(?:\+44|0)[ \d]{9,12}\d(?!\d)")),
    ("an e-mail address", re.compile(r"\S+@\S+\.\S+")),
    ("a date of birth or an age", re.compile(r"\b(?:d\.?\s?o\.?\s?b\b|date of birth|born\b|aged?\b\s*:?\s*\d)", re.I)),
    ("a date of birth or an age", re.compile(r"\b\d{1,3}\s?-?\s?(?:y/?o|yrs?|years?)(?: |-)?(?:old)?\b(?! (?:ago|supply))", re.I)),
    ("a date of birth", re.compile(rf"\b\d{{1,2}}(?:st|nd|rd|th)?[\s/.\-]+(?:\d{{1,2}}|{_MONTH})[\s/.\-,]+(?:19\d\d|200\d)\b", re.I)),
    # Two letters that no postcode ends in keep "B12 5mg" and the like from being one.
    ("a postcode", re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s{0,2}\d[ABD-HJLNP-UW-Z]{2}\b")),
    ("an address", re.compile(rf"\b(?:address\b|\d+[a-z]?,?\s+(?:[A-Z][\w']+\s+){{1,3}}(?:{_STREETS})\b)", re.I)),
    ("a name", re.compile(r"\b(?:Mrs?|Miss|Ms|Mx|Dr|Prof|Sister|Nurse|MR|MRS|MISS|DR)\.?\s+[A-Z][A-Za-z'\-]*[a-z]{2}")),
    ("a name", re.compile(r"^\s*(?:patient|name|surname|forename|first name|last name|full name)\b\s*:?", re.I)),
    ("a name", re.compile(r"^\s*[A-Z][A-Z'\-]+,\s*[A-Z][A-Za-z'\-]+")),
)  # fmt: skip
# In small letters only what begins with the letters of a place: "x2 4hr" is none.
_AREAS = (
    "ab|al|b|ba|bb|bd|bf|bh|bl|bn|br|bs|bt|bx|ca|cb|cf|ch|cm|co|cr|ct|cv|cw|da|dd|de|dg|dh|dl|dn|dt|dy|e|ec|eh|en|ex|fk|fy|g|gl|gu|gy|"
    "ha|hd|hg|hp|hr|hs|hu|hx|ig|im|ip|iv|je|ka|kt|kw|ky|l|la|ld|le|ll|ln|ls|lu|m|me|mk|ml|n|ne|ng|nn|np|nr|nw|ol|ox|pa|pe|ph|pl|po|pr|"
    "rg|rh|rm|s|sa|se|sg|sk|sl|sm|sn|so|sp|sr|ss|st|sw|sy|ta|td|tf|tn|tq|tr|ts|tw|ub|w|wa|wc|wd|wf|wn|wr|ws|wv|yo|ze|zz"
)
_POSTCODE = re.compile(
    rf"\b(?P<out>(?:{_AREAS})\d[a-z\d]?)\s{{0,2}}\d(?P<unit>[abd-hjlnp-uw-z]{{2}})\b", re.I
)
# "b12 1bd" is a vitamin and "sr50 1bd" a release, each with how often.
_HOW_OFTEN = frozenset({"bd", "hr", "hs", "qd", "td", "dy", "wk", "pr", "sl", "pt", "ds"})
_NO_PLACE = re.compile(r"(?:b(?:1|2|3|6|9|12)|(?:sr|la|cr|mr)\d\d?)", re.I)
_WORD = re.compile(r"[A-Z][A-Za-z'\-]*\.?")


def found_in(line: str) -> str | None:
    """What in a line may point at a person, in words; None where nothing does."""
    text = line.replace("M/R", "m/r").replace("MR ", "m/r ") if _modified_release(line) else line
    found = next((what for what, pattern in _RULES if pattern.search(text)), None)
    return found or ("a postcode" if _small_postcode(text) else None)


def _small_postcode(text: str) -> bool:
    """Whether a postcode stands in it in small or mixed letters."""
    return any(
        not (found["unit"].lower() in _HOW_OFTEN and _NO_PLACE.fullmatch(found["out"]))
        for found in _POSTCODE.finditer(text)
    )


def _modified_release(line: str) -> bool:
    """Whether MR stands for modified release: somebody's title would not stand beside a strength or a form."""
    return re.search(r"\bMR\b", line) is not None and words.STRENGTH_OR_FORM.search(line) is not None


def may_be_a_name(line: str) -> bool:
    """Whether a line that is no medicine and no instruction is nothing but two to four words with a capital."""
    parts = line.replace(",", " ").split()
    if not 2 <= len(parts) <= 4 or not all(_WORD.fullmatch(part) for part in parts):
        return False
    return not any(part.lower().strip(".") in words.SCREEN for part in parts)
