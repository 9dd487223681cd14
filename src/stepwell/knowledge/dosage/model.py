"""What a dosage instruction says, as values. The names are those of the field list people's scripts rely on."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Status(StrEnum):
    """Parsed, or refused. There is no "probably"."""

    PARSED = "parsed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Span:
    """Characters ``start`` to ``end`` of the text (end not included) gave ``field``."""

    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a taper or titration, in the order written. ``daily_*`` in the counted unit; days may be unknown."""

    daily_min: Decimal | None
    daily_max: Decimal | None
    unit: str | None
    days: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """One dose of the day and when it is taken: "2 mane" of "2 mane 1 nocte". ``dose_*`` in the counted unit at each time.

    ``times_of_day`` are those written, as the vocabulary names them, or "clock 8.5"; ``times_*`` how often in a day. A dose
    or number of times that is not said, or not of every day, is None.
    """

    dose_min: Decimal | None
    dose_max: Decimal | None
    times_of_day: tuple[str, ...]
    times_min: Decimal | None
    times_max: Decimal | None
    as_needed: bool


@dataclass(frozen=True, slots=True)
class Dosage:
    """A dosage instruction, read.

    ``daily_min``/``daily_max`` are counted units a day (a dose written in mg with no product: unit "mg", daily in mg).
    None is "no safe answer", never zero: an as-needed instruction without frequency or ceiling has minimum 0 and
    maximum None. ``reason`` is one code, set when refused. ``flags`` and ``noise`` keep their order of appearance.
    ``unread`` are remarks that say nothing of dose or time, left out without being understood. A refusal has a ``question``:
    what to ask. ``ceiling_unit`` is unit, mg or dose. With a product, ``daily_mg_*`` are mg of its counted substance and
    ``patch_mcg_per_hour`` is the rate of all patches worn at once. ``parts`` are the doses the day is made of, in the order
    written; a ceiling is not in them.
    """

    text: str
    status: Status
    reason: str | None
    flags: tuple[str, ...]
    noise: tuple[str, ...]
    unread: tuple[str, ...]
    question: str | None
    dose_min: Decimal | None
    dose_max: Decimal | None
    unit: str | None
    frequency_min: Decimal | None
    frequency_max: Decimal | None
    interval_days_min: Decimal | None
    interval_days_max: Decimal | None
    as_needed: bool
    as_directed: bool
    ceiling: Decimal | None
    ceiling_unit: str | None
    ceiling_period_days: int | None
    duration_days: int | None
    daily_min: Decimal | None
    daily_max: Decimal | None
    daily_mg_min: Decimal | None
    daily_mg_max: Decimal | None
    patch_mcg_per_hour: Decimal | None
    steps: tuple[Step, ...]
    spans: tuple[Span, ...]
    parser_version: str
    parts: tuple[Part, ...] = ()
