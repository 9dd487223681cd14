"""A first visit: a medication screen is pasted, with scripts and without, wide and on a phone."""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import expect

from stepwell.site.paste.forms import EXAMPLE
from stepwell.site.tests.test_browser import PHONE, WIDE, problems

# A dose on the axis that lost its first figure is another dose.
CUT_SHORT = """() => [...document.querySelectorAll('.paste-stair text')].filter((each) => {
  const box = each.getBBox(), whole = each.ownerSVGElement.viewBox.baseVal;
  return box.x < 0 || box.x + box.width > whole.width;
}).map((each) => each.textContent)"""

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_visitor_pastes_a_screen(browser, live_server, scripts, size):
    context = browser.new_context(base_url=live_server.url, viewport=size, java_script_enabled=scripts)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)

    page.goto("/account/sign-in/")
    page.get_by_role("link", name="Try it: paste a medication list").click()
    page.get_by_label("Medicines, with what is taken").fill(EXAMPLE)
    page.get_by_role("button", name="Read it").click()

    expect(page.locator(".paste-total")).to_contain_text("at least 84 to 108mg")
    expect(page.locator(".paste-line")).to_have_count(6)
    expect(page.locator(".paste-line .app-notice")).to_contain_text(
        "196 capsules for 28 days is 7 capsules a day"
    )
    text, button = page.get_by_label("The answer as text"), page.get_by_role("button", name="Copy as text")
    assert "at least 84-108 mg" in text.input_value()
    expect(button).to_have_count(1 if scripts else 0)
    if scripts:
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        button.click()
        expect(page.get_by_text("Copied.")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == text.input_value()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download CSV").first.click()
    assert waiting.value.suggested_filename == "taper.csv"
    if scripts:
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        assert problems(page) == []
        assert page.evaluate(CUT_SHORT) == []
        assert page.locator("html").evaluate("element => element.scrollWidth") <= size["width"]
        if folder := os.environ.get("STEPWELL_SCREENSHOTS"):
            page.screenshot(path=f"{folder}/paste-{size['width']}.png", full_page=True)
    assert said == []
    context.close()
