"""The ways a long course of a medicine can go: steady, changed, switched, tapered, restarted, moved to acute."""

from __future__ import annotations

from stepwell.population.synthetic.courses import acute, continue_with, pick_regimen, repeat, split_at
from stepwell.population.synthetic.medicines import Medicines
from stepwell.population.synthetic.plan import Day, Template
from stepwell.population.synthetic.tables import Product, step_down


def steady(medicines: Medicines, product: Product, start: Day, until: Day, cycle: int = 28) -> Template:
    if product.is_patch and product.regimens[0].hours == 72:
        cycle = 30
    template = repeat(
        product, medicines.rng, start=start, until=until, cycle=cycle, tells_days=medicines.tells_days
    )
    if until < medicines.as_of - 40 and medicines.rng.random() < 0.7:
        template.end = until + medicines.rng.randint(1, 30)
    medicines.add(template)
    return template


def two_monthly(medicines: Medicines, product: Product, start: Day, until: Day) -> Template:
    return steady(medicines, product, start, until, cycle=56)


def weekly(medicines: Medicines, product: Product, start: Day, until: Day) -> Template:
    medicines.person.traits.add("weekly")
    return steady(medicines, product, max(start, until - 280), until, cycle=7)


def middle(medicines: Medicines, start: Day, until: Day) -> Day:
    return start + max(1, int((until - start) * (0.3 + 0.4 * medicines.rng.random())))


def dose_change(medicines: Medicines, product: Product, start: Day, until: Day) -> Template:
    """The old template stopped, a new one at another regimen (or another strength) started."""
    first = steady(medicines, product, start, until)
    at = split_at(first, middle(medicines, start, until))
    lower = step_down(product)
    if lower is not None and lower not in medicines.used and medicines.rng.random() < 0.6:
        product = medicines.take(lower)
    regimen = pick_regimen(product, medicines.rng)
    medicines.person.traits.add("dose_change")
    last = continue_with(
        first,
        medicines.rng,
        start=at,
        until=until,
        tells_days=medicines.tells_days,
        product=product,
        regimen=regimen,
    )
    last.end = None
    medicines.add(last)
    return last


def brand_switch(medicines: Medicines, product: Product, start: Day, until: Day) -> Template:
    first = steady(medicines, product, start, until)
    usable = [b for b in product.brands if b.interval_hours in (None, first.regimen.hours)]
    if not usable:
        return first
    at = split_at(first, middle(medicines, start, until))
    medicines.person.traits.add("brand_switch")
    brand = medicines.rng.choice(usable)
    last = continue_with(
        first, medicines.rng, start=at, until=until, tells_days=medicines.tells_days, brand=brand
    )
    medicines.add(last)
    return last


def restarted(medicines: Medicines, product: Product, start: Day, until: Day) -> Template:
    """Stopped for some months, then started again."""
    if until - start < 300:
        return steady(medicines, product, start, until)
    away = start + (until - start) // 3
    back = away + medicines.rng.randint(95, 150)
    first = steady(medicines, product, start, away)
    medicines.person.traits.add("restarted")
    last = continue_with(first, medicines.rng, start=back, until=until, tells_days=medicines.tells_days)
    first.end = away + 5
    medicines.add(last)
    return last


def moved_to_acute(medicines: Medicines, product: Product, start: Day, until: Day) -> Template:
    """The repeat template is cancelled; supply goes on as acute issues of two weeks."""
    first = steady(medicines, product, start, until)
    day = split_at(first, max(start + 1, until - medicines.rng.randint(40, 200)))
    first.end = day
    medicines.person.traits.add("moved_to_acute")
    last = first
    while day <= until:
        last = continue_with(
            first,
            medicines.rng,
            start=day,
            until=day,
            tells_days=medicines.tells_days,
            kind="Acute",
            cycle=14,
        )
        first.end = first.end if last is first else min(first.end, day)
        medicines.add(last)
        day += 14 + medicines.rng.randint(-1, 2)
    return last


def drifted(medicines: Medicines, product: Product, start: Day, until: Day) -> Template:
    """A few acute issues that nobody stopped became a repeat."""
    day = start
    for _ in range(medicines.rng.randint(2, 4)):
        if day > until:
            break
        medicines.add(acute(product, medicines.rng, day=day, days=14, tells_days=medicines.tells_days))
        day += medicines.rng.randint(13, 24)
    medicines.person.traits.add("drifted")
    return steady(medicines, product, min(day, until + 1), until)


def ended_but_issued(medicines: Medicines, product: Product, start: Day, until: Day) -> Template:
    template = steady(medicines, product, start, until)
    template.end = middle(medicines, start, until)
    medicines.person.traits.add("ended_but_issued")
    return template


def tapering(medicines: Medicines, product: Product, start: Day, until: Day) -> Template:
    """Strength by strength down the ladder, about a step in two months, with a pause now and then."""
    template = steady(medicines, product, start, until)
    day = until - medicines.rng.randint(60, 260)
    medicines.person.traits.add("taper")
    while day < until - 20:
        lower = step_down(template.product)
        if lower is None or lower in medicines.used or day <= template.start:
            break
        at = split_at(template, day)
        product = medicines.take(lower)
        template = continue_with(
            template, medicines.rng, start=at, until=until, tells_days=medicines.tells_days,
            product=product, regimen=pick_regimen(product, medicines.rng), brand=None,
        )  # fmt: skip
        template.end = None
        medicines.add(template)
        day = at + medicines.rng.choice((56, 56, 84, 140))
    return template


# Each way with how often it is taken.
WAYS = (
    (steady, 26), (two_monthly, 24), (dose_change, 14), (brand_switch, 12), (weekly, 2),
    (restarted, 8), (moved_to_acute, 5), (drifted, 6), (ended_but_issued, 2), (tapering, 9),
)  # fmt: skip


def long_term(medicines: Medicines, kind: str, *, since: int, until: int = 0) -> Template | None:
    """A course from the menu ``kind``, from ``since`` days ago to ``until`` days ago; None where the menu is used up."""
    product = medicines.choose(kind)
    if product is None:
        return None
    way = medicines.rng.choices([way for way, _ in WAYS], [weight for _, weight in WAYS])[0]
    return way(medicines, product, medicines.as_of - since, medicines.as_of - until)
