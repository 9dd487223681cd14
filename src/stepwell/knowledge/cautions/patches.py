"""A fentanyl patch begun in a person who is not used to opioids, and products whose interval the instruction does not fit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from stepwell.knowledge.cautions import taken
from stepwell.knowledge.cautions.answer import NO, Answer, Truth, unknown, yes
from stepwell.knowledge.cautions.language import Selector
from stepwell.knowledge.cautions.model import Cause, MedicineTaken, OpioidCover, PersonFacts
from stepwell.knowledge.equivalence.convert import DEFAULT_TABLE
from stepwell.knowledge.equivalence.factors import factor, lookups
from stepwell.knowledge.medicines.model import Release


def in_naive(facts: PersonFacts, on: date, given: Mapping[str, Any]) -> Answer:
    """Whether a patch was newly begun without enough opioid in the days before it.

    Enough is the published daily OME of that patch, on at least one of those days, other opioids added up.
    """
    substance: str = given["substance"]
    selector = Selector(substance=frozenset({substance}), patch=True)
    chosen = taken.choose(facts, on, selector)
    answers = [unknown(f"Whether this is a patch is not known: {each.name}.") for each in chosen.perhaps]
    for medicine in chosen.sure:
        new = _is_new(medicine, on, int(given["new_days"]))
        if new is Truth.UNKNOWN:
            answers.append(unknown(f"Whether this patch is new is not known: {medicine.name}."))
        elif new is Truth.YES:
            answers.append(_naive(facts, medicine, on, substance, int(given["within_days"])))
    return taken.whole_or(facts, answers)


def _is_new(medicine: MedicineTaken, on: date, days: int) -> Truth:
    if medicine.newly_started is not None:
        return Truth.YES if medicine.newly_started else Truth.NO
    if medicine.started_on is None:
        return Truth.UNKNOWN
    return Truth.YES if on - medicine.started_on < timedelta(days=days) else Truth.NO


def _naive(facts: PersonFacts, patch: MedicineTaken, on: date, substance: str, days: int) -> Answer:
    cause = taken.cause_of(patch)
    if not facts.opioid_history_known:
        return unknown("Which opioids were taken before this patch is not known.", causes=[cause])
    start = patch.started_on or on
    window = [start - timedelta(days=number) for number in range(1, days + 1)]
    before = [each for each in facts.opioid_covers if any(each.start <= day < each.end for day in window)]
    if not before:
        return yes(cause, notes=[f"No opioid covers the {days} days before this patch."])
    enough = _published(substance, patch.patch_mcg_per_hour)
    if enough is None:
        return unknown(f"The published dose for this patch is not known: {patch.name}.", causes=[cause])
    return _compared(cause, before, window, enough)


def _compared(cause: Cause, before: list[OpioidCover], window: list[date], enough: Decimal) -> Answer:
    """Sure to be enough by the smallest doses; sure to be too little by the largest; between the two, not known."""
    per_day = [[each for each in before if each.start <= day < each.end] for day in window]
    lows = [sum((each.ome_min or Decimal(0) for each in held), Decimal(0)) for held in per_day]
    if max(lows) >= enough:
        return NO
    causes = [cause, *(Cause("opioid before", "cover", each.rows, each.start, each.end) for each in before)]
    if any(each.ome_max is None for each in before):
        return unknown("The dose of an opioid taken before this patch is not known.", causes=causes)
    high = max(sum((each.ome_max or Decimal(0) for each in held), Decimal(0)) for held in per_day)
    words = (
        f"{high.normalize():f} mg OME a day before this patch; its published value is {enough.normalize():f}"
    )
    if high < enough:
        return yes(*causes, notes=[f"At most {words}."])
    return unknown(f"What was really taken before this patch is not known: up to {words}.", causes=causes)


def _published(substance: str, rate: Decimal | None) -> Decimal | None:
    if rate is None or rate <= 0:
        return None
    held = lookups(DEFAULT_TABLE, substance, "transdermal").get(rate)
    if held is not None:
        return held.value
    plain = factor(DEFAULT_TABLE, substance, "transdermal")
    return None if plain is None or plain.value is None else plain.value * rate


def interval_misfit(facts: PersonFacts, on: date, given: Mapping[str, Any]) -> Answer:
    """Whether an instruction does not fit the interval of its slow-release product or patch.

    The last step of an agreed plan, once a day of a 12-hour product, is a named exception.
    """
    answers = []
    for medicine in taken.choose(facts, on, Selector(group=frozenset({given["group"]}))).sure:
        if medicine.is_patch:
            answers.append(_patch_misfit(medicine, given["leeway_hours"]))
        elif medicine.release is Release.MODIFIED:
            answers.append(_slow_misfit(medicine))
        elif medicine.release is Release.UNKNOWN:
            answers.append(unknown(f"Whether this is a slow-release product is not known: {medicine.name}."))
    return taken.whole_or(facts, answers)


def _slow_misfit(medicine: MedicineTaken) -> Answer:
    times, hours = medicine.times_a_day_max, medicine.mr_interval_hours
    if times is None:
        return unknown(f"The instruction does not say how often a day: {medicine.name}.")
    if hours is None:
        return unknown(f"The interval of this product is not known (the brand decides it): {medicine.name}.")
    if hours == 24 and times > 1:
        return yes(taken.cause_of(medicine, note="a 24-hour product taken more than once a day"))
    if hours == 12 and times <= 1 and not medicine.last_step_of_plan:
        return yes(taken.cause_of(medicine, note="a 12-hour product taken once a day"))
    return NO


def _patch_misfit(medicine: MedicineTaken, leeway: Decimal) -> Answer:
    low, high, hours = medicine.change_days_min, medicine.change_days_max, medicine.patch_interval_hours
    if low is None or high is None:
        return unknown(f"The instruction does not say how often to change the patch: {medicine.name}.")
    if hours is None:
        return unknown(
            f"The change interval of this patch is not known (the brand decides it): {medicine.name}."
        )
    # Twice a week is 84 hours: how a 96-hour patch may be worded. No shorter interval is given that leeway.
    spare = leeway if hours == 96 else Decimal(0)
    if low * 24 - spare <= hours <= high * 24 + spare:
        return NO
    return yes(taken.cause_of(medicine, note=f"a patch worn {hours} hours, by the brand"))
