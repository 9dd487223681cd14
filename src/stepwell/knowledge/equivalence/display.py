"""How an OME is shown: one function for every page, list and print, so that none rounds or leaves out by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from stepwell.base.errors import StepwellError
from stepwell.knowledge.equivalence.model import CALCULATION_VERSION
from stepwell.knowledge.equivalence.thresholds import band, threshold_set_id
from stepwell.knowledge.equivalence.total import Total, whole_mg

UNIT = "mg oral morphine equivalent a day"


@dataclass(frozen=True, slots=True)
class Shown:
    """A total as people read it. ``figure`` is "24-84" or "at least 60"; ``sentence`` says all there is to say.

    ``band`` is the label of the maximum's band, with the minimum's where they differ.
    """

    figure: str
    unit: str
    band: str
    table: str
    threshold_set: str
    calculation: str
    on: date
    as_needed: str
    not_in_it: tuple[str, ...]

    @property
    def short(self) -> str:
        """For a column: ``OME 24-84 (as-needed part 0-60)``."""
        return f"OME {self.figure}{self.as_needed}"

    @property
    def sentence(self) -> str:
        """The figure with unit, band, table, threshold set and day."""
        day = f"{self.on.day} {self.on:%B %Y}"
        if not self.band:
            return f"OME {self.figure}, {day}"
        rest = f"band {self.band} (thresholds {self.threshold_set}), table {self.table}, {day}"
        return f"{self.figure} {UNIT}{self.as_needed}, {rest}"


def shown(whole: Total, *, on: date, as_needed: Total | None = None) -> Shown:
    """A person's total as it is shown. ``as_needed`` is that part of ``whole`` which is taken only when needed.

    Figures are whole mg, half up; lines and bands are of the exact figure, which is added where rounding would hide it.
    Raises StepwellError for an as-needed part that is more than the whole, or under another table.
    """
    part = ""
    if as_needed is not None:
        _belongs(as_needed, whole)
        part = f" (as-needed part {_figure(as_needed)})"
    return Shown(
        figure=_figure(whole),
        unit=UNIT,
        band=_band(whole),
        table=whole.table or "",
        threshold_set=threshold_set_id(),
        calculation=CALCULATION_VERSION,
        on=on,
        as_needed=part,
        not_in_it=whole.unconverted,
    )


def _belongs(part: Total, whole: Total) -> None:
    if part.table is not None and part.table != whole.table:
        raise StepwellError("An as-needed part and its whole must be of one factor table.")
    if part.ome_max is not None and part.ome_max > (whole.ome_max or Decimal(0)):
        raise StepwellError("An as-needed part cannot be more than the whole.")


def _figure(of: Total) -> str:
    if of.ome_min is None or of.ome_max is None:
        return "not known"
    low, high = whole_mg(of.ome_min), whole_mg(of.ome_max)
    figure = low if of.ome_min == of.ome_max else f"{low}-{high}"
    return f"at least {figure}" if of.at_least else figure


def _band(of: Total) -> str:
    if of.ome_min is None or of.ome_max is None:
        return ""
    most, least = band(of.ome_max), band(of.ome_min)
    label = f"{most.label} or higher" if of.at_least and most.high is not None else most.label
    return label if most == least else f"{label} ({least.label} at the minimum)"
