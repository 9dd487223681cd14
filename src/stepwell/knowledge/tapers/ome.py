"""Oral morphine equivalence of a regimen, under the default factor table."""

from __future__ import annotations

from decimal import Decimal

from stepwell.knowledge import equivalence
from stepwell.knowledge.tapers.ladder import plain
from stepwell.knowledge.tapers.model import Item, Regimen

_known: dict[tuple[str, Decimal], tuple[Decimal | None, str]] = {}
_NOTHING = (Decimal(0), "")


def of(regimen: Regimen) -> tuple[Decimal | None, str]:
    """mg a day, or None and why. Patches one by one, from the published value of each; nothing taken is 0."""
    total = Decimal(0)
    for item in regimen.items:
        value, reason = _of_item(item)
        if value is None:
            return None, reason
        total += value
    return plain(total), ""


def _of_item(item: Item) -> tuple[Decimal | None, str]:
    product = item.product
    patch = item.change_hours is not None
    amount = Decimal(item.worn) if patch else item.daily_units
    if not amount:
        return _NOTHING
    key = (product.product_id, amount)
    if key not in _known:
        if patch:
            found = equivalence.convert(product, patch_mcg_per_hour=product.patch_rate_microgram_per_h)
            value = None if found.ome_max is None else found.ome_max * item.worn
        else:
            daily = amount * (product.strength_mg_per_unit or 0)
            found = equivalence.convert(product, daily_mg_min=daily, daily_mg_max=daily)
            value = found.ome_max
        _known[key] = (value, found.reason)
    return _known[key]


def shown(value: Decimal) -> str:
    """A number as people write it."""
    return format(plain(value), "f")
