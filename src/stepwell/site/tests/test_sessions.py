"""A session ends after 15 minutes without use and after 12 hours in all, and signing out kills it on the server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from stepwell.base import clock

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


def test_signing_out_kills_the_session_on_the_server(signed_in_client):
    assert is_open(signed_in_client)
    stolen = Client()
    stolen.cookies = signed_in_client.cookies.copy()
    assert is_open(stolen)
    signed_in_client.post("/account/sign-out/")
    assert not is_open(stolen)


def test_pages_for_someone_signed_in_are_not_kept_by_the_browser(signed_in_client):
    assert signed_in_client.get("/organisation/")["Cache-Control"] == "no-store"
