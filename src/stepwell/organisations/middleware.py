"""Gives every request its ``member``, and refuses to serve a page that does not say who may open it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponseBase
from django.utils.module_loading import import_string

from stepwell.base import clock
from stepwell.organisations.access import Access, to_sign_in
from stepwell.organisations.models import Member

SESSION_KEY = "member_id"


class CurrentMember:
    """Sets ``request.member``: the membership chosen in this session, else the first that holds today, else None."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.member = current_member(request)  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Fail closed: no declaration, no page. Packages' own views are declared by address name through the setting ``DECLARED_ACCESS``."""
        if getattr(view, "access", None) is not None:
            return None
        declared: Access | None = import_string(settings.DECLARED_ACCESS)(request.resolver_match)
        if declared is None:
            raise ImproperlyConfigured(
                f"The view {view.__module__}.{view.__name__} does not say who may open it."
            )
        # Only stop or let pass: the view itself runs where the packages' own exceptions are understood.
        return to_sign_in(request) if declared.sign_in and not request.user.is_authenticated else None


def current_member(request: HttpRequest) -> Member | None:
    """The membership this session works under."""
    if not request.user.is_authenticated:
        return None
    mine = Member.objects.current(on=clock.today()).filter(user=request.user)
    mine = mine.select_related("organisation", "user").order_by("starts_on", "id")
    chosen = request.session.get(SESSION_KEY)
    return (mine.filter(pk=chosen).first() if chosen else None) or mine.first()
