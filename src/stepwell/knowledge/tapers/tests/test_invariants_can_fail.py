"""The checks of the property tests, each shown a plan that breaks it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from stepwell.knowledge import tapers
from stepwell.knowledge.tapers.tests.invariants import broken
from stepwell.knowledge.tapers.tests.plans import plan, product

GOOD = plan("Morphine 60mg modified-release tablets", "1 bd", "OPI-FPM")
UNEVEN = plan("Morphine 10mg modified-release tablets", "4 in the morning and 1 at night", "OPI-FPM")
BRANDED = plan("Zomorph 30mg capsules", "1 bd", "OPI-FPM")
LIQUID = plan("Morphine sulfate 10mg/5ml oral solution", "5ml qds", "OPI-FPM")
PATCHES = plan("Fentanyl 50micrograms/hour transdermal patches", "1 every 72 hours", "OPI-FPM")


def step(made: tapers.Plan, at: int, **changes: object) -> tapers.Plan:
    steps = list(made.steps)
    steps[at] = replace(steps[at], **changes)
    return replace(made, steps=tuple(steps))


def script(made: tapers.Plan, at: int, **changes: object) -> tapers.Plan:
    first, *rest = made.steps[at].scripts
    return step(made, at, scripts=(replace(first, **changes), *rest))


def item(made: tapers.Plan, at: int, **changes: object) -> tapers.Plan:
    first, *rest = made.steps[at].regimen.items
    regimen = replace(made.steps[at].regimen, items=(replace(first, **changes), *rest))
    return step(made, at, regimen=regimen)


def earlier(made: tapers.Plan, at: int) -> tapers.Plan:
    """A step left a fortnight sooner, and all after it as much sooner."""
    fortnight = timedelta(days=14)
    steps = [
        each if n < at else replace(each, starts_on=each.starts_on - fortnight, scripts=())
        for n, each in enumerate(made.steps)
    ]
    steps[at - 1] = replace(steps[at - 1], days=steps[at - 1].days - 14, issue_days=(14,))
    return replace(made, steps=tuple(steps))


NIGHT, MORNING = tapers.Time.NIGHT, tapers.Time.MORNING

BROKEN: list[tuple[str, Callable[[], tapers.Plan]]] = [
    ("falls", lambda: step(GOOD, 3, daily_dose=Decimal(95))),
    ("falls", lambda: step(GOOD, 3, percent_change=Decimal(3))),
    ("pace", lambda: step(GOOD, -3, flags=())),
    ("pace", lambda: step(GOOD, 3, days=3)),
    ("buildable", lambda: item(GOOD, 3, units=((NIGHT, Decimal("0.5")),))),
    ("buildable", lambda: item(GOOD, 3, product=product("Morphine 20mg modified-release capsules"))),
    ("buildable", lambda: item(GOOD, 3, product=product("Morphine 10mg tablets"))),
    ("buildable", lambda: item(LIQUID, 3, units=((NIGHT, Decimal("1.3")),))),
    ("ending", lambda: replace(LIQUID, steps=(*LIQUID.steps[:-3], LIQUID.steps[-1]))),
    ("times_of_day", lambda: item(GOOD, 3, units=((tapers.Time.MIDDAY, Decimal(2)),))),
    ("times_of_day", lambda: item(GOOD, 0, units=((MORNING, Decimal(1)),))),
    ("times_of_day", lambda: item(GOOD, 1, units=((MORNING, Decimal(3)),))),
    ("patches", lambda: item(PATCHES, 1, worn=3)),
    ("patches", lambda: item(PATCHES, 1, change_hours=48)),
    ("patches", lambda: step(PATCHES, 1, days=28)),
    ("guard", lambda: earlier(GOOD, len(GOOD.steps) - 2)),
    ("guard", lambda: step(GOOD, -2, flags=("smallest_step",))),
    ("ending", lambda: replace(GOOD, steps=(*GOOD.steps[:-3], GOOD.steps[-1]))),
    ("ending", lambda: replace(GOOD, steps=GOOD.steps[:-1])),
    ("ending", lambda: replace(GOOD, stopped_on=None)),
    ("calendar", lambda: replace(GOOD, steps=(*GOOD.steps[:3], *GOOD.steps[4:]))),
    ("calendar", lambda: step(GOOD, 3, issue_days=(10, 18))),
    ("calendar", lambda: script(GOOD, 3, runs_out_on=GOOD.steps[3].scripts[0].runs_out_on + timedelta(days=7))),
    ("calendar", lambda: script(GOOD, 3, issue_on=GOOD.steps[3].starts_on + timedelta(days=1))),
    ("calendar", lambda: script(GOOD, 3, issue_on=GOOD.steps[3].starts_on - timedelta(days=2))),
    ("readable", lambda: script(GOOD, 3, instruction="2 tablets at night")),
    ("readable", lambda: script(GOOD, 3, instruction="1 tablet in the morning and 1 tablet at night when required")),
    ("readable", lambda: script(UNEVEN, 0, instruction="1 tablet at night")),
    ("readable", lambda: script(PATCHES, 1, instruction="Apply 1 patch every 96 hours")),
    ("branded", lambda: script(BRANDED, 1, name="Morphine 10mg modified-release capsules")),
    ("branded", lambda: item(BRANDED, 1, product=product("Morphine 20mg modified-release capsules"))),
    ("supplied", lambda: script(GOOD, 3, quantity=57)),
    ("supplied", lambda: script(GOOD, 3, quantity=55)),
    ("supplied", lambda: replace(GOOD, left_over=((product("Morphine 10mg tablets"), Decimal(3)),))),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "make"), BROKEN, ids=[f"{n}-{rule}" for n, (rule, _) in enumerate(BROKEN)])
def test_a_plan_that_breaks_a_rule_is_found(rule: str, make: Callable[[], tapers.Plan]) -> None:
    assert rule in {words.split(":")[0] for words in broken(make())}


def test_good_plans_break_none() -> None:
    assert broken(GOOD) == broken(PATCHES) == broken(UNEVEN) == broken(BRANDED) == broken(LIQUID) == []
