"""Counts that leave a practice: whatever address a member opens who may not see people, no exact or small number is on it."""

from __future__ import annotations

import re

import pytest

from stepwell.casefinding.models import CandidateList
from stepwell.organisations import tables
from stepwell.organisations.tables import TableInfo
from stepwell.site.tests.routes import World, address, ours

pytestmark = pytest.mark.django_db
COUNTING_ONLY = [("pcn_lead", "pcn"), ("icb_analyst", "icb")]
# Numbers that nothing else on a page is likely to be, and 3 people to check.
EXACT = {"registered": 98761, "issued_in_window": 54322, "base": 6467}
OUTCOMES = {"in": 4141, "check": 3, "out": 2323}
REASONS = {"palliative": 2317, "active_cancer": 2}


@pytest.fixture
def world(neighbourhood, make_member, monkeypatch):
    monkeypatch.setattr(tables, "_source", [lambda: [TableInfo("sample", "1", "Sample table")]])
    made = World(neighbourhood, make_member)
    counts = {**EXACT, "outcomes": OUTCOMES, "reasons": REASONS}
    CandidateList.objects.filter(pk=made.candidate_list("practice").pk).update(counts=counts)
    return made


def opened(world, client):
    """Every address that answers this member: its name and what it answers."""
    for route in ours():
        page = client.get(address(route, world, "practice"))
        if page.status_code == 200:
            yield route.name, page


@pytest.mark.parametrize(("role", "at"), COUNTING_ONLY)
def test_no_exact_number_is_on_any_page(role, at, world, make_member, sign_in):
    seen = {}
    exact = [*EXACT.values(), *OUTCOMES.values(), *REASONS.values()]
    told = [written for number in exact if number > 7 for written in (str(number), f"{number:,}")]
    for name, page in opened(world, sign_in(make_member(role, at=at))):
        words = re.sub(r"<[^>]*>", " ", page.text)
        seen[name] = [number for number in told if re.search(rf"(?<![\d,]){number}(?![\d,])", words)]
    assert {"casefinding:candidate_list", "casefinding:searches"} <= set(seen)
    assert {name: numbers for name, numbers in seen.items() if numbers} == {}


@pytest.mark.parametrize(("role", "at"), COUNTING_ONLY)
def test_no_address_gives_them_a_file(role, at, world, make_member, sign_in):
    """An export is for those who see the people: a new one has to be thought of here first."""
    files = [
        name
        for name, page in opened(world, sign_in(make_member(role, at=at)))
        if "attachment" in page.get("Content-Disposition", "") or "csv" in page["Content-Type"]
    ]
    assert files == []


@pytest.mark.parametrize(("role", "at"), COUNTING_ONLY)
def test_a_small_count_a_second_one_and_their_sum_are_not_told(role, at, world, make_member, sign_in):
    client = sign_in(make_member(role, at=at))
    page = client.get(address(_route("casefinding:candidate_list"), world, "practice")).text
    facts = dict(re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", page))
    assert facts["In"] == "4,140"
    assert facts["To check by a clinician"] == "7 or fewer"
    assert facts["Out, with the reason"] == facts["Meet the definition"] == "not shown"
    assert facts["Rate of registered people"] == "not shown"
    assert facts["Registered"] == "98,760"
    assert "7 or fewer" in client.get(address(_route("casefinding:searches"), world, "practice")).text


def test_those_who_see_the_people_see_the_numbers(world, make_member, sign_in):
    """Or the tests above would pass on empty pages."""
    page = sign_in(make_member("pharmacist")).get(
        address(_route("casefinding:candidate_list"), world, "practice")
    )
    assert "4,141" in page.text and "6,467" in page.text


def _route(name):
    return next(route for route in ours() if route.name == name)
