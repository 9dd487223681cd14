"""Signing in: a password, a second factor, a lock after repeated failures, and no way round."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

PASSWORD = "three calm otters"


def code_for(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.fixture
def pharmacist(make_member):
    member = make_member("pharmacist")
    member.user.set_password(PASSWORD)
    member.user.save()
    return member


def give_password(client, member, password=PASSWORD, **extra):
    return client.post("/account/sign-in/", {"login": member.user.email, "password": password}, **extra)


def test_the_first_sign_in_leads_to_the_second_factor_and_nowhere_else(client, pharmacist):
    assert give_password(client, pharmacist).status_code == 302
    for path in ("/", "/organisation/", "/organisation/audit/"):
        assert client.get(path)["Location"] == "/account/second-factor/set-up/"


def test_a_session_kept_an_hour_for_what_was_typed_is_a_whole_one_after_signing_in(client, pharmacist):
    """It ends with the browser again, and not an hour after it was left."""
    session = client.session
    session.set_expiry(3600)
    session.save()
    give_password(client, pharmacist)
    assert client.session.get_expire_at_browser_close()
    assert client.session.get_expiry_age() == 43_200


# With real commits: the session learns of its second factor when the new app is committed.
@pytest.mark.django_db(transaction=True)
def test_setting_up_the_second_factor_opens_the_site_and_gives_recovery_codes(client, pharmacist):
    give_password(client, pharmacist)
    page = client.get("/account/second-factor/set-up/")
    secret = page.context_data["form"].secret
    assert secret in page.text
    done = client.post("/account/second-factor/set-up/", {"code": code_for(secret)})
    assert done["Location"] == "/account/second-factor/recovery-codes/"
    assert "Recovery codes" in client.get(done["Location"]).text
    assert client.get("/organisation/").status_code == 200


def test_a_wrong_code_is_explained(client, pharmacist):
    give_password(client, pharmacist)
    client.get("/account/second-factor/set-up/")
    page = client.post("/account/second-factor/set-up/", {"code": "000000"})
    assert "There is a problem" in page.text
    assert not Authenticator.objects.exists()


def test_a_wrong_code_says_what_to_do_and_no_other_page_is_offered_meanwhile(client, pharmacist):
    give_password(client, pharmacist)
    page = client.post("/account/second-factor/set-up/", {"code": "000000"})
    assert "Codes change every 30 seconds: enter the one shown now" in page.text
    assert 'aria-label="Main"' not in page.text


def test_the_page_to_change_a_password_shows_no_markup_as_words(signed_in_client):
    assert "&lt;" not in signed_in_client.get("/account/password/").text


def test_the_next_sign_in_asks_for_the_code_before_any_page(client, pharmacist):
    give_password(client, pharmacist)
    secret = client.get("/account/second-factor/set-up/").context_data["form"].secret
    client.post("/account/second-factor/set-up/", {"code": code_for(secret)})
    again = Client()
    assert give_password(again, pharmacist)["Location"] == "/account/second-factor/code/"
    assert again.get("/")["Location"].startswith("/account/sign-in/")
    assert again.get("/account/second-factor/code/").status_code == 200


def test_the_key_of_the_app_is_sealed_in_the_ledger(client, pharmacist):
    give_password(client, pharmacist)
    secret = client.get("/account/second-factor/set-up/").context_data["form"].secret
    client.post("/account/second-factor/set-up/", {"code": code_for(secret)})
    stored = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    assert secret not in str(stored.data)


def test_a_session_begun_without_the_code_is_ended_once_there_is_a_second_factor(sign_in, pharmacist):
    client = sign_in(pharmacist, second_factor=False)
    Authenticator.objects.create(user=pharmacist.user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert client.get("/")["Location"] == "/account/sign-in/"


def test_the_demonstration_asks_for_no_second_factor_and_says_so(client, pharmacist, settings):
    settings.STEPWELL_DEMO, settings.SECOND_FACTOR_REQUIRED = True, False
    give_password(client, pharmacist)
    page = client.get("/")
    assert page.status_code == 200
    assert "Demonstration. Every person and practice on this page is fictional." in page.text
    assert "No second factor is asked for here." in page.text


def test_the_demonstrations_accounts_open_nothing_elsewhere(client, make_member, settings):
    member = make_member("gp", email="gp@demo.example")
    member.user.set_password(PASSWORD)
    member.user.save()
    assert "There is a problem" in give_password(client, member).text


def test_a_wrong_password_says_what_to_do_and_not_which_part_was_wrong(client, pharmacist):
    page = give_password(client, pharmacist, "wrong")
    assert "There is a problem" in page.text
    assert "<title>Error: " in page.text
    assert page.text.count("Check your email address and password") == 1
    nobody = client.post("/account/sign-in/", {"login": "nobody@example.org", "password": "wrong"})
    assert "Check your email address and password" in nobody.text


def test_five_failures_lock_the_door_even_for_the_right_password(client, pharmacist):
    for _ in range(5):
        page = give_password(client, pharmacist, "wrong")
    assert page.status_code == 429
    assert "locked for 15 minutes" in page.text
    assert give_password(client, pharmacist).status_code == 429


def test_the_lock_is_for_one_person_not_for_everybody_behind_one_address(client, pharmacist, make_member):
    for _ in range(5):
        give_password(client, pharmacist, "wrong")
    other = make_member("gp")
    other.user.set_password(PASSWORD)
    other.user.save()
    assert give_password(Client(), other).status_code == 302


@pytest.mark.parametrize("path", ["/account/signup/", "/account/password/reset/", "/account/login/code/"])
def test_there_is_no_other_way_in(client, db, path):
    assert client.get(path).status_code == 404


def test_a_stranger_is_sent_to_sign_in_and_back(client, db):
    assert client.get("/organisation/")["Location"] == "/account/sign-in/?next=/organisation/"


def test_a_fragment_asked_for_by_a_stranger_sends_the_whole_window_to_sign_in(client, db):
    page = client.get("/organisation/", headers={"HX-Request": "true"})
    assert (page.status_code, page["HX-Redirect"]) == (204, "/account/sign-in/")


def test_a_closed_account_cannot_sign_in(client, pharmacist):
    pharmacist.user.is_active = False
    pharmacist.user.save()
    give_password(client, pharmacist)
    assert client.get("/")["Location"].startswith("/account/sign-in/")
