"""What a plan says of its steps: flags and reasons in words. Of itself as a whole: ``plan_told``."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from stepwell.knowledge.tapers import ome, rules
from stepwell.knowledge.tapers.guard import over
from stepwell.knowledge.tapers.ladder import MICROGRAM, plain
from stepwell.knowledge.tapers.lengths import open_on_or_before
from stepwell.knowledge.tapers.model import Constraints, Regimen, Step
from stepwell.knowledge.tapers.target import Pace

_PLACES = Decimal("0.1")
_DAY = timedelta(days=1)

HELD_FOR_GUARD = "held_for_guard"
FROM_HOME = "from_home"
OTHER_BRAND = "other_brand"
REASONS = {
    "smallest_step": "The smallest step that can be made is larger than the profile's.",
    "last_dose": "The last step takes away the lowest dose that can be made.",
    "above_guard_held": "It falls further than the guard; the doses before and after it are held for the guard's whole time.",
    "above_guard_override": "It falls further than the guard, which a prescriber set aside.",
    "last_part": "At or below a third of the starting dose, so at half the rate.",
    "fewer_times_a_day": "At the lowest strength, so one time of day fewer.",
    "change_interval_differs": "The patches are of another brand and are changed after another number of hours: tell the person.",
    "form_differs": "The form of the medicine changes: tell the person.",
    HELD_FOR_GUARD: "Held longer than the profile's interval, so that no 28 days fall further than the guard.",
    FROM_HOME: "Some of it is taken from what is at home, whose label says another dose: write the new dose down.",
    OTHER_BRAND: "The brand is not sold in this strength, or cannot be supplied: ask the pharmacy which one, lasting as long, to name, and tell the person that it changes.",
    "held": "Held: the steps after it are later by as many days.",
    "cut_short": "Cut short; what was issued for the rest of it counts as at home.",
    "step_back": "Back to the dose before, by the prescriber.",
    "rebuilt": "The same dose, made of other products.",
    "as_taken": "What is actually taken.",
}


def percent(before: Decimal, after: Decimal) -> Decimal:
    """The fall in per cent of the dose before, to one decimal place; a whole number where it is one."""
    if not before:
        return Decimal(0)
    return plain(((before - after) * 100 / before).quantize(_PLACES, ROUND_HALF_UP))


def flags_of(
    pace: Pace, before: Regimen, after: Regimen, current: int, dose: int, made: tuple[str, ...]
) -> tuple[str, ...]:
    """What must be said of a step, as codes; ``made`` are those of the rung itself."""
    found = list(made)
    if not pace.within(current, dose):
        found.append("smallest_step" if after.items else "last_dose")
    elif not after.items:
        found.append("last_dose")
    if after.items and pace.in_last_part(current):
        found.append("last_part")
    if after.change_hours != before.change_hours and after.items:
        found.append("change_interval_differs")
    if after.items and {i.product.unit for i in after.items} - {i.product.unit for i in before.items}:
        found.append("form_differs")
    return tuple(found)


def reason_of(flags: tuple[str, ...]) -> str:
    """The flags in words."""
    return " ".join(REASONS[flag] for flag in flags if flag in REASONS)


def step(
    pace: Pace, before: Regimen, after: Regimen, on: date, flags: tuple[str, ...], *, guarded: bool
) -> Step:
    """A step not yet filled with issues."""
    rule = rules.current()
    current, dose = int(before.dose * MICROGRAM), int(after.dose * MICROGRAM)
    if over(current, dose, rule.guard_percent):
        flags = (*flags, "above_guard_held" if guarded else "above_guard_override")
    before_ome, _ = ome.of(before)
    after_ome, why = ome.of(after)
    if before_ome is None:
        after_ome, why = None, ome.of(before)[1]
    return Step(
        starts_on=on,
        days=0,
        regimen=after,
        daily_dose=after.dose,
        dose_before=before.dose,
        ome_before=before_ome,
        ome_after=after_ome,
        ome_reason=why,
        percent_change=percent(before.dose, after.dose),
        within_profile=pace.within(current, dose),
        flags=flags,
        reason=reason_of(flags),
        review_on=on + timedelta(days=rule.review_after_last_days),
        issue_days=(),
    )


def closed(step: Step, issue_days: tuple[int, ...], constraints: Constraints, *, longer: bool) -> Step:
    """The step filled with issues; its review is the last open day before the next step."""
    days = sum(issue_days)
    flags = step.flags
    if longer and HELD_FOR_GUARD not in flags:
        flags = (*flags, HELD_FOR_GUARD)
    return replace(
        step,
        days=days,
        issue_days=issue_days,
        flags=flags,
        reason=reason_of(flags),
        review_on=open_on_or_before(step.starts_on + timedelta(days=days) - _DAY, constraints),
    )


def taken_from_home(step: Step, *, holds: bool) -> Step:
    """The step with or without the mark that some of it has no script, and so no label."""
    flags = tuple(each for each in step.flags if each != FROM_HOME)
    return replace(step, flags=flags, reason=reason_of(flags)) if not holds else marked(step, FROM_HOME)


def marked(step: Step, flag: str) -> Step:
    """The step with one flag more, and its reason in words."""
    flags = step.flags if flag in step.flags else (*step.flags, flag)
    return replace(step, flags=flags, reason=reason_of(flags))
