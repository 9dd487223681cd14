"""Made-up regimens to plan: every product a taper may use, with instructions people write, drawn from a random source."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from stepwell.knowledge import medicines, tapers
from stepwell.knowledge.medicines import Identification, Product, Release
from stepwell.knowledge.tapers.brands import by_brand, written
from stepwell.knowledge.tapers.families import held_for_tapers, supplied_now

_OFTEN = {
    1: ("at night", "od", "in the morning"),
    2: ("bd", "twice a day", "in the morning and at night"),
    3: ("tds", "three times a day"),
    4: ("qds", "four times a day"),
}
_ML = (0.3, 0.5, 1, 2, 2.5, 5, 7.5, 10)
_MOST_OME = Decimal(299)
_MOST_BY_TABLET = 8


@dataclass(frozen=True)
class Asked:
    """One plan to make."""

    found: Identification
    regimen: tapers.Regimen
    once_daily: bool
    brand: str
    profile: str
    constraints: tapers.Constraints


@cache
def products() -> tuple[Identification, ...]:
    """Every product a taper may use, as it is recognised."""
    held = [
        p
        for p in medicines.products()
        if (held_for_tapers(p) or (p.unit == "ml" and supplied_now(p)))
        and p.route in ("oral", "transdermal")
        and tapers.choosable(p)
    ]
    found = [medicines.identify(code=p.dmd_vmp_id, name=p.name) for p in held]
    # Slow opioids and patches by some of their brands too.
    named = [(p, brand) for p in held if by_brand(p) for brand in p.brands[:2]]
    found += [
        each
        for p, brand in named
        if (each := medicines.identify(name=written(p, brand))).product == p and each.brand == brand
    ]
    return tuple(each for each in found if each.product is not None)


def asked(choose: random.Random) -> Asked:
    """One regimen, profile and constraints; never at or above the dose that needs a specialist."""
    while True:
        found = choose.choice(products())
        assert found.product is not None
        start = tapers.opening(
            found,
            _instruction(
                choose, found.product, found.patch_interval_hours or found.product.patch_interval_hours
            ),
        )
        if start.regimen is None:
            continue
        value, _ = tapers.ome_of(start.regimen)
        if value is not None and value > _MOST_OME:
            continue
        profile = choose.choice([p for p in tapers.choosable(found.product) if p != "CMP-SHORTAGE"])
        if profile.startswith("CMP") and start.regimen.items[0].daily_units > _MOST_BY_TABLET:
            continue
        constraints = _constraints(choose, found.product, start.regimen)
        return Asked(found, start.regimen, start.once_daily, start.brand, profile, constraints)


def planned(asked: Asked, start_on: date) -> tapers.Plan:
    """The plan of one."""
    return tapers.plan(
        asked.regimen,
        asked.profile,
        start_on,
        asked.constraints,
        once_daily=asked.once_daily,
        brand=asked.brand,
    )


def many(seed: int, count: int) -> Iterator[Asked]:
    """``count`` of them, the same for the same seed."""
    choose = random.Random(seed)
    for _ in range(count):
        yield asked(choose)


def _instruction(choose: random.Random, product: Product, patch_hours: int | None) -> str:
    if product.unit == "patch":
        hours = patch_hours or choose.choice((72, 96))
        return f"apply {choose.choice((1, 1, 2))} patch every {hours} hours"
    times = choose.choice((1, 2, 2)) if product.release is Release.MODIFIED else choose.choice((1, 2, 3, 4))
    if product.unit == "ml":
        if choose.random() < 0.3:
            return f"{choose.choice(_ML)}ml in the morning and {choose.choice(_ML)}ml at night"
        return f"{choose.choice(_ML)}ml {choose.choice(_OFTEN[times])}"
    unit = product.unit + "s"
    if choose.random() < 0.3:
        return f"{choose.randint(1, 4)} {unit} in the morning and {choose.randint(1, 4)} {unit} at night"
    if choose.random() < 0.1 and product.release is not Release.MODIFIED:
        doses = [choose.randint(1, 3) for _ in range(3)]
        return "{} mane, {} midday, {} nocte".format(*doses)
    return f"{choose.randint(1, 3)} {unit} {choose.choice(_OFTEN[times])}"


def _constraints(choose: random.Random, product: Product, regimen: tapers.Regimen) -> tapers.Constraints:
    others = [each.product_id for each in medicines.products() if each.substance == product.substance]
    return tapers.Constraints(
        script_days=choose.choice((7, 14, 28, 28)),
        stock=Decimal(choose.choice((0, 0, 0, 10, 40))),
        spread=choose.choice((tapers.Spread.NIGHT, tapers.Spread.NIGHT, tapers.Spread.EVEN)),
        liquid=choose.random() < 0.1,
        half_rate_in_last_part=choose.random() < 0.2,
        unavailable=frozenset(choose.sample(others, 1)) if choose.random() < 0.2 else frozenset(),
        score_lines=frozenset({product.product_id}) if choose.random() < 0.2 else frozenset(),
        interval_days=choose.choice((42, 56)) if choose.random() < 0.1 else None,
        maintenance=regimen.dose / 2 if choose.random() < 0.1 else None,
    )
