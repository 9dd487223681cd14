"""What the cautions say of a plan's own doses and scripts, beside what the planner says of itself.

A plan knows one medicine and nothing of the person: cautions that need more are left to the person's record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from stepwell.knowledge import cautions, dosage
from stepwell.knowledge.equivalence import DEFAULT_TABLE, Total
from stepwell.knowledge.medicines import catalogue
from stepwell.knowledge.medicines.model import Identification, MatchedBy, Product
from stepwell.knowledge.tapers import ome, rules
from stepwell.knowledge.tapers.brands import sold
from stepwell.knowledge.tapers.model import Caution, Item, Plan, Step
from stepwell.knowledge.tapers.wording import instruction

_LEVELS = {"stop": "Stop", "warn": "Warning", "inform": "To know"}
_OTHERS = ("every other medicine of the person is not known to a plan",)
_DAY_HOURS = 24


def cautions_of(made: Plan, *, told: Iterable[str] = ()) -> tuple[Caution, ...]:
    """Everything to be said of a plan: its own cautions, then those of S01 to S20 that its doses and scripts raise.

    ``told``: ids already said of the person, which are not said again.
    """
    known = frozenset(told)
    return (*made.cautions, *(each for each in _raised(made) if each.id not in known))


def _raised(made: Plan) -> Iterator[Caution]:
    rule = rules.current()
    fired: dict[str, list[tuple[date, cautions.Finding]]] = {}
    for number, step in enumerate(made.steps):
        found = cautions.check(_facts(made, step, first=number == 0), step.starts_on)
        for each in found.fires:
            if each.caution_id in rule.cautions_of_steps:
                fired.setdefault(each.caution_id, []).append((step.starts_on, each))
        if number == 0:
            asked = (*found.fires, *found.stops_not_assessed)
            yield from (_before(each) for each in asked if each.caution_id in rule.cautions_before)
    order = sorted(fired, key=lambda one: ([*_LEVELS].index(fired[one][0][1].level.value), one))
    yield from (_of_steps(fired[one], len(made.steps)) for one in order)


def _before(found: cautions.Finding) -> Caution:
    return Caution(found.caution_id, _words(found, " ".join(found.gaps)))


def _of_steps(found: list[tuple[date, cautions.Finding]], steps: int) -> Caution:
    first, finding = found[0]
    if len(found) == steps:
        when = "At every step."
    elif len(found) == 1:
        when = f"At the step of {first.isoformat()}."
    else:
        when = f"At {len(found)} steps, from {first.isoformat()} to that of {found[-1][0].isoformat()}."
    because = "; ".join(cause.what for cause in finding.because)
    said = f"{because[0].upper()}{because[1:]}. {when}" if because else when
    return Caution(finding.caution_id, _words(finding, said))


def _words(found: cautions.Finding, more: str) -> str:
    said = " ".join((found.message, *found.detail, more)).strip()
    level = _LEVELS[found.level.value]
    if found.state is cautions.State.NOT_ASSESSED:
        level += ", and not assessed"
    return f"{level}: {found.title}. {said} ({found.source}; {found.status}.)"


def _facts(made: Plan, step: Step, *, first: bool) -> cautions.PersonFacts:
    value, _ = ome.of(step.regimen)
    whole = (
        None
        if value is None
        else Total(value, value, at_least=True, unconverted=_OTHERS, table=DEFAULT_TABLE)
    )
    return cautions.PersonFacts(
        (_medicine(made, step),) if step.regimen.items else (),
        medicines_complete=False,
        ome=whole,
        flags={"about_to_taper": first, "after_taper": not step.regimen.items},
    )


def _medicine(made: Plan, step: Step) -> cautions.MedicineTaken:
    """The regimen of a step as one medicine: its strengths are taken together, so its times of day are those of all."""
    items = step.regimen.items
    each = [_of_item(made, item) for item in items]
    held = replace(
        each[0],
        name=" and ".join(one.name for one in each),
        doses=tuple(_doses(each)),
        last_step_of_plan="fewer_times_a_day" in step.flags,
        newly_started=False,
    )
    if step.regimen.change_hours is not None:
        return replace(held, patch_mcg_per_hour=step.regimen.dose)
    often = Decimal(len(step.regimen.times))
    issued = [script.quantity for script in step.scripts if script.product == items[0].product]
    largest = Decimal(max(issued)) if issued and len(items) == 1 else None
    return replace(held, times_a_day_min=often, times_a_day_max=often, last_quantity=largest)


def _of_item(made: Plan, item: Item) -> cautions.MedicineTaken:
    product = item.product
    brand = made.brand if made.brand and sold(made.brand, product) else None
    found = Identification(
        product=product,
        matched_by=MatchedBy.NAME,
        substance=product.substance,
        classes=product.classes,
        brand=brand,
        patch_interval_hours=_patch_hours(product, brand),
        reason="",
        flags=frozenset(),
    )
    return cautions.medicine_from(found, dosage.parse(instruction(item), product), name=product.name)


def _patch_hours(product: Product, brand: str | None) -> int | None:
    rate = product.patch_rate_microgram_per_h
    if rate is None or brand is None:
        return product.patch_interval_hours
    return catalogue.patch_interval(brand, rate)[1]


def _doses(medicines: list[cautions.MedicineTaken]) -> Iterator[cautions.Dose]:
    """The doses of each substance together; not known where one of them is not."""
    by_substance: dict[str, list[cautions.Dose]] = {}
    for medicine in medicines:
        for dose in medicine.doses:
            by_substance.setdefault(dose.substance, []).append(dose)
    for substance, doses in by_substance.items():
        yield cautions.Dose(substance, _sum(d.mg_min for d in doses), _sum(d.mg_max for d in doses))


def _sum(numbers: Iterable[Decimal | None]) -> Decimal | None:
    total = Decimal(0)
    for number in numbers:
        if number is None:
            return None
        total += number
    return total
