"""A practice's records go in by the upload page, in each form, and the same people come out."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from stepwell.population.records.gp_connect.tests.bundles import long_term_opioid_candidate
from stepwell.population.records.list_report.tests.same_practice import (
    REPORT,
    WHOLE,
    WORKBOOK,
    SamePractice,
    compare,
)
from stepwell.population.records.searches import all_searches
from stepwell.site.tests.journeys import steps

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

# The other seven are asked of the same files, without a browser, beside the report's reader.
SEARCHES = ("long-term-opioids", "newly-started")
SHOWN = {"in": "In", "check": "To check", "out": "Out"}


@pytest.fixture(scope="module")
def practice(files, tmp_path_factory) -> SamePractice:
    """Who each search finds of the practice's files, told by the library, and why they differ where they do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("STEPWELL_KEY", raising=False)
        return compare(tmp_path_factory.mktemp("compared") / "lake", files.emis, files.csv, files.workbook)


def test_a_report_a_workbook_and_emis_files_of_one_practice_give_the_same_people_but_for_what_a_report_lacks(
    files, data, watched, enter, practice
):
    page = watched().page()
    enter(page, "pharmacist")
    for form, file in ((REPORT, files.csv), (WORKBOOK, files.workbook), (WHOLE, files.emis)):
        data(form)
        if form == WHOLE:
            steps.upload(page, file)
            expect(page.get_by_text("rows read,")).to_be_visible()
        else:
            import_by_mapping(page, file, corrects=form == REPORT)
        for search in SEARCHES:
            found = practice.found[form][search].items()
            assert outcomes(page, search) == {who: SHOWN[told.outcome] for who, told in found}, (form, search)
    for search in SEARCHES:
        assert practice.unexplained(search) == []


def outcomes(page, search):
    """The outcome of everybody a search finds on the site's extract, left out or not, by NHS number."""
    found = steps.candidates(page, all_searches()[search].title)
    left_out = steps.left_out(page)
    assert not found.keys() & set(left_out)
    return found | dict.fromkeys(left_out, SHOWN["out"])


def import_by_mapping(page, file, *, corrects):
    """Upload, look at the rows, correct a heading, keep the mapping under a name, import."""
    steps.upload(page, file)
    expect(page.get_by_role("heading", level=1)).to_have_text(f"What the headings of {file.name} mean")
    expect(page.get_by_text("25 of 25 headings recognised.")).to_be_visible()
    expect(page.get_by_role("row", name="Name, Dosage and Quantity")).to_contain_text("Morphine")
    page.get_by_text("See the first 20 rows whole").click()
    rows = page.get_by_role("group", name="Rows of the report").locator("tbody tr")
    expect(rows).to_have_count(20)
    expect(rows.first).to_contain_text("Morphine")
    steps.shoot(page, f"mapping-{file.suffix[1:]}")
    if corrects:
        page.get_by_text("Change what a heading means").click()
        issued = page.get_by_label("Date of Issue", exact=True)
        meant = issued.input_value()
        issued.select_option("")
        page.get_by_role("button", name="Look again").last.click()
        expect(page.get_by_text("Still needed")).to_be_visible()
        page.get_by_label("Date of Issue", exact=True).select_option(meant)
        page.get_by_label("Keep this under a name").fill("Monthly pain report")
    else:
        # The same headings as the report before: what was kept under a name is used again.
        expect(page.get_by_label("Keep this under a name")).to_have_value("Monthly pain report")
    page.get_by_role("button", name="Confirm and import").click()
    expect(page.get_by_text("rows read,")).to_be_visible()
    expect(page.get_by_role("heading", name="What was read")).to_be_visible()
    steps.shoot(page, f"report-{file.suffix[1:]}")


def test_a_gp_connect_bundle_ends_on_the_list_and_on_a_page_of_the_person(data, tmp_path, watched, enter):
    data("gp-connect")
    page = watched().page()
    enter(page, "pharmacist")
    bundle = long_term_opioid_candidate()
    steps.upload(page, bundle.write(tmp_path))
    expect(page.get_by_text("GP Connect bundle")).to_be_visible()
    steps.run(page, "Long-term opioids")
    page.locator("tbody tr[id^=c]").filter(has_text="SORREL").get_by_role("link").first.click()
    row = page.get_by_role("row").filter(has_text="Codeine 30mg tablets").first
    expect(row).to_contain_text("“One tablet four times a day”")
    expect(row).to_contain_text("4 tablets a day")
    expect(row).to_contain_text("120mg × 0.1 = 12mg")
    steps.shoot(page, "gp-connect-person")
