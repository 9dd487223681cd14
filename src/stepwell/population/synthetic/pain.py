"""Who takes pain medicines and sedatives, and for how long."""

from __future__ import annotations

from stepwell.population.synthetic.courses import fill, pick_regimen, repeat
from stepwell.population.synthetic.medicines import Medicines
from stepwell.population.synthetic.plan import Template
from stepwell.population.synthetic.tables import Product, menu
from stepwell.population.synthetic.ways import long_term


def add_opioids(medicines: Medicines, burden: float) -> bool:
    """Opioids for a person whose age and luck give ``burden`` (about 1 for a typical adult). True where long term."""
    rng, as_of = medicines.rng, medicines.as_of
    chance = rng.random() / max(burden, 0.05)
    if chance < 0.045:
        since = rng.randint(120, 1050)
        template = long_term(medicines, "long_term_opioid", since=since)
        if template is not None and rng.random() < 0.45:
            _add_breakthrough(medicines, template.product, since)
        elif rng.random() < 0.05:
            _add_combination(medicines)
        return True
    if chance < 0.060:
        stopped = rng.randint(70, 420)
        long_term(medicines, "long_term_opioid", since=stopped + rng.randint(100, 500), until=stopped)
    elif chance < 0.075:
        long_term(medicines, "long_term_opioid", since=rng.randint(8, 86))
    elif chance < 0.120:
        _now_and_then(medicines)
    elif chance < 0.30:
        for _ in range(rng.choice((1, 1, 2))):
            medicines.short("short_opioid", as_of - rng.randint(1, 2900))
    return False


def add_gabapentinoids(medicines: Medicines, likely: float) -> None:
    """A gabapentinoid, now (chance ``likely``) or once."""
    rng, chance = medicines.rng, medicines.rng.random()
    if chance < likely:
        long_term(medicines, "gabapentinoid", since=rng.randint(110, 1000))
    elif chance < likely * 1.15:
        long_term(medicines, "gabapentinoid", since=rng.randint(8, 86))
    elif chance < likely * 2.2:
        stopped = rng.randint(70, 900)
        long_term(medicines, "gabapentinoid", since=stopped + rng.randint(40, 500), until=stopped)


def add_sedatives(medicines: Medicines, likely: float) -> None:
    """A benzodiazepine or Z-drug, now (chance ``likely``) or a short course once."""
    rng, chance = medicines.rng, medicines.rng.random()
    if chance < likely:
        long_term(medicines, "sedative", since=rng.randint(60, 1000))
    elif chance < likely * 2.6:
        medicines.short("sedative", medicines.as_of - rng.randint(1, 2000))


def _add_breakthrough(medicines: Medicines, background: Product, since: int) -> None:
    keys = [
        key
        for key in [key for key, _ in menu("breakthrough", background.substance)]
        if key not in medicines.used
    ]
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
    product = medicines.choose("short_opioid")
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
