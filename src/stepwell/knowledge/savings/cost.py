"""What medicines cost, by the prices of real products that the caller gives. A price that is not known is never nought."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from stepwell.base.errors import StepwellError


@dataclass(frozen=True, slots=True)
class PriceTable:
    """Prices in GBP of one counted unit, by product id. ``source`` and ``month`` (``2026-07``) are shown with every sum."""

    source: str
    month: str
    gbp_per_unit: Mapping[str, Decimal]

    def __post_init__(self) -> None:
        """Raises StepwellError without a source or month, and for a price of nought or less: leave out what is not known."""
        if not self.source.strip() or re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", self.month) is None:
            raise StepwellError(
                "Prices need a source and a month.",
                next_step="Give the month as year and month, such as 2026-07.",
            )
        if any(not price.is_finite() or price <= 0 for price in self.gbp_per_unit.values()):
            raise StepwellError(
                "A price is nought, below nought or not a number.",
                next_step="Leave out a price that is not known.",
            )


@dataclass(frozen=True, slots=True)
class Supply:
    """So many counted units of one product."""

    product_id: str
    units: Decimal


@dataclass(frozen=True, slots=True)
class CostLine:
    """One product's part of a cost; ``gbp`` is None where its price is not known."""

    product_id: str
    units: Decimal
    gbp_per_unit: Decimal | None
    gbp: Decimal | None


@dataclass(frozen=True, slots=True)
class Cost:
    """``gbp`` is None when any price is not known; ``known_gbp`` is the part that is. Exact, not rounded."""

    gbp: Decimal | None
    known_gbp: Decimal
    lines: tuple[CostLine, ...]
    unknown: tuple[str, ...]
    source: str
    month: str


@dataclass(frozen=True, slots=True)
class Saving:
    """Before less after, in GBP; below nought where it costs more. None when either side is not wholly known (``reason``)."""

    gbp: Decimal | None
    before: Cost
    after: Cost
    formula: str
    reason: str


def cost(supplies: Iterable[Supply], prices: PriceTable) -> Cost:
    """What supplies cost under one price table. Nothing supplied costs nothing; that is known."""
    lines = tuple(_line(each, prices) for each in supplies)
    unknown = tuple(dict.fromkeys(each.product_id for each in lines if each.gbp is None))
    known = sum((each.gbp for each in lines if each.gbp is not None), Decimal(0))
    return Cost(None if unknown else known, known, lines, unknown, prices.source, prices.month)


def _line(supply: Supply, prices: PriceTable) -> CostLine:
    if not supply.units.is_finite() or supply.units < 0:
        raise StepwellError("A quantity supplied cannot be below nought.", next_step="Check the supplies.")
    price = prices.gbp_per_unit.get(supply.product_id)
    return CostLine(supply.product_id, supply.units, price, None if price is None else price * supply.units)


def saving(before: Iterable[Supply], after: Iterable[Supply], prices: PriceTable) -> Saving:
    """What is saved over one stretch of time: both sides must be of the same length, under the same prices."""
    first, second = cost(before, prices), cost(after, prices)
    if first.gbp is None or second.gbp is None:
        missing = len({*first.unknown, *second.unknown})
        return Saving(None, first, second, "", f"The price of {missing} product(s) is not known.")
    gbp = first.gbp - second.gbp
    return Saving(gbp, first, second, f"{first.gbp:f} - {second.gbp:f} = {gbp:f} GBP", "")
