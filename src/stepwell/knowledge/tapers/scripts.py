"""The acute issues of a plan: quantity, words, instruction and dates, with what is at home and what is left over deducted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from stepwell.knowledge.medicines.model import Product
from stepwell.knowledge.tapers.brands import sold, written
from stepwell.knowledge.tapers.ladder import TENTHS, plain
from stepwell.knowledge.tapers.lengths import issue_day
from stepwell.knowledge.tapers.model import Constraints, Item, Script, Step
from stepwell.knowledge.tapers.told import OTHER_BRAND, marked, taken_from_home
from stepwell.knowledge.tapers.wording import instruction
from stepwell.knowledge.tapers.words import in_words

_DAY_HOURS = 24


@dataclass(slots=True)
class AtHome:
    """Units of each product at home beyond what has been planned, in tenths."""

    tenths: dict[str, int] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)

    def left(self) -> Mapping[str, Decimal]:
        """Units left over, by product id; only what is more than nothing."""
        return {
            product_id: plain(Decimal(tenths) / TENTHS)
            for product_id, tenths in self.tenths.items()
            if tenths > 0
        }


def needed(item: Item, days: int) -> int:
    """Tenths of units taken in so many days; for patches of whole change intervals."""
    if item.change_hours is not None:
        return item.worn * (days * _DAY_HOURS // item.change_hours) * TENTHS
    return int(item.daily_units * TENTHS) * days


def supply(
    steps: Sequence[Step], starting_product: Product, constraints: Constraints, brand: str = ""
) -> tuple[tuple[Step, ...], AtHome]:
    """The steps with their scripts, and what is left at the end.

    A script is for one product and one step, and rounds up to whole units. What an issue leaves over, and what is at home
    at the start, is taken off the next issue of the product. A step cut short leaves what was issued for the rest of it.
    Products sold under the ``brand`` are written by it; a step that needs another says so.
    """
    home = AtHome()
    if constraints.stock > 0:
        home.tenths[starting_product.product_id] = int(constraints.stock * TENTHS)
        home.products[starting_product.product_id] = starting_product
    return tuple(_supplied(step, home, constraints, brand) for step in steps), home


def _supplied(step: Step, home: AtHome, constraints: Constraints, brand: str) -> Step:
    scripts: list[Script] = []
    from_home = False
    day = step.starts_on
    for days in step.issue_days:
        for item in step.regimen.items:
            script = _script(item, day, days, home, constraints, brand)
            if script is None:
                from_home = True
            else:
                scripts.append(script)
        day += timedelta(days=days)
    unused = sum(step.issue_days) - step.days
    if unused:
        for item in step.regimen.items:
            home.tenths[item.product.product_id] += needed(item, unused)
    if brand and any(not sold(brand, item.product) for item in step.regimen.items):
        step = marked(step, OTHER_BRAND)
    return taken_from_home(replace(step, scripts=tuple(scripts)), holds=from_home)


def _script(
    item: Item, starts_on: date, days: int, home: AtHome, constraints: Constraints, brand: str
) -> Script | None:
    product = item.product
    home.products[product.product_id] = product
    wanted = needed(item, days) - home.tenths.get(product.product_id, 0)
    quantity = max(0, -(-wanted // TENTHS))
    left = quantity * TENTHS - wanted
    home.tenths[product.product_id] = left
    if quantity == 0:
        return None
    return Script(
        product=product,
        brand=brand if brand and sold(brand, product) else "",
        name=written(product, brand),
        quantity=quantity,
        quantity_words=in_words(quantity),
        instruction=instruction(item),
        issue_on=issue_day(starts_on, item.change_hours, constraints),
        starts_on=starts_on,
        runs_out_on=starts_on + timedelta(days=days - 1),
        surplus=plain(Decimal(left) / TENTHS) if left else Decimal(0),
    )
