"""The sign-in form in our words."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm


class SignInForm(LoginForm):  # type: ignore[misc]
    """Email address and password. Says what to enter when either is missing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label = "Email address"
        login.error_messages |= {
            "required": "Enter your email address",
            "invalid": "Enter an email address, like name@example.org",
        }
        password.error_messages |= {"required": "Enter your password"}
        self.fields.pop("remember", None)
