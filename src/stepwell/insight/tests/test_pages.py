"""The prescribing pages, read as a visitor reads them: nobody is signed in."""

from __future__ import annotations

import csv
import io
import re

import pytest

from stepwell.insight import kept, organisation_page
from stepwell.insight.tests.fictional import CLOSED, FALLING, TINY, UNLISTED

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def unhurried(monkeypatch):
    monkeypatch.setattr(organisation_page, "BUDGET_SECONDS", 300)


def seen(client, path: str) -> str:
    """The words of a page that opens, without its markup."""
    page = client.get(path)
    assert page.status_code == 200, path
    return text_of(page)


def text_of(page) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


def rows_of(page) -> list[dict[str, str]]:
    assert page["Content-Type"].startswith("text/csv")
    text = b"".join(page.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text)))


def test_before_anything_is_imported_every_page_says_how(client, settings, tmp_path):
    settings.STEPWELL_DATA = str(tmp_path)
    for path in ("/prescribing/", "/prescribing/practice/Z00001/", "/prescribing/compare/"):
        assert "No month of prescribing has been imported" in seen(client, path)
    assert "stepwell prescribing import" in seen(client, "/prescribing/")


@pytest.mark.usefixtures("data")
class TestFinding:
    def test_by_words_of_the_name_in_any_case(self, client):
        assert "1 organisation found" in seen(client, "/prescribing/?q=road HILL")

    def test_by_the_beginning_of_a_code(self, client):
        assert "10 organisations found" in seen(client, "/prescribing/?q=z0001")

    @pytest.mark.parametrize(
        ("typed", "path"),
        [
            ("z00001", "/practice/Z00001/"),
            ("Z1A", "/sub-icb/Z1A/"),
            ("Z1", "/icb/Z1/"),
            ("z0r", "/region/Z0R/"),
        ],
    )
    def test_a_whole_code_goes_there(self, client, typed, path):
        assert client.get(f"/prescribing/?q={typed}")["Location"] == f"/prescribing{path}"

    def test_nothing_found_says_what_to_try(self, client):
        assert "Try fewer words, or the code" in seen(client, "/prescribing/?q=nowhere")

    def test_where_somebody_works_is_offered(self, signed_in_client, member):
        member.organisation.ods_code = FALLING
        member.organisation.save()
        assert "Where you work: Alder Road Surgery" in seen(signed_in_client, "/prescribing/")

    @pytest.mark.parametrize(
        "path",
        [
            "practice/Z77777/",
            "planet/Z00001/",
            "practice/Z00001/no_such/",
            "practice/Z00001/no_such/practices/",
        ],
    )
    def test_what_is_not_here_is_said_with_a_way_on(self, client, path):
        page = client.get(f"/prescribing/{path}")
        assert page.status_code == 404
        assert "Find an organisation" in page.text


@pytest.mark.usefixtures("data")
class TestOrganisation:
    def test_amounts_come_first_and_items_are_secondary(self, client):
        words = seen(client, f"/prescribing/practice/{FALLING}/")
        assert words.index("Amounts prescribed") < words.index("Items, secondary")
        assert "During a taper weekly issues" in words

    def test_what_is_high_is_told_in_words_and_nothing_is_worst(self, client):
        words = seen(client, f"/prescribing/practice/{FALLING}/")
        assert "Higher than 9 in 10 practices in England" in words
        assert "worst" not in words.lower()

    def test_a_missing_month_of_list_sizes_is_said(self, client):
        assert "No list sizes are held for October 2025" in seen(client, f"/prescribing/practice/{FALLING}/")

    def test_without_its_list_size_the_newest_month_has_no_rate_and_the_page_says_why(self, client):
        words = seen(client, f"/prescribing/practice/{UNLISTED}/")
        assert "No list size of Hill House Surgery is held for September 2026" in words
        assert "August 2026" in words  # the last figure says its month

    def test_a_closed_practice_says_so(self, client):
        assert "is closed since June 2026" in seen(client, f"/prescribing/practice/{CLOSED}/")

    def test_a_tiny_practice_is_not_compared(self, client):
        assert "Too small to compare" in seen(client, f"/prescribing/practice/{TINY}/")

    def test_an_area_leads_to_what_lies_in_it(self, client):
        assert "10 practices in Westmere" in seen(client, "/prescribing/sub-icb/Z1A/")

    def test_what_takes_too_long_is_left_for_the_next_request_and_said(
        self, client, data, settings, tmp_path, monkeypatch
    ):
        settings.STEPWELL_DATA = str(tmp_path)
        (tmp_path / "lake").symlink_to(data / "lake")
        monkeypatch.setattr(organisation_page, "BUDGET_SECONDS", 0)
        words = seen(client, f"/prescribing/practice/{FALLING}/")
        assert "measures are still being worked out" in words

    def test_when_others_wait_the_answer_is_to_come_back(self, client, data, settings, tmp_path, monkeypatch):
        settings.STEPWELL_DATA = str(tmp_path)
        (tmp_path / "lake").symlink_to(data / "lake")

        def busy(*_):
            raise kept.Busy

        monkeypatch.setattr(kept, "kept", busy)
        page = client.get(f"/prescribing/practice/{FALLING}/")
        assert (page.status_code, page["Retry-After"]) == (503, "10")


OME = f"/prescribing/practice/{FALLING}/opioid_ome/"


@pytest.mark.usefixtures("data")
class TestMeasure:
    def test_every_chart_says_its_data_measure_and_that_it_is_not_of_people(self, client):
        words = seen(client, OME)
        facts = "English prescribing data to September 2026, published 19 November 2026. Measure opioid_ome, version"
        assert words.count(facts) == 3  # two charts and the foot of the page
        assert "not people" in words

    def test_a_threshold_is_said_and_items_carry_their_warning(self, client):
        words = seen(client, f"/prescribing/practice/{FALLING}/opioid_high_dose_items_90/")
        assert "threshold 90 mg OME a day" in words
        assert "weekly scripts and extra strengths raise items while doses fall" in words

    def test_items_stand_beside_the_quantity_in_each(self, client):
        words = seen(client, f"/prescribing/practice/{FALLING}/opioid_items/")
        assert re.search(r"Quantity in each item here: [\d,.]+ mg OME per item in September 2026", words)

    def test_a_figure_in_the_table_is_the_one_in_the_csv(self, client):
        rows = rows_of(client.get(f"{OME}months.csv"))
        newest = next(row for row in rows if row["month"] == "2026-09")
        assert len(rows) == 14
        assert f"{float(newest['value']):,.0f}" in seen(client, OME)
        assert newest["measure"] == "opioid_ome"
        assert float(newest["numerator"]) / float(newest["denominator"]) == pytest.approx(
            float(newest["value"])
        )

    def test_a_month_without_a_list_size_has_no_value_rather_than_nought(self, client):
        rows = {row["month"]: row for row in rows_of(client.get(f"{OME}months.csv"))}
        assert rows["2025-10"]["value"] == ""
        assert re.search(r"October 2025 [\d,]+ not known no value", seen(client, OME))

    def test_few_peers_are_dots_and_many_are_bands(self, client):
        assert "Dashed lines: a tenth of practices" in seen(client, OME)
        assert "Each dot is one of the other practices in Westmere" in seen(client, f"{OME}?among=sub-icb")

    def test_the_funnel_stands_where_the_measure_is_a_share_of_items(self, client):
        assert 'id="funnel"' in client.get(f"/prescribing/practice/{FALLING}/opioid_high_dose_share_90/").text
        assert 'id="funnel"' not in client.get(OME).text

    def test_three_months_are_sums_and_the_chart_over_time_stays_of_single_months(self, client):
        words = seen(client, f"{OME}?months=3")
        assert "sums over three months" in words
        assert "Single months are charted here" in words

    def test_another_table_of_factors_gives_other_figures_and_is_named(self, client):
        usual, other = client.get(f"{OME}months.csv"), client.get(f"{OME}months.csv?factors=UK-OPX-PRE2022")
        old, new = rows_of(usual)[-1], rows_of(other)[-1]
        assert (new["factor_table"], new["value"]) != (old["factor_table"], old["value"])
        assert "Table of factors UK-OPX-PRE2022" in seen(client, f"{OME}?factors=UK-OPX-PRE2022")

    @pytest.mark.parametrize("query", ["?among=moon", "?factors=none-such", "?months=7", "?areas=then"])
    def test_a_choice_that_is_none_is_as_usual(self, client, query):
        assert "in England" in seen(client, f"{OME}{query}")

    def test_what_is_chosen_is_kept_in_the_links(self, client):
        assert f"{OME}months.csv?months=3&amp;among=icb" in client.get(f"{OME}?months=3&among=icb").text

    def test_a_closed_practice_has_figures_up_to_its_closing(self, client):
        rows = rows_of(client.get(f"/prescribing/practice/{CLOSED}/opioid_ome/months.csv"))
        assert max(row["month"] for row in rows) == "2026-06"

    def test_areas_as_they_were_can_be_asked_for(self, client):
        assert "As then, month by month" in seen(client, "/prescribing/icb/Z1/opioid_ome/?areas=then")

    def test_charts_have_their_sentence_and_nothing_inline(self, client):
        page = client.get(OME)
        figures = re.findall(r'<figure class="app-chart[^>]*aria-label="([^"]*)"', page.text)
        assert len(figures) == 4 and all(len(each) > 40 for each in figures)
        assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=", page.text)


@pytest.mark.usefixtures("data")
class TestPracticesOfAnArea:
    path = "/prescribing/england/ENGLAND/opioid_ome/practices/"

    def test_the_small_the_closed_and_those_without_a_figure_are_not_in_the_order(self, client):
        words = seen(client, self.path)
        assert "27 practices; 1 too small to put in order; 1 without a figure" in words
        assert "Glebe House Surgery" not in words  # closed in June

    def test_the_highest_come_first_or_all_by_name(self, client):
        by_figure, by_name = client.get(self.path).text, client.get(f"{self.path}?order=name").text
        assert by_name.index("Beacon House") < by_name.index("Ford Lane Surgery")
        assert by_figure.index("Ford Lane Surgery") < by_figure.index("Beacon House")

    def test_the_csv_holds_every_practice_of_the_area(self, client):
        rows = rows_of(client.get("/prescribing/sub-icb/Z1A/opioid_ome/practices.csv"))
        assert {row["organisation"] for row in rows} == {f"Z{number:05}" for number in range(1, 11)}
        every = rows_of(client.get("/prescribing/sub-icb/Z1A/opioid_ome/practices.csv?every=month"))
        assert len(every) == 14 * len(rows)

    def test_every_month_of_all_england_is_refused_with_another_way(self, client):
        page = client.get("/prescribing/england/ENGLAND/opioid_ome/practices.csv?every=month")
        assert page.status_code == 404
        assert "use the command line" in page.text


@pytest.mark.usefixtures("data")
class TestComparing:
    def test_two_practices_on_the_bands_of_england(self, client):
        words = seen(client, "/prescribing/compare/?measure=opioid_ome&codes=Z00001,Z00009")
        assert "Alder Road Surgery was highest in September 2026" in words
        assert "Dashed blue: tenths of practices in England" in words

    def test_a_practice_and_its_area_are_compared_without_bands(self, client):
        words = seen(client, "/prescribing/compare/?measure=opioid_ome&codes=Z00001%20Z1")
        assert "Northwater ICB" in words and "No bands are drawn" in words

    def test_a_code_that_is_none_is_named(self, client):
        assert "Not in the data held here: Q1" in seen(client, "/prescribing/compare/?codes=Z00001,Q1")

    def test_no_more_are_drawn_than_can_be_told_apart(self, client):
        codes = ",".join(f"Z{number:05}" for number in range(1, 7))
        assert "Only the first 4 are compared" in seen(client, f"/prescribing/compare/?codes={codes}")

    def test_the_csv_holds_those_compared(self, client):
        rows = rows_of(client.get("/prescribing/compare/rows.csv?measure=opioid_ome&codes=Z00001,Z1"))
        assert {row["organisation"] for row in rows} == {"Z00001", "Z1"}
        assert len(rows) == 28
