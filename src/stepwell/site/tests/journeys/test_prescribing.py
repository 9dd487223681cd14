"""Public prescribing data in a browser, by somebody who is not signed in: accessible, quiet, and whole without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from stepwell.insight.tests.conftest import country as country
from stepwell.insight.tests.conftest import data as country_data  # noqa: F401 - the journeys have a ``data`` of their own
from stepwell.insight.tests.fictional import FALLING, TINY
from stepwell.site.tests.journeys.test_every_page import faults_of
from stepwell.site.tests.test_browser import WIDE

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("country_data"),
]
PAGES = (
    "",
    "?q=hill",
    "?q=nowhere",
    "measures/",
    f"practice/{FALLING}/",
    f"practice/{TINY}/",
    "icb/Z1/",
    f"practice/{FALLING}/opioid_ome/",
    f"practice/{FALLING}/opioid_high_dose_share_90/?among=icb",
    "sub-icb/Z1A/opioid_items/?months=3&areas=then",
    "england/ENGLAND/opioid_ome/practices/",
    "compare/?measure=opioid_ome&codes=Z00001,Z00009,nowhere",
    "practice/nowhere/",
)


def test_every_page_is_accessible_and_fits_a_phone(watched):
    found = watched()
    page = found.page()
    wrong = {}
    for path in PAGES:
        found.errors.clear()
        page.set_viewport_size(WIDE)
        answer = page.goto(f"/prescribing/{path}")
        name = f"prescribing-{path.strip('/').replace('/', '-').replace('?', '-')[:50]}"
        if faults := faults_of(page, answer, found.errors, name):
            wrong[path] = faults
    assert wrong == {}


def test_from_the_sign_in_page_to_a_practice_and_its_area_without_scripts(watched):
    page = watched(java_script_enabled=False).page()
    page.goto("/account/sign-in/")
    page.get_by_role("link", name="Look up a practice").click()
    page.get_by_label("Name or code of a practice").fill("alder road")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Alder Road Surgery").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Alder Road Surgery: pain medicines")
    page.get_by_role("row", name="Opioids in oral morphine").get_by_role("link").click()
    expect(page.get_by_role("img").first).to_be_visible()
    page.get_by_label("Compare within").select_option("Northwater ICB")
    page.get_by_label("Each point is of").select_option("Three months together")
    page.get_by_role("button", name="Show").click()
    assert "among=icb" in page.url and "months=3" in page.url
    expect(page.get_by_role("table", name="Newest months")).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV of every practice in Westmere").click()
    assert waiting.value.suggested_filename == "opioid_ome_practices_of_Z1A.csv"


def test_to_the_figures_of_an_area_with_the_keyboard_alone(watched):
    page = watched().page()
    page.goto("/prescribing/")
    page.get_by_label("Name or code of a practice").focus()
    page.keyboard.type("Z1A")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Westmere: pain medicines")
    page.get_by_role("link", name="Opioids in oral morphine equivalent").last.focus()
    page.keyboard.press("Enter")
    table = page.get_by_role("link", name="table of every practice in Westmere")
    table.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("practices in Westmere")
