"""Doses that can be made of whole units at one time of day, and of which units.

Inside, doses are whole micrograms and units are whole tenths (a tablet 10, half a tablet 5), so sums are exact.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from math import gcd
from threading import Lock

from stepwell.knowledge.medicines.model import Product

MICROGRAM = 1000
TENTHS = 10
_HALF = 5
# A whole tablet counts 10 and a half 12: two halves never stand for a whole, and a whole is preferred.
_COST_WHOLE, _COST_HALF = 10, 12
_MOST_TIES = 16

Made = tuple[int, ...]
"""Tenths of units of each product, in the order of the ladder's products."""


@dataclass(frozen=True, slots=True)
class _Piece:
    dose: int
    product: int
    tenths: int
    cost: int


def micrograms(mg: Decimal) -> int:
    """Whole micrograms of a dose in mg. No product is dosed finer, so nothing is lost."""
    return int(mg * MICROGRAM)


def plain(number: Decimal) -> Decimal:
    """The same number without trailing zeros or an exponent."""
    whole = number.to_integral_value()
    return Decimal(int(whole)) if whole == number else number.normalize()


class OccasionDoses:
    """Every dose that can be given at one time of day, with the ways to make it in the fewest units.

    ``halves``: ids of tablets that may be halved. Grows as larger doses are asked for.
    """

    def __init__(self, products: tuple[Product, ...], halves: frozenset[str] = frozenset()) -> None:
        self.products = products
        pieces = []
        for at, product in enumerate(products):
            dose = micrograms(product.strength_mg_per_unit or Decimal(0))
            pieces.append(_Piece(dose, at, TENTHS, _COST_WHOLE))
            if product.product_id in halves:
                pieces.append(_Piece(dose // 2, at, _HALF, _COST_HALF))
        self._strengths = tuple(micrograms(each.strength_mg_per_unit or Decimal(0)) for each in products)
        self._pieces = tuple(sorted(pieces, key=lambda p: (p.dose, p.cost)))
        self.quantum = gcd(*(piece.dose for piece in pieces))
        """Micrograms every dose is a multiple of."""
        self.smallest = self._pieces[0].dose
        # Ladders are kept and shared: two requests may ask for larger doses at once.
        self._growing = Lock()
        self._cost: list[int | None] = [0]
        self._ways: list[tuple[Made, ...]] = [(tuple(0 for _ in products),)]

    def ways(self, dose: int) -> tuple[Made, ...]:
        """The ways to make a dose (micrograms) in the fewest units; () where it cannot be made."""
        at, rest = divmod(dose, self.quantum)
        if rest or at < 0:
            return ()
        if len(self._ways) <= at:
            with self._growing:
                while len(self._ways) <= at:
                    self._grow()
        return self._ways[at]

    def _grow(self) -> None:
        at = len(self._ways)
        best: int | None = None
        found: dict[Made, None] = {}
        for piece in self._pieces:
            before = at - piece.dose // self.quantum
            if before < 0 or self._cost[before] is None:
                continue
            cost = (self._cost[before] or 0) + piece.cost
            if best is None or cost < best:
                best, found = cost, {}
            if cost == best:
                for made in self._ways[before]:
                    grown = list(made)
                    grown[piece.product] += piece.tenths
                    found[tuple(grown)] = None
        self._cost.append(best)
        self._ways.append(tuple(sorted(found, reverse=True)[:_MOST_TIES]))

    def dose_of(self, made: Made) -> int:
        """The dose some units make, in micrograms."""
        return sum(tenths * each // TENTHS for tenths, each in zip(made, self._strengths, strict=True))

    def cost(self, dose: int) -> int:
        """How many units a dose takes, in tenths, halves counting a little more. Only of a dose that can be made."""
        self.ways(dose)
        return self._cost[dose // self.quantum] or 0


def price_of(
    made: Made, products: tuple[Product, ...], cost: Callable[[str], Decimal | None]
) -> Decimal | None:
    """The price of some units, or None where any is not known: an unknown price is not nothing."""
    total = Decimal(0)
    for tenths, product in zip(made, products, strict=True):
        if tenths:
            each = cost(product.product_id)
            if each is None:
                return None
            total += each * tenths / TENTHS
    return total
