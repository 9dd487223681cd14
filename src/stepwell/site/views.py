"""The home page and the pages about the site itself."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from stepwell.base import clock
from stepwell.organisations import tables
from stepwell.organisations.access import MemberRequest, needs, public
from stepwell.site.home import allowed, places


@needs("use_site")
def home(request: MemberRequest) -> HttpResponse:
    """Where a member lands: what is not signed off, where they can go, and what their role opens."""
    context = {
        "today": clock.today(),
        "states": tables.states(request.member.organisation),
        "places": places(request.member),
        "allowed": allowed(request.member),
    }
    return render(request, "pages/home.jinja", context)


@public
def health(request: HttpRequest) -> JsonResponse:
    """Whether the site can reach its ledger. For a load balancer; says nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


@public
def session_expired(request: HttpRequest) -> HttpResponse:
    """After being signed out by the clock."""
    back = request.session.pop("signed_out_from", "/")
    return render(request, "pages/session_expired.jinja", {"back": back})


@public
def how_numbers(request: HttpRequest) -> HttpResponse:
    """How the numbers on the pages are worked out."""
    return render(request, "pages/how_numbers.jinja")


@public
def intended_use(request: HttpRequest) -> HttpResponse:
    """What the software is meant for, and what it is not."""
    return render(request, "pages/intended_use.jinja")


@public
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    return render(request, "pages/accessibility.jinja")
