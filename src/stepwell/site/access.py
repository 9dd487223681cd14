"""Who may open the pages that packages bring. Ours say so themselves, beside the view."""

from __future__ import annotations

from django.urls import ResolverMatch

from stepwell.organisations.access import PUBLIC, SIGNED_IN, Access

DECLARED: dict[str, Access] = {
    "account_login": PUBLIC,
    "account_logout": PUBLIC,
    "account_inactive": PUBLIC,
    "account_reauthenticate": SIGNED_IN,
    "account_change_password": SIGNED_IN,
    # Opened with a one-time link from an administrator.
    "account_reset_password_from_key": PUBLIC,
    "account_reset_password_from_key_done": PUBLIC,
    # Reached with the password given and the code still to come: nobody is signed in yet.
    "mfa_authenticate": PUBLIC,
    "mfa_reauthenticate": SIGNED_IN,
    "mfa_index": SIGNED_IN,
    "mfa_activate_totp": SIGNED_IN,
    "mfa_deactivate_totp": SIGNED_IN,
    "mfa_view_recovery_codes": SIGNED_IN,
    "mfa_generate_recovery_codes": SIGNED_IN,
}


def declared_for(match: ResolverMatch | None) -> Access | None:
    """What was declared for a package's page; none for a page nobody thought about."""
    return DECLARED.get(match.view_name) if match else None
