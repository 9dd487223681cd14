"""OME of one product at one daily dose, under a named factor table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from stepwell.base.errors import StepwellError
from stepwell.knowledge.equivalence.factors import Factor, factor, factor_table, lookups, never_converted
from stepwell.knowledge.medicines.model import MedicineClass, Product

DEFAULT_TABLE = "SW-DEFAULT-1"

# Fentanyl by these routes has a factor for counting across a population; a person's own figure is only an estimate.
_ANALYTIC_ROUTES = frozenset({"oromucosal", "sublingual", "nasal", "buccal"})
# At most this many patches are summed from published values for a rate that is not itself published.
_MOST_PATCHES = 3


@dataclass(frozen=True, slots=True)
class Equivalence:
    """The OME of one medicine, in mg of oral morphine a day, or why there is none.

    A range because "one or two, when needed" is two answers, not an average. ``formula`` is the sum as it was done;
    ``factor`` the number used per mg or microgram/h (None for published patch values); ``source`` and ``status`` are
    those of the row used. Values are exact: rounding is for the page that shows them.
    """

    convertible: bool
    ome_min: Decimal | None
    ome_max: Decimal | None
    table: str
    factor: Decimal | None
    formula: str
    reason: str
    source: str
    status: str
    flags: frozenset[str]


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
    no part. Raises StepwellError for a factor table that is not held or a dose that is negative or the wrong way round.
    """
    factor_table(table)
    refusal = _refusal(product, table)
    if refusal:
        return _not(table, refusal)
    if product.patch_rate_microgram_per_h is not None:
        return _patch(product, patch_mcg_per_hour, table)
    if product.strength_mg_per_unit is None:
        return _not(table, "The strength of this product is not known.")
    if daily_mg_min is None or daily_mg_max is None:
        return _not(table, "The daily dose is not known.")
    if not Decimal(0) <= daily_mg_min <= daily_mg_max:
        raise StepwellError("A daily dose must run from a smaller to a larger number, neither below zero.")
    return _by_factor(product, daily_mg_min, daily_mg_max, table)


def _refusal(product: Product, table: str) -> str:
    """Why a product is never converted, or ""."""
    if MedicineClass.DEPENDENCE_TREATMENT in product.classes:
        return "Treatment for opioid dependence is never converted. Speak to the drug service."
    rule = never_converted(table, product.substance) or never_converted(DEFAULT_TABLE, product.substance)
    if MedicineClass.GABAPENTINOID in product.classes:
        return "Gabapentin and pregabalin are not opioids, so they have no morphine equivalent."
    if product.substance == "methadone":
        return "Methadone is never converted for a person. A specialist must judge the dose."
    if rule is not None:
        return f"{product.substance.capitalize()} is not converted: {rule.note}."
    if MedicineClass.OPIOID not in product.classes:
        return "This is not an opioid, so it has no morphine equivalent."
    return ""


def _by_factor(product: Product, low: Decimal, high: Decimal, table: str) -> Equivalence:
    row = factor(table, product.substance, product.route)
    if row is None or row.value is None:
        return _not(
            table, f"The table {table} has no factor for {product.substance} by this route ({product.route})."
        )
    ome_min, ome_max = low * row.value, high * row.value
    return Equivalence(
        convertible=True,
        ome_min=ome_min,
        ome_max=ome_max,
        table=table,
        factor=row.value,
        formula=f"{_range(low, high)} mg x {plain_number(row.value)} = {_range(ome_min, ome_max)} mg",
        reason="",
        source=row.source,
        status=row.status,
        flags=_flags(product, row),
    )


def _patch(product: Product, rate: Decimal | None, table: str) -> Equivalence:
    if rate is None:
        return _not(table, "The rate of the patches worn is not known.")
    if rate < 0:
        raise StepwellError("A patch rate cannot be below zero.")
    published = lookups(table, product.substance, product.route)
    verified = tuple(each for each, row in published.items() if row.status == "verified")
    parts = (rate,) if rate in published else _parts(rate, verified) or _parts(rate, tuple(published))
    if parts and rate > 0:
        return _at_listed_rates([published[part] for part in parts], table)
    row = factor(table, product.substance, product.route)
    if row is None or row.value is None:
        return _not(table, f"The table {table} has no value for {product.substance} patches.")
    value = rate * row.value
    formula = f"{plain_number(rate)} microgram/h x {plain_number(row.value)} = {plain_number(value)} mg"
    return _at_rate(value, table, row.value, formula, row, row.status)


def _at_listed_rates(rows: list[Factor], table: str) -> Equivalence:
    value = sum((_value(row) for row in rows), Decimal(0))
    written = " + ".join(
        f"{plain_number(row.rate or Decimal(0))} microgram/h: {plain_number(_value(row))}" for row in rows
    )
    equals = f" = {plain_number(value)}" if len(rows) > 1 else ""
    status = "verified" if all(row.status == "verified" for row in rows) else "unverified"
    basis = "published values" if status == "verified" else "not all published"
    return _at_rate(value, table, None, f"{written}{equals} mg ({basis})", rows[0], status)


def _at_rate(
    value: Decimal, table: str, used: Decimal | None, formula: str, row: Factor, status: str
) -> Equivalence:
    flags = frozenset({"unverified_factor"}) if status != "verified" else frozenset[str]()
    return Equivalence(True, value, value, table, used, formula, "", row.source, status, flags)


def _parts(rate: Decimal, published: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
    """The fewest published rates that make up a rate: 62 is 50 and 12. () when none do."""
    # A patch labelled 12 releases 12.5, so 62.5 is 50 and 12 as well.
    totals: Mapping[Decimal, tuple[Decimal, ...]] = {Decimal(0): ()}
    for _ in range(_MOST_PATCHES):
        grown = dict(totals)
        for total, parts in totals.items():
            for one in sorted(published, reverse=True):
                grown.setdefault(total + one, (*parts, one))
        totals = grown
        for wanted in (rate, rate - Decimal("0.5")):
            if totals.get(wanted) and (wanted == rate or Decimal(12) in totals[wanted]):
                return tuple(sorted(totals[wanted], reverse=True))
    return ()


def _value(row: Factor) -> Decimal:
    assert row.value is not None
    return row.value


def _flags(product: Product, row: Factor) -> frozenset[str]:
    flags = set()
    if row.status != "verified":
        flags.add("unverified_factor")
    if product.substance == "buprenorphine" and product.route == "sublingual":
        flags.add("wide_uncertainty")
    if product.substance == "fentanyl" and product.route in _ANALYTIC_ROUTES:
        flags |= {"analytic_only", "cancer_or_palliative_use"}
    return frozenset(flags)


def _not(table: str, reason: str) -> Equivalence:
    return Equivalence(False, None, None, table, None, "", reason, "", "", frozenset())


def plain_number(value: Decimal) -> str:
    """A number as people write it: 60, not 60.0 or 6E+1."""
    return format(value.normalize(), "f")


def _range(low: Decimal, high: Decimal) -> str:
    return plain_number(low) if low == high else f"{plain_number(low)} to {plain_number(high)}"
