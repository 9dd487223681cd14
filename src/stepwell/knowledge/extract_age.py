"""How old a record extract is, and what may still be done with it. The limits are a dated table, not code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

from stepwell.base.errors import Place, StepwellError
from stepwell.knowledge import tables


class State(StrEnum):
    """What an extract's age means for somebody who would act on it."""

    CURRENT = "current"
    OLD = "old"  # said beside every list
    NEEDS_REASON = "needs_reason"  # acting on it takes a reason
    AFTER_TODAY = "after_today"  # a clock or the extract is wrong, so its age is not known


@dataclass(frozen=True, slots=True)
class ExtractAge:
    """``days`` from the extract's date to today, below 0 where the date is still to come; ``warn`` and ``limit`` in days."""

    extract_date: date
    days: int
    state: State
    warn: int
    limit: int

    @property
    def needs_reason(self) -> bool:
        """Whether acting on it takes a reason. An age that is not known takes one too."""
        return self.state in (State.NEEDS_REASON, State.AFTER_TODAY)


@cache
def _more_than_days(limit: str) -> int:
    for row in tables.document("extract_age")["limits"]:
        if row["id"] == limit:
            return int(row["more_than_days"])
    raise StepwellError(
        f"There is no limit called {limit}.", where=Place("extract_age.yaml"), next_step="Mend the table."
    )


def extract_age(extract_date: date, *, on: date) -> ExtractAge:
    """How old an extract is on a day, and what that means."""
    days = (on - extract_date).days
    warn, limit = _more_than_days("warn"), _more_than_days("needs_reason")
    if days < 0:
        state = State.AFTER_TODAY
    elif days > limit:
        state = State.NEEDS_REASON
    else:
        state = State.OLD if days > warn else State.CURRENT
    return ExtractAge(extract_date, days, state, warn, limit)
