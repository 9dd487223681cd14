"""Medicines in a practice's data that look as if they belong to a counted class and do not, each with the reason.

A list that is complete today is not tomorrow: new products, codes that were changed, names nobody foresaw. What this
returns is for a person to read through, not an alarm; an empty list says that nothing was found, not that nothing is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from stepwell.knowledge import bnf, tables
from stepwell.knowledge.medicines import catalogue
from stepwell.knowledge.medicines.identify import identify
from stepwell.knowledge.medicines.model import Identification, MedicineClass

Written = tuple[str | None, str | None, str | None]  # dm+d code, BNF code, name, as the record holds them

COUNTED = frozenset(
    {
        MedicineClass.OPIOID,
        MedicineClass.GABAPENTINOID,
        MedicineClass.BENZODIAZEPINE,
        MedicineClass.Z_DRUG,
        MedicineClass.DEPENDENCE_TREATMENT,
        MedicineClass.END_OF_LIFE_INJECTABLE,
    }
)
# Sections of the BNF that hold counted chemicals, and much else.
_SECTIONS = {
    "0407010": "non-opioid and compound analgesics",
    "0407020": "opioid analgesics",
    "0408010": "control of epilepsy",
    "0401010": "hypnotics",
    "0401020": "anxiolytics",
    "0410030": "opioid dependence",
}
# Of these sections nearly everything is counted: what is not is worth a look even where the name says nothing.
_WHOLE_SECTIONS = ("0407020", "0410030")
_LONG = 7  # letters a substance must have for a longer word that holds it to be called alike
_WORD = re.compile(r"[a-z]{4,}")


@dataclass(frozen=True, slots=True)
class LookAlike:
    """A medicine as written, what it looks like (a substance or a part of the BNF), and why it is not counted."""

    written: Written
    looks_like: str
    reason: str


def looks_like_but_not(medicines: Iterable[Written]) -> list[LookAlike]:
    """Of distinct medicines as records hold them, those that look counted and are not. In the order given, each once."""
    found = (_look_alike(written) for written in dict.fromkeys(medicines))
    return [each for each in found if each is not None]


def _look_alike(written: Written) -> LookAlike | None:
    code, bnf_code, name = written
    identified = identify(code=code, bnf_code=bnf_code, name=name)
    if identified.classes & COUNTED:
        return None
    for looks_like, reason in _reasons(identified, bnf.clean(bnf_code), (name or "").lower()):
        return LookAlike(written, looks_like, reason)
    return None


def _reasons(identified: Identification, bnf_code: str | None, name: str) -> Iterator[tuple[str, str]]:
    """Why it looks counted, the strongest first."""
    named = _named(name)
    if named:
        yield named, _why_not(identified, name)
    if bnf_code is not None and catalogue.partly_counted(bnf.chemical(bnf_code)):
        label = catalogue.chemicals()[bnf.chemical(bnf_code)]["label"]
        if identified.product is None:
            yield label, "Its BNF chemical is counted in part, and this code is not of that part."
    section = (bnf_code or "")[:7]
    if section in _WHOLE_SECTIONS and not identified.classes:
        yield _SECTIONS[section], "Its BNF code is in this section, and its chemical is not one that is held."
    near = _near(name)
    if near and not identified.classes:
        yield near, "A word of its name holds this name, or is nearly it, and is not known here."


def _named(name: str) -> str:
    """A counted substance that the name has as a word of its own, or ""."""
    return next((word for word in _WORD.findall(name) if word in _substances()), "")


def _why_not(identified: Identification, name: str) -> str:
    if identified.text_only is not None and not identified.classes:
        return "What is put on the skin is not counted."
    if {"kaolin", "ipecacuanha"} & set(_WORD.findall(name)):
        return "A stomach or cough mixture with a little of it is not counted."
    if "bupropion" in name:
        return "With bupropion it is for weight, not for dependence."
    if "midazolam" in name:
        return "Midazolam is counted as an injection only."
    return identified.reason or "It is not counted here."


def _near(name: str) -> str:
    """A counted substance that is part of a longer word of the name, or two letters from one, or ""."""
    return next((near for word in _WORD.findall(name) if (near := _near_word(word))), "")


@lru_cache(maxsize=65536)
def _near_word(word: str) -> str:
    if word in _known_words():
        return ""
    near = (s for s in sorted(_substances()) if len(s) >= _LONG and (s in word or _within_two(word, s)))
    return next(near, "")


@cache
def _substances() -> frozenset[str]:
    rows = tables.rows("name_words")
    return frozenset(row["value"] for row in rows if row["kind"] == "counted") | {"midazolam"}


@cache
def _known_words() -> frozenset[str]:
    rows = tables.rows("name_words")
    known = {row["word"] for row in rows} | {row["word"] for row in tables.rows("name_neighbours")}
    beside = {row["substance"] for row in catalogue.chemicals(catalogue.Shelf.BESIDE).values()}
    return frozenset(known | beside)


def _within_two(one: str, other: str) -> bool:
    """Whether two words are at most two letters apart (left out, put in or changed)."""
    if abs(len(one) - len(other)) > 2:
        return False
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, start=1):
        above = row
        row = [place]
        for at, against in enumerate(other, start=1):
            row.append(min(above[at] + 1, row[-1] + 1, above[at - 1] + (letter != against)))
        if min(row) > 2:
            return False
    return row[-1] <= 2
