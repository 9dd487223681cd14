"""Lines and bands of daily OME, as dated configuration: guidance moves (120, then 90)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from stepwell.base.errors import Place, StepwellError
from stepwell.knowledge import tables


@dataclass(frozen=True, slots=True)
class Threshold:
    """A line. ``effective_from`` and ``effective_to`` are year-months as text, None where not known or still in force."""

    id: str
    value: Decimal
    operator: str
    effective_from: str | None
    effective_to: str | None
    use: str
    source: str
    status: str

    def reached_by(self, ome: Decimal) -> bool:
        """Whether an exact, unrounded OME is at the line (operator >=) or above it (operator >)."""
        return ome >= self.value if self.operator == ">=" else ome > self.value


@dataclass(frozen=True, slots=True)
class Band:
    """A band of daily OME: from ``low`` (included) to below ``high`` (None: no upper end)."""

    id: str
    label: str
    low: Decimal
    high: Decimal | None


@cache
def _document() -> Any:
    return tables.document("thresholds")


@cache
def thresholds() -> tuple[Threshold, ...]:
    """Every line held."""
    return tuple(
        Threshold(
            id=row["id"],
            value=Decimal(str(row["value"])),
            operator=row["operator"],
            effective_from=row["effective_from"],
            effective_to=row["effective_to"],
            use=row["use"],
            source=row["source"],
            status=row["status"],
        )
        for row in _document()["thresholds"]
    )


def threshold(threshold_id: str) -> Threshold:
    """One line by id. Raises StepwellError for an id that is not held."""
    for each in thresholds():
        if each.id == threshold_id:
            return each
    raise StepwellError(
        f"There is no threshold called {threshold_id}.",
        where=Place("thresholds.yaml"),
        next_step=f"The thresholds are: {', '.join(each.id for each in thresholds())}.",
    )


def threshold_set_id() -> str:
    """The id of the set in force, kept with every stored OME."""
    return str(_document()["id"])


@cache
def bands() -> tuple[Band, ...]:
    """The bands from lowest to highest."""
    return tuple(
        Band(
            row["id"],
            row["label"],
            Decimal(row["from"]),
            None if row["below"] is None else Decimal(row["below"]),
        )
        for row in _document()["bands"]
    )


def band(ome: Decimal) -> Band:
    """The band of an exact, unrounded OME in mg a day. 89.6 is below 90."""
    for each in reversed(bands()):
        if ome >= each.low:
            return each
    raise StepwellError("An oral morphine equivalent cannot be below zero.")
