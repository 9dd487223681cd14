"""The list of people a practice has taken on, and one person's page."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from stepwell.base import clock
from stepwell.base.errors import StepwellError
from stepwell.casefinding.record import exports, presenters
from stepwell.casefinding.record.records import record_of
from stepwell.organisations import actions as organisation_actions
from stepwell.organisations import tables
from stepwell.organisations.access import MemberRequest, needs
from stepwell.people.models import Person

ROWS_A_PAGE = 25


@needs("see_identities")
def show_all(request: MemberRequest) -> HttpResponse:
    """Everybody on the list, in order of name. Who was shown is written down, practice by practice."""
    page = Paginator(Person.visible_to(request.member).by_name(), ROWS_A_PAGE).get_page(
        request.GET.get("page")
    )
    by_practice: dict[uuid.UUID, list[Person]] = {}
    for person in page.object_list:
        by_practice.setdefault(person.practice_id, []).append(person)
    for people in by_practice.values():
        organisation_actions.record_read(
            by=request.member,
            organisation=people[0].practice,
            what="people",
            snapshot={"people": len(people)},
        )
    context = {"page": page, "rows": presenters.person_rows(page.object_list)}
    return render(request, "people/list.jinja", context)


@needs("see_identities")
def show(request: MemberRequest, pk: uuid.UUID) -> HttpResponse:
    """One person: who they are, what they take now as written and as read, and their dose over time."""
    person = Person.visible_to(request.member).find(pk)
    organisation_actions.record_read(
        by=request.member, organisation=person.practice, what="person", subject=person
    )
    context = {
        "banner": presenters.banner(person, person.practice.name, on=clock.today()),
        "person": person,
        "states": tables.states(person.practice),
    }
    found = None
    try:
        found = record_of(person.practice, person.patient_key, with_cautions=True)
        context |= presenters.record_page(found)
    except StepwellError as problem:
        context["problem"] = str(problem)
    lists = person.candidates.select_related("candidate_list").order_by("-pk")
    context["why"] = presenters.why_here(lists, found)
    return render(request, "people/person.jinja", context)


@needs("export_lists")
def ome_csv(request: MemberRequest, pk: uuid.UUID) -> HttpResponse:
    """The chart's rows as a download."""
    person = Person.visible_to(request.member).find(pk)
    try:
        found = record_of(person.practice, person.patient_key)
    except StepwellError as problem:
        messages.error(request, str(problem))
        return redirect("people:person", pk=person.pk)
    organisation_actions.record_export(
        by=request.member,
        organisation=person.practice,
        what="person_ome",
        rows=len(found.record.history),
        subject=person,
    )
    return exports.ome_csv(found.record)
