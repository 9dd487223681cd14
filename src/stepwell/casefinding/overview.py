"""What the home page says of a practice's lists: how many people wait for a decision, and how old the extract is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q

from stepwell.casefinding import results
from stepwell.casefinding.models import Candidate, CandidateList
from stepwell.organisations.models import Member
from stepwell.population.records.searches import all_searches

# To check, not decided, and not on the practice's list already.
_WAITING = Q(outcome=Candidate.Outcome.CHECK, decision="", person=None)


@dataclass(frozen=True, slots=True)
class ListLine:
    """A newest list: how many it finds, and how many of them wait for a clinician's decision."""

    pk: Any
    title: str
    people_in: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The newest whole lists of the member's own practice. ``waiting`` counts people once, on however many lists."""

    lists: tuple[ListLine, ...]
    waiting: int
    extract_date: date | None


def overview(member: Member) -> Overview | None:
    """None for somebody who does not see who people are at their own organisation."""
    practice = member.organisation
    if not member.may("see_identities", practice):
        return None
    whole = CandidateList.visible_to(member).filter(practice=practice, is_narrowed=False)
    newest: dict[str, Any] = {}
    for pk, search_id in whole.newest_first().values_list("pk", "search_id"):
        newest.setdefault(search_id, pk)
    people = Candidate.visible_to(member).filter(candidate_list__in=newest.values())
    counts = dict(people.filter(_WAITING).values_list("candidate_list").annotate(n=Count("pk")).order_by())
    found = dict(
        people.filter(outcome=Candidate.Outcome.IN)
        .values_list("candidate_list")
        .annotate(n=Count("pk"))
        .order_by()
    )
    load = results.loads_in_use().get(practice.ods_code)
    return Overview(
        lists=tuple(
            ListLine(newest[name], search.title, found.get(newest[name], 0), counts.get(newest[name], 0))
            for name, search in all_searches().items()
            if name in newest
        ),
        waiting=people.filter(_WAITING).values("patient_key").distinct().count(),
        extract_date=load.extract_date if load else None,
    )
