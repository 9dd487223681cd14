"""The rest of a record: everyday medicines, conditions, medicines from elsewhere, and the untidiness of real entries."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from random import Random

from stepwell.population.synthetic.courses import acute, pick_regimen, repeat, usual_quantity
from stepwell.population.synthetic.medicines import Medicines
from stepwell.population.synthetic.pain import (
    add_gabapentinoids,
    add_opioids,
    add_sedatives,
)
from stepwell.population.synthetic.people import age_on, somebody
from stepwell.population.synthetic.plan import Code, Day, Person, Supply, Template, Words
from stepwell.population.synthetic.tables import conditions, everyday, menu, products
from stepwell.population.synthetic.wording import loose_names, vague_name

# Chance that an ordinary adult of 60 has it; scaled by age.
_CONDITION_CHANCES = (
    ("cancer", 0.05), ("epilepsy", 0.012), ("neuropathy", 0.02), ("post_herpetic", 0.003), ("palliative", 0.004),
    ("palliative_unmapped", 0.001), ("family", 0.03),
)  # fmt: skip
_UNREADABLE_CLASSES = frozenset({"opioid", "gabapentinoid"})


def plan_person(rng: Random, *, practice: str, index: int, nhs_number: str, as_of: Day) -> Person:
    """One person of the list with their whole hidden plan."""
    person = somebody(rng, practice=practice, index=index, nhs_number=nhs_number, as_of=as_of)
    age = age_on(person.born, as_of)
    medicines = Medicines(person, rng, as_of)
    _add_everyday(medicines, age)
    if age >= 16 or rng.random() < 0.02:
        burden = 0.35 + min(age, 85) / 50
        long_term = add_opioids(medicines, burden)
        add_gabapentinoids(medicines, 0.22 if long_term else 0.018 * burden)
        add_sedatives(medicines, 0.16 if long_term else 0.02 * burden)
        _add_elsewhere(medicines, long_term)
        _blur(person, rng, as_of)
    _add_conditions(person, rng, age, as_of)
    _stop_when_gone(person)
    return person


def _add_everyday(medicines: Medicines, age: int) -> None:
    rng, as_of = medicines.rng, medicines.as_of
    for key, from_age, per_cent in everyday():
        likely = per_cent / 100 * (2.9 if age >= from_age + 20 else 1.9 if age >= from_age else 0.12)
        if rng.random() >= likely:
            continue
        start = as_of - rng.randint(100, 1095)
        cycle = 56 if rng.random() < 0.4 else 28
        medicines.add(
            repeat(
                medicines.take(key),
                rng,
                start=start,
                until=as_of,
                cycle=cycle,
                tells_days=medicines.tells_days,
            )
        )
    for _ in range(rng.randint(0, 3)):
        product = products()[rng.choice(menu("one_off"))[0]]
        medicines.add(
            acute(product, rng, day=as_of - rng.randint(1, 1095), days=7, tells_days=medicines.tells_days)
        )


def _add_elsewhere(medicines: Medicines, long_term: bool) -> None:
    rng = medicines.rng
    if rng.random() < (0.05 if long_term else 0.006):
        source = rng.choices(("hospital", "over_the_counter", "private"), (6, 3, 2))[0]
        keys = [key for key, _ in menu("elsewhere", source) if key not in medicines.used]
        if keys:
            product = medicines.take(rng.choice(keys))
            day = medicines.as_of - rng.choice((rng.randint(3, 150), rng.randint(250, 700)))
            template = Template(product, pick_regimen(product, rng), day, kind="Acute", source=source)
            quantity = usual_quantity(template.regimen, product, 28, rng)
            template.supplies.append(Supply(day, quantity, 28 if rng.random() < 0.5 else None))
            medicines.person.traits.add("elsewhere")
            medicines.add(template)
    if rng.random() < 0.003:
        _add_dependence_treatment(medicines)
    if rng.random() < 0.002:
        _add_end_of_life(medicines)


def _add_dependence_treatment(medicines: Medicines) -> None:
    rng, as_of = medicines.rng, medicines.as_of
    product = medicines.take(rng.choice(("methadoneliq", "bup8sl")))
    source = "drug_service" if rng.random() < 0.6 else "here"
    until = as_of - rng.choice((rng.randint(0, 200), rng.randint(430, 800)))
    template = repeat(product, rng, start=until - 150, until=until, cycle=14, tells_days=True)
    template.source = source
    if source != "here":
        medicines.person.traits.add("elsewhere")
    medicines.add(template)


def _add_end_of_life(medicines: Medicines) -> None:
    rng = medicines.rng
    day = medicines.as_of - rng.randint(3, 300)
    for key in ("morphineinj", "midazolaminj"):
        template = acute(medicines.take(key), rng, day=day, days=14, tells_days=False)
        template.supplies[0].quantity = Fraction(10)
        medicines.add(template)


def _blur(person: Person, rng: Random, as_of: Day) -> None:
    """Blank and unreadable instructions, names without codes, brands, slips, re-sent, deleted and future-dated rows."""
    for template in person.templates:
        classes = template.product.classes
        if not classes:
            continue
        chance = rng.random()
        if chance < 0.14 and template.own:
            template.words = Words.BLANK
        elif chance < 0.17 and template.own and not classes.isdisjoint(_UNREADABLE_CLASSES):
            template.words = Words.UNREADABLE
        _blur_name(template, rng)
        if template.words is Words.CLEAR and template.end is not None and rng.random() < 0.03:
            template.misspelt = all(supply.days is not None for supply in template.supplies)
        _blur_rows(template, rng, as_of)


def _blur_name(template: Template, rng: Random) -> None:
    product = template.product
    chance = rng.random()
    told = all(supply.days is not None for supply in template.supplies)
    if (
        chance < 0.003
        and told
        and not product.classes.isdisjoint(_UNREADABLE_CLASSES)
        and not product.is_patch
    ):
        vague(template)
    elif chance < 0.025:
        template.written_name = rng.choice(loose_names(product.name))
        template.brand = None
    elif chance < 0.20 and product.brands and template.brand is None:
        usable = [brand for brand in product.brands if brand.interval_hours in (None, template.regimen.hours)]
        template.brand = rng.choice(usable) if usable else None


def _blur_rows(template: Template, rng: Random, as_of: Day) -> None:
    supplies = template.supplies
    if not supplies:
        return
    last = supplies[-1]
    chance = rng.random()
    if chance < 0.04:
        supplies.append(Supply(last.day, last.quantity, last.days))  # sent twice
    elif chance < 0.08:
        supplies.append(Supply(last.day + rng.randint(0, 40), last.quantity, last.days, deleted=True))
    elif chance < 0.10 and template.kind == "Repeat" and last.day > as_of - template.cycle:
        template.kind = "Repeat Dispensing"
        supplies.append(Supply(max(last.day + template.cycle, as_of + 1), last.quantity, last.days))


def _add_conditions(person: Person, rng: Random, age: int, as_of: Day) -> None:
    scale = max(0.1, age / 60)
    pain = any("gabapentinoid" in template.product.classes for template in person.templates)
    for kind, chance in _CONDITION_CHANCES:
        likely = chance * scale * (4 if pain and kind in ("neuropathy", "post_herpetic", "epilepsy") else 1)
        if rng.random() < likely:
            _add_code(person, rng, kind, as_of)
    if rng.random() < (0.004 if pain else 0.0007):
        _add_code(person, rng, "dependence", as_of)
    for condition in conditions("everyday"):
        if rng.random() < 0.11 * scale:
            person.codes.append(Code(condition, as_of - rng.randint(5, 4000)))


def _add_code(person: Person, rng: Random, kind: str, as_of: Day) -> None:
    choices = conditions(kind)
    day = as_of - (rng.randint(5, 330) if rng.random() < 0.15 else rng.randint(400, 6000))
    chance = rng.random()
    precision = "Y" if chance < 0.06 else "YM" if chance < 0.15 else "YMD"
    person.codes.append(Code(rng.choice(choices), earliest(day, precision), precision))


def earliest(day: Day, precision: str) -> Day:
    """The earliest day that a date written with this precision can mean."""
    whole = date.fromordinal(day)
    if precision == "Y":
        return date(whole.year, 1, 1).toordinal()
    return whole.replace(day=1).toordinal() if precision == "YM" else day


def _stop_when_gone(person: Person) -> None:
    gone = min((day for day in (person.left, person.died) if day is not None), default=None)
    for template in person.templates:
        if gone is not None:
            template.supplies = [supply for supply in template.supplies if supply.day < gone]
    person.templates = [template for template in person.templates if template.supplies]


def vague(template: Template) -> None:
    """Leave only the substance in the record's name for the medicine."""
    template.written_name = vague_name(template.product.substance, template.product.unit)
    template.strength_known = False
