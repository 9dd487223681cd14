"""The home page and the pages about the site itself."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from stepwell.base import clock
from stepwell.casefinding.overview import overview
from stepwell.casefinding.record.presenters import extract_words
from stepwell.organisations import kept_forms, tables
from stepwell.organisations.access import MemberRequest, needs, public
from stepwell.site.home import allowed, places
from stepwell.site.middleware import seconds_left


@needs("use_site")
def home(request: MemberRequest) -> HttpResponse:
    """Where a member lands: what waits for them, what is not signed off, where they can go, and what their role opens."""
    found = overview(request.member)
    context = {
        "today": clock.today(),
        "states": tables.states(request.member.organisation),
        "places": places(request.member),
        "overview": found,
        "extract": extract_words(found.extract_date) if found and found.extract_date else "",
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
    kept = kept_forms.SESSION_KEY in request.session
    return render(request, "pages/session_expired.jinja", {"back": back, "kept": kept})


@public
@require_http_methods(["GET", "POST"])
def session(request: HttpRequest) -> HttpResponse:
    """How many seconds this session has left, for the warning on a page. A form may stretch it or keep what was typed."""
    if not request.user.is_authenticated:
        return JsonResponse({"left": 0})
    if request.POST.get("what") == "keep":
        sent = request.POST.copy()
        path = sent.pop("path", ["/"])[0]
        sent.pop("what")
        if kept := kept_forms.keep(request, path=path, sent=sent):
            request.session[kept_forms.SESSION_KEY] = kept
    return JsonResponse({"left": seconds_left(request)})


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
