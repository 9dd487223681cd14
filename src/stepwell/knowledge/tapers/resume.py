"""Taking up a plan where it stands: the step in force, the steps that are kept, and the course that goes on from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from stepwell.base.errors import StepwellError
from stepwell.knowledge.medicines.model import Release
from stepwell.knowledge.tapers import plan_told, told
from stepwell.knowledge.tapers.choice import rungs_for
from stepwell.knowledge.tapers.guard import Level
from stepwell.knowledge.tapers.ladder import MICROGRAM
from stepwell.knowledge.tapers.model import Change, Constraints, Plan, Refusal, Regimen, Step
from stepwell.knowledge.tapers.planner import (
    Course,
    begin,
    supplied,
)
from stepwell.knowledge.tapers.profiles import Profile, profile_for
from stepwell.knowledge.tapers.target import pace

_DAY_HOURS = 24


def course_of(
    made: Plan, kept: Sequence[Step], constraints: Constraints, taken: Regimen | None = None
) -> Course | Refusal:
    """The course of a plan at the end of the steps that are kept."""
    profile = profile_of(made)
    # A product that lasts a whole day stays one, whatever strength of it is taken now.
    whole_day = made.once_daily or made.starting_product.mr_interval_hours == _DAY_HOURS
    rungs = rungs_for(taken or made.starting, profile, constraints, once_daily=whole_day, brand=made.brand)
    if isinstance(rungs, Refusal):
        return rungs
    course = begin(made.starting, rungs, profile, constraints)
    for step in kept:
        course.steps.append(step)
        course.levels.append(Level(step.starts_on, thousandths(step.regimen)))
        course.regimen = step.regimen
    return course


def set_dose(course: Course, regimen: Regimen, on: date, *flags: str) -> None:
    """A step that the profile did not make: a step back, what is taken, the same dose of other products."""
    step = told.step(course.pace, course.regimen, regimen, on, flags, guarded=course.guarded)
    course.steps.append(step)
    course.levels.append(Level(on, thousandths(regimen)))
    course.regimen = regimen


def same_dose(course: Course, regimen: Regimen) -> Regimen | None:
    """The dose of a regimen made of products that can be supplied, at the same times or patch days; None where it cannot be."""
    gone = course.constraints.unavailable
    if not any(item.product.product_id in gone for item in regimen.items):
        return regimen
    same = course.rungs.at(thousandths(regimen), regimen)
    if same is None or same.regimen.change_hours != regimen.change_hours:
        return None
    slow = regimen.items[0].product.release is Release.MODIFIED
    return None if slow and same.regimen.times != regimen.times else same.regimen


def kept_until(made: Plan, at: int, on: date) -> tuple[Step, ...]:
    """Steps until ``on``; a step that would begin that day is not kept."""
    step = made.steps[at]
    if on <= step.starts_on:
        return made.steps[:at]
    return (*made.steps[:at], cut(step, on, made.constraints))


def cut(step: Step, on: date, constraints: Constraints) -> Step:
    """The step to the day before ``on``, with the issues it had begun by then."""
    days = (on - step.starts_on).days
    if days <= 0:
        raise StepwellError(
            "The step has not begun on that day.", next_step="Hold the step before it instead."
        )
    issued: list[int] = []
    while sum(issued) < days:
        issued.append(step.issue_days[len(issued)])
    closed = told.closed(step, tuple(issued), constraints, longer=False)
    if sum(issued) == days:
        return closed
    return told.marked(replace(closed, days=days), "cut_short")


def must_be_reasoned(reason: str, by: str) -> None:
    """Raises StepwellError where a change has no reason, or nobody who made it."""
    if not reason.strip() or not by.strip():
        raise StepwellError(
            "A change of a plan needs a reason and the name of who made it.", next_step="Give both."
        )


def change_day(step: Step, on: date) -> date:
    """``on``, or for patches the next day of change."""
    hours = step.regimen.change_hours
    if hours is None:
        return on
    every = hours // _DAY_HOURS
    return on + timedelta(days=-(on - step.starts_on).days % every)


def step_on(made: Plan, on: date) -> int:
    """Which step is in force on a day. Raises StepwellError before the plan begins, after it has ended, and before its last change."""
    if made.stopped_early:
        raise StepwellError(
            "The plan was stopped, so nothing more is done to it.",
            next_step="Make a new plan from the dose that is taken now.",
        )
    if any(on < change.on for change in made.changes):
        raise StepwellError(
            "A later change has been made to the plan.",
            next_step="Give that day or a day after it: what was done is not rewritten.",
        )
    for at, step in enumerate(made.steps):
        if step.starts_on <= on < step.starts_on + timedelta(days=step.days):
            return at
    raise StepwellError(
        "No step of the plan is in force on that day.",
        next_step="Give a day between its first and its last.",
    )


def must_be_supplied(step: Step, made: Plan) -> None:
    """Raises StepwellError for a step that cannot go on, because a product of it is gone."""
    if any(item.product.product_id in made.constraints.unavailable for item in step.regimen.items):
        raise StepwellError(
            "The step uses a product that cannot be supplied, so it cannot be made longer.",
            next_step="Give the day its replacement begins, or a day after it.",
        )


def resupplied(made: Plan, steps: Sequence[Step]) -> Plan:
    """The plan with these steps, supplied again from the start: what was issued before a change comes out the same."""
    profile = profile_of(made)
    pace_now = pace(profile, made.starting_product, thousandths(made.starting), made.constraints)
    return supplied(made, steps, pace_now)


def not_begun(made: Plan) -> Plan:
    """A plan of which no day came: what was at home is still there."""
    stock = made.constraints.stock
    left = ((made.starting_product, stock),) if stock else ()
    pace_now = pace(profile_of(made), made.starting_product, thousandths(made.starting), made.constraints)
    empty = replace(made, steps=(), left_over=left)
    return replace(empty, cautions=plan_told.cautions(empty, pace_now))


def changed(made: Plan, kind: str, on: date, reason: str, by: str) -> Plan:
    return replace(made, changes=(*made.changes, Change(kind, on, reason, by)))


def profile_of(made: Plan) -> Profile:
    return profile_for(
        made.profile,
        made.starting_product,
        overridden=made.constraints.override("shortage") is not None,
    )


def thousandths(regimen: Regimen) -> int:
    return int(regimen.dose * MICROGRAM)
