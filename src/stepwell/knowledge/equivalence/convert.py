"""OME of one product at one daily dose, under a named factor table."""

from __future__ import annotations

from decimal import Decimal

from stepwell.base.errors import StepwellError
from stepwell.knowledge.equivalence.factors import Factor, factor, never_converted, not_listed
from stepwell.knowledge.equivalence.held import populations_only, usable
from stepwell.knowledge.equivalence.model import (
    Equivalence,
    Input,
    Method,
    Refusal,
    not_converted,
    plain_number,
    written_range,
)
from stepwell.knowledge.equivalence.patches import at_rate
from stepwell.knowledge.medicines.model import MedicineClass, Product

DEFAULT_TABLE = "SW-DEFAULT-1"

# Fentanyl by these routes has a factor for counting across a population; a person's own figure is only an estimate.
_ANALYTIC_ROUTES = frozenset({"oromucosal", "sublingual", "nasal", "buccal"})


def convert(
    product: Product,
    *,
    daily_mg_min: Decimal | None = None,
    daily_mg_max: Decimal | None = None,
    patch_mcg_per_hour: Decimal | None = None,
    table: str = DEFAULT_TABLE,
) -> Equivalence:
    """OME of a daily dose in mg of the product's substance, or of the patches worn together in microgram/h.

    Both ends of the dose are needed (they may be equal). Patches are converted from the rate; the change interval plays
    no part. Raises StepwellError for a factor table that is not held or is held for reference only, and for a dose that
    is negative or the wrong way round.
    """
    usable(table)
    refused = refusal_of(product, table)
    if refused:
        return refused
    if product.patch_rate_microgram_per_h is not None:
        return at_rate(product.substance, product.route, patch_mcg_per_hour, table)
    if product.strength_mg_per_unit is None:
        return not_converted(table, Refusal.NOT_KNOWN, "The strength of this product is not known.")
    if daily_mg_min is None or daily_mg_max is None:
        return not_converted(table, Refusal.NOT_KNOWN, "The daily dose is not known.")
    in_order(daily_mg_min, daily_mg_max)
    low, high = written_range(daily_mg_min, daily_mg_max), daily_mg_max
    return by_factor(
        product.substance,
        product.route,
        (daily_mg_min, high),
        table,
        method=Method.DAILY_MG,
        amount=f"{low} mg",
        inputs=(Input("daily dose", low, "mg"),),
    )


def in_order(low: Decimal, high: Decimal) -> None:
    """Raises StepwellError for a dose below zero or the wrong way round."""
    if not Decimal(0) <= low <= high:
        raise StepwellError("A daily dose must run from a smaller to a larger number, neither below zero.")


def refusal_of(product: Product, table: str) -> Equivalence | None:
    """Why a product is never converted for a person; None where it may be."""
    if MedicineClass.DEPENDENCE_TREATMENT in product.classes:
        reason = "Treatment for opioid dependence is never converted. Speak to the drug service."
        return not_converted(table, Refusal.NEVER, reason)
    if MedicineClass.GABAPENTINOID in product.classes:
        reason = "Gabapentin and pregabalin are not opioids, so they have no morphine equivalent."
        return not_converted(table, Refusal.NOT_AN_OPIOID, reason)
    refused = refusal_of_substance(product.substance, table)
    if refused is None and MedicineClass.OPIOID not in product.classes:
        reason = "This is not an opioid, so it has no morphine equivalent."
        return not_converted(table, Refusal.NOT_AN_OPIOID, reason)
    return refused


def refusal_of_substance(substance: str, table: str) -> Equivalence | None:
    """Why a substance is never converted for a person; None where it may be."""
    if substance == "methadone":
        reason = "Methadone is never converted for a person. A specialist must judge the dose."
        return not_converted(table, Refusal.NEVER, reason)
    here, rule = never_converted(table, substance), never_converted(DEFAULT_TABLE, substance)
    if rule is not None:
        return not_converted(table, Refusal.NEVER, f"{substance.capitalize()} is not converted: {rule.note}.")
    if here is not None:
        why = f": {here.note}" if here.note else ""
        reason = f"The table {table} does not define {substance}{why}."
        return not_converted(table, Refusal.NOT_DEFINED, reason)
    if substance in populations_only():
        reason = f"{substance.capitalize()} is obsolete: it is counted in totals over a population only."
        return not_converted(table, Refusal.NEVER, reason)
    return None


def by_factor(
    substance: str,
    route: str,
    daily_mg: tuple[Decimal, Decimal],
    table: str,
    *,
    method: Method,
    amount: str,
    inputs: tuple[Input, ...],
) -> Equivalence:
    """The plain product of a daily dose in mg and a factor. ``amount`` is the dose as the sum writes it."""
    row = factor(table, substance, route)
    scale = None if row is None or row.value is None else _per_mg(row)
    if row is None or row.value is None or scale is None:
        rule = not_listed(table, substance)
        also = f": {rule.note}" if rule is not None and rule.note else ""
        reason = f"The table {table} has no factor for {substance} by this route ({route}){also}."
        return not_converted(table, Refusal.NOT_DEFINED, reason)
    ome_min, ome_max = (each * scale * row.value for each in daily_mg)
    # A factor per microgram needs the thousand in the sum, or nobody could do it again by hand.
    in_unit = amount if scale == 1 else f"{amount} x {plain_number(scale)} {row.input_unit}/mg"
    return Equivalence(
        convertible=True,
        ome_min=ome_min,
        ome_max=ome_max,
        table=table,
        factor=row.value,
        formula=f"{in_unit} x {plain_number(row.value)} = {written_range(ome_min, ome_max)} mg",
        reason="",
        source=row.source,
        status=row.status,
        flags=_flags(substance, route, row),
        method=method,
        inputs=(
            Input("substance", substance),
            Input("route", route),
            *inputs,
            Input("factor", plain_number(row.value), f"per {row.input_unit}"),
        ),
    )


def _per_mg(row: Factor) -> Decimal | None:
    """How many of the row's unit make one mg; None for a unit a daily mg cannot be put in."""
    return {"mg": Decimal(1), "microgram": Decimal(1000)}.get(row.input_unit)


def _flags(substance: str, route: str, row: Factor) -> frozenset[str]:
    flags = set()
    if row.status != "verified":
        flags.add("unverified_factor")
    if substance == "buprenorphine" and route == "sublingual":
        flags.add("wide_uncertainty")
    if substance == "oxycodone" and route == "parenteral":
        flags.add("sources_disagree")
    if substance == "fentanyl" and route in _ANALYTIC_ROUTES:
        flags |= {"analytic_only", "cancer_or_palliative_use"}
    return frozenset(flags)
