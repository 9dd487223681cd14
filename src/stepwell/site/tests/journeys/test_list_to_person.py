"""From signing in to one person's page: without scripts, and with the keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from stepwell.people.models import Person
from stepwell.site.tests.journeys import steps
from stepwell.site.tests.journeys.conftest import PASSWORD

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("practice_imported"),
]
FORMULA = ("=", "+", "-", "@", "\t", "\r")
MOST_TABS = 150


def people_shown(page: Page) -> int:
    """How many rows the list has, over all its pages."""
    count = page.locator("tbody tr[id^=c]").count()
    while page.get_by_role("link", name=re.compile("^Next")).count():
        page.get_by_role("link", name=re.compile("^Next")).first.click()
        count += page.locator("tbody tr[id^=c]").count()
    return count


def test_from_a_search_to_a_person_without_scripts(watched, enter):
    page = watched(java_script_enabled=False).page()
    enter(page, "pharmacist")
    steps.run(page, "Long-term opioids")
    at_list = page.url
    every_filter_counts_its_rows(page)

    page.goto(at_list)
    page.get_by_role("link", name=re.compile("^Every rule")).first.click()
    expect(page.get_by_role("heading", name=re.compile("Does the definition hold"))).to_be_visible()
    steps.shoot(page, "rules")

    page.goto(at_list + "check/")
    page.get_by_role("link", name=re.compile("^Decide about")).first.click()
    page.get_by_role("button", name="Keep this decision").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose whether they may be contacted")
    page.get_by_label("They may be contacted").check()
    page.get_by_label("Why", exact=True).fill("Cancer cured ten years ago")
    page.get_by_role("button", name="Keep this decision").click()
    expect(page.get_by_text("The decision is kept")).to_be_visible()

    page.goto(at_list + "in/")
    page.get_by_role("checkbox").nth(0).check()
    page.get_by_role("checkbox").nth(1).check()
    page.get_by_role("button", name="Adopt those ticked").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Take 2 people onto the list")
    assert not Person.objects.exists()
    steps.shoot(page, "adopt")
    page.get_by_role("button", name="Take these 2 people on").click()
    expect(page.get_by_text("2 people are now on the practice's list.")).to_be_visible()
    assert Person.objects.count() == 2

    rows = steps.downloaded(page)
    assert rows
    assert not [cell for row in rows for cell in row.values() if cell.startswith(FORMULA)]

    page.goto("/people/")
    page.get_by_role("link", name=re.compile("^View")).first.click()
    for heading in ("Medicines now", "Why they are here", "Conditions that matter here"):
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    expect(page.get_by_role("region", name="Who this is")).to_contain_text("999")
    page.get_by_role("button", name="Sign out").click()
    page.goto(at_list)
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Long-term opioids")
    expect(page.get_by_label("Email address")).to_be_visible()


def every_filter_counts_its_rows(page: Page) -> None:
    """Each pill's number is the number of rows behind it."""
    pills = page.get_by_role("navigation", name="Which people").get_by_role("link")
    said = [
        (int(re.search(r"(\d+)\D*$", pill.inner_text())[1]), pill.get_attribute("href"))
        for pill in pills.all()
    ]
    assert len(said) == 10
    assert said[0][0] > 25  # more than one page
    for count, address in said:
        page.goto(address)
        assert (address, people_shown(page)) == (address, count)


def test_from_signing_in_to_a_person_with_the_keyboard_alone(watched, make_member):
    member = make_member("pharmacist")
    page = watched().page()
    page.goto("/account/sign-in/")
    tab_to(page, "Email address")
    page.keyboard.type(member.user.email)
    tab_to(page, "Password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Sign out").wait_for(state="attached")
    tab_to(page, "Searches")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Searches")
    tab_to(page, "Run Long-term opioids at")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Long-term opioids")
    tab_to(page, "Choose ")
    page.keyboard.press("Space")
    tab_to(page, "Adopt those ticked")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Take 1 person onto the list")
    tab_to(page, "Take this person on")
    page.keyboard.press("Space")
    expect(page.get_by_text("1 person is now on the practice's list.")).to_be_visible()
    assert Person.objects.count() == 1


# The name of what has the focus, and whether a person can see that it has it: drawn inside the window, and marked.
FOCUSED = """() => {
    const at = document.activeElement, box = at.getBoundingClientRect(), style = getComputedStyle(at);
    const labels = at.labels && at.labels.length ? at.labels[0].innerText : "";
    const marked = (style.outlineStyle !== "none" && style.outlineWidth !== "0px") || style.boxShadow !== "none";
    const covering = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return {
        name: (at.getAttribute("aria-label") || labels || at.innerText || "").replace(/\\s+/g, " ").trim(),
        seen: box.bottom > 0 && box.top < innerHeight && box.width > 0,
        covered: !!covering && covering !== at && !at.contains(covering) && !covering.contains(at),
        marked,
    };
}"""


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the thing so named has the focus; each thing on the way must show that it has it."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        at = page.locator("body").evaluate(FOCUSED)
        if at["name"]:
            assert at["seen"] and at["marked"] and not at["covered"], at
        if at["name"].startswith(name):
            return
    pytest.fail(f"{MOST_TABS} presses of Tab did not reach “{name}”")
