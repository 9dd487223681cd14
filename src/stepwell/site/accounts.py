"""How staff accounts behave: nobody signs up by themselves, and repeated failures lock the door for a while."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from stepwell.base import clock
from stepwell.organisations.models import User
from stepwell.site import demo


class StaffAccounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an administrator who adds a member."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "Check your email address and password: they do not match an account",
        "enter_current_password": "That is not your current password",
        "too_many_login_attempts": "Too many failed attempts. Try again in 15 minutes",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """As the package does, without saying what the page that follows shows: that they are in, or out."""
        if message_template not in ("account/messages/logged_in.txt", "account/messages/logged_out.txt"):
            super().add_message(request, level, message_template, *args, **kwargs)

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Asked again before an account's protection changes, unless they proved themselves minutes ago."""
        return not _proved_just_now(context.request) and bool(super().is_reauthentication_required(app=app))

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """As the package does, but the demonstration's accounts, whose password is public, open nothing elsewhere."""
        user = super().authenticate(request, **credentials)
        if user is not None and not settings.STEPWELL_DEMO and demo.belongs_to_demo(user):
            return None
        return user

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Axes counts failed sign-ins, in the database; the packages' own count per process is not used."""
        self._login_failed_rl_usage = None


class SealedFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """Keys of authenticator apps are sealed in the ledger, so that a copy of it is not enough to sign in."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "That code is not right or was used before. Codes change every 30 seconds: enter the one shown now",
    }

    def encrypt(self, text: str) -> str:
        return _seal().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _seal().decrypt(encrypted_text.encode()).decode()


def _seal() -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"stepwell second factor").derive(
        settings.SECRET_KEY.encode()
    )
    return Fernet(base64.urlsafe_b64encode(derived))


def note_first_code(
    sender: object, request: HttpRequest, user: User, authenticator: Authenticator, **_: Any
) -> None:
    """Setting up an app takes a code from it, so this session has used its second factor."""
    if authenticator.type == Authenticator.Type.TOTP:
        record_authentication(request, user, "mfa", type=authenticator.type)


def _proved_just_now(request: HttpRequest) -> bool:
    proofs = [record["at"] for record in get_authentication_records(request, request.user)]
    return bool(proofs) and clock.now().timestamp() - max(proofs) < app_settings.REAUTHENTICATION_TIMEOUT


def attempted_name(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """The sign-in name axes counts by."""
    if credentials:
        return str(credentials.get("email") or credentials.get("username") or "").lower()
    return request.POST.get("login", "").strip().lower() if request is not None else ""


def locked_out(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """The page after too many failed sign-ins."""
    return render(request, "pages/locked_out.jinja", status=429)
