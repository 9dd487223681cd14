"""Quantities as they are written: "56", "56 tablets", "2x100", "2 x 28 tablets", "2.5 ml"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from stepwell.population.records.reading import cells

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_UNIT = r"[A-Za-z%][A-Za-z%()\[\]/. '-]*"
_TIMES = r"\s*[xX×*]\s*"
_PLAIN = re.compile(rf"({_NUMBER})(?:{_TIMES}({_NUMBER}))?\s*({_UNIT})?")
_UNIT_FIRST = re.compile(rf"({_NUMBER})\s*({_UNIT}?){_TIMES}({_NUMBER})")
# Stored as decimal(12, 4): eight figures before the point.
_LARGEST = Decimal(10**8)
_STEP = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Quantity:
    """``value`` of ``unit``, or ``value`` None where the text does not say one number. ``text`` is what was written."""

    value: Decimal | None
    unit: str | None
    text: str | None


@lru_cache(200_000)
def parse(cell: str, unit_cell: str = "") -> Quantity:
    """Multiplies and keeps decimals. ``unit_cell`` is a separate unit column, where the source has one.

    Nothing, zero, several amounts ("1 x 15g + 1 x 30g") or a unit that differs from the unit column give no value:
    the text is kept for people to read.
    """
    amount, unit = cells.text(cell), cells.text(unit_cell)
    if amount is None:
        return Quantity(None, unit, None)
    written = f"{amount} {unit}" if unit else amount
    value, own_unit = _amount(amount)
    if value is not None and not 0 < value < _LARGEST:
        value = None
    if value is not None and own_unit and unit and _singular(own_unit) != _singular(unit):
        value = None
    return Quantity(value, unit or own_unit, written)


def _amount(amount: str) -> tuple[Decimal | None, str | None]:
    if match := _PLAIN.fullmatch(amount):
        first, second, unit = match.groups()
    elif match := _UNIT_FIRST.fullmatch(amount):
        first, unit, second = match.groups()
    else:
        return None, None
    product = _decimal(first) * (_decimal(second) if second else 1)
    return product.quantize(_STEP).normalize() + 0, unit.strip() if unit else None


def _decimal(digits: str) -> Decimal:
    return Decimal(digits.replace(",", ""))


def _singular(unit: str) -> str:
    return re.sub(r"\(s\)$|s$", "", unit.casefold().strip().rstrip("."))
