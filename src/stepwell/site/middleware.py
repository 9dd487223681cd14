"""What holds for every request: session limits, the second factor, no copies kept, and a demonstration that stays home."""

from __future__ import annotations

import math
from collections.abc import Callable

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.urls import reverse

from stepwell.base import clock
from stepwell.organisations import kept_forms

Next = Callable[[HttpRequest], HttpResponseBase]

STARTED = "session_started"
SEEN = "session_seen"
# In the address a page asks again by itself, with or without scripts, whether or not anybody is there.
UNATTENDED = "unattended"
LOOPBACK = ("127.0.0.1", "::1")
# Pages someone without a second factor may open, so that they can set one up or leave.
ENROLMENT = ("/account/", "/static/", "/about/", "/health/", "/try/", "/prescribing/")


def loopback_only_in_demo(get_response: Next) -> Next:
    """The demonstration has no second factor, so it answers this machine only, whatever address it was bound to."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if settings.STEPWELL_DEMO and request.META.get("REMOTE_ADDR") not in LOOPBACK:
            return HttpResponse(
                "The demonstration answers this machine only.", status=403, content_type="text/plain"
            )
        return get_response(request)

    return middleware


def session_limits(get_response: Next) -> Next:
    """Signs people out after 900 s without a request and 43,200 s in all. The last request is noted once a minute."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated and _too_old(request):
            if request.path == reverse("session"):
                # Only asked by a page that is about to be left: that page's own address signs out, and leads back.
                return JsonResponse({"left": 0})
            _sign_out(request)
            if request.headers.get("HX-Request"):
                return HttpResponse(status=204, headers={"HX-Redirect": reverse("session_expired")})
            return HttpResponseRedirect(reverse("session_expired"))
        if request.user.is_authenticated:
            kept_forms.drop_of_others(request)
        return get_response(request)

    return middleware


def _sign_out(request: HttpRequest) -> None:
    """End the session, but keep where they were and what they had typed for when they are back."""
    kept = request.session.get(kept_forms.SESSION_KEY)
    back = request.get_full_path() if request.method == "GET" else "/"
    if _is_a_form_of_ours(request):
        if sent := kept_forms.keep(request, path=request.path, sent=request.POST):
            kept, back = sent, request.path
    logout(request)
    request.session["signed_out_from"] = back
    if kept:
        request.session[kept_forms.SESSION_KEY] = kept
        # Signing in sets how long a session lasts anew; if nobody does, this one is over with what it holds.
        request.session.set_expiry(kept_forms.HOLDS_SECONDS)


def _is_a_form_of_ours(request: HttpRequest) -> bool:
    """A form with its token, and no upload: what is kept must have been typed here."""
    if request.method != "POST" or request.content_type != "application/x-www-form-urlencoded":
        return False
    check = CsrfViewMiddleware(lambda _: HttpResponse())
    return check.process_view(request, lambda _: HttpResponse(), (), {}) is None


def _too_old(request: HttpRequest) -> bool:
    now = clock.now().timestamp()
    started = request.session.setdefault(STARTED, now)
    seen = request.session.get(SEEN)
    if now - started > settings.SESSION_ABSOLUTE_SECONDS:
        return True
    if seen is not None and now - seen > settings.SESSION_IDLE_SECONDS:
        return True
    used = _is_use(request)
    if seen is None or (used and now - seen >= settings.SESSION_TOUCH_SECONDS):
        request.session[SEEN] = now
    return False


def _is_use(request: HttpRequest) -> bool:
    """Whether somebody is there: asking how long is left, keeping what was typed, or a page that asks by itself is not use."""
    if request.path == reverse("session"):
        return request.POST.get("what") == "stay"
    return UNATTENDED not in request.GET


def seconds_left(request: HttpRequest) -> int:
    """How long this session lasts if it is not used again; at least 1 while it stands."""
    now = clock.now().timestamp()
    idle: float = settings.SESSION_IDLE_SECONDS - (now - request.session.get(SEEN, now))
    whole: float = settings.SESSION_ABSOLUTE_SECONDS - (now - request.session.get(STARTED, now))
    return max(1, math.ceil(min(idle, whole)))


def second_factor(get_response: Next) -> Next:
    """Outside the demonstration no page opens to a session without a second factor."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if (
            settings.SECOND_FACTOR_REQUIRED
            and request.user.is_authenticated
            and not request.path.startswith(ENROLMENT)
        ):
            if not is_mfa_enabled(request.user, [Authenticator.Type.TOTP]):
                return HttpResponseRedirect(reverse("mfa_activate_totp"))
            if not _used_in_this_session(request):
                # Set up elsewhere since this session began with a password only: begin again, with the code.
                logout(request)
                return HttpResponseRedirect(reverse(str(settings.LOGIN_URL)))
        return get_response(request)

    return middleware


def _used_in_this_session(request: HttpRequest) -> bool:
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


def no_store(get_response: Next) -> Next:
    """Pages for someone signed in are not kept by the browser or anything between: Back after sign-out shows nothing."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response

    return middleware
