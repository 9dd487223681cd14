"""OME of everything supplied to a population, by quantity. Never of a person: methadone has a factor here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from stepwell.base.errors import StepwellError
from stepwell.knowledge import tables
from stepwell.knowledge.equivalence.factors import Factor, factor
from stepwell.knowledge.equivalence.held import marked, usable
from stepwell.knowledge.equivalence.model import plain_number
from stepwell.knowledge.equivalence.patches import daily_per_microgram_an_hour, quantity_over
from stepwell.knowledge.medicines.model import MedicineClass, Product


@dataclass(frozen=True, slots=True)
class Supply:
    """So many counted units of one product (tablets, ml, patches). A brand's change interval goes before the product's.

    What the catalogue does not hold (injections) is given by ``substance``, ``route`` and ``mg_per_unit``: for an ampoule
    mg per ml times its ml.
    """

    quantity: Decimal
    product: Product | None = None
    substance: str = ""
    route: str = ""
    mg_per_unit: Decimal | None = None
    brand_interval_hours: int | None = None


@dataclass(frozen=True, slots=True)
class PopulationTotal:
    """mg of OME over the whole period supplied, not a day. ``at_least``: ``unconverted`` say what is missing.

    ``excluded``: supplies for opioid dependence; ``not_opioids``: supplies that have no OME. Nothing converted: None.
    """

    ome_mg: Decimal | None
    table: str
    at_least: bool
    unconverted: tuple[str, ...]
    excluded: int
    not_opioids: int
    sums: tuple[str, ...]


def population_total(supplies: Iterable[Supply], *, table: str | None = None) -> PopulationTotal:
    """OME of all that was supplied, under the table that counts populations (or another compared one).

    Raises StepwellError for a quantity below zero, or a table that is not held or is held for reference only.
    """
    used = table or marked("counts_populations")
    usable(used)
    value, excluded, others = Decimal(0), 0, 0
    sums: list[str] = []
    missing: list[str] = []
    for each in supplies:
        if each.quantity < 0:
            raise StepwellError("A quantity supplied cannot be below zero.")
        classes = each.product.classes if each.product else frozenset({MedicineClass.OPIOID})
        if MedicineClass.DEPENDENCE_TREATMENT in classes:
            excluded += 1
        elif MedicineClass.OPIOID not in classes:
            others += 1
        else:
            ome, said = _one(each, used)
            if ome is None:
                missing.append(said)
            else:
                value += ome
                sums.append(said)
    return PopulationTotal(
        value if sums else None,
        used,
        bool(missing) and bool(sums),
        tuple(missing),
        excluded,
        others,
        tuple(sums),
    )


def _one(supply: Supply, table: str) -> tuple[Decimal | None, str]:
    """mg of OME and the sum, or None and the reason."""
    product = supply.product
    if product is not None and product.patch_rate_microgram_per_h is not None:
        return _patches(supply, product, product.patch_rate_microgram_per_h, table)
    substance = product.substance if product else supply.substance
    route = product.route if product else supply.route
    strength = product.strength_mg_per_unit if product else supply.mg_per_unit
    if product is not None and product.unit == "spray":
        return None, f"{product.name}: whether bottles or sprays are counted is not known."
    if strength is None:
        return None, f"{product.name if product else substance}: the strength is not known."
    row = population_factor(table, substance, route)
    if row is None or row.value is None or row.input_unit != "mg":
        return None, f"The table {table} has no factor for {substance} by this route ({route})."
    ome = supply.quantity * strength * row.value
    written = " x ".join(plain_number(each) for each in (supply.quantity, strength, row.value))
    return ome, f"{substance}: {written} = {plain_number(ome)} mg"


def _patches(supply: Supply, product: Product, rate: Decimal, table: str) -> tuple[Decimal | None, str]:
    hours = (
        supply.brand_interval_hours or product.patch_interval_hours or _usual_hours(product.substance, rate)
    )
    row = population_factor(table, product.substance, product.route)
    a_day = None if row is None else daily_per_microgram_an_hour(row)
    if hours is None or a_day is None:
        missing = "interval of the brand is not known" if hours is None else f"table {table} has no value"
        return None, f"{product.name}: the {missing}."
    ome, written = quantity_over(supply.quantity, rate, hours, a_day)
    return ome, f"{product.substance}: {written}"


def population_factor(table: str, substance: str, route: str) -> Factor | None:
    """The factor a table's totals were published with: its own, else by the table that stands in where it is silent."""
    method = _methods().get(table, {})
    for row in method.get("rows", ()):
        if (row["substance"], row["route"]) == (substance, route):
            value = Decimal(row["factor"])
            return Factor(
                table, substance, route, "factor", value, None, row["status"], row["source"], "", "mg"
            )
    found = factor(table, substance, route)
    if found is None and "otherwise" in method:
        return factor(method["otherwise"], substance, route)
    return found


def is_counted(table: str, bnf_code: str) -> bool:
    """Whether a table's totals over a population take in a presentation of this BNF code."""
    sections = _methods().get(table, {}).get("bnf_sections")
    return sections is None or bnf_code.startswith(tuple(sections))


def counting_table() -> str:
    """The table that counts populations unless another is asked for."""
    return marked("counts_populations")


def _methods() -> Any:
    return tables.document("ome_tables")["population_methods"]


def _usual_hours(substance: str, rate: Decimal) -> int | None:
    """The hours counted for a patch whose brand would decide; for a population only."""
    rows: Any = tables.document("ome_tables")["population_patch_hours"]["rows"]
    for row in rows:
        if row["substance"] == substance and rate in {Decimal(each) for each in row["rates"]}:
            return int(row["hours"])
    return None
