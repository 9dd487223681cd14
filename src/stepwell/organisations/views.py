"""Pages of an organisation: who its members are, what they may see, what is signed off, who looked."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from stepwell.organisations.access import MemberRequest, needs


@needs("see_organisation")
def organisation(request: MemberRequest) -> HttpResponse:
    return render(request, "organisations/organisation.jinja")


@needs("use_site")
def switch(request: MemberRequest) -> HttpResponse:
    return render(request, "organisations/organisation.jinja")


@needs("see_sign_offs")
def sign_offs(request: MemberRequest) -> HttpResponse:
    return render(request, "organisations/organisation.jinja")


@needs("see_audit")
def audit_trail(request: MemberRequest) -> HttpResponse:
    return render(request, "organisations/organisation.jinja")
