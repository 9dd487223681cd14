"""The demonstration: somebody in every role, fictional through and through, and nowhere but there."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from stepwell.base.errors import StepwellError
from stepwell.organisations import tables
from stepwell.organisations.audit import verify_chain
from stepwell.organisations.models import Grant, Member, Organisation, SignOff
from stepwell.organisations.roles import Kind
from stepwell.organisations.tables import TableInfo
from stepwell.population.synthetic.build import practice_name
from stepwell.site import demo


@pytest.fixture(autouse=True)
def in_the_demonstration(settings, monkeypatch):
    settings.STEPWELL_DEMO, settings.SECOND_FACTOR_REQUIRED = True, False
    monkeypatch.setattr(tables, "_source", [lambda: [TableInfo("sample", "1", "Sample table")]])


def seed(*arguments: str) -> str:
    said = StringIO()
    call_command("seed_demo", *arguments, stdout=said)
    return said.getvalue()


def test_it_makes_a_neighbourhood_and_says_how_to_sign_in(db):
    said = seed("--practices", "3")
    assert Organisation.objects.filter(kind=Kind.PRACTICE).count() == 3
    assert "pharmacist@demo.example" in said
    assert demo.PASSWORD in said
    assert all(verify_chain(organisation).whole for organisation in Organisation.objects.all())


def test_the_pcn_pharmacist_sees_identities_at_every_practice(db):
    seed("--practices", "3")
    member = Member.objects.get(user__email="pcn-pharmacist@demo.example")
    assert member.organisations_where("see_identities").count() == Grant.objects.count() == 3


def test_its_sign_offs_are_marked(db):
    seed()
    assert SignOff.objects.get().demonstration


def test_again_if_empty_changes_nothing_but_signs_a_new_version(db, monkeypatch):
    seed("--if-empty")
    before = Member.objects.count()
    monkeypatch.setattr(tables, "_source", [lambda: [TableInfo("sample", "2", "Sample table")]])
    seed("--if-empty")
    assert Member.objects.count() == before
    assert set(SignOff.objects.values_list("version", flat=True)) == {"1", "2"}


def test_a_ledger_in_use_is_refused(db):
    seed()
    with pytest.raises(CommandError, match="organisations here already"):
        seed()


def test_outside_the_demonstration_it_is_refused(db, settings):
    settings.STEPWELL_DEMO = False
    with pytest.raises(CommandError, match="not a demonstration"):
        seed()


def test_practices_come_from_the_neighbourhood(tmp_path):
    (tmp_path / "practices.csv").write_text(
        "ods_code,name\nZ99907,Riverside Surgery\nZ99908,\n", encoding="utf-8"
    )
    assert demo.practices_of(tmp_path) == [
        demo.Practice("Z99907", "Riverside Surgery"),
        demo.Practice("Z99908", practice_name(1)),
    ]


def test_or_from_its_folders(tmp_path):
    for code in ("Z99902", "Z99901", "truth"):
        (tmp_path / "emis" / code).mkdir(parents=True)
    assert [each.ods_code for each in demo.practices_of(tmp_path)] == ["Z99901", "Z99902"]


def test_a_neighbourhood_without_practices_is_refused(tmp_path):
    with pytest.raises(StepwellError, match="names no practices"):
        demo.practices_of(tmp_path)


def test_the_sign_in_page_lists_the_accounts_and_the_password_works(db, client):
    seed()
    page = client.get("/account/sign-in/")
    assert "gp@demo.example" in page.text
    client.post("/account/sign-in/", {"login": "gp@demo.example", "password": demo.PASSWORD})
    assert "Dr Helen Marsh" in client.get("/").text
    assert "Demonstration sign-off" in client.get("/").text


def test_outside_it_the_sign_in_page_lists_nobody(db, client, settings):
    seed()
    settings.STEPWELL_DEMO = False
    assert "demo.example" not in client.get("/account/sign-in/").text
