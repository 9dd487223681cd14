"""Which rungs a plan steps down on: the products the person can take, at the times of day in use."""

from __future__ import annotations

from stepwell.knowledge.medicines.model import Product, Release
from stepwell.knowledge.tapers import brands, families, rules
from stepwell.knowledge.tapers.ladder import OccasionDoses
from stepwell.knowledge.tapers.liquids import LiquidRungs
from stepwell.knowledge.tapers.model import Constraints, Refusal, Regimen, Spread, Time
from stepwell.knowledge.tapers.profiles import Basis, Profile
from stepwell.knowledge.tapers.rungs import DailyRungs, PatchRungs, Rung, Rungs, StrengthRungs, tops_of
from stepwell.knowledge.tapers.spread import DayDoses

_NOTHING_HELD = Refusal(
    "no_product",
    "No product this plan could use is held as likely to be dispensed, allowed and available.",
    "the pharmacy what can be supplied; then the prescriber",
)


_NOT_SUPPLIED = Refusal(
    "liquid_not_supplied",
    "This liquid is held as made to order, rare or withdrawn, or cannot be supplied now, so a plan cannot count on it.",
    "the pharmacy which liquid can be supplied; then the prescriber",
)


class InBrand:
    """The products of one brand while all times of day are kept; from there down, others of its kind in lower strengths."""

    def __init__(self, own: Rungs, others: Rungs) -> None:
        self._own = own
        self._others = others

    def at(self, dose: int, now: Regimen | None = None) -> Rung | None:
        return self._own.at(dose, now) or self._others.at(dose, now)

    def below(self, current: int, at_least: int, now: Regimen | None = None) -> Rung | None:
        found = self._own.below(current, at_least, now) if self._own.at(current, now) else None
        if found is not None and (now is None or found.regimen.times == now.times):
            return found
        return self._others.below(current, at_least, now)


class WithLiquid:
    """Tablets or capsules while they make a dose the step may go to; from there down, the liquid the prescriber allows."""

    def __init__(self, solid: Rungs, liquid: Rungs) -> None:
        self._solid = solid
        self._liquid = liquid

    def at(self, dose: int, now: Regimen | None = None) -> Rung | None:
        return self._solid.at(dose, now) or self._liquid.at(dose, now)

    def below(self, current: int, at_least: int, now: Regimen | None = None) -> Rung | None:
        found = self._solid.below(current, at_least, now) if self._solid.at(current) else None
        if found is not None and found.dose >= at_least:
            return found
        return self._liquid.below(current, at_least, now)


def rungs_for(
    regimen: Regimen, profile: Profile, constraints: Constraints, *, once_daily: bool, brand: str = ""
) -> Rungs | Refusal:
    """The rungs of a plan, or why there are none."""
    start = regimen.items[0].product
    hours = regimen.change_hours
    if hours is not None:
        return _patch_rungs(start, hours, constraints, brand)
    if profile.basis == Basis.STRENGTH:
        return _strength_rungs(regimen, constraints)
    products = families.products_for(start, constraints, once_daily=once_daily)
    if profile.basis == Basis.UNITS:
        most = rules.current().most_units_by_tablet
        if regimen.items[0].daily_units > most:
            return Refusal(
                "more_than_profile",
                f"The profile {profile.id} is for up to {most} a day.",
                "the prescriber, for another profile",
            )
        products = tuple(each for each in products if each.product_id == start.product_id)
    if not products:
        return _NOT_SUPPLIED if start.unit == "ml" else _NOTHING_HELD
    if start.unit == "ml":
        return _liquid(start, regimen)
    if brand:
        return _in_brand(products, start, regimen, constraints, brand)
    solid = _daily(products, start, regimen.times, constraints)
    liquid = families.liquid_for(start, constraints)
    return solid if liquid is None else WithLiquid(solid, _liquid(liquid, regimen))


def _in_brand(
    products: tuple[Product, ...], start: Product, regimen: Regimen, constraints: Constraints, brand: str
) -> Rungs:
    """Rungs of the brand, and below its lowest strength of every product there is that is no stronger."""
    own = tuple(each for each in products if brands.sold(brand, each))
    if not own:
        return _daily(products, start, regimen.times, constraints)
    lowest = min(each.strength_mg_per_unit or 0 for each in own)
    lower = tuple(each for each in products if (each.strength_mg_per_unit or 0) < lowest)
    in_brand = _daily(own, start, regimen.times, constraints)
    if not lower:
        return in_brand
    both = tuple(each for each in products if each in own or each in lower)
    return InBrand(in_brand, _daily(both, start, regimen.times, constraints))


def _liquid(liquid: Product, regimen: Regimen) -> LiquidRungs:
    started_at = min(tops_of(regimen).values())
    key = (liquid.product_id, regimen.times, started_at)
    if key not in _liquids_kept:
        smallest = families.smallest_solid_mg(liquid.substance)
        _liquids_kept[key] = LiquidRungs(liquid, regimen.times, smallest, started_at)
    return _liquids_kept[key]


_liquids_kept: dict[tuple[object, ...], LiquidRungs] = {}


def _daily(
    products: tuple[Product, ...], start: Product, times: tuple[Time, ...], constraints: Constraints
) -> DailyRungs:
    halves = frozenset(p.product_id for p in products if families.may_be_halved(p, constraints))
    ids = tuple(p.product_id for p in products)
    if constraints.cost is not None:
        return _rungs(products, halves, times, constraints.spread, start.form, constraints)
    key = (ids, halves, times, constraints.spread, start.form)
    if key not in _kept:
        _kept[key] = _rungs(products, halves, times, constraints.spread, start.form, None)
    return _kept[key]


_kept: dict[tuple[object, ...], DailyRungs] = {}


def _rungs(
    products: tuple[Product, ...],
    halves: frozenset[str],
    times: tuple[Time, ...],
    spread: Spread,
    form: str,
    priced: Constraints | None,
) -> DailyRungs:
    slow = products[0].release is Release.MODIFIED
    doses = DayDoses(
        OccasionDoses(products, halves),
        times,
        fixed=slow,
        spread=spread,
        uneven_percent=rules.current().uneven_percent,
        form=form,
        cost=priced.cost if priced else None,
    )
    return DailyRungs(doses, slow=slow)


def _patch_rungs(start: Product, hours: int, constraints: Constraints, brand: str) -> Rungs | Refusal:
    patches = _of_brand(families.products_for(start, constraints), hours, brand)
    groups: dict[int, list[Product]] = {}
    for each in patches:
        # Where the brand decides, the plan stays with the hours of the patch that is worn now.
        groups.setdefault(each.patch_interval_hours or hours, []).append(each)
    ordered = sorted(
        groups.items(), key=lambda group: -max(p.patch_rate_microgram_per_h or 0 for p in group[1])
    )
    if not ordered:
        return _NOTHING_HELD
    return _patches(
        tuple((each, tuple(p.product_id for p in found)) for each, found in ordered), hours, patches
    )


def _of_brand(patches: tuple[Product, ...], hours: int, brand: str) -> tuple[Product, ...]:
    """Of the patches worn as long as the brand's, those of the brand, and others below its lowest; all worn for other hours."""
    own = [each.patch_rate_microgram_per_h or 0 for each in patches if brands.sold(brand, each)]
    if not own:
        return patches
    return tuple(
        each
        for each in patches
        if brands.sold(brand, each)
        or (each.patch_interval_hours or hours) != hours
        or (each.patch_rate_microgram_per_h or 0) < min(own)
    )


_patch_kept: dict[tuple[object, ...], PatchRungs] = {}


def _patches(
    groups: tuple[tuple[int, tuple[str, ...]], ...], hours: int, patches: tuple[Product, ...]
) -> PatchRungs:
    key = (groups, hours)
    if key not in _patch_kept:
        by_id = {each.product_id: each for each in patches}
        _patch_kept[key] = PatchRungs(
            tuple((each, tuple(by_id[one] for one in ids)) for each, ids in groups), hours
        )
    return _patch_kept[key]


def _strength_rungs(regimen: Regimen, constraints: Constraints) -> Rungs | Refusal:
    strengths = families.strengths_of(regimen.items[0].product, constraints)
    strengths = _standard(strengths, regimen)
    whole = all(units == int(units) for item in regimen.items for _, units in item.units)
    rungs = StrengthRungs(regimen, strengths, rules.current().guard_percent)
    if not whole or rungs.below(int(regimen.dose * 1000), 0) is None:
        return Refusal(
            "no_lower_strength",
            "There is no lower strength in this form that keeps the number of whole tablets.",
            "the prescriber, for another profile",
        )
    return rungs


def _standard(strengths: tuple[Product, ...], regimen: Regimen) -> tuple[Product, ...]:
    """The strengths in use and the route's own below: those a prescription names (12.8 is sold without one)."""
    mine = {item.product.product_id for item in regimen.items}
    return tuple(
        each
        for each in strengths
        if each.product_id in mine
        or (each.strength_mg_per_unit is not None and each.strength_mg_per_unit % 1 == 0)
    )
