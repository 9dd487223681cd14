"""The pages in a real browser: accessibility rules, no script errors, no sideways scroll on a phone, and no scripts at all."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from stepwell.organisations import tables
from stepwell.organisations.access import PUBLIC
from stepwell.organisations.tables import TableInfo
from stepwell.site.tests.routes import World, address, ours

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 800}
PACKAGES = ["/account/sign-in/", "/account/password/", "/account/second-factor/"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # The browser's own event loop runs in this thread; the ledger is used beside it, never inside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        started.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")


@pytest.fixture
def world(neighbourhood, make_member, monkeypatch) -> World:
    monkeypatch.setattr(tables, "_source", [lambda: [TableInfo("sample", "1", "Sample table", 20, 3)]])
    return World(neighbourhood, make_member)


def as_member(browser: Browser, live_server, client, **options) -> BrowserContext:
    """A browser in the session of a signed-in test client."""
    context = browser.new_context(base_url=live_server.url, **options)
    name = settings.SESSION_COOKIE_NAME
    if name in client.cookies:
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    return context


def problems(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}}).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in found]


@pytest.mark.parametrize("role", ["administrator", "pharmacist", "clinical_safety_officer"])
def test_every_page_is_accessible_and_fits_a_phone(role, world, sign_in, browser, live_server):
    context = as_member(browser, live_server, sign_in(world.make_member(role)))
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    paths = {
        address(route, world, "practice") for route in ours() if route.access and not skipped(route.name)
    }
    wrong = {}
    for path in [*sorted(paths), *PACKAGES, "/nowhere/"]:
        said.clear()
        page.set_viewport_size(WIDE)
        page.goto(path)
        found = problems(page) + [text for text in said if "status of 40" not in text]
        page.set_viewport_size(PHONE)
        width = page.locator("html").evaluate("element => element.scrollWidth")
        found += [f"{width} pixels wide on a phone"] if width > PHONE["width"] else []
        if found:
            wrong[path] = found
    context.close()
    assert wrong == {}


def skipped(name: str) -> bool:
    """Not pages: the health answer, and what only takes a form or gives a file."""
    return name in {"health", "session", "organisations:password_link"} or "csv" in name or "download" in name


def test_adding_a_member_without_scripts(world, sign_in, browser, live_server):
    context = as_member(
        browser, live_server, sign_in(world.make_member("administrator")), java_script_enabled=False
    )
    page = context.new_page()
    page.goto("/organisation/")
    page.get_by_role("link", name="Add a member").click()
    page.get_by_role("button", name="Add member").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter their full name")
    page.get_by_label("Full name").fill("Nia Price")
    page.get_by_label("Work email address").fill("nia@example.org")
    page.get_by_label("Role").select_option("gp")
    page.get_by_role("button", name="Add member").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Give this link to Nia Price")
    context.close()


def test_signing_in_with_the_keyboard_alone(world, browser, live_server, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    member = world.make_member("pharmacist")
    page = browser.new_context(base_url=live_server.url).new_page()
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_label("Email address").focus()
    page.keyboard.type(member.user.email)
    page.keyboard.press("Tab")
    page.keyboard.type("three calm otters")
    page.keyboard.press("Enter")
    expect(page.get_by_text("you are working at Hill Road Surgery")).to_be_visible()


def test_an_empty_sign_in_says_what_to_enter(world, browser, live_server):
    page = browser.new_context(base_url=live_server.url).new_page()
    page.goto("/account/sign-in/")
    page.get_by_role("button", name="Sign in").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Enter your email address")
    expect(alert).to_contain_text("Enter your password")
    assert problems(page) == []


def test_public_pages_need_nobody(world, browser, live_server):
    page = browser.new_context(base_url=live_server.url).new_page()
    for route in ours():
        if route.access == PUBLIC and not route.arguments and not skipped(route.name):
            page.goto(address(route, world, ""))
            assert problems(page) == [], route.name
