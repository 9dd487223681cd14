"""What a caution is worked out from, and what comes out. Values only: no names of people, no database, no clock."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from stepwell.base.errors import StepwellError
from stepwell.knowledge.equivalence.total import Total
from stepwell.knowledge.medicines.model import MedicineClass, Release

ENGINE_VERSION = "CAUTION-ENGINE-1"
MOST_MODAL = 3

# What may be said of a person. Each is yes, no, or not known (None, or left out).
FLAGS = frozenset({"breastfeeding", "about_to_taper", "after_taper", "contraception_plan", "treatment_aim"})
# ml/min/1.73 m2; ml/min; kg; micromol/l in blood; AUDIT total.
VALUES = frozenset({"egfr", "creatinine_clearance", "weight_kg", "creatinine_umol_l", "audit"})


class Level(StrEnum):
    """``stop``: not without a named prescriber's override and reason; ``warn``: acknowledged; ``inform``: shown once."""

    STOP = "stop"
    WARN = "warn"
    INFORM = "inform"


class State(StrEnum):
    """A check that cannot run says so; it never counts as clear."""

    FIRES = "fires"
    NOT_ASSESSED = "not_assessed"


@dataclass(frozen=True, slots=True)
class Dose:
    """Milligrams a day of one substance, from one medicine. None is not known, never zero."""

    substance: str
    mg_min: Decimal | None
    mg_max: Decimal | None


@dataclass(frozen=True, slots=True)
class MedicineTaken:
    """One medicine of a person, from anywhere. ``rows`` are the ids of its issues or template, as the caller keeps them.

    ``substances`` has the counted one first. ``is_patch`` and ``release`` may be not known. ``doses`` are per substance: co-codamol has one of codeine and one of
    paracetamol. ``times_a_day_*`` and ``change_days_*`` (days each patch is worn) are the instruction's;
    ``mr_interval_hours`` and ``patch_interval_hours`` are the product's or brand's own. ``last_quantity`` is the last
    issue's, in the counted ``unit``. ``cover_to`` is the first day without supply. ``elsewhere``: not issued by this
    practice. ``last_step_of_plan``: the last step of an agreed plan.
    """

    name: str
    rows: tuple[str, ...] = ()
    substances: tuple[str, ...] = ()
    classes: frozenset[MedicineClass] = frozenset()
    bnf_code: str | None = None
    release: Release = Release.UNKNOWN
    is_patch: bool | None = None
    unit: str | None = None
    strength_mg_per_unit: Decimal | None = None
    doses: tuple[Dose, ...] = ()
    times_a_day_min: Decimal | None = None
    times_a_day_max: Decimal | None = None
    change_days_min: Decimal | None = None
    change_days_max: Decimal | None = None
    mr_interval_hours: int | None = None
    patch_interval_hours: int | None = None
    patch_mcg_per_hour: Decimal | None = None
    last_quantity: Decimal | None = None
    cover_from: date | None = None
    cover_to: date | None = None
    last_issued: date | None = None
    template_active: bool = False
    started_on: date | None = None
    newly_started: bool | None = None
    elsewhere: bool = False
    last_step_of_plan: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """An entry of one of the condition lists the rules name. ``on`` is None where it has no date.

    ``said``: what else a reader needs to find it, such as its code.
    """

    code_list: str
    on: date | None
    rows: tuple[str, ...] = ()
    said: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """One measured value; ``name`` is one of VALUES. ``said``: its code, or the sum it is from.

    ``doubt``, where not "": a sentence saying why it may raise a caution but never clears one.
    """

    name: str
    number: Decimal
    on: date | None
    rows: tuple[str, ...] = ()
    said: str = ""
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class OpioidCover:
    """Days covered by an opioid, now or earlier: from ``start`` up to, not including, ``end``. OME in mg a day."""

    start: date
    end: date
    ome_min: Decimal | None
    ome_max: Decimal | None
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What is known of one person. Whatever is left out is not known, and no check takes it for "no".

    ``medicines_complete``: every medicine the record holds is here (False when a part is withheld or not yet read).
    ``lists_searched``: condition lists that were looked for in the whole record; a list not among them is not known.
    ``why_unknown``: of a condition list not searched, or a value not known, a sentence saying why.
    ``age_most``: where the day of birth is not held, the age is from ``age`` to this; None: it is ``age``.
    ``opioid_covers`` are of other opioids than a patch just started; believed only with ``opioid_history_known``.
    ``opioid_era_start`` is the first day of the unbroken opioid era open now; needs ``opioid_history_known`` too.
    """

    medicines: tuple[MedicineTaken, ...]
    medicines_complete: bool
    problems: tuple[Problem, ...] = ()
    lists_searched: frozenset[str] = frozenset()
    values: tuple[Value, ...] = ()
    why_unknown: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    age: int | None = None
    age_most: int | None = None
    sex: str | None = None
    flags: Mapping[str, bool | None] = field(default_factory=lambda: MappingProxyType({}))
    ome: Total | None = None
    opioid_covers: tuple[OpioidCover, ...] = ()
    opioid_era_start: date | None = None
    opioid_history_known: bool = False

    def __post_init__(self) -> None:
        """Raises StepwellError for a flag or value no rule knows, a value that is no number, an impossible age, or a sex that is not a word of ours."""
        if {*self.flags} - FLAGS or {each.name for each in self.values} - VALUES:
            raise StepwellError(
                "A flag or value is named that no caution knows.",
                next_step=f"Flags: {', '.join(sorted(FLAGS))}. Values: {', '.join(sorted(VALUES))}.",
            )
        if any(not each.number.is_finite() or each.number < 0 for each in self.values):
            raise StepwellError(
                "A value is below zero or not a number.", next_step="Leave it out if not known."
            )
        ages = (self.age, self.oldest)
        if any(age is not None and not 0 <= age <= 130 for age in ages) or (ages[0] or 0) > (ages[1] or 0):
            raise StepwellError("An age must be from 0 to 130 years.", next_step="Leave it out if not known.")
        if self.sex not in (None, "female", "male", "other"):
            raise StepwellError("Sex must be female, male or other.", next_step="Leave it out if not known.")

    @property
    def oldest(self) -> int | None:
        """The most the age can be; None where it is not known."""
        return self.age if self.age is None or self.age_most is None else self.age_most


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a caution fires: ``what`` in words, ``rows`` of the record, and the dates. ``key`` stays the same while nothing changes."""

    what: str
    key: str
    rows: tuple[str, ...] = ()
    on: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One caution that fires, or could not be assessed. ``message`` is the table's, for staff, not for patients.

    ``detail`` are further sentences that hold for this person; ``notes`` the figures behind it; ``settings`` the
    parameters of ours it leaned on, with status; ``gaps`` what was not known. ``status`` is of the table's row: print it.
    """

    caution_id: str
    title: str
    level: Level
    state: State
    message: str
    detail: tuple[str, ...]
    notes: tuple[str, ...]
    source: str
    status: str
    because: tuple[Cause, ...]
    gaps: tuple[str, ...]
    settings: tuple[str, ...]
    table_version: str
    rules_version: str
    engine_version: str
    on: date

    @property
    def latest(self) -> date:
        """The latest day among what caused it, not after the day of the check; ``date.min`` where none has a date."""
        return max((c.on for c in self.because if c.on and c.on <= self.on), default=date.min)

    @property
    def fingerprint(self) -> str:
        """The same while the caution, its level, its detail and the medicines and problems behind it are the same.

        A repeat issue or a new day does not change it; another medicine or a line of dose crossed does.
        """
        parts = [
            self.caution_id,
            self.level,
            self.state,
            *self.detail,
            *sorted({c.key for c in self.because}),
        ]
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Findings:
    """All checks of one person on one day, ranked: stop, warn, inform, then the most recent.

    ``clear`` are the ids that ran and do not fire. ``unplaced`` are medicines with no code and no known word in their
    name: no check could see what they are, so ``clear`` says nothing of them.
    """

    on: date
    fires: tuple[Finding, ...]
    not_assessed: tuple[Finding, ...]
    clear: tuple[str, ...]
    unplaced: tuple[MedicineTaken, ...]

    @property
    def stops(self) -> tuple[Finding, ...]:
        """What a plan or patch may not go ahead against without a named prescriber's override and reason."""
        return tuple(each for each in self.fires if each.level is Level.STOP)

    @property
    def stops_not_assessed(self) -> tuple[Finding, ...]:
        """Checks of level stop that could not run: to be answered before going ahead."""
        return tuple(each for each in self.not_assessed if each.level is Level.STOP)

    @property
    def modal(self) -> tuple[Finding, ...]:
        """The few that may interrupt in one sitting, where nothing was acknowledged before."""
        return interrupting(self.fires)


def interrupting(raised: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Of findings in rank order (``to_raise``), the few that may interrupt: the first three of rank stop and warn."""
    return tuple(each for each in raised if each.level is not Level.INFORM)[:MOST_MODAL]
