"""Which real products a dose may be made of: the same substance and release, in a form the person can take."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from types import MappingProxyType

from stepwell.knowledge import tables
from stepwell.knowledge.medicines import catalogue
from stepwell.knowledge.medicines.model import MedicineClass, Product, Release
from stepwell.knowledge.tapers import rules
from stepwell.knowledge.tapers.model import Constraints

_AMOUNT = re.compile(r"\s*[\d.]+\s*(?:mg|microgram|g)\b", re.IGNORECASE)
_ONCE_A_DAY = 24

Family = tuple[str, str, str, str, Release, int | None]


@cache
def _rows() -> Mapping[str, tables.Row]:
    return MappingProxyType({row["product_id"]: row for row in tables.rows("products")})


def held_for_tapers(product: Product) -> bool:
    """Whether the table says that a taper may use the product."""
    row = _rows().get(product.product_id)
    return row is not None and row["taper_candidate"] == "yes"


def supplied_now(product: Product) -> bool:
    """Whether a plan may go on with a liquid that is taken now: not one made to order, rare or withdrawn."""
    row = _rows().get(product.product_id)
    return row is not None and row["market_status"] in rules.current().liquid_market_statuses


def may_be_halved(product: Product, constraints: Constraints) -> bool:
    """A plain tablet with a score line somebody has checked. Never a capsule, a slow product or a patch."""
    row = _rows().get(product.product_id)
    scored = row is not None and row["splitting"] == "check_score_line"
    return scored and product.product_id in constraints.score_lines


def family(product: Product, *, once_daily: bool = False) -> Family:
    """What two products must share to be taken in one plan: ingredients, route, form, release, and hours a slow one lasts."""
    interval = None
    if product.release is Release.MODIFIED:
        interval = _ONCE_A_DAY if once_daily else product.mr_interval_hours
    others = _AMOUNT.sub("", product.other_ingredients).strip()
    return (
        product.substance,
        others,
        product.route,
        product.form,
        product.release,
        interval,
    )


def single_product(product: Product) -> bool:
    """Liquids (two strengths would be mistaken for one another) and compound products are planned in one product alone."""
    return product.unit == "ml" or "paracetamol" in product.other_ingredients


@cache
def _family_members(wanted: Family) -> tuple[Product, ...]:
    found = []
    for each in catalogue.products():
        if not held_for_tapers(each):
            continue
        once = wanted[5] == _ONCE_A_DAY and _sold_once_daily(each)
        if family(each, once_daily=once) == wanted:
            found.append(each)
    return tuple(sorted(found, key=lambda p: p.product_id))


def _sold_once_daily(product: Product) -> bool:
    """Whether a brand of the product lasts a whole day, though others of it do not."""
    exceptions = _rows()[product.product_id]["interval_exceptions"].split(";")
    return any(part.strip().endswith(f"={_ONCE_A_DAY}") for part in exceptions)


def products_for(
    start: Product, constraints: Constraints, *, once_daily: bool = False
) -> tuple[Product, ...]:
    """Products a plan that starts with ``start`` may use, by id; () where none is held, allowed and available."""
    members = _family_members(family(start, once_daily=once_daily))
    if start.unit == "ml":
        members = (start,) if supplied_now(start) else ()
    elif single_product(start):
        members = tuple(each for each in members if each.product_id == start.product_id)
    if MedicineClass.GABAPENTINOID in start.classes and start.form == "tablet":
        # Their tablets are of the high strengths only: the way down is in capsules.
        members += _family_members((*family(start)[:3], "capsule", *family(start)[4:]))
    return _allowed(members, constraints)


def strengths_of(start: Product, constraints: Constraints) -> tuple[Product, ...]:
    """Strengths of a compound product in the same form, for stepping down in strength."""
    return _allowed(_family_members(family(start)), constraints)


def liquid_for(start: Product, constraints: Constraints) -> Product | None:
    """The weakest liquid of the same substance, for a plain tablet or capsule where the prescriber allows it."""
    if not constraints.liquid or start.release is not Release.IMMEDIATE or start.other_ingredients:
        return None
    found = [
        each
        for each in _allowed(catalogue.products(), constraints)
        if held_for_tapers(each)
        and each.unit == "ml"
        and (each.substance, each.route, each.release) == (start.substance, start.route, start.release)
        and not each.other_ingredients
        and each.strength_mg_per_unit is not None
    ]
    return min(found, key=lambda p: (p.strength_mg_per_unit or 0, p.product_id), default=None)


@cache
def smallest_solid_mg(substance: str) -> Decimal | None:
    """The smallest tablet or capsule of a substance alone that a taper may use; None where none is held."""
    found = [
        each.strength_mg_per_unit
        for each in catalogue.products()
        if each.substance == substance
        and each.unit in ("tablet", "capsule")
        and not each.other_ingredients
        and each.strength_mg_per_unit is not None
        and held_for_tapers(each)
    ]
    return min(found, default=None)


def _allowed(members: tuple[Product, ...], constraints: Constraints) -> tuple[Product, ...]:
    return tuple(
        each
        for each in members
        if each.product_id not in constraints.unavailable
        and not (constraints.no_capsules and each.unit == "capsule")
    )
