"""What a conversion gives back: a figure with everything needed to do the sum again by hand, or the reason there is none."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

# Raise it when the same inputs under the same table would give another figure. Kept with every stored OME.
CALCULATION_VERSION = "OME-CALC-1"


class Method(StrEnum):
    """How a figure was come by, in the words shown beside it."""

    DAILY_MG = "daily mg x factor"
    UNITS = "units a day x strength x factor"
    PUBLISHED = "published patch value"
    PUBLISHED_SUM = "published patch values added"
    RATE = "patch rate x factor"
    PATCH_QUANTITY = "patches supplied x rate x hours worn"
    INJECTION = "injected daily mg x factor"


class Refusal(StrEnum):
    """Why there is no figure. Only NOT_AN_OPIOID takes nothing from a total; the others leave it "at least"."""

    NEVER = "never converted"
    NOT_AN_OPIOID = "not an opioid"
    NOT_DEFINED = "not defined in this table"
    NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Input:
    """One thing a sum was made from. ``value`` is exact, as text; ``unit`` is "" where there is none."""

    name: str
    value: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Equivalence:
    """The OME of one medicine, in mg of oral morphine a day, or why there is none.

    A range because "one or two, when needed" is two answers, not an average. ``formula`` is the sum as it was done;
    ``factor`` the number used per mg or microgram/h (None for published patch values); ``source`` and ``status`` are
    those of the row used. ``inputs`` are what the sum was made from. ``other_method`` is the same patches by the factor
    where that gives another figure than the published values. Values are exact: rounding is for the page that shows them.
    """

    convertible: bool
    ome_min: Decimal | None
    ome_max: Decimal | None
    table: str
    factor: Decimal | None
    formula: str
    reason: str
    source: str
    status: str
    flags: frozenset[str]
    method: Method | None = None
    inputs: tuple[Input, ...] = ()
    other_method: str = ""
    refusal: Refusal | None = None


def not_converted(
    table: str, refusal: Refusal, reason: str, flags: frozenset[str] = frozenset()
) -> Equivalence:
    """No figure, with the reason a person is shown."""
    return Equivalence(False, None, None, table, None, "", reason, "", "", flags, refusal=refusal)


def plain_number(value: Decimal) -> str:
    """A number as people write it: 60, not 60.0 or 6E+1."""
    return format(value.normalize(), "f")


def written_range(low: Decimal, high: Decimal) -> str:
    """A dose or a figure: "60", or "12 to 24"."""
    return plain_number(low) if low == high else f"{plain_number(low)} to {plain_number(high)}"
