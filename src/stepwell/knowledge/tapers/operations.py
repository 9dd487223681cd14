"""What may be done to a plan that has begun: hold, slow, step back one, plan again from what is taken, stop it. A stock-out: ``stockout``.

Each gives a new plan and keeps the steps there were, with the change, its reason and who made it: StepwellError without
them. Never back to the start.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from stepwell.base.errors import StepwellError
from stepwell.knowledge.tapers import lengths, rules, told
from stepwell.knowledge.tapers.model import STOP, Constraints, Plan, Refusal, Regimen, Step
from stepwell.knowledge.tapers.planner import (
    finish,
    run,
)
from stepwell.knowledge.tapers.profiles import Basis
from stepwell.knowledge.tapers.resume import (
    change_day,
    changed,
    course_of,
    cut,
    kept_until,
    must_be_reasoned,
    must_be_supplied,
    not_begun,
    profile_of,
    resupplied,
    same_dose,
    set_dose,
    step_on,
    thousandths,
)
from stepwell.knowledge.tapers.target import pace


def hold(made: Plan, *, on: date, days: int, reason: str, by: str) -> Plan:
    """Stay on the step in force on ``on`` for at least ``days`` more, in whole issues; the steps after it shift as much."""
    must_be_reasoned(reason, by)
    at = step_on(made, on)
    if days <= 0:
        raise StepwellError("A hold needs at least one day.", next_step="Give the days to hold for.")
    step = made.steps[at]
    must_be_supplied(step, made)
    more = lengths.issues(days, lengths.allowed(made.constraints.script_days, step.regimen.change_hours))
    shift = timedelta(days=sum(more))
    held = told.closed(step, (*step.issue_days, *more), made.constraints, longer=False)
    later = tuple(_shifted(each, shift, made.constraints) for each in made.steps[at + 1 :])
    return changed(
        resupplied(made, (*made.steps[:at], told.marked(held, "held"), *later)), "hold", on, reason, by
    )


def slow(made: Plan, *, on: date, reason: str, by: str, halve_step: bool = False) -> Plan:
    """From the step in force on: twice the interval, or half the step."""
    must_be_reasoned(reason, by)
    at = step_on(made, on)
    must_be_supplied(made.steps[at], made)
    profile = profile_of(made)
    present = pace(profile, made.starting_product, thousandths(made.starting), made.constraints)
    if halve_step and profile.basis not in (Basis.PERCENT, Basis.MG):
        raise StepwellError(
            "Steps of this profile cannot be halved.", next_step="Slow it by doubling the interval."
        )
    slower = (
        replace(made.constraints, step=present.step / 2)
        if halve_step
        else replace(made.constraints, interval_days=present.interval_days * 2)
    )
    course = course_of(made, made.steps[: at + 1], slower)
    if isinstance(course, Refusal):
        return replace(made, refusals=(course,))
    run(course, on)
    return changed(finish(replace(made, constraints=slower), course), "slow", on, reason, by)


def step_back(made: Plan, *, on: date, reason: str, by: str) -> Plan:
    """To the step before, from ``on``, for at least the guard's days. One step only, and never to the starting dose."""
    must_be_reasoned(reason, by)
    at = step_on(made, on)
    step = made.steps[at]
    if at == 0:
        raise StepwellError(
            "The step before is the starting dose, and a plan never goes back to it.",
            next_step="Hold this step, or ask the prescriber for a new plan.",
        )
    if "step_back" in step.flags:
        raise StepwellError(
            "This step is itself a step back. A plan goes back one step only.",
            next_step="Hold it, or ask the prescriber.",
        )
    on = change_day(step, on)
    kept = (*made.steps[:at], cut(step, on, made.constraints))
    course = course_of(made, kept, made.constraints)
    if isinstance(course, Refusal):
        return replace(made, refusals=(course,))
    before = same_dose(course, made.steps[at - 1].regimen)
    if before is None:
        raise StepwellError(
            "The dose of the step before cannot be made of the products that can be supplied.",
            next_step="Hold this step, or ask the prescriber.",
        )
    set_dose(course, before, on, "step_back")
    held = on + timedelta(days=max(rules.current().guard_days, course.pace.interval_days))
    run(course, held)
    return changed(finish(made, course), "step_back", on, reason, by)


def replan(made: Plan, *, taken: Regimen, on: date, reason: str, by: str) -> Plan:
    """From what is actually taken on ``on``, at the same profile. Never from as much as the plan began with, or more."""
    must_be_reasoned(reason, by)
    if taken.dose >= made.starting.dose:
        raise StepwellError(
            "As much is taken as when the plan began, or more.",
            next_step="Ask the prescriber: this needs a new review, not this plan.",
        )
    at = step_on(made, on)
    step = made.steps[at]
    on = change_day(step, on)
    course = course_of(made, kept_until(made, at, on), made.constraints, taken)
    if isinstance(course, Refusal):
        return replace(made, refusals=(course,))
    now = same_dose(course, taken)
    if now is None:
        raise StepwellError(
            "What is taken cannot be supplied any more, nor the same dose made of other products.",
            next_step="Ask the prescriber for another product.",
        )
    set_dose(course, now, on, "as_taken")
    run(course)
    return changed(finish(made, course), "replan", on, reason, by)


def stop(made: Plan, *, on: date, reason: str, by: str) -> Plan:
    """End the plan early. Nothing more of it is issued; the dose of the day before ``on`` goes on outside it.

    ``left_over`` is what is in hand on ``on`` (for patches: on the next day of change); ``to_cancel`` what was issued ahead.
    """
    must_be_reasoned(reason, by)
    at = step_on(made, on)
    ends = change_day(made.steps[at], on)
    kept = kept_until(made, at, ends)
    stopped = changed(replace(made, stopped_on=None), STOP, on, reason, by)
    ended = resupplied(stopped, kept) if kept else not_begun(stopped)
    ahead = [
        script
        for step in made.steps
        for script in step.scripts
        if script.issue_on < on and script.starts_on >= ends
    ]
    return replace(ended, to_cancel=tuple(ahead))


def _shifted(step: Step, shift: timedelta, constraints: Constraints) -> Step:
    """The step later; its review stays on an open day."""
    review = lengths.open_on_or_before(step.review_on + shift, constraints)
    return replace(step, starts_on=step.starts_on + shift, review_on=review)
