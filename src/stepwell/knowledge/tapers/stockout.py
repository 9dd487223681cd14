"""A product that cannot be supplied: every plan that uses it is made of others from the next issue, or says that it cannot be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from stepwell.knowledge.tapers import rules
from stepwell.knowledge.tapers.guard import earliest
from stepwell.knowledge.tapers.model import Plan, Refusal, Step
from stepwell.knowledge.tapers.planner import (
    Course,
    NoLowerDoseError,
    at_agreed_dose,
    finish,
    next_rung,
    plan,
    run,
    take_step,
)
from stepwell.knowledge.tapers.resume import (
    changed,
    course_of,
    kept_until,
    must_be_reasoned,
    resupplied,
    same_dose,
    set_dose,
    step_on,
)

_NOT_OF_PROFILE = ("step_back", "as_taken")
_CANNOT_SUPPLY = Refusal(
    "cannot_supply",
    "Without this product the dose taken now cannot be made, and the next that can is further down than the guard allows.",
    "the prescriber, for another product or an override",
)


def mark_unavailable(made: Plan, *, product_id: str, on: date, reason: str, by: str) -> Plan:
    """Without a product that cannot be supplied from ``on``: the same dose of other products, or the next that can be made.

    A plan that does not use it any more stays as it is. Where neither can be, the steps until then and a refusal.
    """
    must_be_reasoned(reason, by)
    constraints = replace(made.constraints, unavailable=made.constraints.unavailable | {product_id})
    without = replace(made, constraints=constraints)
    if made.stopped_early or not _uses(made.steps, product_id, on):
        return changed(without, "unavailable", on, reason, by)
    if on <= made.start_on:
        again = plan(
            made.starting,
            made.profile,
            made.start_on,
            constraints,
            once_daily=made.once_daily,
            brand=made.brand,
            cautions=made.cautions,
        )
        return changed(replace(again, changes=made.changes), "unavailable", on, reason, by)
    at = step_on(made, on)
    # What is issued by then is in the person's hands: the change comes with the next issue.
    on = _next_issue(made.steps[at], on)
    if _uses(made.steps[at : at + 1], product_id, on):
        return changed(_replaced(without, at, on), "unavailable", on, reason, by)
    return changed(_go_on(without, made.steps[: at + 1], on), "unavailable", on, reason, by)


def mark_unavailable_in(
    plans: Iterable[Plan], *, product_id: str, on: date, reason: str, by: str
) -> tuple[Plan, ...]:
    """Every plan without a product; those that do not use it are the same but for the record of it."""
    return tuple(mark_unavailable(each, product_id=product_id, on=on, reason=reason, by=by) for each in plans)


def _go_on(made: Plan, kept: Sequence[Step], on: date) -> Plan:
    """The plan from the end of the steps kept; else those and a refusal."""
    course = course_of(made, kept, made.constraints)
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
    kept = kept_until(made, at, on)
    course = course_of(made, kept, made.constraints)
    if isinstance(course, Refusal):
        return _ended(made, kept, course)
    same = same_dose(course, step.regimen)
    try:
        if same is not None:
            # A rise that a prescriber gave a reason for stays one when it is made of other products before it begins.
            why = [] if on > step.starts_on else [each for each in step.flags if each in _NOT_OF_PROFILE]
            set_dose(course, same, on, *why, "rebuilt")
            run(course, step.starts_on + timedelta(days=step.days))
        elif _may_fall(course, on):
            take_step(course, on)
            run(course)
        else:
            return _ended(made, kept, _CANNOT_SUPPLY)
    except NoLowerDoseError:
        return _ended(made, kept, _CANNOT_SUPPLY)
    return finish(made, course)


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
    ended = resupplied(made, kept) if kept else replace(made, steps=())
    return replace(ended, refusals=(why,), stopped_on=None)


def _next_issue(step: Step, on: date) -> date:
    """The first day from ``on`` on which an issue of the step begins, or the day after its last."""
    day = step.starts_on
    for days in step.issue_days:
        if day >= on:
            return day
        day += timedelta(days=days)
    return day


def _uses(steps: Iterable[Step], product_id: str, on: date) -> bool:
    return any(
        item.product.product_id == product_id
        for step in steps
        if step.starts_on + timedelta(days=step.days) > on
        for item in step.regimen.items
    )
