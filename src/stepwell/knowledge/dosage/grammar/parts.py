"""What the rules of the grammar yield: amounts, timings, limits and the marks between them. Hours, days, units."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


class RefusedError(Exception):
    """The text must be refused; ``reason`` is one code."""

    def __init__(self, reason: str, flag: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.flag = flag


@dataclass(slots=True)
class Atom:
    """Anything a rule yields: where it stood in the text."""

    start: int
    end: int


@dataclass(slots=True)
class Amount(Atom):
    """A dose. ``unit`` None for a bare number; ``strength_mg`` where the text names the strength of one unit.
    ``slashed`` marks "1/2 tablets", which may mean one or two. ``formed`` marks a mass with the form behind it
    ("30mg tablets"), ``a_day`` one said of a whole day, ``led`` the silent word before it (a verb, a drug).
    """

    low: Decimal
    high: Decimal
    unit: str | None = None
    upto: bool = False
    strength_mg: Decimal | None = None
    substance: str | None = None
    assumed: bool = False
    slashed: bool = False
    formed: bool = False
    led: str = ""
    a_day: bool = False


@dataclass(slots=True)
class Times(Atom):
    """So many times in ``days`` days; days None when the text does not say."""

    low: Decimal
    high: Decimal
    days: Decimal | None
    upto: bool = False
    word: str = "times"


@dataclass(slots=True)
class Every(Atom):
    """Once every so many hours. ``bare`` marks "weekly" alone, which may be how it is dispensed."""

    low: Decimal
    high: Decimal
    upto: bool = False
    alternate: bool = False
    bare: bool = False


@dataclass(slots=True)
class Daily(Atom):
    """Daily, a day, in 24 hours."""


@dataclass(slots=True)
class When(Atom):
    """A time of day."""

    slot: str


@dataclass(slots=True)
class NumberedHalf(Atom):
    """ "1 am": one in the morning, or one o'clock. Decided by what stands around it. ``spelt``: "one am", "1 in the am"."""

    number: Decimal
    slot: str
    spelt: bool = False


@dataclass(slots=True)
class Weekdays(Atom):
    """On so many days of the week, named, or only counted ("3 days a week")."""

    days: int
    counted: bool = False


@dataclass(slots=True)
class Limit(Atom):
    """Not more than ``amount`` of ``unit`` (None a bare number, "dose", "day", "mg", ...) in ``days`` days.

    ``loose``: said as "up to a maximum of", which beside a dose with no times says how often as well.
    """

    amount: Decimal
    unit: str | None
    days: Decimal | None
    upto: bool = False
    substance: str | None = None
    per_dose: bool = False
    loose: bool = False


@dataclass(slots=True)
class Duration(Atom):
    """For so many days. ``before`` means the days until what follows begins."""

    days: int
    before: bool = False


@dataclass(slots=True)
class Label(Atom):
    """Day 1, days 2-4, week 2, first to last day counted from 1; last None is "onwards"."""

    first: int
    last: int | None


@dataclass(slots=True)
class Divided(Atom):
    """In so many divided doses; None when the number is not said."""

    low: Decimal | None
    high: Decimal | None


@dataclass(slots=True)
class Total(Atom):
    """A stated daily total."""

    low: Decimal
    high: Decimal
    unit: str | None


@dataclass(slots=True)
class Change(Atom):
    """``kind`` to (a new dose follows), by (a rate), open (no amount)."""

    kind: str
    direction: str
    low: Decimal | None = None
    unit: str | None = None
    days: int | None = None


@dataclass(slots=True)
class Mark(Atom):
    """and, pause, stop, open, close, then, or, equals, prn, stat, event, apply, change_patch, stopped, wear, rider."""

    name: str
