"""The pages for when something is refused, missing or broken. Each says what to do next."""

from __future__ import annotations

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from stepwell.organisations.access import NoMembership, NoPermission, public, route_name

log = structlog.get_logger("stepwell")


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: says what it would take and who can give it."""
    permission = exception.permission if isinstance(exception, NoPermission) else None
    context = {"permission": permission, "no_membership": isinstance(exception, NoMembership)}
    return render(request, "pages/no_permission.jinja", context, status=403)


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: for what is not there and for what is not theirs alike."""
    return render(request, "pages/not_found.jinja", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """500: no details; they are in the log. Rendered without the member, whose reading may be what failed."""
    log.error("page failed", route=route_name(request))
    return HttpResponse(_plain("pages/broken.jinja"), status=500)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request itself could not be read."""
    return HttpResponse(_plain("pages/bad_request.jinja"), status=400)


@public
def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 after a failed CSRF check, most often a page left open over a sign-out."""
    return HttpResponse(_plain("pages/forged.jinja"), status=403)


def _plain(template: str) -> str:
    from django.template import engines

    return str(engines.all()[0].get_template(template).render({}))
