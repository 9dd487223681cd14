"""A practice's records go in by the upload page, in each form, and the same people come out."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from stepwell.population.records.gp_connect.tests.bundles import long_term_opioid_candidate
from stepwell.site.tests.journeys import steps

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SEARCHES = ("Long-term opioids", "Opioids at 90mg OME a day or more")


def test_a_report_a_workbook_and_emis_files_of_one_practice_give_the_same_candidates(
    files, data, watched, enter
):
    page = watched().page()
    enter(page, "pharmacist")
    found = {}
    for kind, file in (("csv", files.csv), ("workbook", files.workbook)):
        data(kind)
        import_by_mapping(page, file, corrects=kind == "csv")
        found[kind] = {title: steps.candidates(page, title) for title in SEARCHES}
    data("emis")
    steps.upload(page, files.emis)
    expect(page.get_by_text("rows read,")).to_be_visible()
    assert found["csv"] == found["workbook"]
    for title in SEARCHES:
        whole = steps.candidates(page, title)
        left_out = set(steps.left_out(page))
        agree_where_the_columns_allow(found["csv"][title], whole, left_out)


def agree_where_the_columns_allow(report, whole, left_out):
    """By NHS number: the report's outcomes, those of the EMIS files, and whom the EMIS files leave out.

    A report lacks two things that change who is found. Rows from elsewhere: a medicine another service gives makes
    somebody to check, or leaves them out. Ids of codes: a condition in words alone is to check where its id leaves out.
    """
    assert len(whole.keys() & report.keys()) > 4
    differs = {who for who in whole.keys() & report.keys() if whole[who] != report[who]}
    assert differs == set()
    lost = whole.keys() - report.keys()
    assert {whole[who] for who in lost} <= {"To check"}
    assert len(lost) <= 1
    more = report.keys() - whole.keys()
    assert more <= left_out
    assert len(more) <= 7


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
