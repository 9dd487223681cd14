"""Figures as the paste box writes them."""

from __future__ import annotations

import re
from decimal import Decimal

_PLURALS = {"patch": "patches", "ml": "ml", "mg": "mg", "g": "g", "suppository": "suppositories"}
_COUNTED = re.compile(r"(?<![\d.])((?!1 )[\d.]+(?: to [\d.]+)?) ([a-z]+) x")


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
    return f"{spread(low, high)} {unit if one else _plural(unit)}"


def formula(text: str) -> str:
    """A sum as people write it: "2 capsule x 30 mg x 1 = 60 mg" is "2 capsules × 30mg × 1 = 60mg"."""
    text = _COUNTED.sub(lambda found: f"{found[1]} {_plural(found[2])} x", text)
    # Where units cancel, as in "microgram/h x 24 h / 1000 microgram/mg", they stay as they are.
    if "microgram/mg" not in text:
        text = text.replace(" microgram/h", " micrograms an hour")
    return text.replace(" mg", "mg").replace(" x ", " × ")


def _plural(unit: str) -> str:
    return _PLURALS.get(unit, unit + "s")
