"""Taper plans: a dose lowered step by step, in doses that real products make, at a pace a named profile sets.

    >>> from datetime import date
    >>> from stepwell.knowledge import medicines, tapers
    >>> found = medicines.identify(name="Morphine 60mg modified-release tablets")
    >>> plan = tapers.plan_from_instruction(found, "1 bd", "OPI-FPM", date(2026, 12, 1))
    >>> plan.steps[0].daily_dose
    Decimal('110')

A plan is a proposal. The way of one: ``opening`` (the dose now), ``refusals``, ``profiles`` and ``target`` (how far),
``times`` (of day), ``brands``, ``families``, ``ladder``, ``spread``, ``liquids`` and ``rungs`` (which doses can be made), ``guard`` and ``lengths`` (when), ``scripts`` and
``wording`` (what is supplied), ``told``, ``plan_told`` and ``checked`` (what must be said), ``planner`` (all of it), ``operations`` and ``stockout`` (after it has begun).
"""

from stepwell.knowledge.tapers.brands import written as product_name
from stepwell.knowledge.tapers.checked import cautions_of
from stepwell.knowledge.tapers.model import (
    Caution,
    Change,
    Constraints,
    DoseUnit,
    Item,
    Override,
    Plan,
    Refusal,
    Regimen,
    Script,
    Spread,
    Step,
    Time,
)
from stepwell.knowledge.tapers.ome import of as ome_of
from stepwell.knowledge.tapers.opening import Opening, opening
from stepwell.knowledge.tapers.operations import hold, replan, slow, step_back, stop
from stepwell.knowledge.tapers.planner import plan, plan_from_instruction
from stepwell.knowledge.tapers.profiles import Profile, choosable, default_profile, profiles
from stepwell.knowledge.tapers.sequence import Line, plan_in_turn
from stepwell.knowledge.tapers.stockout import mark_unavailable, mark_unavailable_in

__all__ = [
    "Caution",
    "Change",
    "Constraints",
    "DoseUnit",
    "Item",
    "Line",
    "Opening",
    "Override",
    "Plan",
    "Profile",
    "Refusal",
    "Regimen",
    "Script",
    "Spread",
    "Step",
    "Time",
    "cautions_of",
    "choosable",
    "default_profile",
    "hold",
    "mark_unavailable",
    "mark_unavailable_in",
    "ome_of",
    "opening",
    "plan",
    "plan_from_instruction",
    "plan_in_turn",
    "product_name",
    "profiles",
    "replan",
    "slow",
    "step_back",
    "stop",
]
