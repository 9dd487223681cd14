"""The one cell that holds name, dosage and quantity, taken apart. Unsure means untouched: all of it is then the name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from stepwell.population.records.list_report import words


@dataclass(frozen=True, slots=True)
class MedicineCell:
    """``split`` is False where the cell could not be taken apart; then ``name`` is the whole of it."""

    name: str
    dosage: str | None
    quantity: str | None
    split: bool


_JOINTS = ",;-–| \t"
# What may follow a form and still be of the name: a maker or a note in brackets, "sugar free".
_TAIL = re.compile(r"\s*(?:\([^()]*\)|sugar[ -]?free|SF\b|MR\b|m/r\b|[\w.]+ ?% ?w/[vw])", re.IGNORECASE)


@cache
def _quantity() -> re.Pattern[str]:
    units = "|".join(re.escape(word) for word in words.cell_words("quantity_unit"))
    amount = r"\d+(?:\.\d+)?(?:\s*[xX×]\s*\d+(?:\.\d+)?)?"
    return re.compile(rf"(?:^|[\s,;|-])({amount}\s*(?:{units})?(?:\(s\))?)\s*$", re.IGNORECASE)


@cache
def _form() -> re.Pattern[str]:
    forms = "|".join(re.escape(word) for word in words.cell_words("form"))
    return re.compile(rf"\b(?:{forms})\b(?![/-])", re.IGNORECASE)


@lru_cache(200_000)
def split(cell: str) -> MedicineCell:
    """Name, dosage and quantity of one cell. A quantity is only taken where it ends the cell and has a unit or a joint."""
    text = " ".join(cell.split())
    name_end = _name_end(text)
    if name_end is None:
        return MedicineCell(text, None, None, split=False)
    name, rest = text[:name_end].strip(_JOINTS), text[name_end:].strip(_JOINTS)
    dosage, quantity = _dosage_and_quantity(rest)
    return MedicineCell(name, dosage, quantity, split=True)


def _name_end(text: str) -> int | None:
    first_digit = re.search(r"\d", text)
    starts = first_digit.start() if first_digit else 0
    found = _form().search(text, starts) or _form().search(text)
    if found is None:
        return None
    end = found.end()
    while tail := _TAIL.match(text, end):
        end = tail.end()
    return end


def _dosage_and_quantity(rest: str) -> tuple[str | None, str | None]:
    if not rest:
        return None, None
    found = _quantity().search(rest)
    if found is None or not _ends_apart(rest, found):
        return rest, None
    dosage = rest[: found.start(1)].strip(_JOINTS)
    return dosage or None, found.group(1).strip()


def _ends_apart(rest: str, found: re.Match[str]) -> bool:
    """Whether the amount at the end is a quantity and not the end of the instruction ("take 2", "max 8 tablets")."""
    before = rest[: found.start(1)].rstrip()
    if not before or before[-1] in ",;|-–":
        return True
    has_unit = bool(re.search(r"[A-Za-z]", found.group(1)))
    last_word = before.split()[-1].casefold().strip(_JOINTS)
    return has_unit and last_word not in {
        "take",
        "max",
        "maximum",
        "of",
        "to",
        "or",
        "than",
        "exceed",
        "apply",
        "use",
    }
