"""The organisation page, and switching between one's own memberships."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render

from stepwell.base import clock
from stepwell.organisations import actions
from stepwell.organisations.access import MemberRequest, needs
from stepwell.organisations.middleware import SESSION_KEY
from stepwell.organisations.models import Grant, Member
from stepwell.organisations.presenters import Standing, member_rows, open_grants


@needs("see_organisation")
def show(request: MemberRequest) -> HttpResponse:
    """Who works here, and who of elsewhere sees this practice's people."""
    member, today = request.member, clock.today()
    grants = open_grants(Grant.visible_to(member), on=today)
    return render(
        request,
        "organisations/organisation.jinja",
        {
            "standing": Standing.of(member.organisation),
            "members": member_rows(Member.visible_to(member), on=today),
            "given": [grant for grant in grants if grant.practice_id == member.organisation_id],
            "held": [grant for grant in grants if grant.member_id == member.pk],
            "may_manage": member.may("manage_members", member.organisation),
            "may_grant": member.may("grant_identities", member.organisation),
        },
    )


@needs("use_site")
def switch(request: MemberRequest) -> HttpResponse:
    """Choose which of one's own memberships this session works under."""
    mine = Member.own(request.member.user, on=clock.today())
    if request.method == "POST":
        chosen = actions.switch_membership(by=request.member, to=mine.find(request.POST.get("member", "")))
        request.session[SESSION_KEY] = str(chosen.pk)
        return redirect("home")
    return render(request, "organisations/switch.jinja", {"memberships": mine})
