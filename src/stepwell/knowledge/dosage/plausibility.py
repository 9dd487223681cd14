"""Numbers a person should look at before anybody relies on them. They are kept, and flagged."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from stepwell.knowledge.dosage.occasions import Occasions
from stepwell.knowledge.medicines.model import Product, Release
from stepwell.knowledge.tables import read_text

_MOST_COUNTED_A_DAY = Decimal(24)
_MOST_PATCHES = Decimal(2)
_MOST_ML_A_DAY = Decimal(200)
_TIMES_USUAL = 2
# Nobody cuts a tablet smaller than a quarter: less is mg and micrograms mixed up.
_LEAST_OF_ONE = Decimal("0.25")
_MICROGRAM_IN_MG = Decimal("0.001")
# A patch that releases 12.5 is labelled 12.
_RATE_MARGIN = Decimal("0.5")
_COUNTED = frozenset({"tablet", "capsule", "suppository", "lozenge", "sachet", "film"})


@lru_cache(maxsize=1)
def usual_maximum_mg() -> dict[str, Decimal]:
    """Usual adult maximum mg a day by substance, from ``knowledge/data/usual_maximum_doses.csv``. Unverified."""
    table = read_text("usual_maximum_doses.csv")
    return {
        row["substance"]: Decimal(row["maximum_mg_per_day"]) for row in csv.DictReader(table.splitlines())
    }


def implausible(
    unit: str | None,
    daily_high: Decimal | None,
    dose_high: Decimal | None,
    daily_mg_high: Decimal | None,
    product: Product | None,
) -> bool:
    """More than 24 tablets, 2 patches or 200 ml a day, twice the usual maximum of the substance, or a crumb of a tablet."""
    if unit in _COUNTED and dose_high is not None and dose_high < _LEAST_OF_ONE:
        return True
    if unit == "patch":
        return dose_high is not None and dose_high > _MOST_PATCHES
    if daily_high is None:
        return False
    if unit == "ml" and daily_high > _MOST_ML_A_DAY:
        return True
    if (unit is None or unit in _COUNTED) and daily_high > _MOST_COUNTED_A_DAY:
        return True
    usual = usual_maximum_mg().get(product.substance) if product is not None else None
    return usual is not None and daily_mg_high is not None and daily_mg_high > usual * _TIMES_USUAL


def strength_differs(
    written: Sequence[tuple[Decimal, str]], product: Product, worn_mcg_per_hour: Decimal | None
) -> bool:
    """Whether the text names another strength than the product's: mg an hour of a patch, mg a ml of a liquid."""
    if product.unit == "ml":
        mine = product.strength_mg_per_unit
        return mine is not None and any(mg != mine for mg, unit in written if unit == "ml")
    rate = product.patch_rate_microgram_per_h
    if rate is None:
        return False
    known = [each for each in (rate, worn_mcg_per_hour) if each is not None]
    rates = [mg / _MICROGRAM_IN_MG for mg, unit in written if unit == "hour"]
    return any(all(abs(each - said) > _RATE_MARGIN for each in known) for said in rates)


def named_differently(named: Sequence[Decimal], product: Product) -> bool:
    """Whether the text names the product with another number: "Zomorph 60 -" of a capsule of 30 mg."""
    if product.unit == "ml":
        return False
    rate = product.patch_rate_microgram_per_h
    mine = rate if rate is not None else product.strength_mg_per_unit
    return mine is not None and any(abs(each - mine) > _RATE_MARGIN for each in named)


def interval_mismatch(occasions: Occasions | None, product: Product) -> bool:
    """A once-daily product twice a day, a 12-hour product once a day, a patch changed at another interval."""
    if occasions is None:
        return False
    if product.release is Release.TRANSDERMAL and product.patch_interval_hours:
        shortest = occasions.days_low * 24 / occasions.high
        longest = occasions.days_high * 24 / occasions.low
        return not shortest <= product.patch_interval_hours <= longest
    if product.release is Release.MODIFIED and product.mr_interval_hours:
        expected = Decimal(24) / product.mr_interval_hours
        per_day = (occasions.low / occasions.days_high, occasions.high / occasions.days_low)
        return not per_day[0] <= expected <= per_day[1]
    return False
