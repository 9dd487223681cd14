"""Granting a member of another organisation sight of this practice's people, and taking it back."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from stepwell.base import clock
from stepwell.base.errors import StepwellError
from stepwell.organisations import actions
from stepwell.organisations.access import MemberRequest, needs
from stepwell.organisations.forms import GrantForm, ReasonForm, posted
from stepwell.organisations.kept_forms import gives_back
from stepwell.organisations.models import Grant


@needs("grant_identities")
@gives_back
def give(request: MemberRequest) -> HttpResponse:
    """Choose who, until when, and why."""
    practice = request.member.organisation
    form = GrantForm(posted(request), practice=practice)
    if request.method == "POST" and form.is_valid() and form.member is not None:
        try:
            actions.grant_identities(
                by=request.member,
                practice=practice,
                member=form.member,
                starts_on=clock.today(),
                ends_on=form.cleaned_data["ends_on"],
                reason=form.cleaned_data["reason"],
            )
        except actions.NotAllowed:
            raise
        except StepwellError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(
                request, f"{form.member.user.name} may now see who people are at {practice.name}."
            )
            return redirect("organisations:organisation")
    return render(request, "organisations/grant.jinja", {"form": form})


@needs("grant_identities")
@gives_back
def take_back(request: MemberRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a grant back, at once."""
    grant = Grant.visible_to(request.member).find(pk)
    if grant.practice_id != request.member.organisation_id:
        raise Http404
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        name = grant.member.user.name
        actions.revoke_identities(by=request.member, grant=grant, reason=form.cleaned_data["reason"])
        messages.success(request, f"{name} no longer sees who people are here.")
        return redirect("organisations:organisation")
    return render(request, "organisations/take_back.jinja", {"form": form, "grant": grant})
