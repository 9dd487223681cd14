"""A person called Zzyzx goes through the site: nowhere but on the pages about them is a trace of them left."""

from __future__ import annotations

import logging
import re

import pytest
from playwright.sync_api import expect

from stepwell.site.logs import Masked
from stepwell.site.tests.journeys import steps

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

NUMBER = "9990000107"
TRACES = re.compile("zzyzx|9990000107|999 000 0107", re.IGNORECASE)
HEADINGS = "NHS Number,Calling Name,Family Name,Date of Birth,Gender,Drug Name,Dose,Quantity,Date of Issue"
DAYS = ("05/01/2026", "02/02/2026", "02/03/2026", "30/03/2026", "27/04/2026", "25/05/2026")


@pytest.fixture
def written():
    """Every log line as the site writes it."""
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record):
            lines.append(self.format(record))

    handler = Kept(logging.INFO)
    handler.setFormatter(Masked("%(levelname)s %(name)s %(message)s"))
    logging.getLogger().addHandler(handler)
    yield lines
    logging.getLogger().removeHandler(handler)


def report(folder, days=DAYS):
    """A report of one person, with a row for each day."""
    row = f"{NUMBER},Zzyzx,Alder,03/02/1960,F,Codeine 30mg tablets,Take one four times a day,112"
    path = folder / "report.csv"
    path.write_text("\n".join([HEADINGS, *(f"{row},{day}" for day in days)]), encoding="utf-8")
    return path


def test_a_person_leaves_no_trace_in_addresses_logs_or_error_pages(
    data, tmp_path, watched, enter, written, monkeypatch
):
    data("canary")
    found = watched()
    page = found.page()
    enter(page, "pharmacist")
    steps.upload(page, report(tmp_path, days=("soon", *DAYS)))
    page.get_by_role("button", name="Confirm and import").click()
    expect(page.get_by_text("The extract was refused")).to_be_visible()
    no_trace(page)

    steps.upload(page, report(tmp_path))
    page.get_by_role("button", name="Confirm and import").click()
    expect(page.get_by_text("rows read,")).to_be_visible()
    no_trace(page)
    steps.run(page, "Long-term opioids")
    expect(page.get_by_role("link", name=re.compile("Zzyzx")).first).to_be_visible()
    page.get_by_role("link", name=re.compile("^Every rule")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Zzyzx")
    page.go_back()
    page.locator("tbody tr[id^=c]").first.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Zzyzx")
    at_person = page.url

    page.goto(at_person.rstrip("/") + "x/")
    no_trace(page)
    monkeypatch.setattr("stepwell.casefinding.record.presenters.record_page", broken)
    page.goto(at_person)
    no_trace(page)

    assert any("page failed" in line for line in written)
    assert not [line for line in written if TRACES.search(line)]
    assert not [address for address in found.addresses if TRACES.search(address)]


def broken(found):
    """A fault that knows nothing of the person's facts but happens while they are in hand."""
    raise KeyError("medicines")


def no_trace(page):
    """The page, as sent and as addressed, says nothing of the person."""
    assert not TRACES.search(page.content())
    assert not TRACES.search(page.url)
