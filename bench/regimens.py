"""Made-up regimens to plan: every product a taper may use, with instructions people write, drawn from a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from stepwell.knowledge import medicines, tapers
from stepwell.knowledge.medicines import Identification, Product, Release
from stepwell.knowledge.tapers.families import held_for_tapers

_OFTEN = {
    1: ("at night", "od", "in the morning"),
    2: ("bd", "twice a day"),
    3: ("tds", "three times a day"),
    4: ("qds", "four times a day"),
}
_MOST_OME = Decimal(299)


@dataclass(frozen=True)
class Asked:
    """One plan to make."""

    found: Identification
    instruction: str
    profile: str
    constraints: tapers.Constraints


def products() -> list[Identification]:
    """Every product a taper may use, as its name is recognised."""
    held = [p for p in medicines.products() if held_for_tapers(p) and p.route in ("oral", "transdermal")]
    return [medicines.identify(code=p.dmd_vmp_id, name=p.name) for p in held]


def regimens(seed: int, count: int) -> Iterator[Asked]:
    """``count`` regimens, the same for the same seed; none at or above the dose that needs a specialist."""
    choose = random.Random(seed)
    known = [each for each in products() if each.product is not None]
    while count:
        found = choose.choice(known)
        assert found.product is not None
        instruction = _instruction(choose, found.product)
        read = tapers.opening(found, instruction)
        if read.regimen is None:
            continue
        value, _ = tapers.ome_of(read.regimen)
        if value is not None and value > _MOST_OME:
            continue
        profile = choose.choice(tapers.choosable(found.product))
        if profile == "CMP-SHORTAGE":
            continue
        if profile.startswith("CMP") and read.regimen.items[0].daily_units > 8:
            continue
        count -= 1
        yield Asked(found, instruction, profile, _constraints(choose))


def _instruction(choose: random.Random, product: Product) -> str:
    if product.unit == "patch":
        hours = product.patch_interval_hours or choose.choice((72, 96))
        return f"apply {choose.choice((1, 1, 2))} patch every {hours} hours"
    times = choose.choice((1, 2, 2)) if product.release is Release.MODIFIED else choose.choice((1, 2, 3, 4))
    if product.unit == "ml":
        return f"{choose.choice((1, 2.5, 5, 7.5, 10))}ml {choose.choice(_OFTEN[times])}"
    return f"{choose.randint(1, 3)} {choose.choice(_OFTEN[times])}"


def _constraints(choose: random.Random) -> tapers.Constraints:
    return tapers.Constraints(
        script_days=choose.choice((7, 14, 28, 28)),
        stock=Decimal(choose.choice((0, 0, 0, 10, 40))),
        spread=choose.choice((tapers.Spread.NIGHT, tapers.Spread.NIGHT, tapers.Spread.EVEN)),
        liquid=choose.random() < 0.1,
        half_rate_in_last_part=choose.random() < 0.2,
    )
