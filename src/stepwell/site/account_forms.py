"""The forms about one's own account in our words."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ResetPasswordKeyForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms


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


class NewPasswordForm(ChangePasswordForm):  # type: ignore[misc]
    """One's own password, changed. What it must be is said once, above the form."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = "Current password"
        self.fields["oldpassword"].help_text = ""
        self.fields["oldpassword"].error_messages |= {"required": "Enter your current password"}
        _say_passwords(self)


class FirstPasswordForm(ResetPasswordKeyForm):  # type: ignore[misc]
    """A password chosen with a one-time link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say_passwords(self)


def _say_passwords(form: forms.Form) -> None:
    first, again = form.fields["password1"], form.fields["password2"]
    first.label, again.label = "New password", "New password, again"
    first.help_text = again.help_text = ""
    first.error_messages |= {"required": "Enter a new password"}
    again.error_messages |= {"required": "Enter the new password again"}


class FirstCodeForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an authenticator app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say_code(self, "The 6 figures your app shows", "Enter the 6 figures your app shows")


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    """The code at sign-in, or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say_code(self, "Code", "Enter the 6 figures your app shows, or a recovery code")


class CodeAgainForm(ReauthenticateForm):  # type: ignore[misc]
    """The code once more, before an account's protection changes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say_code(self, "Code", "Enter the 6 figures your app shows, or a recovery code")


def _say_code(form: forms.Form, label: str, required: str) -> None:
    code = form.fields["code"]
    code.label = label
    code.error_messages |= {"required": required}
    code.widget.attrs |= {"inputmode": "numeric", "autocomplete": "one-time-code"}
