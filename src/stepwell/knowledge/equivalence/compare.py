"""The same opioids under every table, side by side, and whether the table decides which band they fall in.

Not defined is not zero: a table that does not define an opioid gives a lower bound, and by that alone raises no flag.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from stepwell.knowledge.equivalence.convert import DEFAULT_TABLE, convert
from stepwell.knowledge.equivalence.forms import from_units
from stepwell.knowledge.equivalence.held import FactorTable, compared, marked
from stepwell.knowledge.equivalence.model import Equivalence, Refusal, not_converted
from stepwell.knowledge.equivalence.thresholds import Band, bands, threshold_set_id
from stepwell.knowledge.equivalence.total import Total, total
from stepwell.knowledge.medicines.model import Product


@dataclass(frozen=True, slots=True)
class Taken:
    """One opioid a person takes. ``daily_mg`` and ``units`` are (least, most) a day; ``patch_mcg_per_hour`` is of all worn.

    ``product`` None, or no dose: it counts as not known, with ``reason``. ``as_needed``: all of it is.
    """

    name: str
    product: Product | None = None
    daily_mg: tuple[Decimal, Decimal] | None = None
    units: tuple[Decimal, Decimal] | None = None
    patch_mcg_per_hour: Decimal | None = None
    as_needed: bool = False
    reason: str = ""

    def under(self, table: str) -> Equivalence:
        """Its OME under one table, or why there is none."""
        if self.product is None:
            why = self.reason or "the medicine is not known"
            return not_converted(table, Refusal.NOT_KNOWN, f"{self.name}: {why}.")
        if self.units is not None:
            return from_units(self.product, *self.units, table=table)
        low, high = self.daily_mg or (None, None)
        return convert(
            self.product,
            daily_mg_min=low,
            daily_mg_max=high,
            patch_mcg_per_hour=self.patch_mcg_per_hour,
            table=table,
        )


@dataclass(frozen=True, slots=True)
class UnderTable:
    """What is taken, under one table. ``parts`` are in the order given; ``not_defined`` names what the table leaves out.

    ``as_needed`` is the part of the total that is taken only when needed; None where nothing is.
    """

    table: FactorTable
    parts: tuple[Equivalence, ...]
    total: Total
    not_defined: tuple[str, ...]
    as_needed: Total | None

    @property
    def band(self) -> Band | None:
        """The band of the maximum, by the threshold set in force; the lowest it can be where the total is "at least"."""
        return self.total.band


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every table's answer, the default first.

    ``threshold_class_differs``: the default and the CDC table of 2022 put the person in different bands. None: it cannot
    be told, because one of the two leaves out an opioid the other counts; that is no reassurance, and no flag.
    """

    items: tuple[Taken, ...]
    by_table: tuple[UnderTable, ...]
    threshold_set: str
    threshold_class_differs: bool | None

    def under(self, table_id: str) -> UnderTable:
        """The answer of one table. Raises KeyError for one that is not compared."""
        found = {each.table.id: each for each in self.by_table}
        return found[table_id]


def side_by_side(opioids: Iterable[Taken]) -> Comparison:
    """What is taken, summed under the default and under each table compared with it. Gabapentinoids take nothing away."""
    items = tuple(opioids)
    by_table = tuple(_under(table, items) for table in compared())
    found = {each.table.id: each for each in by_table}
    differs = _differs(found[DEFAULT_TABLE], found[marked("sensitivity")])
    return Comparison(items, by_table, threshold_set_id(), differs)


def _under(table: FactorTable, items: tuple[Taken, ...]) -> UnderTable:
    parts = tuple(each.under(table.id) for each in items)
    opioids = [part for part in parts if part.refusal is not Refusal.NOT_AN_OPIOID]
    left_out = tuple(
        item.name for item, part in zip(items, parts, strict=True) if part.refusal is Refusal.NOT_DEFINED
    )
    needed = [part for item, part in zip(items, parts, strict=True) if item.as_needed and part in opioids]
    return UnderTable(table, parts, total(opioids), left_out, total(needed) if needed else None)


def _differs(one: UnderTable, other: UnderTable) -> bool | None:
    """Whether two tables give different bands; None where what one of them leaves out could make up the difference.

    A table that leaves out what the other counts can only be short: in a higher band all the same, it differs for certain.
    """
    if one.band is None or other.band is None:
        return None
    order = [each.id for each in bands()]
    apart = order.index(other.band.id) - order.index(one.band.id)
    pairs = list(zip(one.parts, other.parts, strict=True))
    one_short = any(b.convertible and not a.convertible for a, b in pairs)
    other_short = any(a.convertible and not b.convertible for a, b in pairs)
    if one_short and other_short:
        return None
    if other_short:
        return True if apart > 0 else None
    if one_short:
        return True if apart < 0 else None
    return apart != 0
