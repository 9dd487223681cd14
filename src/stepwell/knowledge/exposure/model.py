"""What exposure is worked out from, and what comes out. Days are dates; the end of a cover is the first day without supply."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from stepwell.knowledge.medicines.model import MedicineClass


class TextState(StrEnum):
    """What an instruction yields for a dose. Only READ gives both numbers; OPEN is as needed without a maximum."""

    READ = "read"
    OPEN = "open"
    EMPTY = "empty"
    UNREADABLE = "unreadable"
    IMPLAUSIBLE = "implausible"


class Basis(StrEnum):
    """What a current dose rests on, in the order tried (for patches PATCH_DEFAULT comes second)."""

    INSTRUCTION = "instruction"
    QUANTITY = "quantity"
    QUANTITY_28 = "quantity_28"
    EARLIER_INSTRUCTION = "earlier_instruction"
    PATCH_DEFAULT = "patch_default"
    NONE = "none"


class DaysBasis(StrEnum):
    """What the days of an occasion rest on."""

    KNOWN = "known"
    MEDIAN_GAP = "median_gap"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Medicine:
    """What an issue is of, as far as exposure needs it. ``line`` is the product id, or "substance:..." without one.

    ``mg_per_unit`` and ``ome_per_unit`` (mg OME) are for one counted unit; None for patches, for medicines with no dose
    and (OME) for what is not converted. ``patch_ome`` is the daily OME of one patch worn. ``convertible`` is False for
    an opioid whose OME is never worked out, such as methadone.
    """

    line: str
    substance: str
    release: str
    classes: frozenset[MedicineClass]
    mg_per_unit: Decimal | None
    ome_per_unit: Decimal | None
    is_patch: bool
    patch_interval_hours: int | None
    patch_ome: Decimal | None
    convertible: bool


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue of a relevant medicine. ``units_*`` and ``ome_*`` are a day's, by the instruction; None unless READ
    (OPEN has minimum 0). ``quantity`` is in counted units. ``template_end`` is the end of the template it came from; ``open_ended``:
    that template is not an acute, and its status does not say that it has ended."""

    medicine: Medicine
    issue_date: date
    own: bool
    text: str | None
    state: TextState
    units_min: Decimal | None
    units_max: Decimal | None
    ome_min: Decimal | None
    ome_max: Decimal | None
    quantity: Decimal | None
    given_days: int | None
    template_end: date | None
    open_ended: bool = False


@dataclass(frozen=True, slots=True)
class Occasion:
    """All issues of one line on one day, taken together. ``days`` and the cover are set by ``covers``.

    ``open_until``: the end of its open-ended templates, ``date.max`` where one has none; None where none is open-ended.
    """

    medicine: Medicine
    own: bool
    on: date
    state: TextState
    units_min: Decimal | None
    units_max: Decimal | None
    ome_min: Decimal | None
    ome_max: Decimal | None
    quantity: Decimal | None
    known_days: int | None
    template_end: date | None
    open_until: date | None = None


@dataclass(frozen=True, slots=True)
class Cover:
    """An occasion with the days it covers: from ``start`` up to, not including, ``end``."""

    occasion: Occasion
    days: int
    days_basis: DaysBasis
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Era:
    """An unbroken stretch of cover. ``days`` is up to as-of or the end, whichever is first."""

    start: date
    end: date
    days: int
    is_open: bool
    occasions: int


@dataclass(frozen=True, slots=True)
class CurrentLine:
    """A medicine taken at as-of, with its daily dose and what the dose rests on.

    ``units_*`` in counted units a day; ``ome_*`` in mg. None where unresolved (basis NONE) or not converted.
    ``unclear`` asks a clinician to look: no dose, an instruction that could not be read, an implausible one, or one patch assumed.
    """

    medicine: Medicine
    own: bool
    last: Cover
    run_start: date
    basis: Basis
    units_min: Decimal | None
    units_max: Decimal | None
    ome_min: Decimal | None
    ome_max: Decimal | None
    unclear: bool
    lapsed: bool


@dataclass(frozen=True, slots=True)
class DailyOme:
    """A person's OME. ``at_least``: something is missing from the sum, so it is a lower bound. No converted line: None.

    ``missing``: a current opioid line has no dose, is a patch of which one is assumed, or is not convertible.
    """

    low: Decimal | None
    high: Decimal | None
    own_high: Decimal | None
    at_least: bool
    missing: bool
