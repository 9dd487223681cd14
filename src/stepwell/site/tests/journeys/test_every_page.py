"""Every page of the site with real records behind it, for three roles: accessible, quiet, and no wider than the window."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Response

from stepwell.site.tests.journeys import steps
from stepwell.site.tests.routes import World, address, ours
from stepwell.site.tests.test_browser import PACKAGES, PHONE, WIDE, problems, skipped

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("practice_imported"),
]
NARROW = {"width": 320, "height": 640}
# What a browser says of an answer like "not found"; the answer is what is meant.
ANSWER = "the server responded with a status of 4"
SIDEWAYS = """() => [...document.querySelectorAll("body *")].filter(
    (each) => each.getBoundingClientRect().right > innerWidth + 1 && !each.closest("table, .app-scroll, .app-chart")
        && getComputedStyle(each).position !== "absolute"
).slice(0, 3).map((each) => each.outerHTML.slice(0, 120))"""
MARKS = "img[src*=nhs i], svg[class*=logo i], [class*=nhsuk-header__logo], [class*=nhsuk-logo], [alt*=NHS]"


@pytest.fixture
def world(neighbourhood, make_member, files) -> World:
    """The practice's own pages show a real list, a real person and a real report to map."""
    from stepwell.casefinding.actions import imports, lists
    from stepwell.casefinding.actions.candidates import adopt
    from stepwell.population.records.extracts import Kind

    found = World(neighbourhood, make_member)
    practice, pharmacist = neighbourhood["practice"], make_member("pharmacist")
    made = lists.run_search(by=pharmacist, practice=practice, search_id="long-term-opioids")
    first, *_ = made.candidates.filter(outcome="in", can_be_adopted=True).order_by("-risk")
    job = imports.upload(
        by=pharmacist,
        practice=practice,
        file_name=files.csv.name,
        chunks=[files.csv.read_bytes()],
        kind=Kind.FULL,
    )
    found.rows = {
        "list practice": made,
        "candidate practice": made.candidates.filter(outcome="check").order_by("-risk").first(),
        "person practice": adopt(by=pharmacist, of=made, candidates=[first])[0],
        "import practice": job,
        "emis import": done(pharmacist, practice, files),
    }
    return found


def done(by, practice, files):
    """An import that has ended, with its report."""
    from stepwell.casefinding.actions import imports
    from stepwell.casefinding.models import ImportJob
    from stepwell.population.records.extracts import Kind

    job = imports.upload(
        by=by, practice=practice, file_name="emis.zip", chunks=[files.emis.read_bytes()], kind=Kind.FULL
    )
    return ImportJob.objects.get(pk=job.pk)


@pytest.mark.parametrize(
    ("role", "at"), [("pharmacist", "practice"), ("administrator", "practice"), ("icb_analyst", "icb")]
)
def test_every_page(role, at, world, watched, enter):
    found = watched()
    page = found.page()
    enter(page, role, at=at)
    paths = {
        address(route, world, "practice") for route in ours() if route.access and not skipped(route.name)
    }
    paths |= {f"/imports/{world.rows['emis import'].pk}/", *PACKAGES, "/nowhere/"}
    wrong, refused = {}, 0
    for path in sorted(paths):
        found.errors.clear()
        page.set_viewport_size(WIDE)
        answer = page.goto(path)
        if answer and answer.status in (403, 405) and refused:
            continue  # the same page each time
        refused += bool(answer and answer.status == 403)
        if faults := faults_of(
            page, answer, found.errors, f"{role}-{path.strip('/').replace('/', '-')[:60]}"
        ):
            wrong[path] = faults
    assert wrong == {}


def faults_of(page: Page, answer: Response | None, errors: list[str], name: str) -> list[str]:
    """Everything the page does wrong, at three widths."""
    faults = [] if answer and answer.status < 500 else ["no answer"]
    faults += [f"wide: {each}" for each in problems(page)]
    steps.shoot(page, name)
    page.set_viewport_size(PHONE)
    faults += [f"phone: {each}" for each in problems(page)]
    steps.shoot(page, f"{name}-phone")
    for size in (PHONE, NARROW):
        page.set_viewport_size(size)
        if page.locator("html").evaluate("at => at.scrollWidth") > size["width"]:
            faults.append(f"wider than {size['width']}: {page.locator('html').evaluate(SIDEWAYS)}")
    if page.locator(MARKS).count():
        faults.append("a mark that is not ours")
    return faults + [text for text in errors if ANSWER not in text]
