"""Making a plan: from a regimen and a profile to dated steps of doses that can be dispensed.

A step goes to the dose closest to the profile's target from above that real products make; where none lies between, to the
next that does, and says so. Dates keep the fall over any 28 days within the guard. Zero is reached from the lowest dose only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from stepwell.base.errors import StepwellError
from stepwell.knowledge import tables
from stepwell.knowledge.equivalence import DEFAULT_TABLE
from stepwell.knowledge.medicines.model import Identification
from stepwell.knowledge.tapers import lengths, plan_told, refusals, rules, told
from stepwell.knowledge.tapers.choice import rungs_for
from stepwell.knowledge.tapers.guard import Level, earliest, lowest_within
from stepwell.knowledge.tapers.ladder import MICROGRAM
from stepwell.knowledge.tapers.model import (
    Caution,
    Constraints,
    Plan,
    Refusal,
    Regimen,
    Step,
)
from stepwell.knowledge.tapers.opening import CAUTIONS as OF_OPENING
from stepwell.knowledge.tapers.opening import opening
from stepwell.knowledge.tapers.profiles import Profile, profile_for
from stepwell.knowledge.tapers.rungs import Rung, Rungs
from stepwell.knowledge.tapers.scripts import supply
from stepwell.knowledge.tapers.target import Pace, pace

LONG_AGO = date(1900, 1, 1)
_AT_AGREED_DOSE = Refusal(
    "at_agreed_dose",
    "The next dose that can be made is below the agreed dose, so there is nothing to plan.",
    "the prescriber and the person, whether the agreed dose still holds",
)


class TooManyStepsError(StepwellError):
    """The profile's steps are so small that the plan would go on for many years."""


class NoLowerDoseError(StepwellError):
    """Stopping would be from a dose above the lowest that products make."""


@dataclass(slots=True)
class Course:
    """A course of steps being made. ``levels`` are every dose so far with the day it began, the present one last."""

    rungs: Rungs
    pace: Pace
    constraints: Constraints
    levels: list[Level]
    steps: list[Step]
    regimen: Regimen

    @property
    def guarded(self) -> bool:
        """Whether the guard holds: not where a prescriber set it aside with a reason."""
        return self.constraints.override("guard") is None


def plan(
    regimen: Regimen,
    profile_id: str,
    start_on: date,
    constraints: Constraints | None = None,
    *,
    once_daily: bool = False,
    brand: str = "",
    cautions: tuple[Caution, ...] = (),
) -> Plan:
    """A plan from what is taken now. The first lower dose begins on ``start_on``.

    Raises StepwellError for a profile that is unknown, not a plan or for other medicines, and for constraints that cannot be
    met. Clinical reasons not to plan come back as ``refusals`` of a plan without steps.
    """
    constraints = constraints or Constraints()
    _check(constraints, start_on, regimen.change_hours)
    product = refusals.only_product(regimen)
    made = Plan(
        starting=regimen,
        starting_product=product,
        profile=profile_id,
        start_on=start_on,
        constraints=constraints,
        steps=(),
        stopped_on=None,
        factor_table=DEFAULT_TABLE,
        product_set=tables.version("products"),
        rules=rules.current().id,
        rules_date=rules.current().effective_from,
        cautions=cautions,
        once_daily=once_daily,
        brand=brand,
    )
    found = refusals.of(regimen, constraints)
    if found:
        return replace(made, refusals=found)
    profile = profile_for(profile_id, product, overridden=constraints.override("shortage") is not None)
    rungs = rungs_for(regimen, profile, constraints, once_daily=once_daily, brand=brand)
    if isinstance(rungs, Refusal):
        return replace(made, refusals=(rungs,))
    course = begin(regimen, rungs, profile, constraints)
    try:
        if at_agreed_dose(course):
            return replace(made, refusals=(_AT_AGREED_DOSE,))
        take_step(course, start_on)
        run(course)
    except TooManyStepsError as error:
        return replace(made, refusals=(Refusal("too_many_steps", error.what, "a specialist"),))
    except NoLowerDoseError as error:
        return replace(made, refusals=(Refusal("no_lower_dose", error.what, "the prescriber"),))
    return finish(made, course)


def plan_from_instruction(
    found: Identification,
    instruction: str,
    profile_id: str,
    start_on: date,
    constraints: Constraints | None = None,
) -> Plan:
    """A plan from a recognised product and its dosage instruction. Raises StepwellError as ``plan`` does, and where nothing is read."""
    start = opening(found, instruction)
    if start.regimen is None:
        reason = start.refusals[0]
        raise StepwellError(reason.reason, next_step=f"Ask {reason.ask}.")
    return plan(
        start.regimen,
        profile_id,
        start_on,
        constraints,
        once_daily=start.once_daily,
        brand=start.brand,
        cautions=start.cautions,
    )


def _check(constraints: Constraints, start_on: date, change_hours: int | None) -> None:
    if constraints.stock < 0:
        raise StepwellError("Stock at home cannot be less than nothing.", next_step="Give 0 or more.")
    if start_on <= LONG_AGO:
        raise StepwellError("The plan would begin long ago.", next_step="Give the day it begins.")
    lengths.check(constraints.script_days, change_hours)


def begin(regimen: Regimen, rungs: Rungs, profile: Profile, constraints: Constraints) -> Course:
    """A course at the dose taken now, which is held to have been taken for long."""
    start = int(regimen.dose * MICROGRAM)
    wanted = pace(profile, regimen.items[0].product, start, constraints)
    return Course(rungs, wanted, constraints, [Level(LONG_AGO, start)], [], regimen)


def run(course: Course, not_before: date | None = None) -> None:
    """Steps to the end: nothing, or the agreed dose. The present step is not left before ``not_before``."""
    most = rules.current().most_steps
    while course.regimen.items and not at_agreed_dose(course):
        if len(course.steps) >= most:
            raise TooManyStepsError(
                f"The plan would need more than {most} steps.",
                next_step="Choose a larger step within the profile, or ask a specialist.",
            )
        take_step(course, None, not_before=not_before)
        not_before = None
    _hold_last(course, not_before)


def next_rung(course: Course) -> tuple[Rung | None, int]:
    """The rung to step to (None: nothing) and its dose. Raises NoLowerDoseError where nothing is below but the dose is not the lowest."""
    current = course.levels[-1].dose
    target = course.pace.next_dose(current)
    if course.guarded:
        target = max(target, lowest_within(current, rules.current().guard_percent))
    agreed = course.constraints.maintenance
    if agreed is not None:
        target = max(target, int(agreed * MICROGRAM))
    rung = course.rungs.below(current, target, course.regimen)
    if rung is None and not _lowest_there_is(course, current):
        raise NoLowerDoseError(
            "No lower dose can be made of the products allowed, and the dose now is not the lowest there is.",
            next_step="Ask the prescriber for another product.",
        )
    return rung, rung.dose if rung else 0


def _lowest_there_is(course: Course, current: int) -> bool:
    """Whether what is taken is the lowest rung itself: not the same dose at more times, nor of a product that is gone."""
    same, now = course.rungs.at(current), course.regimen
    gone = any(item.product.product_id in course.constraints.unavailable for item in now.items)
    return same is not None and not gone and len(same.regimen.times) == len(now.times)


def at_agreed_dose(course: Course) -> bool:
    """Whether the next step would go below the agreed dose."""
    agreed = course.constraints.maintenance
    return agreed is not None and next_rung(course)[1] < agreed * MICROGRAM


def take_step(course: Course, on: date | None, *, not_before: date | None = None) -> None:
    """One step down: on a given day, or as soon as the profile's interval, the guard and whole issues allow."""
    rule, current = rules.current(), course.levels[-1].dose
    rung, dose = next_rung(course)
    regimen = rung.regimen if rung else Regimen((), Decimal(0), course.regimen.unit)
    longer = False
    if on is None:
        present = course.steps[-1]
        wanted = max(present.starts_on + timedelta(days=course.pace.interval_days), not_before or LONG_AGO)
        day = wanted
        if course.guarded:
            day = earliest(
                course.levels,
                dose,
                not_before=wanted,
                guard_percent=rule.guard_percent,
                guard_days=rule.guard_days,
            )
        longer = day > wanted
        on = _close(course, day, longer)
    flags = told.flags_of(course.pace, course.regimen, regimen, current, dose, rung.flags if rung else ())
    course.levels.append(Level(on, dose))
    course.steps.append(told.step(course.pace, course.regimen, regimen, on, flags, guarded=course.guarded))
    course.regimen = regimen


def _close(course: Course, day: date, longer: bool) -> date:
    """Fill the present step with whole issues up to at least ``day``; the day after them."""
    step = course.steps[-1]
    hours = step.regimen.change_hours
    permitted = lengths.allowed(course.constraints.script_days, hours)
    days = (day - step.starts_on).days - sum(step.issue_days)
    issued = (*step.issue_days, *lengths.issues(days, permitted))
    course.steps[-1] = told.closed(step, issued, course.constraints, longer=longer)
    return step.starts_on + timedelta(days=sum(issued))


def _hold_last(course: Course, not_before: date | None) -> None:
    """The last step: an agreed dose is supplied for one interval, to be reviewed; nothing needs no supply."""
    step = course.steps[-1]
    if step.regimen.items:
        day = step.starts_on + timedelta(days=course.pace.interval_days)
        _close(course, max(day, not_before or day), longer=False)


def finish(made: Plan, course: Course) -> Plan:
    """The plan with the steps of its course, supplied."""
    return supplied(made, course.steps, course.pace)


def supplied(made: Plan, steps: Sequence[Step], pace_now: Pace) -> Plan:
    """The plan with these steps and their scripts, the day it stops, and what must be said of it."""
    dated, home = supply(steps, made.starting_product, made.constraints, made.brand)
    last = dated[-1]
    stopped = None if last.regimen.items else last.starts_on
    left = tuple((home.products[product_id], units) for product_id, units in home.left().items())
    done = replace(made, steps=dated, stopped_on=stopped, left_over=left)
    # Of a plan made anew, what was said of its supply may no longer be so.
    own = plan_told.cautions(done, pace_now)
    before = tuple(each for each in made.cautions if each.id in OF_OPENING)
    return replace(done, cautions=(*before, *own))
