"""What a measure is, once its YAML has been read."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Direction(StrEnum):
    """Which end is better. NONE: neither, so it is never coloured as good or bad."""

    LOWER = "lower"
    HIGHER = "higher"
    NONE = "none"


class Kind(StrEnum):
    """A share (0 to 1) of items or quantity, an amount per 1,000 patients, or a plain ratio."""

    SHARE = "share"
    LIST = "list"
    RATIO = "ratio"


class Weight(StrEnum):
    """What one dispensed unit is worth, beside the unit itself."""

    OME_MG = "ome_mg"
    MG = "mg"
    DDD = "ddd"
    ADQ = "adq"


@dataclass(frozen=True, slots=True)
class Side:
    """A numerator or a denominator: the sum of a column (times a weight, for quantity) over chosen presentations.

    ``column`` is "items", "quantity", "actual_cost" or "nic". ``chosen`` is the selector as YAML holds it. ``quantity_over``: only rows whose
    quantity per item is over this, which needs rows at raw grain.
    """

    column: str
    weight: Weight | None
    chosen: Any
    quantity_over: Decimal | None


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure. ``denominator`` is None for a measure per 1,000 registered patients."""

    id: str
    version: int
    title: str
    plain: str
    unit: str
    kind: Kind
    direction: Direction
    numerator: Side
    denominator: Side | None
    family: str
    secondary: bool
    quantity_per_item: str | None
    threshold: str | None
    caveats: tuple[str, ...]
    upstream: str | None
    valid_from: str
    review: str
    source: str
    status: str

    @property
    def uses_factors(self) -> bool:
        """Whether its values hang on a table of factors, and so can be asked for under another."""
        return Weight.OME_MG in {self.numerator.weight, self.denominator.weight if self.denominator else None}

    @property
    def per(self) -> str:
        """What its value is of, in words."""
        if self.kind is Kind.LIST:
            return f"{self.unit} per 1,000 registered patients"
        return "share, 0 to 1" if self.kind is Kind.SHARE else self.unit
