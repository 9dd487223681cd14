"""An instrument, and a score. Names of items only: no licensed wording is held anywhere in this repository."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Method(StrEnum):
    """How answers become a score. SEPARATE scores are never added up. TOTALS: only what was worked out elsewhere."""

    SUM = "sum"
    MEAN = "mean"
    SINGLE = "single"
    SEPARATE = "separate"
    TOTALS = "totals"


class Direction(StrEnum):
    """Which way is better. MIXED: it differs by part, or by form."""

    HIGHER_BETTER = "higher_better"
    LOWER_BETTER = "lower_better"
    MIXED = "mixed"


class Safety(StrEnum):
    """What an answer about self-harm asks for. NOT_ASKED: the instrument has no such item, which says nothing."""

    NOT_ASKED = "not_asked"
    CLEAR = "clear"
    OPEN = "open"
    NOT_ANSWERED = "not_answered"


@dataclass(frozen=True, slots=True)
class Bands:
    """Names by the lowest score of each, from low to high. () where none are held."""

    lowest: tuple[tuple[Decimal, str], ...] = ()

    def of(self, score: Decimal) -> str | None:
        """The name of the band a score is in, or None."""
        found = [name for start, name in self.lowest if score >= start]
        return found[-1] if found else None


@dataclass(frozen=True, slots=True)
class Part:
    """One number (or code) of a score, with the range it may have. A ``pattern`` is of a code that is kept as written."""

    name: str
    low: Decimal | None
    high: Decimal | None
    direction: Direction
    bands: Bands
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Instrument:
    """One instrument. ``items`` are names, with the answers allowed to each; () where we may not embed it.

    ``most_missing`` items may be left out; then a sum is prorated. ``parts`` are what its score is made of: one part
    "total" unless it has several. ``licence_status``/``scoring_status``/``bands_status`` are verified or unverified.
    """

    id: str
    name: str
    may_embed: str
    licence: str
    licence_status: str
    scoring_status: str
    bands_status: str
    source: str
    note: str
    direction: Direction
    direction_needed: bool
    method: Method
    items: Mapping[str, tuple[int, ...]]
    most_missing: int
    parts: tuple[Part, ...]
    subscales: Mapping[str, tuple[str, ...]]
    safety_item: str | None
    meaningful_percent: Decimal | None
    meaningful_points: Decimal | None
    change_rule: str
    version: str


@dataclass(frozen=True, slots=True)
class PartScore:
    """One part, scored. ``number`` is None where it was not answered, or is a code kept as ``text``."""

    part: str
    number: Decimal | None
    text: str
    band: str | None
    direction: Direction


@dataclass(frozen=True, slots=True)
class Score:
    """A score. ``total`` is None where there is none to give: several separate scores, or too much missing (``reason``).

    ``prorated``: items were missing and filled in by the mean of the others. ``safety`` OPEN, or NOT_ANSWERED, needs a
    clinician the same day or the question asked: whatever the total.
    """

    instrument_id: str
    total: Decimal | None
    band: str | None
    parts: tuple[PartScore, ...]
    direction: Direction
    missing: tuple[str, ...]
    prorated: bool
    safety: Safety
    reason: str
    status: str
    version: str

    @property
    def opens_safety_pathway(self) -> bool:
        """Whether a same-day clinician task must be opened."""
        return self.safety is Safety.OPEN


@dataclass(frozen=True, slots=True)
class Change:
    """From one score to another of the same part. ``percent`` is of the first; None where that was nought.

    ``better``: None where the direction is not known or nothing changed. ``meaningful``: None where no rule is held or
    it cannot be told; ``rule`` is the rule.
    """

    instrument_id: str
    part: str
    points: Decimal
    percent: Decimal | None
    better: bool | None
    meaningful: bool | None
    rule: str
