"""What stands in the way of taking somebody on from a list: what was decided or found, by whom and when, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stepwell.base.clock import LONDON
from stepwell.casefinding.models import Candidate
from stepwell.casefinding.record import words


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Sentences for a page. ``decide_pk``: about whom a clinician decides to remove it; None where nobody can here."""

    what: str
    reason: str
    to_do: str
    decide_pk: Any = None
    decided: str = ""  # by whom, when and on which list, for a row of a table


def decided_words(said: Candidate) -> str:
    """Who decided that somebody is not to be contacted, when, and on which list."""
    who, day = _who_and_when(said)
    of = said.candidate_list
    return f"{who} decided on {day}, on the list {of.title} of {words.long_date(of.as_of)}"


def _who_and_when(said: Candidate) -> tuple[str, str]:
    who = said.decided_by.user.name if said.decided_by else "A clinician"
    return who, words.long_date(
        said.decided_at.astimezone(LONDON).date()
    ) if said.decided_at else "a date not known"


def obstacle(candidate: Candidate, left: Candidate | None) -> Obstacle | None:
    """The first thing that stands in the way, in the order somebody would settle them; None for nothing.

    ``left``: the decision, on this list or another, that this person is not to be contacted.
    """
    if candidate.outcome == Candidate.Outcome.OUT:
        return Obstacle("Out of this search.", "", "Nobody who is out is taken on.")
    if left is not None:
        return Obstacle(
            f"Not to be contacted. {decided_words(left)}.",
            left.decision_reason,
            "It holds on every list of the practice until a clinician changes it there.",
            left.pk,
            decided=f"{', '.join(_who_and_when(left))}, on {left.candidate_list.title}",
        )
    if not candidate.can_be_adopted:
        return Obstacle(
            "No valid NHS number in the extract, so they cannot be told apart safely.",
            "",
            "Correct the number in the clinical system and import again.",
        )
    if candidate.outcome == Candidate.Outcome.CHECK and candidate.decision != Candidate.Decision.KEEP:
        return Obstacle(
            "To check: no clinician has decided that they may be contacted.",
            "",
            "A clinician decides first.",
            candidate.pk,
        )
    return None
