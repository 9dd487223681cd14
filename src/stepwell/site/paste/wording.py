"""Figures as the paste box writes them."""

from __future__ import annotations

from decimal import Decimal

_PLURALS = {"patch": "patches", "ml": "ml", "suppository": "suppositories"}


def number(value: Decimal) -> str:
    """A figure as people write it: 1,500; 0.5; a long fraction as "about 0.14"."""
    short = value.quantize(Decimal("0.01"))
    about = "" if short == value else "about "
    text = format(short.normalize(), "f")
    whole, _, part = text.partition(".")
    return f"{about}{int(whole):,}{'.' + part if part else ''}"


def spread(low: Decimal, high: Decimal) -> str:
    """A range, or the one figure it is."""
    return number(low) if low == high else f"{number(low)} to {number(high)}"


def counted(low: Decimal, high: Decimal, unit: str) -> str:
    """1 capsule, 0 to 8 tablets, 1 patch."""
    one = low == high == 1
    return f"{spread(low, high)} {unit if one else _PLURALS.get(unit, unit + 's')}"
