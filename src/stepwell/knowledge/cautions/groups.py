"""Which groups of ``caution_groups`` a medicine is in: by BNF section, or by words of its name: substances and brands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from stepwell.knowledge import bnf, tables
from stepwell.knowledge.cautions.model import MedicineTaken
from stepwell.knowledge.medicines.model import MedicineClass

_Row = tuple[str, str, str, frozenset[str]]


@cache
def _rows() -> tuple[_Row, ...]:
    return tuple(
        (row["group"], row["kind"], row["value"].lower(), frozenset(row["not_words"].split()))
        for table in ("caution_groups", "caution_brands")
        for row in tables.rows(table)
    )


@cache
def names() -> frozenset[str]:
    """Every group a rule may name: those of the table and the classes of the catalogue."""
    return frozenset({row[0] for row in _rows()} | {str(each) for each in MedicineClass})


def groups_of(medicine: MedicineTaken) -> frozenset[str]:
    """The groups of one medicine."""
    classes = {str(each) for each in medicine.classes}
    found = _groups(_text(medicine), medicine.bnf_code or "") | classes
    on_the_skin = tables.document("caution_rules")["on_the_skin"]
    return found - set(on_the_skin["not_groups"]) if on_the_skin["class"] in classes else found


def has_substance(medicine: MedicineTaken, name: str) -> bool:
    """Whether a medicine holds the substance of a name: as identified, or, where nothing was identified, as a word of its own name."""
    if medicine.substances:
        return name in medicine.substances
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", _text(medicine)) is not None


def is_placed(medicine: MedicineTaken) -> bool:
    """Whether anything is known of what a medicine is: a BNF code, a substance, or a group by its name."""
    return bool(bnf.clean(medicine.bnf_code) or medicine.substances or groups_of(medicine))


def _text(medicine: MedicineTaken) -> str:
    text = " ".join((medicine.name, *medicine.substances)).lower()
    return re.sub(r"(\d)\s+(mg|microgram)", r"\1\2", text)


@lru_cache(maxsize=8192)
def _groups(text: str, bnf_code: str) -> frozenset[str]:
    words = frozenset(re.findall(r"[a-z0-9.]+(?:-[a-z0-9.]+)*", text))
    code = bnf.clean(bnf_code)
    found = set()
    for group, kind, value, not_words in _rows():
        if kind == "bnf":
            hit = code is not None and bnf.is_in(code, value)
        elif kind == "words":
            hit = set(value.split()) <= words
        else:
            hit = _pattern(value).search(text) is not None
        if hit and not not_words & words:
            found.add(group)
    return frozenset(found)


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    # Not inside a longer word, nor of a hyphenated one: "codeine" is not in "dihydrocodeine".
    return {
        row[2]: re.compile(rf"(?<![\w-]){re.escape(row[2])}(?![\w-])") for row in _rows() if row[1] == "word"
    }


def _pattern(value: str) -> re.Pattern[str]:
    return _patterns()[value]
