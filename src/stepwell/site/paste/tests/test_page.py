"""The paste box as a page: open to anybody, and nothing of what is pasted stays."""

from __future__ import annotations

import logging

import pytest
from django.contrib.sessions.models import Session

from stepwell.knowledge.pasted import MOST_LINES
from stepwell.knowledge.unverified import unverified
from stepwell.organisations import kept_forms
from stepwell.site.paste.forms import EXAMPLE

pytestmark = pytest.mark.django_db
SECRET = "Mrs Rowan Alder, NHS 999 012 3456"


def test_the_empty_box_is_open_to_anybody(client):
    answer = client.get("/try/")

    assert answer.status_code == 200
    assert "Try an example" in answer.text


def test_the_example_is_read(client):
    page = client.post("/try/", {"medicines": "", "example": "1"}).text

    for said in ("at least 84 to 108mg", "0 to 240mg codeine", "Opioid with a gabapentinoid", "Not assessed"):
        assert said in page


def test_nothing_is_read_from_an_address(client):
    assert "Morphine" not in client.get("/try/", {"medicines": EXAMPLE}).text


def test_nothing_is_kept(client, caplog):
    with caplog.at_level(logging.DEBUG):
        answer = client.post("/try/", {"medicines": EXAMPLE})

    assert "no-store" in answer["Cache-Control"]
    assert "sessionid" not in client.cookies
    assert Session.objects.count() == 0
    assert "Morphine" not in caplog.text


def test_a_form_left_open_is_not_kept_for_later(rf, member):
    request = rf.post("/try/", {"medicines": EXAMPLE})
    request.user = member.user

    assert kept_forms.keep(request, path="/try/", sent=request.POST) is None


def test_what_points_at_a_person_is_not_sent_back(client):
    page = client.post("/try/", {"medicines": f"{SECRET}\nTramadol 50mg capsules 1 qds"}).text

    assert "Alder" not in page
    assert "999 012" not in page
    assert "may point at a person" in page
    assert "Tramadol 50mg capsules 1 qds" in page


@pytest.mark.parametrize("said", ["1 qds give to Mary Smith", "1 qds give to mary smith", "1 qds zz99 3aa"])
def test_a_name_or_a_postcode_inside_an_instruction_is_not_sent_back_or_written_down(client, caplog, said):
    with caplog.at_level(logging.DEBUG):
        page = client.post(
            "/try/", {"medicines": f"Tramadol 50mg capsules {said}\nCodeine 30mg tablets 1 qds"}
        ).text

    assert "smith" not in page.lower() and "zz99" not in page.lower()
    assert "smith" not in caplog.text.lower() and "zz99" not in caplog.text.lower()
    assert "may point at a person" in page
    assert "Codeine 30mg tablets" in page


def test_the_answer_can_be_copied_as_text(client):
    page = client.post("/try/", {"medicines": EXAMPLE}).text

    assert 'id="as-text"' in page
    assert "ORAL MORPHINE EQUIVALENT (OME), MG A DAY" in page
    assert "paste.js" in page
    assert 'id="as-text"' not in client.get("/try/").text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Paste at least one medicine"),
        ("x\n" * (MOST_LINES + 1), f"Paste at most {MOST_LINES} lines"),
        ("x" * 10_001, "Paste at most 10,000 characters"),
    ],
)
def test_too_little_and_too_much_are_said(client, text, said):
    page = client.post("/try/", {"medicines": text}).text

    assert "There is a problem" in page
    assert said in page


def test_markup_is_shown_as_text(client):
    page = client.post("/try/", {"medicines": "Tramadol 50mg capsules <script>alert(1)</script>"}).text

    assert "<script>alert" not in page


def test_a_taper_comes_as_csv(client):
    answer = client.post("/try/", {"medicines": EXAMPLE, "csv": "1"})

    assert answer["Content-Type"].startswith("text/csv")
    assert answer.text.startswith("starts_on,days,regimen")


@pytest.mark.parametrize("wanted", ["5", "6", "99", "x"])
def test_no_csv_where_there_is_no_taper(client, wanted):
    assert client.post("/try/", {"medicines": EXAMPLE, "csv": wanted}).status_code == 404


def test_other_ways_of_asking_are_refused(client):
    assert client.put("/try/").status_code == 405


def test_sign_in_and_home_lead_to_it(client, signed_in_client):
    assert 'href="/try/">Try it: paste a medication list' in client.get("/account/sign-in/").text
    assert 'href="/try/">Try it: paste a medication list' in signed_in_client.get("/").text


def test_every_unverified_fact_is_listed(client):
    page = client.get("/about/unverified/").text

    for each in unverified():
        assert f"/about/unverified/{each.table.name}/" in page
        assert client.get(f"/about/unverified/{each.table.name}/").status_code == 200


def test_a_long_table_is_paged_to_its_end(client):
    last = len(next(each for each in unverified() if each.table.name == "cautions").facts)

    assert f"of {last} facts" in client.get("/about/unverified/cautions/").text
    assert "Showing 51 to" in client.get("/about/unverified/dosage_vocabulary/?page=2").text
    assert client.get("/about/unverified/nothing/").status_code == 404
