"""Patches: by the rate worn (the change interval plays no part), or by the patches supplied and the hours each is worn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from stepwell.base.errors import StepwellError
from stepwell.knowledge.equivalence.factors import Factor, factor, factor_table, lookups, table_ids
from stepwell.knowledge.equivalence.model import (
    Equivalence,
    Input,
    Method,
    Refusal,
    not_converted,
    plain_number,
)

# At most this many patches are summed from published values for a rate that is not itself published.
_MOST_PATCHES = 3
HOURS_A_DAY = Decimal(24)
MICROGRAMS_A_MG = Decimal(1000)


def at_rate(substance: str, route: str, rate: Decimal | None, table: str) -> Equivalence:
    """OME of all patches worn together, at ``rate`` microgram/h: published values first, then their sum, then the factor."""
    if rate is None:
        return not_converted(table, Refusal.NOT_KNOWN, "The rate of the patches worn is not known.")
    if rate < 0:
        raise StepwellError("A patch rate cannot be below zero.")
    published = lookups(table, substance, route)
    verified = tuple(each for each, row in published.items() if row.status == "verified")
    parts = (rate,) if rate in published else _parts(rate, verified) or _parts(rate, tuple(published))
    row = factor(table, substance, route)
    if parts and rate > 0:
        return _at_listed_rates([published[part] for part in parts], rate, row)
    if row is None or daily_per_microgram_an_hour(row) is None:
        return not_converted(
            table, Refusal.NOT_DEFINED, f"The table {table} has no value for {substance} patches."
        )
    value, formula = _by_factor(rate, row)
    return _worked(row, value, formula, (Input("rate worn", plain_number(rate), "microgram/h"),), Method.RATE)


def daily_per_microgram_an_hour(row: Factor) -> Decimal | None:
    """mg of OME a day for one microgram/h worn; None for a unit that says something else."""
    if row.value is None:
        return None
    if row.input_unit == "microgram/h":
        return row.value
    if row.input_unit == "mg released":
        return row.value * HOURS_A_DAY / MICROGRAMS_A_MG
    return None


def _by_factor(rate: Decimal, row: Factor) -> tuple[Decimal, str]:
    assert row.value is not None
    value, rated = (
        rate * (daily_per_microgram_an_hour(row) or Decimal(0)),
        f"{plain_number(rate)} microgram/h",
    )
    released = rated if row.input_unit == "microgram/h" else f"{rated} x 24 h / 1000 microgram/mg"
    return value, f"{released} x {plain_number(row.value)} = {plain_number(value)} mg"


def _at_listed_rates(rows: list[Factor], rate: Decimal, plain: Factor | None) -> Equivalence:
    value = sum((_value(row) for row in rows), Decimal(0))
    written = " + ".join(
        f"{plain_number(row.rate or Decimal(0))} microgram/h: {plain_number(_value(row))}" for row in rows
    )
    equals = f" = {plain_number(value)}" if len(rows) > 1 else ""
    all_verified = all(row.status == "verified" for row in rows)
    basis = "published values" if all_verified else "not all published"
    other = (
        ""
        if plain is None or daily_per_microgram_an_hour(plain) is None
        else _other_method(rate, value, plain)
    )
    method = Method.PUBLISHED if len(rows) == 1 else Method.PUBLISHED_SUM
    inputs = tuple(Input("patch", plain_number(each.rate or Decimal(0)), "microgram/h") for each in rows)
    # One part that is not verified makes the whole so.
    first = rows[0] if all_verified else replace(rows[0], status="unverified")
    return _worked(first, value, f"{written}{equals} mg ({basis})", inputs, method, other)


def _other_method(rate: Decimal, value: Decimal, row: Factor) -> str:
    by_factor, formula = _by_factor(rate, row)
    return "" if by_factor == value else f"{Method.RATE.value}: {formula}"


def _worked(
    row: Factor,
    value: Decimal,
    formula: str,
    inputs: tuple[Input, ...],
    method: Method,
    other: str = "",
) -> Equivalence:
    by_factor = method in (Method.RATE, Method.PATCH_QUANTITY)
    used = row.value if by_factor else None
    named = (Input("substance", row.substance), Input("route", row.route), *inputs)
    if used is not None:
        named = (*named, Input("factor", plain_number(used), f"per {row.input_unit}"))
    flags = frozenset({"unverified_factor"}) if row.status != "verified" else frozenset[str]()
    return Equivalence(
        True,
        value,
        value,
        row.table,
        used,
        formula,
        "",
        row.source,
        row.status,
        flags,
        method,
        named,
        other,
    )


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


def by_quantity(
    substance: str,
    route: str,
    rate: Decimal,
    *,
    patches: Decimal,
    days: Decimal,
    hours_worn: int,
    table: str,
) -> Equivalence:
    """OME a day of patches supplied for ``days``, each worn ``hours_worn``; always by the factor, never by published values."""
    if patches < 0 or days <= 0:
        raise StepwellError("Patches cannot be below zero, and they last some days.")
    row = factor(table, substance, route)
    a_day = None if row is None else daily_per_microgram_an_hour(row)
    if row is None or a_day is None:
        return not_converted(
            table, Refusal.NOT_DEFINED, f"The table {table} has no value for {substance} patches."
        )
    period, written = quantity_over(patches, rate, hours_worn, a_day)
    value = period / days
    formula = f"{written} / {plain_number(days)} days = {_to_show(value)} mg"
    inputs = (
        Input("patches", plain_number(patches)),
        Input("rate of one patch", plain_number(rate), "microgram/h"),
        Input("hours each is worn", str(hours_worn), "h"),
        Input("days of supply", plain_number(days)),
    )
    return _worked(row, value, formula, inputs, Method.PATCH_QUANTITY)


def quantity_over(patches: Decimal, rate: Decimal, hours_worn: int, a_day: Decimal) -> tuple[Decimal, str]:
    """mg of OME of so many patches over all the time they are worn, and the sum. ``a_day``: for one microgram/h."""
    period = patches * rate * hours_worn * a_day / HOURS_A_DAY
    written = (
        f"{plain_number(patches)} patches x {plain_number(rate)} microgram/h x {hours_worn} h x "
        f"{plain_number(a_day)} / 24 = {_to_show(period)} mg"
    )
    return period, written


def _to_show(value: Decimal) -> str:
    """At most two decimals in a written sum; ``value`` itself stays exact."""
    return plain_number(round(value, 2))


@dataclass(frozen=True, slots=True)
class Bound:
    """What another source says of one patch: OME from ``low`` (None: only an upper end is given) to ``high``, mg a day."""

    table: str
    low: Decimal | None
    high: Decimal
    source: str
    status: str


def bounds(substance: str, rate: Decimal) -> tuple[Bound, ...]:
    """Other sources' ranges for one patch, to show beside its figure and never to use in it."""
    return tuple(
        Bound(row.table, row.low, row.high, row.source, row.status)
        for table in table_ids()
        for row in factor_table(table)
        if row.substance == substance and row.kind in {"range", "upper_bound"} and row.rate == rate
        if row.high is not None
    )
