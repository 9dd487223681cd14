"""What holds for every page: headers, no marks that are not ours, a frame that is right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command

from stepwell.organisations import tables
from stepwell.organisations.tables import TableInfo
from stepwell.site.tests.routes import World, address, all_routes, ours

PATHS_OF_PACKAGES = [
    "/account/sign-in/",
    "/account/sign-out/",
    "/account/password/",
    "/account/second-factor/",
]
ERRORS = ["/nowhere/", "/organisation/members/00000000-0000-7000-8000-000000000000/end/"]


@pytest.fixture
def pages(neighbourhood, make_member, sign_in, monkeypatch):
    """Every page an administrator, a pharmacist or a safety officer can see, and every error page."""
    monkeypatch.setattr(tables, "_source", [lambda: [TableInfo("sample", "1", "Sample table")]])
    world = World(neighbourhood, make_member)
    found = {}
    for role in ("administrator", "pharmacist", "clinical_safety_officer"):
        client = sign_in(make_member(role))
        paths = [address(route, world, "practice") for route in ours() if route.access]
        for path in [*paths, *PATHS_OF_PACKAGES, *ERRORS]:
            found[f"{role} {path}"] = client.get(path)
    return found


def html(pages):
    return {
        path: page
        for path, page in pages.items()
        if page.get("Content-Type", "").startswith("text/html") and page.content
    }


def test_every_page_has_the_headers(pages):
    for path, page in pages.items():
        policy = page["Content-Security-Policy"]
        assert "unsafe" not in policy, path
        assert "default-src 'none'" in policy, path
        assert "frame-ancestors 'none'" in policy, path
        assert page["X-Content-Type-Options"] == "nosniff", path
        assert page["X-Frame-Options"] == "DENY", path
        assert page["Referrer-Policy"] == "same-origin", path


def test_over_tls_browsers_are_told_to_stay_there_for_a_year(client, db):
    assert client.get("/about/numbers/", secure=True)["Strict-Transport-Security"].startswith(
        "max-age=31536000"
    )


def test_cookies_are_closed_to_scripts_and_to_other_sites(signed_in_client):
    signed_in_client.get("/")
    for cookie in signed_in_client.cookies.values():
        assert cookie["httponly"], cookie.key
        assert cookie["samesite"] == "Lax", cookie.key


def test_outside_the_demonstration_cookies_need_tls():
    from stepwell.site import settings

    assert settings.SESSION_COOKIE_SECURE
    assert settings.CSRF_COOKIE_SECURE
    assert settings.SECURE_SSL_REDIRECT


def test_no_page_carries_marks_that_are_not_ours(pages):
    for path, page in html(pages).items():
        for mark in ("Frutiger", "nhsuk-header__logo", "nhsuk-logo", "assets.nhs.uk"):
            assert mark.lower() not in page.text.lower(), (path, mark)
        # A source may be of NHS England, and is then named; the frame of the page says that it is not theirs.
        for part in re.findall(r"<(?:header|footer)\b.*?</(?:header|footer)>", page.text, re.S):
            assert "nhs england" not in part.lower(), path


def test_no_style_sheet_or_script_of_ours_names_the_typeface_or_another_site():
    static = Path(finders.find("stepwell.css")).parent
    for file in [*static.rglob("*.css"), *static.glob("*.js")]:
        text = file.read_text(encoding="utf-8").lower()
        assert "frutiger" not in text, file
        assert not re.search(r"url\(['\"]?https?:", text), file


def test_no_page_holds_anything_inline(pages):
    for path, page in html(pages).items():
        assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=|javascript:", page.text), path
        assert not re.search(r"<script(?![^>]*\bsrc=)", page.text), path


def test_every_page_has_one_heading_a_language_a_way_past_the_frame_and_a_title_of_its_own(pages):
    for path, page in html(pages).items():
        assert page.text.count("<h1") == 1, path
        assert '<html lang="en">' in page.text, path
        assert 'href="#maincontent"' in page.text, path
        title = re.search(r"<title>(.*?)</title>", page.text, re.S).group(1)
        assert title.strip().endswith("- Stepwell") and len(title.strip()) > 11, path


def test_no_public_page_needs_a_member(client, db):
    for route in all_routes():
        if route.access and not route.access.sign_in and not route.arguments:
            assert client.get(address(route, None, "")).status_code in (200, 302, 405), route.name


def test_health_answers(client, db):
    assert client.get("/health/").json() == {"status": "ok"}


def test_an_error_inside_shows_no_details(make_member, sign_in, monkeypatch):
    client = sign_in(make_member("administrator"))
    client.raise_request_exception = False
    monkeypatch.setattr("stepwell.organisations.views.organisation.Standing.of", lambda _: 1 / 0)
    page = client.get("/organisation/")
    assert page.status_code == 500
    assert "Something went wrong here" in page.text
    assert "division" not in page.text


def test_models_and_migrations_agree(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
