"""What a report leaves out is never reassurance: reports through import and search, to the outcome of their one person."""

from __future__ import annotations

from datetime import date

import pytest

from stepwell.base.progress import Silent
from stepwell.population import engine
from stepwell.population.records.derived import DERIVATION
from stepwell.population.records.extracts import Options
from stepwell.population.records.importing import import_extract
from stepwell.population.records.list_report import ListReportReader
from stepwell.population.records.list_report.tests.sink import NUMBERS, csv_report
from stepwell.population.records.searches import prepare, run, search
from stepwell.population.records.searches.explain import explain
from stepwell.population.stores import open_stores

pytestmark = pytest.mark.slow

ADA, BEN, *_ = NUMBERS
AS_OF = date(2026, 11, 20)
PERSON = ["NHS Number", "DOB", "Registration Date"]
WHO = {ADA: [ADA, "01/02/1960", "01/01/2001"], BEN: [BEN, "01/02/1970", "01/01/2001"]}
COURSE = ["Drug", "Dosage", "Quantity", "First Issue Date", "Last Issue Date", "Number of Issues"]
ISSUE = ["Drug", "Dosage", "Quantity", "Date of Issue"]
CODE = ["Code Term", "Date"]
CODEINE = ["Codeine 30mg tablets", "One four times a day", "112 tablet"]
CODED = ["Asthma", "01/01/2015"]
MONTHLY = ["01/06/2026", "29/06/2026", "27/07/2026", "24/08/2026", "21/09/2026", "19/10/2026", "16/11/2026"]


@pytest.fixture
def found(tmp_path, monkeypatch):
    """Outcome and reasons of Ada by search, from a report with these headings and her rows; Ben makes it a report."""
    monkeypatch.delenv("STEPWELL_KEY", raising=False)

    def outcome(search_id, headings, *rows):
        path = csv_report(
            tmp_path / "report.csv",
            [[*PERSON, *headings], *([*WHO[ADA], *row] for row in rows), [*WHO[BEN], *_as_ben(headings)]],
        )
        options = Options(practice="Z99901", extract_date=AS_OF)
        stores = open_stores(tmp_path / "lake")
        import_extract(
            stores.lake,
            stores.vault,
            ListReportReader(path, options),
            options,
            derive=DERIVATION,
            progress=Silent(),
        )
        con = engine.connect()
        with stores.lake.pin() as snapshot:
            tables = snapshot.tables(con)
            prepared = prepare(tables, AS_OF, con)
            (load,) = snapshot.in_use
            people = stores.vault.read(load.practice, load.load_id, who="test", why="test")
            key = next(person.patient_key for person in people if person.nhs_number == ADA)
            for one in run(search(search_id), prepared).candidates:
                if one.patient_key == key:
                    told = explain(search(search_id), prepared, tables, load.practice, key)
                    assert told is not None
                    return one.outcome, {a.id: a.reason for a in told.answers if a.holds and a.part != "base"}
        return "none", {}

    return outcome


def _as_ben(headings):
    """Someone with one issue long ago, and a code where the report has codes."""
    day = {
        "Drug": "Codeine 30mg tablets",
        "Code Term": "Asthma",
        "Date": "01/01/2015",
        "Number of Issues": "1",
    }
    dates = {"Date of Issue", "Last Issue Date", "First Issue Date"}
    return ["01/01/2020" if h in dates else day.get(h, "") for h in headings]


def test_fourteen_issues_of_which_two_have_a_date_may_be_long_term(found):
    row = [*CODEINE, "01/11/2025", "01/11/2026", "14", *CODED]
    outcome, reasons = found("long-term-opioids", [*COURSE, *CODE], row)
    assert outcome == "check"
    assert reasons == {
        "opioid_may_be_longer": "Issue dates are missing: an opioid may have been taken for longer than the dated issues show. "
        "14 issues made, 2 dated."
    }


def test_a_course_that_does_not_say_how_many_were_made_adds_to_neither_number(found):
    """Or more would seem to be dated than were made."""
    rows = [[*CODEINE, "01/11/2025", "01/11/2026", made, *CODED] for made in ("14", "")]
    reasons = found("long-term-opioids", [*COURSE, *CODE], *rows)[1]
    assert reasons["opioid_may_be_longer"].endswith(" 14 issues made, 2 dated.")


def test_nor_are_they_a_new_start(found):
    row = [*CODEINE, "", "01/11/2026", "14", *CODED]
    outcome, reasons = found("newly-started", [*COURSE, *CODE], row)
    assert outcome == "check" and "opioid_may_be_longer" in reasons


def test_a_last_issue_too_long_ago_is_not_taken_now(found):
    row = [*CODEINE, "01/01/2024", "01/03/2026", "14", *CODED]
    assert found("long-term-opioids", [*COURSE, *CODE], row)[0] == "none"


def test_a_row_of_an_issue_without_its_date_may_be_taken_now(found):
    outcome, reasons = found("long-term-opioids", [*ISSUE, *CODE], [*CODEINE, "", *CODED])
    assert outcome == "check" and set(reasons) == {"opioid_may_be_taken"}


@pytest.mark.parametrize(
    ("term", "outcome", "reason"),
    [("Terminal care", "check", "unmapped_condition"), ("Lung cancer", "check", "unmapped_condition")],
)
def test_a_code_without_a_date_still_counts(found, term, outcome, reason):
    rows = [[*CODEINE, day, term, ""] for day in MONTHLY]
    found_outcome, reasons = found("long-term-opioids", [*ISSUE, *CODE], *rows)
    assert found_outcome == outcome and reason in reasons


def test_a_report_with_no_diagnoses_reassures_about_none(found):
    rows = [[*CODEINE, day] for day in MONTHLY]
    outcome, reasons = found("long-term-opioids", ISSUE, *rows)
    assert (outcome, set(reasons)) == ("check", {"no_diagnoses"})
    assert "cancer, palliative and substance-use codes are unknown" in reasons["no_diagnoses"]


def test_a_report_with_diagnoses_that_has_all_that_is_asked_is_enough(found):
    rows = [[*CODEINE, day, *CODED] for day in MONTHLY]
    assert found("long-term-opioids", [*ISSUE, *CODE], *rows) == ("in", {})


THREE_WEEKS = ["Codeine 30mg tablets", "One four times a day", "84 tablet"]  # 21 days, if taken as written
DAYS = "How long a supply lasts is worked out, not given."


def test_a_gap_that_a_longer_supply_would_close_does_not_make_somebody_short_term(found):
    days = ["01/06/2026", "29/06/2026", "30/08/2026", "27/09/2026", "25/10/2026", "20/11/2026"]
    rows = [[*THREE_WEEKS, day, *CODED] for day in days]
    outcome, reasons = found("long-term-opioids", [*ISSUE, *CODE], *rows)
    assert (outcome, set(reasons)) == ("check", {"opioid_days_long"})
    assert reasons["opioid_days_long"].startswith(DAYS)


def test_gaps_that_longer_supplies_would_close_are_one_after_the_other(found):
    """Two months' tablets taken every other day, written as one a day: each issue alone seems a supply of four weeks."""
    days = ["14/05/2026", "13/07/2026", "11/09/2026", "10/11/2026"]
    rows = [["Codeine 30mg tablets", "One daily", "28 tablet", day, *CODED] for day in days]
    outcome, reasons = found("long-term-opioids", [*ISSUE, *CODE], *rows)
    assert (outcome, set(reasons)) == ("check", {"opioid_days_long"})


def test_what_a_long_gap_parts_from_them_does_not_count_with_them(found):
    days = ["10/01/2026", "11/09/2026", "10/11/2026"]
    rows = [["Codeine 30mg tablets", "One daily", "28 tablet", day, *CODED] for day in days]
    assert found("long-term-opioids", [*ISSUE, *CODE], *rows)[0] == "none"


def test_where_the_report_gives_the_days_the_gap_stands(found):
    days = ["01/06/2026", "29/06/2026", "30/08/2026", "27/09/2026", "25/10/2026", "20/11/2026"]
    rows = [[*THREE_WEEKS, day, "21", *CODED] for day in days]
    assert found("long-term-opioids", [*ISSUE, "Duration", *CODE], *rows)[0] == "none"


def test_a_gap_no_usual_supply_would_close_stands(found):
    rows = [[*THREE_WEEKS, day, *CODED] for day in ("01/03/2026", "29/03/2026", "15/10/2026", "12/11/2026")]
    assert found("long-term-opioids", [*ISSUE, *CODE], *rows)[0] == "none"


def test_who_stopped_a_few_days_too_long_ago_may_have_stopped_in_the_year(found):
    days = [
        "01/08/2025",
        "29/08/2025",
        "26/09/2025",
        "24/10/2025",
    ]  # the last of it ended on 14 November 2025
    rows = [[*THREE_WEEKS, day, *CODED] for day in days]
    outcome, reasons = found("stopped", [*ISSUE, *CODE], *rows)
    assert (outcome, set(reasons)) == ("check", {"opioid_days_stopped"})
