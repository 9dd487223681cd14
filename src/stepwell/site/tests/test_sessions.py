"""A session ends after 15 minutes without use and after 12 hours in all, and signing out kills it on the server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from allauth.account.internal.flows.login import record_authentication
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from stepwell.base import clock
from stepwell.organisations.models import Member

START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@pytest.fixture
def at(monkeypatch):
    """``at(seconds)`` moves the clock to so long after the start."""

    def move(seconds: int) -> None:
        monkeypatch.setattr(clock, "now", lambda: START + timedelta(seconds=seconds))

    move(0)
    return move


def is_open(client) -> bool:
    page = client.get("/organisation/")
    assert page.status_code == 200 or page["Location"] in (
        "/session-expired/",
        "/account/sign-in/?next=/organisation/",
    )
    return page.status_code == 200


def test_it_stays_open_while_used(at, signed_in_client):
    for seconds in range(0, 3600, 890):
        at(seconds)
        assert is_open(signed_in_client)


@pytest.mark.parametrize(("idle", "still_open"), [(899, True), (900, True), (901, False)])
def test_it_ends_after_900_seconds_without_use(at, signed_in_client, idle, still_open):
    assert is_open(signed_in_client)
    at(idle)
    assert is_open(signed_in_client) is still_open


def test_it_ends_after_43200_seconds_however_busy(at, signed_in_client):
    for seconds in range(0, 43_200, 600):
        at(seconds)
        assert is_open(signed_in_client)
    at(43_201)
    assert not is_open(signed_in_client)


def test_the_last_use_is_written_at_most_once_a_minute(at, signed_in_client):
    seen = []
    for seconds in (0, 30, 59, 60, 61, 119, 120):
        at(seconds)
        assert is_open(signed_in_client)
        seen.append(int(signed_in_client.session["session_seen"] - START.timestamp()))
    assert seen == [0, 0, 0, 60, 60, 60, 120]


def test_the_page_after_says_why_and_leads_back(at, signed_in_client):
    assert is_open(signed_in_client)
    at(2000)
    page = signed_in_client.get("/organisation/audit/?event=member.added", follow=True)
    assert "signs you out after 15 minutes" in page.text
    assert "next=/organisation/audit/%3Fevent%3Dmember.added" in page.text


def test_a_form_sent_too_late_is_not_acted_on(at, make_member, sign_in):
    client = sign_in(make_member("administrator"))
    assert is_open(client)
    at(2000)
    page = client.post("/organisation/members/add/", {"name": "Late", "email": "late@example.org"})
    assert page["Location"] == "/session-expired/"


def back_again(client, member):
    """Sign in with the browser that was signed out: what its session holds stays, as with a password and a code."""
    client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    record_authentication(SimpleNamespace(session=session), member.user, "mfa", type="totp")
    session.save()


def send(client, path, **fields):
    return client.post(path, urlencode(fields), content_type="application/x-www-form-urlencoded")


def test_what_was_typed_is_given_back_once_to_the_same_person_unsent(at, make_member, sign_in):
    member, address = make_member("administrator"), "/organisation/members/add/"
    client = sign_in(member)
    assert is_open(client)
    at(2000)
    assert (
        send(client, address, name="Late Sender", email="late@example.org")["Location"] == "/session-expired/"
    )
    page = client.get("/session-expired/")
    assert "it is kept for you" in page.text
    assert f"next={address}" in page.text
    back_again(client, member)
    page = client.get(address)
    assert "What you had typed is back" in page.text
    assert 'value="Late Sender"' in page.text
    assert not Member.objects.filter(user__email="late@example.org").exists()
    assert "Late Sender" not in client.get(address).text


@pytest.mark.parametrize(
    ("path", "given_back"),
    [
        ("/organisation/members/add/", True),
        ("/imports/upload/", False),
        ("/try/", False),
        ("/account/password/change/", False),
        ("/nothing/here/", False),
    ],
)
def test_only_what_a_page_gives_back_is_kept_and_promised(at, make_member, sign_in, path, given_back):
    client = sign_in(make_member("administrator"))
    assert is_open(client)
    assert ("What you typed on this page is given back" in client.get(path).text) is given_back
    at(2000)
    send(client, path, reason="Half typed")
    page = client.get("/session-expired/")
    assert ("it is kept for you" in page.text) is given_back
    assert ("Anything you had not sent was not saved" in page.text) is not given_back


def test_what_was_typed_is_not_shown_to_somebody_else_or_after_an_hour(at, make_member, sign_in):
    member, other = make_member("administrator"), make_member("administrator")
    address = "/organisation/members/add/"
    sign_in(other)
    for back, seconds in ((other, 2100), (member, 2000 + 3601)):
        at(0)
        client = sign_in(member)
        assert is_open(client)
        at(2000)
        send(client, address, name="Late Sender")
        at(seconds)
        back_again(client, back)
        assert "Late Sender" not in client.get(address).text
        assert "kept_form" not in client.session


def test_no_password_token_or_upload_is_kept(at, signed_in_client):
    assert is_open(signed_in_client)
    at(2000)
    send(signed_in_client, "/account/password/", oldpassword="one", password1="two")
    assert "kept_form" not in signed_in_client.session


def test_asking_how_long_is_left_is_not_use_and_staying_is(at, signed_in_client):
    assert is_open(signed_in_client)
    at(800)
    assert signed_in_client.get("/session/").json() == {"left": 100}
    assert signed_in_client.post("/session/", {"what": "stay"}).json() == {"left": 900}
    at(1701)
    assert signed_in_client.get("/session/").json() == {"left": 0}
    assert not is_open(signed_in_client)


def test_a_page_that_asks_by_itself_is_not_use(at, signed_in_client):
    """A page left open that asks every 2 seconds how far an import is must not keep anybody signed in."""
    assert is_open(signed_in_client)
    for seconds in range(100, 1001, 100):
        at(seconds)
        page = signed_in_client.get("/organisation/?unattended=1", headers={"HX-Request": "true"})
        left_open = page.status_code == 200
        assert left_open is (seconds <= 900)
    assert page["HX-Redirect"] == "/session-expired/"


def test_what_was_typed_is_gone_from_the_server_when_nobody_comes_back(at, make_member, sign_in):
    client = sign_in(make_member("administrator"))
    assert is_open(client)
    at(2000)
    send(client, "/organisation/members/add/", name="Late Sender")
    held = Session.objects.get(session_key=client.session.session_key)
    assert "Late Sender" in str(held.get_decoded())
    over = held.expire_date - timezone.now()
    assert timedelta(minutes=59) < over <= timedelta(hours=1)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    call_command("sweep_imports")
    assert not Session.objects.exists()


def test_nothing_stretches_a_session_over_12_hours(at, signed_in_client):
    for seconds in range(0, 43_000, 800):
        at(seconds)
        assert is_open(signed_in_client)
    at(43_100)
    assert signed_in_client.post("/session/", {"what": "stay"}).json() == {"left": 100}


def test_a_page_kept_by_its_script_comes_back_after_the_time(at, make_member, sign_in):
    member, address = make_member("administrator"), "/organisation/members/add/"
    client = sign_in(member)
    assert is_open(client)
    at(890)
    client.post("/session/", {"what": "keep", "path": address, "name": "Half Typed"})
    at(901)
    assert client.get(address)["Location"] == "/session-expired/"
    back_again(client, member)
    assert 'value="Half Typed"' in client.get(address).text


def test_pages_say_when_they_end_without_a_script(signed_in_client):
    page = signed_in_client.get("/organisation/")
    assert "signed out after 15 minutes without opening or sending a page" in page.text


def test_signing_out_kills_the_session_on_the_server(signed_in_client):
    assert is_open(signed_in_client)
    stolen = Client()
    stolen.cookies = signed_in_client.cookies.copy()
    assert is_open(stolen)
    signed_in_client.post("/account/sign-out/")
    assert not is_open(stolen)


def test_pages_for_someone_signed_in_are_not_kept_by_the_browser(signed_in_client):
    assert signed_in_client.get("/organisation/")["Cache-Control"] == "no-store"
