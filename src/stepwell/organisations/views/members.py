"""Adding a member, ending a membership, and the one-time link that lets a new member choose a password."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from stepwell.base import clock
from stepwell.base.errors import StepwellError
from stepwell.organisations import actions, passwords
from stepwell.organisations.access import MemberRequest, needs
from stepwell.organisations.forms import AddMemberForm, EndForm, posted
from stepwell.organisations.kept_forms import gives_back
from stepwell.organisations.models import Member
from stepwell.organisations.roles import Role


@needs("manage_members")
@gives_back
def add(request: MemberRequest) -> HttpResponse:
    """Add someone, and show the link for their first password if they have none."""
    form = AddMemberForm(posted(request), initial={"starts_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        fields = form.cleaned_data | {"role": Role(form.cleaned_data["role"])}
        try:
            member = actions.add_member(by=request.member, organisation=request.member.organisation, **fields)
        except actions.NotAllowed:
            raise
        except StepwellError as problem:
            form.add_error(None, str(problem))
        else:
            if member.user.has_usable_password():
                messages.success(request, f"{member.user.name} is now a member.")
                return redirect("organisations:organisation")
            return _show_link(request, member)
    return render(request, "organisations/add_member.jinja", {"form": form})


@needs("manage_members")
@gives_back
def end(request: MemberRequest, pk: uuid.UUID) -> HttpResponse:
    """Say the last day of a membership, and why."""
    member = Member.visible_to(request.member).find(pk)
    form = EndForm(posted(request), initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_membership(by=request.member, member=member, **form.cleaned_data)
        except actions.NotAllowed:
            raise
        except StepwellError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, f"The membership of {member.user.name} is ended.")
            return redirect("organisations:organisation")
    return render(request, "organisations/end_member.jinja", {"form": form, "ending": member})


@needs("manage_members")
@require_POST
def password_link(request: MemberRequest, pk: uuid.UUID) -> HttpResponse:
    """A new one-time link for a member who has no password or has forgotten it."""
    member = Member.visible_to(request.member).find(pk)
    try:
        return _show_link(request, member)
    except passwords.WorksElsewhere as problem:
        messages.error(request, str(problem))
        return redirect("organisations:organisation")


def _show_link(request: MemberRequest, member: Member) -> HttpResponse:
    path = passwords.one_time_path(by=request.member, member=member)
    context = {"added": member, "link": request.build_absolute_uri(path)}
    return render(request, "organisations/password_link.jinja", context)
