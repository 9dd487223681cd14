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
# Between the parts: a comma or a dash with space beside it, a bar, or more than one space (written as a bar below).
_JOINT = re.compile(r",\s+|;\s*|\s+[-–]\s+|\s*\|\s*")
_STRENGTH = re.compile(r"\d[\d.,]*\s*(?:mg|g|mcg|microgram|nanogram|ml|%|unit)", re.IGNORECASE)
# An amount at the end with no joint before it is taken as a quantity only from here on: "at night 2 tablets" is a dose.
_SMALLEST_WITHOUT_JOINT = 14
# What may follow a form and still be of the name: a maker or a note in brackets, "sugar free".
_TAIL = re.compile(
    r"\s*(?:\([^()]*\)|for (?:injection|infusion|inhalation)s?\b|sugar[ -]?free|SF\b|MR\b|m/r\b|[\w.]+ ?% ?w/[vw])",
    re.IGNORECASE,
)


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
    text = " ".join(re.sub(r"\s{2,}|[\t\r\n]", " | ", cell.strip()).split())
    name_end = _name_end(text)
    if name_end is None:
        return MedicineCell(" ".join(cell.split()), None, None, split=False)
    name, rest = text[:name_end].strip(_JOINTS), text[name_end:].strip(_JOINTS)
    dosage, quantity = _dosage_and_quantity(rest)
    return MedicineCell(name, dosage, quantity, split=True)


def _name_end(text: str) -> int | None:
    first_digit = re.search(r"\d", text)
    joint = _JOINT.search(text)
    within = first_digit and (joint is None or first_digit.start() < joint.start())
    starts = first_digit.start() if first_digit and within else 0
    found = _form().search(text, starts) or _form().search(text)
    if found is None or _instruction_begins(text[: found.start()]):
        return None
    end = found.end()
    while tail := _TAIL.match(text, end) or re.compile(rf"\s+(?:{_form().pattern})", re.IGNORECASE).match(
        text, end
    ):
        end = tail.end()
    joint = _JOINT.search(text, end)
    between = text[end : joint.start()] if joint else ""
    return end if not joint or _is_instruction(between) else joint.start()


def _instruction_begins(before_form: str) -> bool:
    """Whether an instruction starts before the first form: the form is then of the instruction, not of the name."""
    parts = _JOINT.split(before_form)
    return any(_is_instruction(part) and not _STRENGTH.match(part) for part in parts[1:])


def _is_instruction(part: str) -> bool:
    tokens = re.findall(r"[A-Za-z]+|\d+", part.casefold())
    return any(token.isdigit() or token in words.cell_words("dosage_start") for token in tokens)


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
    amount, before = found.group(1), rest[: found.start(1)]
    if re.search(r"\d\s*[-–]\s*$", before):  # the upper end of a range of doses
        return False
    if not before.strip() or re.search(r"(?:[,;|]|\s[-–])\s*$", before):
        return True
    value = re.match(r"\d+", amount)
    has_unit = bool(re.search(r"[A-Za-z]", amount)) and value is not None
    if value is None or int(value[0]) < _SMALLEST_WITHOUT_JOINT or not before[-1].isspace():
        return False
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
