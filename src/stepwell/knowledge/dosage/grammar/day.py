"""A clause is one step, made of parts that add; a part is one dose and its times."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from stepwell.knowledge.dosage.grammar.parts import Amount, Change, Divided, Every, Label, Limit, Times, Total

MASS_IN_MG = {"mg": Decimal(1), "microgram": Decimal("0.001")}


@dataclass(slots=True)
class Part:
    """One dose and when it is taken. ``joined`` says what stood before it."""

    joined: str = "none"
    dose: Amount | None = None
    times: list[Times] = field(default_factory=list)
    every: list[Every] = field(default_factory=list)
    daily: bool = False
    slots: list[str] = field(default_factory=list)
    extra_slots: int = 0
    weekdays: int | None = None
    days_counted: bool = False
    wear: bool = False
    prn: bool = False
    stat: bool = False
    led_by_time: bool = False
    divided: Divided | None = None
    beside_mg: tuple[Decimal, Decimal] | None = None

    @property
    def timed(self) -> bool:
        return bool(self.times or self.every or self.daily or self.slots or self.weekdays)

    @property
    def only_slots(self) -> bool:
        """Timed by times of day and nothing else."""
        return bool(self.slots) and not (self.times or self.every or self.daily or self.weekdays)


@dataclass(slots=True)
class Clause:
    """One step. ``joined``: start, then, semicolon, change, duration, label."""

    joined: str = "start"
    parts: list[Part] = field(default_factory=lambda: [Part()])
    limits: list[Limit] = field(default_factory=list)
    totals: list[Total] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    label: Label | None = None
    days: int | None = None
    prn: bool = False
    event: bool = False
    apply: bool = False
    change_patch: bool = False
    upto_limit: bool = False
    each_site: bool = False
    dated: bool = False
    leads_to: bool = False
    start: int = 0
    end: int = 0
