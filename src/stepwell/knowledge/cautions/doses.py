"""Questions about doses: per substance, by kidney function, by weight, as OME, and over time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from stepwell.knowledge.cautions import taken
from stepwell.knowledge.cautions.answer import NO, Answer, any_of, unknown, yes
from stepwell.knowledge.cautions.clearance import clearance_of
from stepwell.knowledge.cautions.language import Selector
from stepwell.knowledge.cautions.model import Cause, MedicineTaken, PersonFacts
from stepwell.knowledge.cautions.person import gap_of_age, latest
from stepwell.knowledge.equivalence.thresholds import threshold, thresholds
from stepwell.knowledge.medicines.model import MedicineClass

_OPIOID = Selector(group=frozenset({str(MedicineClass.OPIOID)}))


@dataclass(frozen=True, slots=True)
class Sum:
    """Milligrams a day of one substance over all medicines: the largest that may be taken, of those whose dose is known."""

    known: Decimal
    whole: bool
    causes: tuple[Cause, ...]
    gaps: tuple[str, ...]


def summed(facts: PersonFacts, on: date, selector: Selector, substance: str) -> Sum:
    """All the substance a person takes in a day, compound products and medicines from elsewhere with the rest."""
    chosen = taken.choose(facts, on, selector)
    known, gaps, causes = Decimal(0), list(chosen.gaps), []
    for medicine in (*chosen.sure, *chosen.perhaps):
        low, high = _range_of(medicine, substance)
        known += high if high is not None else low or Decimal(0)
        causes.append(taken.cause_of(medicine))
        if high is None:
            gaps.append(f"The daily dose of {medicine.name} is not known.")
    return Sum(known, not gaps, tuple(causes), tuple(gaps))


def _range_of(medicine: MedicineTaken, substance: str) -> tuple[Decimal | None, Decimal | None]:
    held = next((each for each in medicine.doses if each.substance == substance), None)
    return (None, None) if held is None else (held.mg_min, held.mg_max)


def daily_dose(facts: PersonFacts, on: date, given: Mapping[str, Any]) -> Answer:
    """Whether the daily mg of a substance are above a number."""
    found = summed(facts, on, given["of"], given["substance"])
    if found.known > given["above"]:
        return yes(*found.causes, gaps=found.gaps)
    return NO if found.whole else unknown(*found.gaps)


def low_dose(facts: PersonFacts, on: date, given: Mapping[str, Any]) -> Answer:
    """Whether every such medicine is taken, each at or below a daily dose."""
    chosen = taken.choose(facts, on, given["of"])
    gaps = []
    for medicine in (*chosen.sure, *chosen.perhaps):
        highs = [each.mg_max for each in medicine.doses]
        if not highs or None in highs:
            gaps.append(f"The daily dose of {medicine.name} is not known.")
        elif any(high is not None and high > given["at_most"] for high in highs):
            return NO
    if gaps or not chosen.sure:
        return unknown(*gaps) if gaps else NO
    return yes(*map(taken.cause_of, chosen.sure))


def above_renal_limit(facts: PersonFacts, on: date, given: Mapping[str, Any]) -> Answer:
    """Whether the dose is above the most for this creatinine clearance (bands from high to low, in ml/min).

    Above the most of every band it is too much whatever the clearance; a low old clearance still counts, a good one does not.
    """
    substance: str = given["substance"]
    found = summed(facts, on, Selector(substance=frozenset({substance})), substance)
    if not found.causes:
        return unknown(*found.gaps) if found.gaps else NO
    bands: tuple[tuple[Decimal, Decimal], ...] = given["bands"]
    clearance = clearance_of(facts, on)
    if isinstance(clearance, str):
        gaps = (*found.gaps, clearance)
        most = bands[0][1]
        value_cause: tuple[Cause, ...] = ()
    else:
        old = gap_of_age(clearance, on)
        gaps = (*found.gaps, *([old] if old else []))
        most = next(limit for start, limit in bands if clearance.number >= start)
        said = f" ({clearance.said})" if clearance.said else ""
        what = f"creatinine clearance {clearance.number.normalize():f} ml/min{said}, usual most {most.normalize():f} mg a day"
        value_cause = (Cause(what, f"renal:{substance}:{most}", clearance.rows, clearance.on),)
    if found.known > most:
        return yes(*found.causes, *value_cause, gaps=gaps)
    if found.whole and found.known <= bands[-1][1]:
        return NO
    return unknown(*gaps, causes=found.causes) if gaps else NO


def per_kg(facts: PersonFacts, on: date, given: Mapping[str, Any]) -> Answer:
    """Whether the daily mg for each kg are above a number, in a person below a weight."""
    selector = Selector(group=frozenset({given["group"]}), substance=frozenset({given["substance"]}))
    found = summed(facts, on, selector, given["substance"])
    if not found.causes:
        return unknown(*found.gaps) if found.gaps else NO
    weight = latest(facts, on, "weight_kg")
    if weight is None or weight.number <= 0:
        gap = facts.why_unknown.get("weight_kg", "No weight is known.")
        return unknown(gap, *found.gaps, causes=found.causes)
    old = gap_of_age(weight, on)
    if weight.number >= given["weight_below"]:
        return unknown(old, causes=found.causes) if old else NO
    each = found.known / weight.number
    if each > given["above"]:
        said = f" ({weight.said})" if weight.said else ""
        what = f"weight {weight.number.normalize():f} kg{said}: {each:.0f} mg for each kg"
        gaps = (*found.gaps, *([old] if old else []))
        return yes(*found.causes, Cause(what, "weight", weight.rows, weight.on), gaps=gaps)
    if found.whole and not old:
        return NO
    return unknown(*found.gaps, *([old] if old else []), causes=found.causes)


def daily_ome(facts: PersonFacts, on: date, given: Mapping[str, Any]) -> Answer:
    """Whether the whole-person OME, at its maximum, reaches a line. Something not converted: at least that much."""
    opioids = taken.choose(facts, on, _OPIOID)
    if not opioids.sure and not opioids.perhaps:
        return unknown(*opioids.gaps) if opioids.gaps else NO
    total = facts.ome
    if total is None or total.ome_max is None:
        return unknown("The oral morphine equivalent is not known.", causes=map(taken.cause_of, opioids.sure))
    words = f"{'at least ' if total.at_least else ''}{total.ome_max.normalize():f} mg OME a day"
    if threshold(given["line"]).reached_by(total.ome_max):
        in_force = [each for each in thresholds() if each.reached_by(total.ome_max)]
        reached = ", ".join(
            f"{each.value.normalize():f}" for each in sorted(in_force, key=lambda each: each.value)
        )
        cause = Cause(words, f"ome:{reached}", (), None)
        return yes(
            *map(taken.cause_of, opioids.sure),
            cause,
            notes=[f"Oral morphine equivalent: {words}. Lines reached: {reached} mg."],
        )
    return (
        unknown(f"Only part of the oral morphine equivalent is known: {words}.")
        if total.at_least or opioids.gaps
        else NO
    )


def opioid_era(facts: PersonFacts, on: date, given: Mapping[str, Any]) -> Answer:
    """Whether the opioid era open on the day has lasted at least, or more than, so many days."""
    opioids = taken.choose(facts, on, _OPIOID)
    if not opioids.sure and not opioids.perhaps:
        return unknown(*opioids.gaps) if opioids.gaps else NO
    start = facts.opioid_era_start
    ((word, limit),) = given.items()
    if start is not None and start <= on:
        days = (on - start).days + 1
        if days >= limit if word == "at_least_days" else days > limit:
            return yes(
                *map(taken.cause_of, opioids.sure),
                Cause(f"opioids for {days} days", f"era:{limit}", (), start),
            )
        if facts.opioid_history_known:
            return NO
    return unknown("How long opioids have been taken is not known.", causes=map(taken.cause_of, opioids.sure))


def issue(facts: PersonFacts, on: date, given: Mapping[str, Any]) -> Answer:
    """Whether the last issue of such a medicine was of more than so many counted units."""
    chosen = taken.choose(facts, on, given["of"])
    answers = []
    for medicine in chosen.sure:
        if medicine.last_quantity is None:
            answers.append(unknown(f"The quantity issued of {medicine.name} is not known."))
        elif medicine.last_quantity > given["quantity_above"]:
            answers.append(
                yes(taken.cause_of(medicine, note=f"{medicine.last_quantity.normalize():f} {medicine.unit}"))
            )
    answers += [unknown(f"The strength of {each.name} is not known.") for each in chosen.perhaps]
    return taken.whole_or(facts, [any_of(answers)])
