"""Every page says who may open it: ``@needs("see_identities")``, ``@signed_in`` or ``@public``.

A view without one of these is never served: ``middleware.CurrentMember`` refuses it, and a test lists it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from stepwell.organisations import actions, matrix
from stepwell.organisations.models import Member

View = Callable[..., HttpResponseBase]
V = TypeVar("V", bound=View)


@dataclass(frozen=True, slots=True)
class Access:
    """What a page asks for. ``permission`` empty and ``sign_in`` true: any signed-in user."""

    permission: str = ""
    sign_in: bool = True


PUBLIC = Access(sign_in=False)
SIGNED_IN = Access()


class MemberRequest(HttpRequest):
    """A request behind ``@needs``: somebody is signed in and has a current membership."""

    member: Member


class NoPermission(PermissionDenied):
    """The member's role does not hold the permission anywhere. The page says who can give it."""

    def __init__(self, permission: matrix.Permission) -> None:
        super().__init__(permission.about)
        self.permission = permission


class NoMembership(PermissionDenied):
    """Signed in, but a member of nothing today."""


def public(view: V) -> V:
    """Anyone may open this page."""
    view.access = PUBLIC  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Anyone who is signed in may open this page, member or not."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        return view(request, *args, **kwargs)

    guarded.access = SIGNED_IN  # type: ignore[attr-defined]
    return guarded


def needs(permission: str) -> Callable[[View], View]:
    """The page opens for a member whose role holds the permission somewhere; rows are narrowed by ``visible_to``.

    Refusals, and ids that are not found, are written to the audit trail.
    """
    row = matrix.permission(permission)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return to_sign_in(request)
            member = _member(request)
            if not member.holds(permission):
                actions.record_refusal(by=member, permission=permission, route=route_name(request))
                raise NoPermission(row)
            try:
                return view(request, *args, **kwargs)
            except actions.NotAllowed as refused:
                actions.record_refusal(by=member, permission=permission, route=route_name(request))
                raise NoPermission(row) from refused
            except Http404:
                actions.record_not_found(by=member, route=route_name(request))
                raise

        guarded.access = Access(permission)  # type: ignore[attr-defined]
        return guarded

    return decorate


def _member(request: MemberRequest) -> Member:
    member: Member | None = getattr(request, "member", None)
    if member is None:
        raise NoMembership("You are not a member of any organisation here today.")
    return member


def route_name(request: HttpRequest) -> str:
    """The name of the page asked for, without its ids."""
    match = request.resolver_match
    return match.view_name if match and match.view_name else "unnamed"


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back again. A swapped fragment sends the whole window there."""
    back = request.get_full_path() if request.method == "GET" else "/"
    url = f"{reverse(str(settings.LOGIN_URL))}?next={quote(back)}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": reverse(str(settings.LOGIN_URL))})
    return HttpResponseRedirect(url)
