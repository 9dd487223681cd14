"""One person on a candidate list: their record, every rule asked of them, and a clinician's decision."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from stepwell.base import clock
from stepwell.base.errors import StepwellError
from stepwell.casefinding import presenters, results
from stepwell.casefinding.actions import candidates as candidate_actions
from stepwell.casefinding.forms import DecisionForm
from stepwell.casefinding.models import Candidate
from stepwell.casefinding.record import exports
from stepwell.casefinding.record import presenters as person_presenters
from stepwell.casefinding.record.records import record_of
from stepwell.casefinding.views.lists import frame, left_alone, on_list, search_of
from stepwell.organisations import actions as organisation_actions
from stepwell.organisations.access import MemberRequest, needs
from stepwell.organisations.forms import posted
from stepwell.organisations.kept_forms import gives_back


@needs("see_identities")
def show(request: MemberRequest, pk: uuid.UUID) -> HttpResponse:
    """Somebody's record before they are taken onto the practice's list."""
    candidate = Candidate.visible_to(request.member).find(pk)
    record = _record(candidate)
    context = _about(request, candidate) | record
    context["why"] = person_presenters.why_here([candidate], record.get("found"))
    return render(request, "casefinding/candidate.jinja", context)


def _record(candidate: Candidate) -> dict[str, Any]:
    """What the newest extract holds of them, for the page; or the problem that it cannot be read."""
    try:
        found = record_of(candidate.candidate_list.practice, candidate.patient_key, with_cautions=True)
    except StepwellError as problem:
        return {"problem": str(problem)}
    return person_presenters.record_page(found)


def _about(request: MemberRequest, candidate: Candidate) -> dict[str, Any]:
    """Who this is, audited, and the list they are on."""
    of = candidate.candidate_list
    search = search_of(of)
    who = results.identities(request.member, of, [candidate]).get(candidate.patient_key)
    organisation_actions.record_read(
        by=request.member, organisation=of.practice, what="candidate", subject=candidate
    )
    banner = person_presenters.banner(who, of.practice.name, on=clock.today()) if who else None
    return frame(request.member, of, search) | {
        "candidate": candidate,
        "banner": banner,
        "row": presenters.candidate_row(
            candidate,
            who,
            search,
            on_list(request.member, of, [candidate]).get(candidate.patient_key),
            left=left_alone(request.member, of, [candidate]).get(candidate.patient_key),
        ),
        "can_adopt": request.member.may("adopt_people", of.practice),
        "can_decide": request.member.may("decide_to_check", of.practice),
    }


@needs("see_identities")
def rules(request: MemberRequest, pk: uuid.UUID) -> HttpResponse:
    """Every rule of the search asked of this person, with the recorded facts and the issues."""
    candidate = Candidate.visible_to(request.member).find(pk)
    context = _about(request, candidate)
    try:
        answer = results.explained(candidate.candidate_list, [candidate]).get(candidate.patient_key)
    except StepwellError as problem:
        context["problem"] = str(problem)
    else:
        if answer is None:
            context["problem"] = "The extract no longer has this person. Run the search again."
        else:
            context["parts"] = presenters.rule_parts(answer)
            issues = presenters.issue_rows(answer)
            context["issues"], context["shown"] = issues, presenters.ISSUES_SHOWN
    return render(request, "casefinding/rules.jinja", context)


@needs("decide_to_check")
@gives_back
def decide(request: MemberRequest, pk: uuid.UUID) -> HttpResponse:
    """A clinician says whether somebody to check may be contacted, and why: beside what they take and what is recorded."""
    candidate = Candidate.visible_to(request.member).find(pk)
    form = DecisionForm(
        posted(request), initial={"decision": candidate.decision, "reason": candidate.decision_reason}
    )
    if request.method == "POST" and form.is_valid():
        try:
            candidate_actions.decide(
                by=request.member,
                candidate=candidate,
                decision=Candidate.Decision(form.cleaned_data["decision"]),
                reason=form.cleaned_data["reason"],
            )
        except organisation_actions.NotAllowed:
            raise
        except StepwellError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, "The decision is kept, with its reason.")
            return redirect("casefinding:candidates", pk=candidate.candidate_list_id, chosen="check")
    record = _record(candidate)
    recorded = [each for each in record.get("conditions", ()) if each.found]
    context = _about(request, candidate) | record | {"form": form, "recorded": recorded}
    return render(request, "casefinding/decide.jinja", context)


@needs("export_lists")
def ome_csv(request: MemberRequest, pk: uuid.UUID) -> HttpResponse:
    """The rows of the chart as a download."""
    candidate = Candidate.visible_to(request.member).find(pk)
    practice = candidate.candidate_list.practice
    try:
        found = record_of(practice, candidate.patient_key)
    except StepwellError as problem:
        messages.error(request, str(problem))
        return redirect("casefinding:candidate", pk=candidate.pk)
    organisation_actions.record_export(
        by=request.member,
        organisation=practice,
        what="candidate_ome",
        rows=len(found.record.history),
        subject=candidate,
    )
    return exports.ome_csv(found.record)
