"""The whole-person OME: the sum over every opioid taken, which is "at least" that when one could not be converted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from stepwell.base.errors import StepwellError
from stepwell.knowledge.equivalence.model import Equivalence, plain_number
from stepwell.knowledge.equivalence.thresholds import Band, band, thresholds


@dataclass(frozen=True, slots=True)
class Total:
    """OME a day over all opioids, in mg. ``at_least``: the true figure is this or more, because ``unconverted`` say why.

    With nothing converted the total is unknown (None), never zero.
    """

    ome_min: Decimal | None
    ome_max: Decimal | None
    at_least: bool
    unconverted: tuple[str, ...]
    table: str | None

    @property
    def band(self) -> Band | None:
        """The band of the maximum; for an "at least" total, the lowest band it can be in."""
        return None if self.ome_max is None else band(self.ome_max)

    def __str__(self) -> str:
        """As shown: ``at least 60 mg``, ``24 to 84 mg``, ``90 (89.6) mg``, ``not known``."""
        if self.ome_min is None or self.ome_max is None:
            return "not known"
        low, high = whole_mg(self.ome_min), whole_mg(self.ome_max)
        figure = low if self.ome_min == self.ome_max else f"{low} to {high}"
        return f"at least {figure} mg" if self.at_least else f"{figure} mg"


def total(parts: Iterable[Equivalence], *, also_unconverted: Iterable[str] = ()) -> Total:
    """The sum of the equivalences of a person's opioids.

    ``parts`` are of opioids only; leave out gabapentinoids, which have no equivalent and take nothing from the total.
    ``also_unconverted`` are reasons for opioids that never got as far as a dose. All parts must use one factor table.
    """
    held = list(parts)
    used = {part.table for part in held}
    if len(used) > 1:
        raise StepwellError(
            "Equivalences under different factor tables cannot be added.",
            next_step="Work all of them out again under one table.",
        )
    missing = (*(part.reason for part in held if not part.convertible), *also_unconverted)
    lows = [part.ome_min for part in held if part.ome_min is not None]
    highs = [part.ome_max for part in held if part.ome_max is not None]
    return Total(
        ome_min=sum(lows, Decimal(0)) if lows else None,
        ome_max=sum(highs, Decimal(0)) if highs else None,
        at_least=bool(missing) and bool(lows),
        unconverted=missing,
        table=used.pop() if used else None,
    )


def whole_mg(value: Decimal) -> str:
    """Whole milligrams, half up; with the exact figure where rounding could hide which side of a line it is on."""
    whole = value.quantize(Decimal(1), rounding=ROUND_HALF_UP)
    near_a_line = any(abs(value - line.value) < 1 for line in thresholds())
    return f"{whole} ({plain_number(value)})" if near_a_line and whole != value else str(whole)
