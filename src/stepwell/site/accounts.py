"""How staff accounts behave: nobody signs up by themselves, and repeated failures lock the door for a while."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class StaffAccounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an administrator who adds a member."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "Check your email address and password: they do not match an account",
        "too_many_login_attempts": "Too many failed attempts. Try again in 15 minutes",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Axes counts failed sign-ins, in the database; the packages' own count per process is not used."""
        self._login_failed_rl_usage = None


def attempted_name(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """The sign-in name axes counts by."""
    if credentials:
        return str(credentials.get("email") or credentials.get("username") or "").lower()
    return request.POST.get("login", "").strip().lower() if request is not None else ""


def locked_out(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """The page after too many failed sign-ins."""
    return render(request, "pages/locked_out.jinja", status=429)
