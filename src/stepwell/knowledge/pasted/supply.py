"""The quantity and the days of supply that stand beside a pasted medicine. Only what is plainly one of each is taken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from stepwell.knowledge.pasted.model import Entry

_SPELL = r"(?P<days>\d{1,3})[ -]?(?P<spell>days?|weeks?|wks?)"
_QUANTITY = re.compile(
    r"(?P<label>(?:qty|quantity|supply|disp(?:ense)?)\s*[:.]?\s*)?(?:(?P<packs>\d{1,3})\s?[x*]\s?)?(?P<number>\d{1,5}(?:\.\d+)?)"
    rf"\s*(?:x\s*)?(?P<unit>[a-z]+(?:\((?:s|es|ies)\))?)?(?:[\s,(]+(?:for\s+|every\s+)?{_SPELL}(?: supply)?\)?)?",
    re.I,
)
_DAYS = re.compile(
    rf"(?:(?:(?:issue|repeat|prescription|days?) )?(?:interval|duration|supply)\s*:?\s*|(?:issued?|repeat(?:ed)?|supply) every )?{_SPELL}"
    r"(?:[ -](?:supply|script|prescription))?|days(?: supply)?\s*:?\s*(?P<bare>\d{1,3})",
    re.I,
)
_IN_TEXT = re.compile(rf"\b{_SPELL}[ -](?:supply|script|prescription)\b|\b(?:issue|repeat) every {_SPELL.replace('?P<days>', '?P<days_too>').replace('?P<spell>', '?P<spell_too>')}\b", re.I)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Supply:
    """``quantity`` as written, in ``unit`` ("" where none is written), for ``days``."""

    quantity: Decimal
    unit: str
    days: int


def supply_of(entry: Entry, *, duration_days: int | None = None) -> Supply | str:
    """The supply of a medicine, or why it cannot be told, as a sentence. ``duration_days``: as its instruction was read."""
    quantities = dict.fromkeys(_quantities(entry))
    days = {each for each in (*_days(entry), duration_days) if each}
    if len(quantities) > 1:
        return "More than one quantity stands beside it."
    if len(days) > 1:
        return "More than one number of days stands beside it."
    if not quantities:
        return "No quantity with its unit was pasted beside it."
    if not days:
        return "No number of days was pasted beside its quantity."
    ((quantity, unit),) = quantities
    return Supply(quantity, unit, days.pop())


def _quantities(entry: Entry) -> Iterator[tuple[Decimal, str]]:
    for part in entry.rest:
        found = _QUANTITY.fullmatch(part.strip(" .,;:"))
        # A number by itself may be a quantity, days or a count of issues; so may "supply 28".
        if not found or not (found["unit"] or _says_quantity(found["label"])) or _is_spell(found["unit"]):
            continue
        number = Decimal(found["number"]) * int(found["packs"] or 1)
        if number > 0:
            yield number, (found["unit"] or "").lower()


def _says_quantity(label: str | None) -> bool:
    return label is not None and label.lower().startswith("q")


def _is_spell(unit: str | None) -> bool:
    return (
        unit is not None
        and re.fullmatch(r"days?|weeks?|wks?|months?|mths?|years?|of|issues?", unit, re.I) is not None
    )


def _days(entry: Entry) -> Iterator[int]:
    for part in entry.rest:
        text = part.strip(" .,;:")
        found = _DAYS.fullmatch(text) or _QUANTITY.fullmatch(text)
        if found is None:
            continue
        if found["days"]:
            yield _in_days(found["days"], found["spell"])
        elif found.groupdict().get("bare"):
            yield int(found["bare"])
    for found in _IN_TEXT.finditer(entry.instruction):
        yield _in_days(found["days"] or found["days_too"], found["spell"] or found["spell_too"])


def _in_days(number: str, spell: str) -> int:
    return int(number) * (7 if spell.lower().startswith("w") else 1)
