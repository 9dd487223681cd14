"""Fixtures every floor with pages may use: organisations, members and a signed-in client."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace

import pytest
from django.test import Client

MakeMember = Callable[..., "object"]

LONG_AGO = date(2020, 1, 1)


@pytest.fixture
def neighbourhood(db):
    """A PCN with two practices under an ICB, and a practice elsewhere. All fictional; by short name."""
    from stepwell.organisations import actions
    from stepwell.organisations.audit import SystemJob
    from stepwell.organisations.roles import Kind

    job = SystemJob("test")

    def make(kind, ods_code, name, parent=None, **more):
        return actions.create_organisation(
            by=job, kind=kind, ods_code=ods_code, name=name, parent=parent, since=LONG_AGO, **more
        )

    icb = make(Kind.ICB, "Z99", "Northwater ICB", hosts_installation=True)
    pcn = make(Kind.PCN, "Z99P1", "Stonebridge PCN", icb)
    return {
        "icb": icb,
        "pcn": pcn,
        "practice": make(Kind.PRACTICE, "Z99901", "Hill Road Surgery", pcn),
        "neighbour": make(Kind.PRACTICE, "Z99902", "Mill Lane Surgery", pcn),
        "elsewhere": make(Kind.PRACTICE, "Z99950", "Faraway Surgery"),
    }


@pytest.fixture
def make_member(neighbourhood):
    """``make_member("pharmacist")`` at the practice, or ``make_member("pcn_lead", at="pcn")``."""
    from stepwell.organisations import actions
    from stepwell.organisations.audit import SystemJob
    from stepwell.organisations.roles import Role

    made = 0

    def make(role: str, at: str = "practice", **more):
        nonlocal made
        made += 1
        fields = {
            "email": f"{role}{made}@example.org",
            "name": f"Test {role.replace('_', ' ')} {made}",
        } | more
        member = actions.add_member(
            by=SystemJob("test"),
            organisation=neighbourhood[at],
            role=Role(role),
            starts_on=LONG_AGO,
            **fields,
        )
        if not member.user.has_usable_password():
            member.user.set_password("three calm otters")
            member.user.save()
        return member

    return make


@pytest.fixture
def sign_in():
    """``sign_in(member)`` gives a client in a session of that member, second factor used."""
    from allauth.account.internal.flows.login import record_authentication
    from allauth.mfa.models import Authenticator

    from stepwell.organisations.middleware import SESSION_KEY

    def make(member, *, second_factor: bool = True) -> Client:
        client = Client()
        client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.session
        session[SESSION_KEY] = str(member.pk)
        if second_factor:
            Authenticator.objects.get_or_create(
                user=member.user, type=Authenticator.Type.TOTP, defaults={"data": {"secret": "not used"}}
            )
            record_authentication(SimpleNamespace(session=session), member.user, "mfa", type="totp")
        session.save()
        return client

    return make


@pytest.fixture
def member(make_member):
    """A pharmacist at the practice."""
    return make_member("pharmacist")


@pytest.fixture
def signed_in_client(sign_in, member):
    """A client signed in as a pharmacist at the practice."""
    return sign_in(member)
