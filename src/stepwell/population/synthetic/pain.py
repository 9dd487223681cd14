"""Pain medicines in a person's plan: who takes them, for how long, and all the ways a course can go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from stepwell.population.synthetic.courses import (
    acute,
    continue_with,
    fill,
    pick_regimen,
    repeat,
    split_at,
)
from stepwell.population.synthetic.plan import Day, Person, Template
from stepwell.population.synthetic.tables import Product, products

_LADDERS: Sequence[tuple[str, int]] = (
    ("cocodamol30", 20), ("cocodamol30cap", 6), ("cocodamol8", 7), ("cocodamol15", 5), ("cocodamol30eff", 2),
    ("codeine30", 15), ("codeine15", 4), ("codeine60", 1), ("dihydrocodeine30", 5), ("codydramol10", 1),
    ("tramadol50", 12), ("tramadol100mr", 2), ("tramadol200mr", 1), ("bup5", 4), ("bup10", 4), ("bup20", 2),
    ("bup15", 1), ("morphine10mr", 3), ("morphine15mr", 1), ("morphine30mr", 1), ("morphine10mrcap", 1),
    ("morphine30mrcap", 1), ("morphine60mr", 1), ("oxycodone5mr", 1), ("oxycodone10mr", 2), ("oxycodone20mr", 1),
    ("oxycodone40mr", 1), ("oxycodone5", 1), ("fent12", 1), ("fent25", 1), ("fent50", 1), ("tapentadol100mr", 1),
    ("morphineliq", 1), ("dhc60mr", 1), ("bup35", 1), ("tapentadol50mr", 1),
)  # fmt: skip
_SHORT_COURSE = (
    "cocodamol30",
    "cocodamol8",
    "cocodamol15",
    "codeine30",
    "codeine15",
    "tramadol50",
    "dihydrocodeine30",
)
_BREAKTHROUGH = {
    "morphine": ("morphineliq", "morphine10tab"),
    "oxycodone": ("oxycodone5", "oxycodone10", "oxycodoneliq"),
    "buprenorphine": ("cocodamol30", "codeine30", "morphineliq"),
    "fentanyl": ("morphineliq", "oxycodone5"),
}
_GABAPENTINOIDS = (
    ("gaba300", 9),
    ("gaba100", 3),
    ("gaba600", 1),
    ("preg75", 6),
    ("preg150", 4),
    ("preg25", 1),
    ("preg300", 1),
)
_SEDATIVES = (
    ("diazepam2", 5),
    ("diazepam5", 4),
    ("temazepam10", 2),
    ("lorazepam1", 1),
    ("nitrazepam5", 1),
    ("zopiclone375", 4),
    ("zopiclone75", 5),
    ("zolpidem10", 1),
)
_STEPS_DOWN = {
    "morphine60mr": "morphine30mr", "morphine30mr": "morphine15mr", "morphine15mr": "morphine10mr",
    "morphine10mr": "morphine5mr", "oxycodone40mr": "oxycodone20mr", "oxycodone20mr": "oxycodone10mr",
    "oxycodone10mr": "oxycodone5mr", "bup20": "bup10", "bup10": "bup5", "fent50": "fent25", "fent25": "fent12",
    "tramadol200mr": "tramadol100mr", "tapentadol100mr": "tapentadol50mr", "preg300": "preg150", "preg150": "preg75",
    "preg75": "preg25", "gaba600": "gaba300", "gaba300": "gaba100", "codeine60": "codeine30", "codeine30": "codeine15",
    "cocodamol30": "cocodamol8",
}  # fmt: skip


class Medicines:
    """Adds courses to one person. Keeps each product to one course, so that two courses never share an issue day."""

    def __init__(self, person: Person, rng: Random, as_of: Day) -> None:
        self.person, self.rng, self.as_of = person, rng, as_of
        self.used: set[str] = set()
        self.tells_days = rng.random() < 0.6

    def choose(self, menu: Sequence[tuple[str, int]]) -> Product | None:
        """A product of the menu not used yet, by weight; None where all are used."""
        left = [(key, weight) for key, weight in menu if key not in self.used]
        if not left:
            return None
        key = self.rng.choices([key for key, _ in left], [weight for _, weight in left])[0]
        return self.take(key)

    def take(self, key: str) -> Product:
        """This product, marked as used."""
        self.used.add(key)
        return products()[key]

    def add(self, *templates: Template) -> None:
        """Into the plan."""
        self.person.templates.extend(templates)

    def long_term(self, menu: Sequence[tuple[str, int]], *, since: int, until: int = 0) -> Template | None:
        """A course from ``since`` days ago to ``until`` days ago, going one of the ways courses go."""
        product = self.choose(menu)
        if product is None:
            return None
        ways: list[tuple[Callable[[Medicines, Product, Day, Day], Template], int]] = [
            (_steady, 26), (_two_monthly, 24), (_dose_change, 14), (_brand_switch, 12), (_weekly, 3),
            (_restarted, 8), (_moved_to_acute, 5), (_drifted, 6), (_ended_but_issued, 2), (_tapering, 9),
        ]  # fmt: skip
        way = self.rng.choices([way for way, _ in ways], [weight for _, weight in ways])[0]
        return way(self, product, self.as_of - since, self.as_of - until)

    def short(self, menu: Sequence[str], day: Day) -> None:
        """A short acute course, sometimes repeated once."""
        key = self.rng.choice(menu)
        if key in self.used:
            return
        product = self.take(key)
        days = self.rng.choice((5, 7, 7, 14))
        self.add(acute(product, self.rng, day=day, days=days, tells_days=self.tells_days))
        again = day + days + self.rng.randint(0, 12)
        if self.rng.random() < 0.3 and again <= self.as_of:
            self.add(acute(product, self.rng, day=again, days=days, tells_days=self.tells_days))


def add_opioids(medicines: Medicines, burden: float) -> bool:
    """Opioids for a person whose age and luck give ``burden`` (about 1 for a typical adult). True where long term."""
    rng, as_of = medicines.rng, medicines.as_of
    chance = rng.random() / max(burden, 0.05)
    if chance < 0.048:
        since = rng.randint(120, 1050)
        template = medicines.long_term(_LADDERS, since=since)
        if template is not None and rng.random() < 0.45:
            _add_breakthrough(medicines, template.product, since)
        elif rng.random() < 0.05:
            _add_combination(medicines)
        return True
    if chance < 0.060:
        stopped = rng.randint(70, 420)
        medicines.long_term(_LADDERS, since=stopped + rng.randint(100, 500), until=stopped)
    elif chance < 0.075:
        medicines.long_term(_LADDERS, since=rng.randint(8, 86))
    elif chance < 0.120:
        _now_and_then(medicines)
    elif chance < 0.38:
        for _ in range(rng.choice((1, 1, 2))):
            medicines.short(_SHORT_COURSE, as_of - rng.randint(1, 2900))
    return False


def add_gabapentinoids(medicines: Medicines, likely: float) -> None:
    """A gabapentinoid, now (chance ``likely``) or once."""
    rng, chance = medicines.rng, medicines.rng.random()
    if chance < likely:
        medicines.long_term(_GABAPENTINOIDS, since=rng.randint(110, 1000))
    elif chance < likely * 1.15:
        medicines.long_term(_GABAPENTINOIDS, since=rng.randint(8, 86))
    elif chance < likely * 2.2:
        stopped = rng.randint(70, 900)
        medicines.long_term(_GABAPENTINOIDS, since=stopped + rng.randint(40, 500), until=stopped)


def add_sedatives(medicines: Medicines, likely: float) -> None:
    """A benzodiazepine or Z-drug, now (chance ``likely``) or a short course once."""
    rng, chance = medicines.rng, medicines.rng.random()
    if chance < likely:
        medicines.long_term(_SEDATIVES, since=rng.randint(60, 1000))
    elif chance < likely * 2.6:
        medicines.short([key for key, _ in _SEDATIVES], medicines.as_of - rng.randint(1, 2000))


def _steady(medicines: Medicines, product: Product, start: Day, until: Day, cycle: int = 28) -> Template:
    if product.is_patch and product.regimens[0].hours == 72:
        cycle = 30
    template = repeat(
        product, medicines.rng, start=start, until=until, cycle=cycle, tells_days=medicines.tells_days
    )
    if until < medicines.as_of - 40 and medicines.rng.random() < 0.7:
        template.end = until + medicines.rng.randint(1, 30)
    medicines.add(template)
    return template


def _two_monthly(medicines: Medicines, product: Product, start: Day, until: Day) -> Template:
    return _steady(medicines, product, start, until, cycle=56)


def _weekly(medicines: Medicines, product: Product, start: Day, until: Day) -> Template:
    medicines.person.traits.add("weekly")
    return _steady(medicines, product, max(start, until - 280), until, cycle=7)


def _middle(medicines: Medicines, start: Day, until: Day) -> Day:
    return start + max(1, int((until - start) * (0.3 + 0.4 * medicines.rng.random())))


def _dose_change(medicines: Medicines, product: Product, start: Day, until: Day) -> Template:
    """The old template stopped, a new one at another regimen (or another strength) started."""
    first = _steady(medicines, product, start, until)
    at = split_at(first, _middle(medicines, start, until))
    lower = _STEPS_DOWN.get(product.key)
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


def _brand_switch(medicines: Medicines, product: Product, start: Day, until: Day) -> Template:
    first = _steady(medicines, product, start, until)
    usable = [b for b in product.brands if b.interval_hours in (None, first.regimen.hours)]
    if not usable:
        return first
    at = split_at(first, _middle(medicines, start, until))
    medicines.person.traits.add("brand_switch")
    brand = medicines.rng.choice(usable)
    last = continue_with(
        first, medicines.rng, start=at, until=until, tells_days=medicines.tells_days, brand=brand
    )
    medicines.add(last)
    return last


def _restarted(medicines: Medicines, product: Product, start: Day, until: Day) -> Template:
    """Stopped for some months, then started again."""
    if until - start < 300:
        return _steady(medicines, product, start, until)
    away = start + (until - start) // 3
    back = away + medicines.rng.randint(95, 150)
    first = _steady(medicines, product, start, away)
    medicines.person.traits.add("restarted")
    last = continue_with(first, medicines.rng, start=back, until=until, tells_days=medicines.tells_days)
    first.end = away + 5
    medicines.add(last)
    return last


def _moved_to_acute(medicines: Medicines, product: Product, start: Day, until: Day) -> Template:
    """The repeat template is cancelled; supply goes on as acute issues of two weeks."""
    first = _steady(medicines, product, start, until)
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


def _drifted(medicines: Medicines, product: Product, start: Day, until: Day) -> Template:
    """A few acute issues that nobody stopped became a repeat."""
    day = start
    for _ in range(medicines.rng.randint(2, 4)):
        if day > until:
            break
        medicines.add(acute(product, medicines.rng, day=day, days=14, tells_days=medicines.tells_days))
        day += medicines.rng.randint(13, 24)
    medicines.person.traits.add("drifted")
    return _steady(medicines, product, min(day, until + 1), until)


def _ended_but_issued(medicines: Medicines, product: Product, start: Day, until: Day) -> Template:
    template = _steady(medicines, product, start, until)
    template.end = _middle(medicines, start, until)
    medicines.person.traits.add("ended_but_issued")
    return template


def _tapering(medicines: Medicines, product: Product, start: Day, until: Day) -> Template:
    """Strength by strength down the ladder, about a step in two months, with a pause now and then."""
    template = _steady(medicines, product, start, until)
    day = until - medicines.rng.randint(60, 260)
    medicines.person.traits.add("taper")
    while day < until - 20:
        lower = _STEPS_DOWN.get(template.product.key)
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


def _add_breakthrough(medicines: Medicines, background: Product, since: int) -> None:
    keys = [key for key in _BREAKTHROUGH.get(background.substance, ()) if key not in medicines.used]
    if not keys:
        return
    product = medicines.take(medicines.rng.choice(keys))
    template = Template(product, pick_regimen(product, medicines.rng), medicines.as_of - since + 3, cycle=28)
    fill(template, medicines.rng, until=medicines.as_of, tells_days=medicines.tells_days)
    medicines.person.traits.add("background_and_breakthrough")
    medicines.add(template)


def _add_combination(medicines: Medicines) -> None:
    """Three strengths of one medicine asked for on different days of the month."""
    medicines.person.traits.add("combination")
    for offset, key in enumerate(("cocodamol8", "cocodamol15", "cocodamol30")):
        if key not in medicines.used:
            start = medicines.as_of - 300 + 9 * offset
            product = medicines.take(key)
            medicines.add(
                repeat(
                    product,
                    medicines.rng,
                    start=start,
                    until=medicines.as_of,
                    cycle=28,
                    tells_days=medicines.tells_days,
                )
            )


def _now_and_then(medicines: Medicines) -> None:
    """As-needed use: a pack every few months."""
    rng = medicines.rng
    product = medicines.choose([(key, 1) for key in _SHORT_COURSE])
    if product is None:
        return
    template = Template(
        product, pick_regimen(product, rng), medicines.as_of - rng.randint(400, 1000), cycle=28
    )
    day = template.start
    fill(template, rng, until=day)
    pattern = template.supplies[0]
    day += rng.randint(60, 170)
    while day <= medicines.as_of:
        template.supplies.append(type(pattern)(day, pattern.quantity, pattern.days))
        day += rng.randint(60, 170)
    medicines.add(template)
