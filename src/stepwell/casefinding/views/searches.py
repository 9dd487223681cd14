"""Every search in plain words, with its newest lists; and running one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from stepwell.base.errors import StepwellError
from stepwell.casefinding import counts, presenters, results
from stepwell.casefinding.actions import lists
from stepwell.casefinding.models import CandidateList
from stepwell.organisations import actions as organisation_actions
from stepwell.organisations import tables
from stepwell.organisations.access import MemberRequest, needs
from stepwell.organisations.models import Member, Organisation
from stepwell.organisations.roles import Kind
from stepwell.population.records.searches import Search, all_searches
from stepwell.population.records.searches.assurance import cases


@dataclass(slots=True)
class SearchCard:
    """A search with, per practice, its newest whole list and the counts this member may see."""

    search: Search
    signed_by: str
    lists: list[dict[str, Any]] = field(default_factory=list)


def practices_of(member: Member, permission: str) -> list[Organisation]:
    """The practices at which a member holds a permission, in order of name."""
    found = member.organisations_where(permission).filter(kind=Kind.PRACTICE).order_by("name")
    return sorted(found, key=lambda practice: practice.pk != member.organisation_id)


@needs("see_counts")
def show_all(request: MemberRequest) -> HttpResponse:
    """Every search there is."""
    member = request.member
    practices = practices_of(member, "see_counts")
    loads = results.loads_in_use()
    newest = _newest(member)
    seen = set(member.organisations_where("see_identities").values_list("pk", flat=True))
    states = tables.states(member.organisation)
    cards = [
        SearchCard(
            search,
            presenters.signed_by([s for s in states if s.table.name == f"search-{search.id}"]),
            [
                _line(p, search, newest.get((p.pk, search.id)), p.pk in seen, p.ods_code in loads)
                for p in practices
            ],
        )
        for search in all_searches().values()
    ]
    context = {
        "cards": cards,
        "states": states,
        "practices": practices,
        "not_imported": [p.name for p in practices if p.ods_code not in loads],
        "may_run": member.holds("run_search"),
        "can_import": member.holds("import_records"),
    }
    return render(request, "casefinding/searches.jinja", context)


def _newest(member: Member) -> dict[tuple[Any, str], CandidateList]:
    """The newest whole list of each practice and search. Only those are read in full."""
    whole = CandidateList.visible_to(member).filter(is_narrowed=False)
    ids: dict[tuple[Any, str], Any] = {}
    for pk, practice, name in whole.newest_first().values_list("pk", "practice_id", "search_id"):
        ids.setdefault((practice, name), pk)
    return {(of.practice_id, of.search_id): of for of in whole.filter(pk__in=ids.values())}


def _line(
    practice: Organisation, search: Search, of: CandidateList | None, sees_people: bool, imported: bool
) -> dict[str, Any]:
    line: dict[str, Any] = {"practice": practice, "of": of, "imported": imported, "counts": None}
    if of is not None:
        if sees_people:
            line["counts"] = {name: f"{int(n):,}" for name, n in of.counts["outcomes"].items()}
        else:
            line["counts"] = counts.told(of, search)["outcomes"]
    return line


@needs("run_search")
def run(request: MemberRequest, search_id: str) -> HttpResponse:
    """Run a search for one practice on its newest extract, and go to the list. Opened as a page, it only leads to the searches."""
    if search_id not in all_searches():
        raise Http404
    if request.method != "POST":
        return redirect("casefinding:searches")
    practices = {str(p.pk): p for p in practices_of(request.member, "run_search")}
    practice = practices.get(request.POST.get("practice", ""))
    if practice is None:
        raise Http404
    try:
        made = lists.run_search(by=request.member, practice=practice, search_id=search_id)
    except organisation_actions.NotAllowed:
        raise
    except StepwellError as problem:
        messages.error(request, str(problem))
        return redirect("casefinding:searches")
    return redirect("casefinding:candidate_list", pk=made.pk)


@needs("see_counts")
def definition(request: MemberRequest, search_id: str) -> HttpResponse:
    """The whole definition: every rule with its source and status, and the made-up people it is tested on."""
    search = all_searches().get(search_id)
    if search is None:
        raise Http404
    states = tables.states(request.member.organisation)
    mine = [s for s in states if s.table.name == f"search-{search.id}"]
    context = {
        "search": search,
        "cases": cases(search.id),
        "states": mine,
        "signed_by": presenters.signed_by(mine),
    }
    return render(request, "casefinding/definition.jinja", context)
