"""A candidate list: its definition, its flow of counts, its people with reasons, and its download."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from stepwell.base import clock, csv_files
from stepwell.casefinding import counts, presenters, results
from stepwell.casefinding.forms import SampleForm
from stepwell.casefinding.models import Candidate, CandidateList
from stepwell.casefinding.models.candidates import Filter, Sort
from stepwell.casefinding.record.presenters import extract_words
from stepwell.knowledge.extract_age import extract_age
from stepwell.organisations import actions as organisation_actions
from stepwell.organisations import tables
from stepwell.organisations.access import MemberRequest, needs
from stepwell.organisations.models import Member
from stepwell.people.models import Person
from stepwell.population.records.searches import Search, all_searches

ROWS_A_PAGE = 25


@needs("see_counts")
def show(request: MemberRequest, pk: uuid.UUID, chosen: str = Filter.WANTED.value) -> HttpResponse:
    """The list, or only its counts for somebody who may not see who anyone is."""
    of = CandidateList.visible_to(request.member).find(pk)
    search = search_of(of)
    context = frame(request.member, of, search)
    if not request.member.may("see_identities", of.practice):
        if of.is_narrowed:
            # Narrowing again and again would show who a small count is.
            raise Http404
        return render(request, "casefinding/counts.jinja", context | {"told": counts.told(of, search)})
    pill, order = filter_named(chosen), sort_named(request.GET.get("sort", ""))
    rows = Candidate.visible_to(request.member).filter(candidate_list=of)
    page = Paginator(rows.by_filter(pill).sorted_by(order), ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "casefinding/list.jinja", context | _rows(request, of, search, rows, page, pill, order)
    )


def _rows(
    request: MemberRequest,
    of: CandidateList,
    search: Search,
    rows: Any,
    page: Page[Candidate],
    pill: Filter,
    order: Sort,
) -> dict[str, Any]:
    shown = list(page.object_list)
    who = results.identities(request.member, of, shown)
    return {
        "flow": counts.flow(of),
        "reasons": counts.reason_texts(of, search),
        "pills": [
            {
                "text": each.label,
                "count": count,
                "href": reverse("casefinding:candidates", args=(of.pk, each.value)) + "#people",
                "current": each == pill,
            }
            for each, count in rows.filter_counts().items()
        ],
        "page": page,
        "rows": presenters.candidate_rows(
            shown, who, search, on_list(request.member, of, shown), left_alone(request.member, of, shown)
        ),
        "names_missing": bool(shown) and not who,
        "pill": pill,
        "order": order,
        "harms": presenters.HARMS_IN_WORDS,
        "sorts": [each for each in Sort if each != order],
        "can_adopt": request.member.may("adopt_people", of.practice),
        "can_decide": request.member.may("decide_to_check", of.practice),
        "can_export": request.member.may("export_lists", of.practice),
        "sample": SampleForm(initial={"size": 12, "seed": f"{of.as_of:%Y%m%d}"}, auto_id="sample_%s"),
        "people_in": of.counts["outcomes"]["in"],
    }


def on_list(member: Member, of: CandidateList, shown: Sequence[Candidate]) -> dict[str, uuid.UUID]:
    """Who of these is on the practice's own list already, from whichever search: person's id by patient key."""
    keys = [candidate.patient_key for candidate in shown]
    people = Person.visible_to(member).filter(practice=of.practice, patient_key__in=keys)
    return dict(people.values_list("patient_key", "pk"))


def left_alone(member: Member, of: CandidateList, shown: Sequence[Candidate]) -> dict[str, Candidate]:
    """Who of these a clinician decided is not to be contacted, on whichever list of the practice."""
    return Candidate.visible_to(member).not_to_be_contacted(of.practice, [c.patient_key for c in shown])


def search_of(of: CandidateList) -> Search:
    """The definition a list was made with. A search that is gone is not found."""
    found = all_searches().get(of.search_id)
    if found is None:
        raise Http404
    return found


def frame(member: Member, of: CandidateList, search: Search) -> dict[str, Any]:
    """What every page about a list shows above it."""
    all_states = tables.states(of.practice)
    mine = [state for state in all_states if state.table.name == f"search-{search.id}"]
    return {
        "of": of,
        "search": search,
        "definition_changed": search.version != of.search_version,
        "states": all_states,
        "signed_by": presenters.signed_by(mine),
        "narrowed": presenters.options_words(of),
        "extract": extract_words(of.extract_date),
        "age": extract_age(of.extract_date, on=clock.today()),
        "crumbs": [{"text": "Searches", "href": reverse("casefinding:searches")}],
        "list_crumb": {"text": search.title, "href": reverse("casefinding:candidate_list", args=(of.pk,))},
    }


def filter_named(name: str) -> Filter:
    """The pill of an address. Raises ``Http404`` for another word."""
    if name not in Filter.values:
        raise Http404
    return Filter(name)


def sort_named(name: str) -> Sort:
    """The order asked for, or most flags first."""
    return Sort(name) if name in Sort.values else Sort.RISK


COLUMNS = (
    "name",
    "nhs_number",
    "age",
    "medicines",
    "daily_ome_mg",
    "basis",
    "flags",
    "outcome",
    "why",
    "decision",
    "as_of",
    "search",
    "version",
)


@needs("export_lists")
def download(request: MemberRequest, pk: uuid.UUID, chosen: str) -> HttpResponse:
    """The rows behind one pill as CSV, guarded against spreadsheets and written down as an export."""
    of = CandidateList.visible_to(request.member).find(pk)
    search, pill = search_of(of), filter_named(chosen)
    rows = Candidate.visible_to(request.member).filter(candidate_list=of).by_filter(pill)
    people = list(rows.sorted_by(sort_named(request.GET.get("sort", ""))))
    organisation_actions.record_export(
        by=request.member,
        organisation=of.practice,
        what="candidates",
        rows=len(people),
        subject=of,
        snapshot={"filter": pill.value},
    )
    who = results.identities(request.member, of, people)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{search.id}-{of.as_of}-{pill.value}.csv"'
    lines = [
        (
            row.name,
            row.nhs_number,
            row.age,
            "; ".join(row.medicines),
            row.ome,
            row.basis,
            "; ".join(text for text, _ in row.flags),
            row.outcome[0],
            row.why,
            row.decision,
            of.as_of.isoformat(),
            search.id,
            of.search_version,
        )
        for row in presenters.candidate_rows(people, who, search, left=left_alone(request.member, of, people))
    ]
    csv_files.write(response, COLUMNS, lines)  # type: ignore[arg-type]
    return response
