"""Choosing from a list: narrowing it, drawing a sample, and taking people onto the practice's own list."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from stepwell.base import clock
from stepwell.base.errors import StepwellError
from stepwell.casefinding import presenters, results
from stepwell.casefinding.actions import candidates as candidate_actions
from stepwell.casefinding.actions import lists
from stepwell.casefinding.forms import OldExtractForm, OptionsForm, SampleForm
from stepwell.casefinding.models import Candidate, CandidateList
from stepwell.casefinding.models.candidates import Sort
from stepwell.casefinding.views.lists import frame, left_alone, search_of
from stepwell.organisations import actions as organisation_actions
from stepwell.organisations.access import MemberRequest, needs
from stepwell.organisations.forms import posted
from stepwell.organisations.kept_forms import gives_back
from stepwell.people.models import Person
from stepwell.population.records.searches import Options


@needs("see_identities")
@gives_back
def options(request: MemberRequest, pk: uuid.UUID) -> HttpResponse:
    """Run the list's search again for the same date, narrowed."""
    of = _list(request, pk)
    form = OptionsForm(posted(request), initial=of.options)
    if request.method == "POST" and form.is_valid():
        try:
            made = lists.run_search(
                by=request.member,
                practice=of.practice,
                search_id=of.search_id,
                as_of=of.as_of,
                options=Options(**form.cleaned_data),
            )
        except organisation_actions.NotAllowed:
            raise
        except StepwellError as problem:
            form.add_error(None, str(problem))
        else:
            return redirect("casefinding:candidate_list", pk=made.pk)
    context = frame(request.member, of, search_of(of)) | {"form": form}
    return render(request, "casefinding/options.jinja", context)


def _list(request: MemberRequest, pk: uuid.UUID) -> CandidateList:
    """A list at a practice where the member may see who people are."""
    practices = request.member.organisations_where("see_identities")
    return CandidateList.visible_to(request.member).filter(practice__in=practices).find(pk)


@needs("see_identities")
def sample(request: MemberRequest, pk: uuid.UUID) -> HttpResponse:
    """Draw a random sample: exactly who, before anything is saved; then the same draw, kept as a list."""
    of = _list(request, pk)
    sent = request.POST if request.method == "POST" else request.GET
    form = SampleForm(sent if "size" in sent else None)
    context = frame(request.member, of, search_of(of)) | {"form": form, "rows": None}
    if form.is_valid():
        size, seed = form.cleaned_data["size"], form.cleaned_data["seed"]
        try:
            if request.method == "POST":
                made = lists.run_search(
                    by=request.member,
                    practice=of.practice,
                    search_id=of.search_id,
                    as_of=of.as_of,
                    options=results.options_of(of, sample=size, seed=seed),
                )
                return redirect("casefinding:candidate_list", pk=made.pk)
            drawn = {c.patient_key for c in results.sampled(of, sample=size, seed=seed).candidates}
        except organisation_actions.NotAllowed:
            raise
        except StepwellError as problem:
            form.add_error(None, str(problem))
        else:
            people = [
                c
                for c in Candidate.visible_to(request.member).filter(candidate_list=of).sorted_by(Sort.RISK)
                if c.patient_key in drawn
            ]
            who = results.identities(request.member, of, people)
            context["rows"] = presenters.candidate_rows(people, who, search_of(of))
    return render(request, "casefinding/sample.jinja", context)


@needs("adopt_people")
def adopt(request: MemberRequest, pk: uuid.UUID) -> HttpResponse:
    """Exactly who would be taken on; with ``confirm``, take them on. Opened as a page, it only leads to the list."""
    of = _list(request, pk)
    if request.method != "POST":
        return redirect("casefinding:candidate_list", pk=of.pk)
    wanted = [request.POST["only"]] if request.POST.get("only") else request.POST.getlist("chosen")
    chosen = _chosen(request, of, wanted)
    if not chosen:
        messages.error(request, "Nobody was chosen. Tick the people to take on, then adopt them.")
        return redirect("casefinding:candidate_list", pk=of.pk)
    standing = _on_list_already(request, of, chosen)
    keys = {person.patient_key for person in standing}
    chosen = [candidate for candidate in chosen if candidate.patient_key not in keys]
    if not chosen:
        messages.info(request, presenters.already_on_list(standing))
        return redirect("casefinding:candidate_list", pk=of.pk)
    problem = ""
    if request.POST.get("confirm"):
        asked = clock.now()
        try:
            people = candidate_actions.adopt(
                by=request.member,
                of=of,
                candidates=chosen,
                evidence=results.evidence(of, chosen),
                old_extract_reason=request.POST.get("old_extract_reason", ""),
            )
        except organisation_actions.NotAllowed:
            raise
        except StepwellError as error:
            problem = str(error)
        else:
            # Somebody else may have taken them on while this was worked out.
            earlier = [p for p in people if p.added_at < asked or p.added_by_id != request.member.pk]
            _say(request, len(people) - len(earlier), [*standing, *earlier])
            return redirect("casefinding:candidate_list", pk=of.pk)
    who = results.identities(request.member, of, chosen)
    context = frame(request.member, of, search_of(of))
    if context["age"].needs_reason:
        context["old_extract"] = OldExtractForm(request.POST if problem else None)
    rows = presenters.candidate_rows(chosen, who, search_of(of), left=left_alone(request.member, of, chosen))
    context |= {
        "rows": [row for row in rows if row.obstacle is None],
        "in_the_way": [row for row in rows if row.obstacle is not None],
        "can_decide": request.member.may("decide_to_check", of.practice),
        "problem": problem,
        "already": presenters.already_on_list(standing) if standing else "",
    }
    return render(request, "casefinding/adopt.jinja", context)


def _say(request: MemberRequest, taken_on: int, already: list[Person]) -> None:
    if taken_on:
        whom = "1 person is" if taken_on == 1 else f"{taken_on:,} people are"
        messages.success(request, f"{whom} now on the practice's list.")
    if already:
        messages.info(request, presenters.already_on_list(already))


def _on_list_already(request: MemberRequest, of: CandidateList, chosen: list[Candidate]) -> list[Person]:
    """Those of the chosen whom somebody took on before, from this list or another."""
    keys = [candidate.patient_key for candidate in chosen]
    people = Person.visible_to(request.member).filter(practice=of.practice, patient_key__in=keys)
    return list(people.select_related("added_by__user").order_by("added_at", "pk"))


def _chosen(request: MemberRequest, of: CandidateList, wanted: list[str]) -> list[Candidate]:
    ids = []
    for text in wanted[:1000]:
        try:
            ids.append(uuid.UUID(text))
        except ValueError:
            continue
    rows = Candidate.visible_to(request.member).filter(candidate_list=of, pk__in=ids)
    return list(rows.sorted_by(Sort.RISK))
