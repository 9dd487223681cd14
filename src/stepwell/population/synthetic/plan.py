"""A person's hidden plan: who they are, what they were supplied and what the record will be able to tell of it.

Truth is worked out from this and nothing else, before any text exists. Days are proleptic ordinals (``date.toordinal``):
the plan is arithmetic on days, and a hundred thousand people are made in one go.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction

from stepwell.population.synthetic.regimens import Regimen
from stepwell.population.synthetic.tables import Brand, Condition, Product

Day = int


class Words(Enum):
    """What the dosage instruction will be worth to a careful reader."""

    CLEAR = "clear"  # says the regimen
    BLANK = "blank"  # nothing written
    UNREADABLE = "unreadable"  # something written that gives no number: "as directed"
    IMPLAUSIBLE = "implausible"  # gives a number nobody should believe


@dataclass(slots=True)
class Supply:
    """One issue. ``quantity`` and ``days`` are what the record will tell; None where it will not."""

    day: Day
    quantity: Fraction | None
    days: int | None
    deleted: bool = False


@dataclass(slots=True)
class Template:
    """An authority to supply one product at one regimen, with the issues made from it.

    ``end`` is the day it was cancelled. ``source`` is here, hospital, drug_service, private or over_the_counter.
    ``written_name`` is set where the record will hold a name and no code; ``strength_known`` False where that name
    does not even tell the strength.
    """

    product: Product
    regimen: Regimen
    start: Day
    kind: str = "Repeat"
    end: Day | None = None
    source: str = "here"
    words: Words = Words.CLEAR
    brand: Brand | None = None
    written_name: str | None = None
    strength_known: bool = True
    cycle: int = 28
    misspelt: bool = False
    supplies: list[Supply] = field(default_factory=list)
    confidential: bool = False

    @property
    def own(self) -> bool:
        """Prescribed here."""
        return self.source == "here"

    @property
    def line(self) -> str:
        """What makes two templates the same line of treatment: the product, or the substance where that is all we know."""
        return self.product.key if self.strength_known else f"substance:{self.product.substance}"

    @property
    def interval_hours(self) -> int | None:
        """How often the patch is changed when nobody says: the brand's interval, else the product's."""
        if self.brand is not None and self.brand.interval_hours is not None:
            return self.brand.interval_hours
        return self.product.interval_hours


@dataclass(frozen=True, slots=True)
class Code:
    """A coded event. ``day`` is the earliest day it can mean; precision YMD, YM or Y."""

    condition: Condition
    day: Day
    precision: str = "YMD"
    confidential: bool = False  # the extract has the row, and nothing of it may be kept


@dataclass(slots=True)
class Person:
    """Somebody on (or once on) a practice's list, with everything that will be recorded about them."""

    practice: str
    index: int
    nhs_number: str
    given_name: str
    family_name: str
    sex: str  # F, M
    born: Day
    registered: Day
    died: Day | None = None
    left: Day | None = None  # first day no longer registered
    registration: str = "Regular"
    sensitive: bool = False
    dummy: bool = False
    deleted: bool = False
    house_style: str = "long"
    templates: list[Template] = field(default_factory=list)
    codes: list[Code] = field(default_factory=list)
    traits: set[str] = field(default_factory=set)  # what happened in the plan: brand_switch, restarted, ...
    planted: tuple[str, str] | None = None  # edge case id, what it shows
