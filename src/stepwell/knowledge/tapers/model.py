"""What a taper plan is, as values. How one is made is in ``planner``; how one is changed, in ``operations``.

Doses are Decimals: mg a day of the substance, or microgram an hour released by all patches worn. Nothing here is a float.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from stepwell.knowledge.medicines.model import Product

STOP = "stop"


class Time(StrEnum):
    """The times of day a plan gives doses at, in order."""

    MORNING = "morning"
    MIDDAY = "midday"
    EVENING = "evening"
    NIGHT = "night"


class DoseUnit(StrEnum):
    """What a daily dose is measured in."""

    MG = "mg"
    MICROGRAM_PER_HOUR = "microgram/h"


class Spread(StrEnum):
    """How a day's dose is shared out: the larger part at night, or as even as the strengths allow.

    EVEN is for somebody who also takes a benzodiazepine, a z-drug or another medicine that slows breathing, or is frail.
    """

    NIGHT = "night"
    EVEN = "even"


@dataclass(frozen=True, slots=True)
class Item:
    """One product of a regimen: counted units at each time of day, or patches worn together and the hours they are worn."""

    product: Product
    units: tuple[tuple[Time, Decimal], ...] = ()
    worn: int = 0
    change_hours: int | None = None

    @property
    def daily_units(self) -> Decimal:
        """Units a day (tablets, ml); 0 for patches, which are counted by the change."""
        return sum((number for _, number in self.units), Decimal(0))

    @property
    def units_by_time(self) -> dict[str, Decimal]:
        """``{"morning": 1, "night": 2}``; patches as ``{"every 72 hours": 1}``."""
        if self.change_hours is not None:
            return {f"every {self.change_hours} hours": Decimal(self.worn)}
        return {time.value: number for time, number in self.units}


@dataclass(frozen=True, slots=True)
class Regimen:
    """What is taken each day. ``dose`` is mg a day, or microgram/h of all patches worn. No items: nothing is taken."""

    items: tuple[Item, ...]
    dose: Decimal
    unit: DoseUnit

    @property
    def times(self) -> tuple[Time, ...]:
        """Times of day at which anything is taken, in order."""
        taken = {time for item in self.items for time, _ in item.units}
        return tuple(time for time in Time if time in taken)

    @property
    def change_hours(self) -> int | None:
        """Hours between patch changes; None where nothing is a patch."""
        return next((item.change_hours for item in self.items if item.change_hours), None)


@dataclass(frozen=True, slots=True)
class Script:
    """One acute issue of one product. ``name`` is what to write, with the ``brand`` where the plan keeps to one ("" else).
    ``runs_out_on`` is the last day it covers.

    ``surplus`` is what is left of the product, beyond what this issue and those before it are for.
    """

    product: Product
    brand: str
    name: str
    quantity: int
    quantity_words: str
    instruction: str
    issue_on: date
    starts_on: date
    runs_out_on: date
    surplus: Decimal


@dataclass(frozen=True, slots=True)
class Step:
    """One dose, from ``starts_on`` for ``days``. The last step of a plan to nothing has no regimen and 0 days.

    ``percent_change`` is the fall in per cent of the dose before (below zero for a rise). ``issue_days`` are the lengths of
    its issues, which may run past the step where it was cut short. ``ome_*`` are mg a day, None where ``ome_reason`` says
    why. ``reason`` is what must be said of the step, "" where nothing.
    """

    starts_on: date
    days: int
    regimen: Regimen
    daily_dose: Decimal
    dose_before: Decimal
    ome_before: Decimal | None
    ome_after: Decimal | None
    ome_reason: str
    percent_change: Decimal
    within_profile: bool
    flags: tuple[str, ...]
    reason: str
    review_on: date
    issue_days: tuple[int, ...]
    scripts: tuple[Script, ...] = ()


@dataclass(frozen=True, slots=True)
class Caution:
    """Something the prescriber and the person should know of the plan."""

    id: str
    message: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why no plan is made, and whom to ask."""

    code: str
    reason: str
    ask: str


@dataclass(frozen=True, slots=True)
class Override:
    """A rule set aside by name: ``what`` (guard, specialist, shortage), why, and by whom."""

    what: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Change:
    """What was done to a plan after it was made."""

    kind: str
    on: date
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Constraints:
    """What the person can take, what the practice allows, and how the plan is supplied.

    ``stock`` is units at home of the product the plan starts with. ``unavailable`` and ``score_lines`` (tablets that may be
    halved) are product ids. ``step`` (in the profile's unit) and ``interval_days`` make a plan slower than its profile's
    defaults, never faster. ``maintenance`` is an agreed dose to stop at. ``half_rate_in_last_part`` goes at half the rate at
    or below a third of the starting dose, with any profile. ``cost`` gives the price of one unit by product id, None where
    it is not known; without it cost decides nothing. ``closed_days`` are days, beside weekends, on which nothing is issued;
    None: not known.
    """

    script_days: int = 28
    stock: Decimal = Decimal(0)
    spread: Spread = Spread.NIGHT
    no_capsules: bool = False
    no_modified_release: bool = False
    liquid: bool = False
    unavailable: frozenset[str] = frozenset()
    score_lines: frozenset[str] = frozenset()
    step: Decimal | None = None
    interval_days: int | None = None
    maintenance: Decimal | None = None
    half_rate_in_last_part: bool = False
    overrides: tuple[Override, ...] = ()
    cost: Callable[[str], Decimal | None] | None = None
    closed_days: frozenset[date] | None = None

    def override(self, what: str) -> Override | None:
        """The override of one rule, if there is one with a reason and a name."""
        return next((o for o in self.overrides if o.what == what and o.reason and o.by), None)


@dataclass(frozen=True, slots=True)
class Plan:
    """A proposed taper, for a prescriber and the person to agree. Never automatic.

    ``refusals`` set: no plan was made and there are no steps, or after a change the rest could not be planned. ``stopped_on`` is the first day nothing is taken, None where
    the plan ends at an agreed dose. ``left_over`` is what is at home when it ends, in units. ``product_set`` and ``rules`` are the tables it was made from.
    ``to_cancel``: issues already made of days that will not be, because the plan was stopped.
    ``brand``: the brand of a slow opioid or a patch, which the scripts keep naming.
    """

    starting: Regimen
    starting_product: Product
    profile: str
    start_on: date
    constraints: Constraints
    steps: tuple[Step, ...]
    stopped_on: date | None
    factor_table: str
    product_set: str
    rules: str
    rules_date: date
    cautions: tuple[Caution, ...]
    refusals: tuple[Refusal, ...] = ()
    changes: tuple[Change, ...] = ()
    left_over: tuple[tuple[Product, Decimal], ...] = ()
    once_daily: bool = False
    brand: str = ""
    to_cancel: tuple[Script, ...] = ()

    @property
    def stopped_early(self) -> bool:
        """Whether it was ended before its end: the dose of its last day goes on outside it."""
        return any(change.kind == STOP for change in self.changes)
