"""How supplies follow one another: regular repeats with their human irregularity, acute runs, tapers, switches."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import ceil
from random import Random

from stepwell.population.synthetic.plan import Day, Supply, Template
from stepwell.population.synthetic.regimens import Regimen
from stepwell.population.synthetic.tables import Product

_LIQUID_BOTTLES = (100, 200, 300, 500)
_AS_NEEDED_PACKS = (56, 60, 100, 100, 112, 168, 200, 224)


def pick_regimen(product: Product, rng: Random) -> Regimen:
    """One of the product's usual regimens."""
    if len(product.regimens) == 1:
        return product.regimens[0]
    return rng.choices(product.regimens, product.weights)[0]


def usual_quantity(regimen: Regimen, product: Product, days: int, rng: Random) -> Fraction:
    """What would be written for so many days: exact where the dose is fixed, a usual pack where the person decides."""
    if product.is_patch:
        return Fraction(regimen.worn * ceil(days * 24 / regimen.hours))
    if product.unit == "ml":
        return Fraction(
            _LIQUID_BOTTLES[min(3, days // 10)] if regimen.as_needed else ceil(regimen.daily_min * days)
        )
    if regimen.as_needed and days >= 21:
        most = regimen.daily_max
        packs = [pack for pack in _AS_NEEDED_PACKS if most is None or pack <= most * days * Fraction(3, 2)]
        return Fraction(rng.choice(packs or [56]))
    if regimen.daily_max is None:
        return Fraction(10 * max(1, days // 7))
    high = regimen.daily_max * days
    return Fraction(ceil(high if rng.random() < 0.5 else (high + max(regimen.daily_min, high / 2)) / 2))


def wait(cycle: int, rng: Random) -> int:
    """Days until the next request: mostly about the cycle, sometimes early, sometimes late, now and then a month missed."""
    if cycle <= 7:
        return cycle if rng.random() < 0.85 else cycle + rng.choice((-1, 1))
    chance = rng.random()
    if chance < 0.74:
        return cycle + rng.randint(-2, 2)
    if chance < 0.86:
        return cycle - rng.randint(3, 7)
    if chance < 0.975:
        return cycle + rng.randint(3, 9)
    return cycle + 28 + rng.randint(-2, 2)


def fill(
    template: Template,
    rng: Random,
    *,
    until: Day,
    tells_days: bool = False,
    quantity: Fraction | None = None,
) -> Day:
    """Issue from ``template`` from its start up to and including ``until``. Returns the day the next would be due."""
    amount = (
        usual_quantity(template.regimen, template.product, template.cycle, rng)
        if quantity is None
        else quantity
    )
    days = template.cycle if tells_days else None
    day = template.start
    while day <= until:
        template.supplies.append(Supply(day, amount, days))
        day += wait(template.cycle, rng)
    return day


def repeat(
    product: Product, rng: Random, *, start: Day, until: Day, cycle: int, tells_days: bool
) -> Template:
    """A repeat template at one of the product's usual regimens, with its issues."""
    template = Template(product, pick_regimen(product, rng), start, cycle=cycle)
    fill(template, rng, until=until, tells_days=tells_days)
    return template


def acute(product: Product, rng: Random, *, day: Day, days: int, tells_days: bool) -> Template:
    """One acute issue."""
    template = Template(product, pick_regimen(product, rng), day, kind="Acute", cycle=days)
    quantity = usual_quantity(template.regimen, product, days, rng)
    template.supplies.append(Supply(day, quantity, days if tells_days else None))
    return template


def continue_with(
    old: Template, rng: Random, *, start: Day, until: Day, tells_days: bool, **changes: object
) -> Template:
    """Stop ``old`` the day the new one starts, and go on with what ``changes`` says (regimen, brand, kind, cycle, ...)."""
    old.end = start
    new = replace(old, start=start, end=None, supplies=[], **changes)  # type: ignore[arg-type]
    fill(new, rng, until=until, tells_days=tells_days)
    return new


def split_at(template: Template, day: Day) -> Day:
    """Drop the issues from ``day`` on. Returns the day of the first one dropped, or ``day``."""
    kept = [supply for supply in template.supplies if supply.day < day]
    dropped = template.supplies[len(kept) :]
    template.supplies = kept
    return dropped[0].day if dropped else day
