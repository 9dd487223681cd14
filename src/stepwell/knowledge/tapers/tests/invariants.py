"""What must hold of every plan, checked the slow and obvious way from the plan's own regimens, dates and scripts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

from stepwell.knowledge import dosage
from stepwell.knowledge.medicines import Product, Release, products
from stepwell.knowledge.tapers import DoseUnit, Plan, Regimen, Spread, Step, Time
from stepwell.knowledge.tapers.brands import sold
from stepwell.knowledge.tapers.families import held_for_tapers
from stepwell.knowledge.tapers.profiles import Profile, profiles

GUARD_DAYS = timedelta(days=28)
# Steps the profile did not make: a prescriber's step back, what is taken, the same dose of other products.
CHANGED = {"step_back", "as_taken", "rebuilt"}
FENTANYL_TWELVE = {Decimal(12): Decimal("12.5")}
PERMITTED = {None: {7, 14, 28}, 72: {9, 15, 27, 30}, 96: {8, 12, 28}, 168: {7, 14, 28}}


def broken(made: Plan) -> list[str]:
    """Every rule a plan breaks; [] for a good one."""
    rules = (
        falls,
        pace,
        buildable,
        times_of_day,
        patches,
        guard,
        ending,
        calendar,
        readable,
        supplied,
        branded,
    )
    return [f"{rule.__name__}: {words}" for rule in rules for words in rule(made)]


def falls(made: Plan) -> Iterator[str]:
    """The dose never rises and never stays, but by a change that is recorded; a step is what it says it is."""
    before = made.starting.dose
    for step in made.steps:
        if not step.daily_dose < before and not CHANGED & set(step.flags):
            yield f"{step.daily_dose} after {before}"
        if step.dose_before != before or step.daily_dose != step.regimen.dose:
            yield "a step does not tell its doses"
        if abs(step.percent_change - (before - step.daily_dose) * 100 / before) > Decimal("0.05"):
            yield f"{step.percent_change} %"
        before = step.daily_dose


def pace(made: Plan) -> Iterator[str]:
    """Each step is within its profile, or one smallest step and flagged; no sooner than the profile's interval."""
    profile = profiles()[made.profile]
    for step in made.steps:
        if CHANGED & set(step.flags):
            continue
        fall = step.dose_before - step.daily_dose
        most = _most(made, profile, step)
        flagged = {"smallest_step", "last_dose"} & set(step.flags)
        if fall > most and (not flagged or step.within_profile):
            yield f"{fall} of {step.dose_before} is more than {most} and not flagged"
        least = max(7, profile.interval_min_days or 0)
        if not made.changes and 0 < step.days < least:
            yield f"left after {step.days} days"


def _most(made: Plan, profile: Profile, step: Step) -> Decimal:
    """The largest fall the profile's source allows at a step."""
    if profile.basis == "percent_of_current":
        return (profile.step_max or Decimal(0)) * step.dose_before / 100
    if profile.basis == "fixed_mg":
        return profile.step_max or Decimal(0)
    if profile.basis == "fixed_units":
        return made.starting_product.strength_mg_per_unit or Decimal(0)
    return step.dose_before


def buildable(made: Plan) -> Iterator[str]:
    """Whole units of products that may be used, halves only of a scored tablet, tenths of a ml; they make the dose."""
    for step in made.steps:
        total = Decimal(0)
        for item in step.regimen.items:
            product = item.product
            gone = product.product_id in made.constraints.unavailable and not made.changes
            usable = held_for_tapers(product) or product == made.starting_product
            if not usable or gone:
                yield f"{product.name} may not be used"
            if product.substance != made.starting_product.substance:
                yield f"{product.name} is another substance"
            if product.release is not made.starting_product.release:
                yield f"{product.name} has another release"
            total += _dose(product, item.units, item.worn)
            yield from _units(made, product, item.units)
        if total != step.daily_dose:
            yield f"units make {total}, not {step.daily_dose}"


def _dose(product: Product, units: tuple[tuple[Time, Decimal], ...], worn: int) -> Decimal:
    rate = product.patch_rate_microgram_per_h
    if rate is not None:
        return worn * (FENTANYL_TWELVE.get(rate, rate) if product.substance == "fentanyl" else rate)
    return sum((number for _, number in units), Decimal(0)) * (product.strength_mg_per_unit or 0)


def _units(made: Plan, product: Product, units: tuple[tuple[Time, Decimal], ...]) -> Iterator[str]:
    scored = product.product_id in made.constraints.score_lines and product.form == "tablet"
    if product.unit == "ml":
        yield from _volumes(made, product, units)
        return
    smallest = Decimal("0.5") if scored else Decimal(1)
    if product.release is Release.MODIFIED or product.unit == "capsule":
        smallest = Decimal(1)
    for _, number in units:
        if number <= 0 or number % smallest:
            yield f"{number} of {product.name}"


def _volumes(made: Plan, product: Product, units: tuple[tuple[Time, Decimal], ...]) -> Iterator[str]:
    """To 0.1 ml up to 1 ml, to 0.5 up to 10 ml, to 1 ml above; or as it was taken before the plan."""
    before = {time: number for item in made.starting.items for time, number in item.units}
    for time, number in units:
        mark = Decimal("0.1") if number <= 1 else Decimal("0.5") if number <= 10 else Decimal(1)
        kept = product == made.starting_product and number == before.get(time)
        if number <= 0 or (number % mark and not kept):
            yield f"{number} ml"


def _at(regimen: Regimen, time: Time) -> Decimal:
    return sum(
        (
            number * (item.product.strength_mg_per_unit or 0)
            for item in regimen.items
            for when, number in item.units
            if when is time
        ),
        Decimal(0),
    )


def times_of_day(made: Plan) -> Iterator[str]:
    """Only times that were in use, and none is given more than before; slow products keep all of them down to the lowest
    strength; where the night had the most it keeps it."""
    if made.starting.unit is DoseUnit.MICROGRAM_PER_HOUR:
        return
    slow = made.starting_product.release is Release.MODIFIED
    by_dose = made.profile != "CMP-STRENGTH"
    before = made.starting
    for step in made.steps:
        times = step.regimen.times
        if not set(times) <= set(made.starting.times):
            yield f"a new time of day: {times}"
        if slow and step.regimen.items and len(times) < len(made.starting.times):
            yield from _fewer_times(step)
        if not {"step_back", "as_taken"} & set(step.flags):
            if any(_at(step.regimen, time) > _at(before, time) for time in times):
                yield "one time of day is given more than before"
            at_night = made.constraints.spread is Spread.NIGHT and Time.NIGHT in made.starting.times
            if by_dose and at_night and _most_at_night(before) and not _most_at_night(step.regimen):
                yield "more by day than at night"
        before = step.regimen


def _fewer_times(step: Step) -> Iterator[str]:
    strengths = {item.product.strength_mg_per_unit for item in step.regimen.items}
    one_each = all(number == 1 for item in step.regimen.items for _, number in item.units)
    marked = {"fewer_times_a_day", *CHANGED} & set(step.flags)
    if len(strengths) > 1 or not one_each or not marked:
        yield f"{step.regimen.times} of a slow product above its lowest strength"


def _most_at_night(regimen: Regimen) -> bool:
    return all(_at(regimen, Time.NIGHT) >= _at(regimen, time) for time in regimen.times)


def patches(made: Plan) -> Iterator[str]:
    """At most two worn, never cut, changed on whole intervals of 72, 96 or 168 hours."""
    if made.starting.unit is not DoseUnit.MICROGRAM_PER_HOUR:
        return
    for step in made.steps:
        if sum(item.worn for item in step.regimen.items) > 2:
            yield "more than two patches"
        hours = {item.change_hours for item in step.regimen.items}
        if len(hours) > 1 or not hours <= {72, 96, 168}:
            yield f"changed every {hours} hours"
        if any(step.days * 24 % (each or 1) for each in hours):
            yield f"{step.days} days of patches"


def guard(made: Plan) -> Iterator[str]:
    """Over any 28 days the dose falls by at most 25 %, but for one flagged step alone in its 28 days."""
    levels = [(made.start_on - 10 * GUARD_DAYS, made.starting.dose, set[str]())]
    for step in made.steps:
        if step.daily_dose != levels[-1][1]:
            levels.append((step.starts_on, step.daily_dose, set(step.flags)))
    for first, (_, dose, _) in enumerate(levels[:-1]):
        for last in range(first + 1, len(levels)):
            begins, lower, flags = levels[last]
            if begins >= levels[first + 1][0] + GUARD_DAYS:
                break
            alone = last == first + 1 and "above_guard_held" in flags
            if (dose - lower) * 100 > 25 * dose and not alone and not CHANGED & flags:
                yield f"{dose} to {lower} within 28 days of {levels[first + 1][0]}"
    for (begins, dose, flags), (following, lower, later) in pairwise(levels):
        held = "above_guard_held" in flags | later
        if lower < dose and held and following - begins < GUARD_DAYS and not CHANGED & later:
            yield f"a step beyond the guard was held for {following - begins}"


def ending(made: Plan) -> Iterator[str]:
    """To nothing, from the lowest dose alone; or to the agreed dose."""
    last = made.steps[-1]
    if made.stopped_early:
        if made.stopped_on is not None or not last.regimen.items:
            yield "a stopped plan does not keep its dose"
        return
    agreed = made.constraints.maintenance
    if agreed is not None and last.regimen.items:
        if made.stopped_on is not None or last.daily_dose < agreed:
            yield "not the agreed dose"
        return
    if last.regimen.items or made.stopped_on != last.starts_on or last.days:
        yield "does not end at nothing"
    if len(made.steps) > 1:
        before = made.steps[-2].regimen
        units = sum(item.worn + item.daily_units for item in before.items)
        if before.items[0].product.unit == "ml":
            if len(before.times) > 1 or before.dose > _smallest_solid(before.items[0].product.substance):
                yield f"stops from {before.dose} mg of a liquid"
        elif units > 1:
            yield f"stops from {units} units"


def _smallest_solid(substance: str) -> Decimal:
    return min(
        product.strength_mg_per_unit or Decimal(0)
        for product in products()
        if (product.substance, product.other_ingredients) == (substance, "")
        and product.unit in ("tablet", "capsule")
        and held_for_tapers(product)
    )


def calendar(made: Plan) -> Iterator[str]:
    """Steps and issues follow one another without a gap; no issue is longer than 30 days or of another length."""
    if made.steps[0].starts_on != made.start_on:
        yield "begins on another day"
    for step, following in pairwise(made.steps):
        if step.starts_on + timedelta(days=step.days) != following.starts_on:
            yield f"a gap after {step.starts_on}"
    for step in made.steps:
        permitted = PERMITTED.get(step.regimen.change_hours, set())
        filled = sum(step.issue_days) == step.days or "cut_short" in step.flags
        if not filled or not set(step.issue_days) <= permitted:
            yield f"issues of {step.issue_days} for {step.days} days"
        yield from _scripts_within(step)


def _scripts_within(step: Step) -> Iterator[str]:
    begins = {
        step.starts_on + timedelta(days=sum(step.issue_days[:n])): d for n, d in enumerate(step.issue_days)
    }
    for script in step.scripts:
        days = begins.get(script.starts_on)
        if days is None or script.runs_out_on != script.starts_on + timedelta(days=days - 1):
            yield f"a script from {script.starts_on} to {script.runs_out_on}"
        if script.issue_on > script.starts_on or script.issue_on.weekday() > 4:
            yield f"issued on {script.issue_on} for {script.starts_on}"


def readable(made: Plan) -> Iterator[str]:
    """Every instruction reads back to exactly what is planned of its product."""
    for step in made.steps:
        planned = {item.product.product_id: item for item in step.regimen.items}
        for script in step.scripts:
            read = dosage.parse(script.instruction, script.product)
            item = planned.get(script.product.product_id)
            if item is None:
                yield f"{script.product.name} is not planned"
                continue
            if item.change_hours is not None:
                right = read.dose_max == item.worn == read.dose_min
                right = right and read.interval_days_max == Decimal(item.change_hours) / 24
            else:
                right = read.daily_min == read.daily_max == item.daily_units
                right = right and read.frequency_min == read.frequency_max == len(item.units)
                right = right and read.dose_min == min(number for _, number in item.units)
                right = right and read.dose_max == max(number for _, number in item.units)
                right = right and _by_time(read) == dict(item.units)
            if read.status is not dosage.Status.PARSED or not right:
                yield f"{script.instruction!r} is read as {read.daily_max}"


WORDS = {"morning": Time.MORNING, "noon": Time.MIDDAY, "evening": Time.EVENING, "night": Time.NIGHT}


def _by_time(read: dosage.Dosage) -> dict[Time, Decimal | None]:
    return {WORDS[word]: part.dose_max for part in read.parts for word in part.times_of_day}


def supplied(made: Plan) -> Iterator[str]:
    """Supplied = planned + left over - at home, for each product; and nothing ever runs short."""
    home: Counter[str] = Counter({made.starting_product.product_id: made.constraints.stock})
    for step in made.steps:
        for script in step.scripts:
            home[script.product.product_id] += script.quantity
            if script.quantity <= 0 or script.quantity != int(script.quantity):
                yield f"a quantity of {script.quantity}"
        for item in step.regimen.items:
            if item.change_hours is not None:
                used = Decimal(item.worn * step.days * 24) / item.change_hours
            else:
                used = item.daily_units * step.days
            home[item.product.product_id] -= used
            if home[item.product.product_id] < 0:
                yield f"{item.product.name} runs short"
    left = {product.product_id: units for product, units in made.left_over}
    if {key: units for key, units in home.items() if units} != left:
        yield f"left over {left}"


def branded(made: Plan) -> Iterator[str]:
    """Every script of a product of the brand names it; other products only in strengths it is not sold in, or for other hours."""
    if not made.brand:
        return
    gone = made.constraints.unavailable
    kind = (made.starting_product.form, made.starting_product.release)
    own = [p for p in products() if (p.form, p.release) == kind and sold(made.brand, p)]
    usable = [product for product in own if held_for_tapers(product) and product.product_id not in gone]
    lowest = min((_strength(product) for product in usable), default=Decimal("Infinity"))
    for step in made.steps:
        for item in step.regimen.items:
            other_hours = item.change_hours != made.starting.change_hours
            if item.product not in own and _strength(item.product) >= lowest and not other_hours:
                yield f"{item.product.name} is another brand"
            if item.product not in own and "other_brand" not in step.flags:
                yield "another brand is not said"
        for script in step.scripts:
            if (script.product in own) != (made.brand in script.name):
                yield f"{script.name} of {made.brand}"


def _strength(product: Product) -> Decimal:
    return product.strength_mg_per_unit or product.patch_rate_microgram_per_h or Decimal(0)
