"""The numbers that charts rest on, from the table ``spc_constants``, and what a point looks like, from ``spc_palette``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from types import MappingProxyType

from stepwell.knowledge import tables


@cache
def exact(name: str) -> Fraction:
    """One constant by name, as written. Raises KeyError for a name not in the table: a fault of ours, not of the data."""
    return Fraction({row["constant"]: row["value"] for row in tables.rows("spc_constants")}[name])


@cache
def number(name: str) -> float:
    """One constant as a float."""
    return float(exact(name))


def whole(name: str) -> int:
    """One constant that counts things."""
    return int(exact(name))


@dataclass(frozen=True, slots=True)
class Look:
    """How a meaning is drawn: a colour of the web, a shape, and the words that go with it, because colour is never alone."""

    colour: str
    shape: str
    words: str


@cache
def palette() -> Mapping[str, Look]:
    """The look of every meaning, and of the target line, by name."""
    return MappingProxyType(
        {
            row["meaning"]: Look(row["colour"], row["shape"], row["words"])
            for row in tables.rows("spc_palette")
        }
    )
