"""OME from what an instruction or a prescription says of each form: units a day, patches supplied, an injected dose."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from stepwell.knowledge.equivalence import patches
from stepwell.knowledge.equivalence.convert import (
    DEFAULT_TABLE,
    by_factor,
    convert,
    in_order,
    refusal_of,
    refusal_of_substance,
)
from stepwell.knowledge.equivalence.held import usable
from stepwell.knowledge.equivalence.model import (
    Equivalence,
    Input,
    Method,
    Refusal,
    not_converted,
    plain_number,
    written_range,
)
from stepwell.knowledge.medicines.model import Product


def from_units(
    product: Product, units_min: Decimal, units_max: Decimal, *, table: str = DEFAULT_TABLE
) -> Equivalence:
    """OME of counted units a day: tablets, capsules, sachets, ml, lozenges, sprays. For patches, units worn together.

    Of a compound product only the opioid's own mg count; what is not counted is named in the inputs. Raises StepwellError
    as ``convert`` does.
    """
    usable(table)
    in_order(units_min, units_max)
    strength = product.strength_mg_per_unit
    if product.patch_rate_microgram_per_h is not None:
        return _patches_worn(product, units_min, units_max, product.patch_rate_microgram_per_h, table)
    refused = refusal_of(product, table)
    if refused or strength is None:
        return refused or convert(product, table=table)
    units = written_range(units_min, units_max)
    inputs: tuple[Input, ...] = (
        Input("units a day", units, product.unit),
        Input("strength", plain_number(strength), f"mg {product.substance} per {product.unit}"),
    )
    if product.other_ingredients:
        inputs = (*inputs, Input("not counted", product.other_ingredients))
    return by_factor(
        product.substance,
        product.route,
        (units_min * strength, units_max * strength),
        table,
        method=Method.UNITS,
        amount=f"{units} {product.unit} x {plain_number(strength)} mg",
        inputs=inputs,
    )


def _patches_worn(product: Product, fewest: Decimal, most: Decimal, rate: Decimal, table: str) -> Equivalence:
    least = convert(product, patch_mcg_per_hour=fewest * rate, table=table)
    greatest = convert(product, patch_mcg_per_hour=most * rate, table=table)
    if fewest == most or not greatest.convertible or not least.convertible:
        return greatest
    return replace(
        greatest,
        ome_min=least.ome_min,
        formula=f"fewest, {least.formula}; most, {greatest.formula}",
        flags=least.flags | greatest.flags,
        inputs=(*least.inputs, *greatest.inputs[2:]),
    )


def from_patches_supplied(
    product: Product,
    *,
    patches_supplied: Decimal,
    days: Decimal,
    brand_interval_hours: int | None = None,
    table: str = DEFAULT_TABLE,
) -> Equivalence:
    """OME a day of patches supplied for ``days``. The brand decides how long one is worn; where nobody knows, refused.

    ``brand_interval_hours`` is that of the brand supplied; without it the product's own, where all its brands agree.
    Raises StepwellError for patches below zero or no days.
    """
    usable(table)
    refused = refusal_of(product, table)
    if refused:
        return refused
    if product.patch_rate_microgram_per_h is None:
        return not_converted(table, Refusal.NOT_KNOWN, "This product has no patch rate.")
    hours = brand_interval_hours or product.patch_interval_hours
    if hours is None:
        return not_converted(
            table,
            Refusal.NOT_KNOWN,
            "How long one patch is worn depends on the brand, and the brand's interval is not known.",
        )
    return patches.by_quantity(
        product.substance,
        product.route,
        product.patch_rate_microgram_per_h,
        patches=patches_supplied,
        days=days,
        hours_worn=hours,
        table=table,
    )


def from_injections(
    substance: str, daily_mg_min: Decimal, daily_mg_max: Decimal, *, table: str = DEFAULT_TABLE
) -> Equivalence:
    """OME of single injections, in mg a day. Products for injection are not in the catalogue, so the substance is named."""
    usable(table)
    in_order(daily_mg_min, daily_mg_max)
    refused = refusal_of_substance(substance, table)
    if refused:
        return refused
    dose = written_range(daily_mg_min, daily_mg_max)
    return by_factor(
        substance,
        "parenteral",
        (daily_mg_min, daily_mg_max),
        table,
        method=Method.INJECTION,
        amount=f"{dose} mg injected",
        inputs=(Input("injected daily dose", dose, "mg"),),
    )


def from_syringe_driver(
    substance: str, mg_per_24_hours: Decimal, *, table: str = DEFAULT_TABLE
) -> Equivalence:
    """A syringe driver is shown as text and never converted for a person: it is care at the end of life."""
    usable(table)
    written = f"{substance.capitalize()} {plain_number(mg_per_24_hours)} mg over 24 hours in a syringe driver"
    return not_converted(
        table, Refusal.NEVER, f"{written}: shown as text, not converted.", frozenset({"palliative"})
    )
