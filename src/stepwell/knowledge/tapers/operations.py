"""What may be done to a plan that has begun: hold, slow, step back one, plan again from what is taken, replace a product.

Each gives a new plan and keeps the steps there were, with the change, its reason and who made it. Never back to the start.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from stepwell.base.errors import StepwellError
from stepwell.knowledge.medicines.model import Release
from stepwell.knowledge.tapers import lengths, rules, told
from stepwell.knowledge.tapers.choice import rungs_for
from stepwell.knowledge.tapers.guard import Level, earliest
from stepwell.knowledge.tapers.ladder import MICROGRAM
from stepwell.knowledge.tapers.model import Change, Constraints, Plan, Refusal, Regimen, Step
from stepwell.knowledge.tapers.planner import (
    Course,
    NoLowerDoseError,
    at_agreed_dose,
    begin,
    finish,
    next_rung,
    plan,
    run,
    supplied,
    take_step,
)
from stepwell.knowledge.tapers.profiles import Basis, Profile, profile_for
from stepwell.knowledge.tapers.target import pace

_DAY_HOURS = 24
_CANNOT_SUPPLY = Refusal(
    "cannot_supply",
    "Without this product the dose taken now cannot be made, and the next that can is further down than the guard allows.",
    "the prescriber, for another product or an override",
)


def hold(made: Plan, *, on: date, days: int, reason: str, by: str) -> Plan:
    """Stay on the step in force on ``on`` for at least ``days`` more, in whole issues; the steps after it shift as much."""
    at = _step_on(made, on)
    if days <= 0:
        raise StepwellError("A hold needs at least one day.", next_step="Give the days to hold for.")
    step = made.steps[at]
    _must_be_supplied(step, made)
    more = lengths.issues(days, lengths.allowed(made.constraints.script_days, step.regimen.change_hours))
    shift = timedelta(days=sum(more))
    held = told.closed(step, (*step.issue_days, *more), made.constraints, longer=False)
    later = tuple(_shifted(each, shift, made.constraints) for each in made.steps[at + 1 :])
    return _changed(
        _resupplied(made, (*made.steps[:at], told.marked(held, "held"), *later)), "hold", on, reason, by
    )


def slow(made: Plan, *, on: date, reason: str, by: str, halve_step: bool = False) -> Plan:
    """From the step in force on: twice the interval, or half the step."""
    at = _step_on(made, on)
    _must_be_supplied(made.steps[at], made)
    profile = _profile(made)
    present = pace(profile, made.starting_product, _thousandths(made.starting), made.constraints)
    if halve_step and profile.basis not in (Basis.PERCENT, Basis.MG):
        raise StepwellError(
            "Steps of this profile cannot be halved.", next_step="Slow it by doubling the interval."
        )
    slower = (
        replace(made.constraints, step=present.step / 2)
        if halve_step
        else replace(made.constraints, interval_days=present.interval_days * 2)
    )
    course = _course(made, made.steps[: at + 1], slower)
    if isinstance(course, Refusal):
        return replace(made, refusals=(course,))
    run(course, on)
    return _changed(finish(replace(made, constraints=slower), course), "slow", on, reason, by)


def step_back(made: Plan, *, on: date, reason: str, by: str) -> Plan:
    """To the step before, from ``on``, for at least the guard's days. One step only, and never to the starting dose."""
    if not reason or not by:
        raise StepwellError("A step back needs a reason and the prescriber.", next_step="Give both.")
    at = _step_on(made, on)
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
    on = _change_day(step, on)
    kept = (*made.steps[:at], _cut(step, on, made.constraints))
    course = _course(made, kept, made.constraints)
    if isinstance(course, Refusal):
        return replace(made, refusals=(course,))
    before = _same_dose(course, made.steps[at - 1].regimen)
    if before is None:
        raise StepwellError(
            "The dose of the step before cannot be made of the products that can be supplied.",
            next_step="Hold this step, or ask the prescriber.",
        )
    _set_dose(course, before, on, "step_back")
    held = on + timedelta(days=max(rules.current().guard_days, course.pace.interval_days))
    run(course, held)
    return _changed(finish(made, course), "step_back", on, reason, by)


def replan(made: Plan, *, taken: Regimen, on: date, reason: str, by: str) -> Plan:
    """From what is actually taken on ``on``, at the same profile. Never from more than the plan began with."""
    if taken.dose > made.starting.dose:
        raise StepwellError(
            "More is taken than when the plan began.",
            next_step="Ask the prescriber: this needs a new review, not this plan.",
        )
    at = _step_on(made, on)
    step = made.steps[at]
    on = _change_day(step, on)
    course = _course(made, _kept(made, at, on), made.constraints, taken)
    if isinstance(course, Refusal):
        return replace(made, refusals=(course,))
    now = _same_dose(course, taken)
    if now is None:
        raise StepwellError(
            "What is taken cannot be supplied any more, nor the same dose made of other products.",
            next_step="Ask the prescriber for another product.",
        )
    _set_dose(course, now, on, "as_taken")
    run(course)
    return _changed(finish(made, course), "replan", on, reason, by)


def mark_unavailable(made: Plan, *, product_id: str, on: date, reason: str, by: str) -> Plan:
    """Without a product that cannot be supplied from ``on``: the same dose of other products, or the next that can be made.

    A plan that does not use it any more stays as it is. Where neither can be, the steps until then and a refusal.
    """
    constraints = replace(made.constraints, unavailable=made.constraints.unavailable | {product_id})
    without = replace(made, constraints=constraints)
    if not _uses(made.steps, product_id, on):
        return _changed(without, "unavailable", on, reason, by)
    if on <= made.start_on:
        again = plan(made.starting, made.profile, made.start_on, constraints, once_daily=made.once_daily)
        return _changed(replace(again, changes=made.changes), "unavailable", on, reason, by)
    at = _step_on(made, on)
    # What is issued by then is in the person's hands: the change comes with the next issue.
    on = _next_issue(made.steps[at], on)
    if _uses(made.steps[at : at + 1], product_id, on):
        return _changed(_replaced(without, at, on), "unavailable", on, reason, by)
    return _changed(_go_on(without, made.steps[: at + 1], on), "unavailable", on, reason, by)


def mark_unavailable_in(
    plans: Iterable[Plan], *, product_id: str, on: date, reason: str, by: str
) -> tuple[Plan, ...]:
    """Every plan without a product; those that do not use it are the same but for the record of it."""
    return tuple(mark_unavailable(each, product_id=product_id, on=on, reason=reason, by=by) for each in plans)


def _go_on(made: Plan, kept: Sequence[Step], on: date) -> Plan:
    """The plan from the end of the steps kept; else those and a refusal."""
    course = _course(made, kept, made.constraints)
    if isinstance(course, Refusal):
        return _ended(made, kept, course)
    try:
        run(course, on)
    except NoLowerDoseError:
        return _ended(made, kept, _CANNOT_SUPPLY)
    return finish(made, course)


def _replaced(made: Plan, at: int, on: date) -> Plan:
    """The dose of a step made of other products from ``on``; else the next below that the guard allows; else a refusal."""
    step = made.steps[at]
    kept = _kept(made, at, on)
    course = _course(made, kept, made.constraints)
    if isinstance(course, Refusal):
        return _ended(made, kept, course)
    same = _same_dose(course, step.regimen)
    try:
        if same is not None:
            _set_dose(course, same, on, "rebuilt")
            run(course, step.starts_on + timedelta(days=step.days))
        elif _may_fall(course, on):
            take_step(course, on)
            run(course)
        else:
            return _ended(made, kept, _CANNOT_SUPPLY)
    except NoLowerDoseError:
        return _ended(made, kept, _CANNOT_SUPPLY)
    return finish(made, course)


def _same_dose(course: Course, regimen: Regimen) -> Regimen | None:
    """The dose of a regimen made of products that can be supplied, at the same times or patch days; None where it cannot be."""
    gone = course.constraints.unavailable
    if not any(item.product.product_id in gone for item in regimen.items):
        return regimen
    same = course.rungs.at(_thousandths(regimen))
    if same is None or same.regimen.change_hours != regimen.change_hours:
        return None
    slow = regimen.items[0].product.release is Release.MODIFIED
    return None if slow and same.regimen.times != regimen.times else same.regimen


def _may_fall(course: Course, on: date) -> bool:
    """Whether the guard lets the next dose below begin on ``on``. Stopping altogether is never a way out of a stock-out."""
    rule = rules.current()
    rung, dose = next_rung(course)
    if rung is None or at_agreed_dose(course):
        return False
    first = earliest(
        course.levels, dose, not_before=on, guard_percent=rule.guard_percent, guard_days=rule.guard_days
    )
    return first <= on or not course.guarded


def _ended(made: Plan, kept: Sequence[Step], why: Refusal) -> Plan:
    ended = _resupplied(made, kept) if kept else replace(made, steps=())
    return replace(ended, refusals=(why,), stopped_on=None)


def _course(
    made: Plan, kept: Sequence[Step], constraints: Constraints, taken: Regimen | None = None
) -> Course | Refusal:
    """The course of a plan at the end of the steps that are kept."""
    profile = _profile(made)
    # A product that lasts a whole day stays one, whatever strength of it is taken now.
    whole_day = made.once_daily or made.starting_product.mr_interval_hours == _DAY_HOURS
    rungs = rungs_for(taken or made.starting, profile, constraints, once_daily=whole_day)
    if isinstance(rungs, Refusal):
        return rungs
    course = begin(made.starting, rungs, profile, constraints)
    for step in kept:
        course.steps.append(step)
        course.levels.append(Level(step.starts_on, _thousandths(step.regimen)))
        course.regimen = step.regimen
    return course


def _set_dose(course: Course, regimen: Regimen, on: date, flag: str) -> None:
    """A step that the profile did not make: a step back, what is taken, the same dose of other products."""
    step = told.step(course.pace, course.regimen, regimen, on, (flag,), guarded=course.guarded)
    course.steps.append(step)
    course.levels.append(Level(on, _thousandths(regimen)))
    course.regimen = regimen


def _kept(made: Plan, at: int, on: date) -> tuple[Step, ...]:
    """Steps until ``on``; a step that would begin that day is not kept."""
    step = made.steps[at]
    if on <= step.starts_on:
        return made.steps[:at]
    return (*made.steps[:at], _cut(step, on, made.constraints))


def _cut(step: Step, on: date, constraints: Constraints) -> Step:
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


def _change_day(step: Step, on: date) -> date:
    """``on``, or for patches the next day of change."""
    hours = step.regimen.change_hours
    if hours is None:
        return on
    every = hours // _DAY_HOURS
    return on + timedelta(days=-(on - step.starts_on).days % every)


def _step_on(made: Plan, on: date) -> int:
    """Which step is in force on a day. Raises StepwellError before the plan begins, after it has ended, and before its last change."""
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


def _next_issue(step: Step, on: date) -> date:
    """The first day from ``on`` on which an issue of the step begins, or the day after its last."""
    day = step.starts_on
    for days in step.issue_days:
        if day >= on:
            return day
        day += timedelta(days=days)
    return day


def _must_be_supplied(step: Step, made: Plan) -> None:
    """Raises StepwellError for a step that cannot go on, because a product of it is gone."""
    if any(item.product.product_id in made.constraints.unavailable for item in step.regimen.items):
        raise StepwellError(
            "The step uses a product that cannot be supplied, so it cannot be made longer.",
            next_step="Give the day its replacement begins, or a day after it.",
        )


def _uses(steps: Iterable[Step], product_id: str, on: date) -> bool:
    return any(
        item.product.product_id == product_id
        for step in steps
        if step.starts_on + timedelta(days=step.days) > on
        for item in step.regimen.items
    )


def _shifted(step: Step, shift: timedelta, constraints: Constraints) -> Step:
    """The step later; its review stays on an open day."""
    review = lengths.open_on_or_before(step.review_on + shift, constraints)
    return replace(step, starts_on=step.starts_on + shift, review_on=review)


def _resupplied(made: Plan, steps: Sequence[Step]) -> Plan:
    """The plan with these steps, supplied again from the start: what was issued before a change comes out the same."""
    profile = _profile(made)
    pace_now = pace(profile, made.starting_product, _thousandths(made.starting), made.constraints)
    return supplied(made, steps, pace_now)


def _changed(made: Plan, kind: str, on: date, reason: str, by: str) -> Plan:
    return replace(made, changes=(*made.changes, Change(kind, on, reason, by)))


def _profile(made: Plan) -> Profile:
    return profile_for(
        made.profile,
        made.starting_product,
        overridden=made.constraints.override("shortage") is not None,
    )


def _thousandths(regimen: Regimen) -> int:
    return int(regimen.dose * MICROGRAM)
