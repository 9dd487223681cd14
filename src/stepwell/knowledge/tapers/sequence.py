"""Several medicines, one at a time: the plain one before the slow one, the opioid before the gabapentinoid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from stepwell.base.errors import StepwellError
from stepwell.knowledge import equivalence
from stepwell.knowledge.medicines.model import MedicineClass, Release
from stepwell.knowledge.tapers import ome, rules
from stepwell.knowledge.tapers.model import Caution, Constraints, Plan, Refusal, Regimen
from stepwell.knowledge.tapers.planner import plan

_PLAIN_FIRST = {Release.IMMEDIATE: 0, Release.MODIFIED: 1, Release.TRANSDERMAL: 2, Release.UNKNOWN: 3}


@dataclass(frozen=True, slots=True)
class Line:
    """One medicine of several, and the profile it is lowered by."""

    regimen: Regimen
    profile: str
    once_daily: bool = False
    brand: str = ""


def plan_in_turn(
    lines: Sequence[Line], start_on: date, constraints: Constraints | None = None
) -> tuple[Plan, ...]:
    """A plan for each medicine, each beginning the guard's days after the one before has ended; the others stay as they are.

    The order given must be the usual one, unless the constraints override ``order`` with a reason. The plans end at the first
    that is refused. Stock at home is of the first medicine. Raises StepwellError as ``plan`` does.
    """
    constraints = constraints or Constraints()
    usual = sorted(lines, key=_turn)
    if [_turn(each) for each in lines] != [_turn(each) for each in usual] and not constraints.override(
        "order"
    ):
        raise StepwellError(
            "The order is not the usual one: the plain medicine before the slow one, the opioid before the gabapentinoid.",
            next_step="Change the order, or override it with a reason.",
        )
    together = _together(lines, constraints)
    made: list[Plan] = []
    for line in lines:
        done = plan(
            line.regimen,
            line.profile,
            start_on,
            constraints,
            once_daily=line.once_daily,
            brand=line.brand,
        )
        if together is not None:
            return (replace(done, steps=(), stopped_on=None, left_over=(), refusals=(together,)),)
        made.append(_told(done, len(lines)))
        if done.refusals:
            break
        last = done.steps[-1]
        start_on = last.starts_on + timedelta(days=last.days + rules.current().guard_days)
        constraints = replace(constraints, stock=Decimal(0))
    return tuple(made)


def _turn(line: Line) -> tuple[bool, int]:
    product = line.regimen.items[0].product
    return MedicineClass.GABAPENTINOID in product.classes, _PLAIN_FIRST[product.release]


def _together(lines: Sequence[Line], constraints: Constraints) -> Refusal | None:
    """A refusal where all together reach the dose that needs a specialist, though none does alone."""
    values = [ome.of(line.regimen)[0] for line in lines]
    total = sum((value for value in values if value is not None), Decimal(0))
    line = equivalence.threshold("specialist_300")
    if not line.reached_by(total) or constraints.override("specialist"):
        return None
    return Refusal(
        "specialist",
        f"Together they are at least {ome.shown(total)} mg a day of oral morphine equivalent, at or above {ome.shown(line.value)}.",
        "a specialist; with their support named, the plan can be made",
    )


def _told(made: Plan, count: int) -> Plan:
    if count == 1 or made.refusals:
        return made
    note = Caution(
        "one_at_a_time",
        "Only this medicine is lowered now; the others stay as they are and are not in these scripts or doses.",
    )
    return replace(made, cautions=(*made.cautions, note))
