"""What every page's frame shows: who is signed in, where, and the places they can go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from stepwell.organisations import kept_forms
from stepwell.organisations.models import Member
from stepwell.site import demo
from stepwell.site.middleware import seconds_left


@dataclass(frozen=True, slots=True)
class Tab:
    """A place in the tabs row. It shows for a member who holds its permission; ``rooms`` are its addresses' names."""

    text: str
    route: str
    permission: str
    rooms: tuple[str, ...]


TABS = (
    Tab("Home", "home", "use_site", ("home",)),
    Tab("People", "people:list", "see_identities", ("people:",)),
    Tab("Searches", "casefinding:searches", "run_search", ("casefinding:search", "casefinding:candidate")),
    Tab("Import", "casefinding:imports", "import_records", ("casefinding:import", "casefinding:upload")),
    Tab("Prescribing", "insight:find", "use_site", ("insight:",)),
    Tab("Organisation", "organisations:organisation", "see_organisation", ("organisations:",)),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Added to the context of every page."""
    member: Member | None = getattr(request, "member", None)
    return {
        "demo": settings.STEPWELL_DEMO,
        "member": member,
        "user": getattr(request, "user", None),
        "tabs": _tabs(request, member) if member else [],
        "session_limits": _limits(request),
        "may": member.holds if member else lambda _: False,
        **(demo.sign_ins() if settings.STEPWELL_DEMO and member is None else {}),
    }


def _limits(request: HttpRequest) -> dict[str, int | bool] | None:
    """What the warning before signing out goes by, in seconds but for the minutes said; nothing for nobody signed in.

    ``gives_back``: whether what is typed on this page would be given back.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    return {
        "left": seconds_left(request),
        "warn": settings.SESSION_WARN_SECONDS,
        "idle_minutes": settings.SESSION_IDLE_SECONDS // 60,
        "gives_back": kept_forms.is_given_back(request.path),
    }


def _tabs(request: HttpRequest, member: Member) -> list[dict[str, Any]]:
    here = request.resolver_match.view_name if request.resolver_match else ""
    shown = []
    for tab in TABS:
        try:
            href = reverse(tab.route)
        except NoReverseMatch:
            continue
        if member.holds(tab.permission):
            shown.append({"text": tab.text, "href": href, "current": here.startswith(tab.rooms)})
    return shown
