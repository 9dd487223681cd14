"""Why an instruction was not read, in words, and the question to ask."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache

from stepwell.knowledge.tables import read_text


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reason code with the ``words`` a person reads and the ``question`` whose answer would give the dose."""

    reason: str
    words: str
    question: str
    source: str
    status: str


@lru_cache(maxsize=1)
def refusals() -> dict[str, Refusal]:
    """Every reason an instruction may be refused for, by code."""
    rows = csv.DictReader(read_text("dosage_refusals.csv").splitlines())
    return {row["reason"]: Refusal(**row) for row in rows}
