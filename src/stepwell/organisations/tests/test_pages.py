"""The organisation's pages: what they show, what their forms refuse and say, and what they write down."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stepwell.base import clock
from stepwell.organisations import actions, tables
from stepwell.organisations.audit import SystemJob
from stepwell.organisations.models import AuditEvent, Grant, Member, SignOff
from stepwell.organisations.tables import TableInfo

NEW = {"name": "Nia Price", "email": "nia@example.org", "role": "gp", "starts_on": "2026-11-24"}


@pytest.fixture
def administrator(make_member, sign_in):
    return sign_in(make_member("administrator"))


def errors(page, *words):
    """The summary, the field and the title all say it."""
    assert page.status_code == 200
    assert "There is a problem" in page.text
    assert "<title>Error: " in page.text
    for word in words:
        assert page.text.count(word) == 2, word


class TestMembers:
    def test_the_page_lists_them(self, administrator, member):
        page = administrator.get("/organisation/").text
        assert member.user.name in page
        assert "Practice, ODS code Z99901, under Stonebridge PCN, Northwater ICB." in page

    def test_only_those_who_may_are_offered_the_actions(self, signed_in_client):
        page = signed_in_client.get("/organisation/").text
        assert "Add a member" not in page
        assert "Grant sight" not in page

    def test_adding_one_gives_a_link_for_their_password(self, administrator):
        page = administrator.post("/organisation/members/add/", NEW)
        assert "Give this link to Nia Price" in page.text
        assert "http://testserver/account/choose-password/" in page.text
        assert Member.objects.get(user__email="nia@example.org").role == "gp"

    def test_an_empty_form_says_what_to_enter(self, administrator):
        page = administrator.post("/organisation/members/add/", {})
        errors(page, "Enter their full name", "Enter their work email address", "Enter their first day")
        assert 'href="#id_name"' in page.text

    def test_a_prescriber_without_a_number_is_refused_at_the_field(self, administrator):
        page = administrator.post("/organisation/members/add/", NEW | {"prescribes": "on"})
        errors(page, "Enter their professional number: they prescribe")

    def test_what_was_typed_is_kept(self, administrator):
        page = administrator.post("/organisation/members/add/", NEW | {"email": "not an address"})
        errors(page, "Enter an email address, like name@example.org")
        assert 'value="Nia Price"' in page.text

    def test_someone_with_the_role_already_is_refused_in_words(self, administrator, member):
        page = administrator.post(
            "/organisation/members/add/", NEW | {"email": member.user.email, "role": "pharmacist"}
        )
        assert "They are already a member in this role here." in page.text

    def test_ending_one(self, administrator, member):
        path = f"/organisation/members/{member.pk}/end/"
        errors(administrator.post(path, {"on": "2026-11-24"}), "Say why, in a few words")
        assert administrator.post(path, {"on": "2026-11-24", "reason": "Retired"}).status_code == 302
        assert AuditEvent.objects.get(event="member.ended").reason == "Retired"


class TestGrants:
    def test_giving_and_taking_back(self, administrator, make_member):
        pharmacist = make_member("pharmacist", at="pcn")
        day = (clock.today() + timedelta(days=90)).isoformat()
        fields = {"email": pharmacist.user.email, "ends_on": day, "reason": "Works here on Mondays"}
        assert administrator.post("/organisation/grants/give/", fields).status_code == 302
        assert pharmacist.user.name in administrator.get("/organisation/").text
        grant = Grant.objects.get()
        path = f"/organisation/grants/{grant.pk}/take-back/"
        assert administrator.post(path, {"reason": "Left"}).status_code == 302
        assert not pharmacist.holds("see_identities")

    def test_someone_who_may_not_have_it_is_refused_at_the_field(self, administrator, make_member):
        lead = make_member("pcn_lead", at="pcn")
        fields = {"email": lead.user.email, "ends_on": clock.today().isoformat(), "reason": "x"}
        errors(
            administrator.post("/organisation/grants/give/", fields),
            "Nobody with this address holds a care role",
        )

    @pytest.mark.parametrize("days", [-1, 367])
    def test_it_is_for_a_year_at_most(self, administrator, make_member, days):
        pharmacist = make_member("pharmacist", at="pcn")
        day = (clock.today() + timedelta(days=days)).isoformat()
        page = administrator.post(
            "/organisation/grants/give/", {"email": pharmacist.user.email, "ends_on": day, "reason": "x"}
        )
        errors(page, "Enter a day from today to a year from now")

    def test_a_grant_someone_holds_is_not_theirs_to_take_back(self, neighbourhood, make_member, sign_in):
        pharmacist = make_member("gp", at="neighbour")
        grant = actions.grant_identities(
            by=SystemJob("test"),
            practice=neighbourhood["practice"],
            member=pharmacist,
            starts_on=clock.today(),
            ends_on=clock.today(),
        )
        assert (
            sign_in(pharmacist)
            .post(f"/organisation/grants/{grant.pk}/take-back/", {"reason": "x"})
            .status_code
            == 404
        )
        assert Grant.objects.count() == 1


class TestSignOff:
    @pytest.fixture(autouse=True)
    def one_table(self, monkeypatch):
        info = TableInfo("ome-factors", "EQ-1", "OME factors", rows=20, unverified=3)
        monkeypatch.setattr(tables, "_source", [lambda: [info]])

    def test_it_says_what_is_not_signed(self, signed_in_client):
        page = signed_in_client.get("/organisation/sign-off/").text
        assert "1 of 1 table is not signed off at Hill Road Surgery" in page
        assert "3 of 20" in page

    def test_the_home_page_warns(self, signed_in_client):
        assert "Not signed off here" in signed_in_client.get("/").text

    def test_signing(self, make_member, sign_in):
        client = sign_in(make_member("clinical_safety_officer"))
        path = "/organisation/sign-off/ome-factors/"
        errors(
            client.post(path, {"scope": "organisation"}), "Confirm that you have read and accept this version"
        )
        assert (
            client.post(path, {"scope": "organisation", "read": "on", "note": "Checked"}).status_code == 302
        )
        assert SignOff.objects.get().note == "Checked"
        assert "Not signed off here" not in client.get("/").text

    def test_the_installation_is_offered_to_its_hosts_officer_only(self, make_member, sign_in):
        path = "/organisation/sign-off/ome-factors/"
        assert "every organisation" not in sign_in(make_member("clinical_safety_officer")).get(path).text
        assert (
            "every organisation" in sign_in(make_member("clinical_safety_officer", at="icb")).get(path).text
        )

    def test_a_table_that_is_not_there_is_not_found(self, make_member, sign_in):
        assert (
            sign_in(make_member("clinical_safety_officer")).get("/organisation/sign-off/nothing/").status_code
            == 404
        )

    def test_without_any_tables_it_says_so(self, signed_in_client, monkeypatch):
        monkeypatch.setattr(tables, "_source", [])
        assert (
            "There are no tables of clinical facts to sign."
            in signed_in_client.get("/organisation/sign-off/").text
        )


class TestSwitching:
    def test_one_session_works_under_one_membership(self, make_member, sign_in):
        client = sign_in(make_member("gp", email="both@example.org"))
        other = make_member("pharmacist", at="neighbour", email="both@example.org")
        assert "Mill Lane Surgery" in client.get("/organisation/switch/").text
        client.post("/organisation/switch/", {"member": str(other.pk)})
        assert "you are working at Mill Lane Surgery as Pharmacist" in client.get("/").text
        assert AuditEvent.objects.filter(
            event="membership.switched", organisation=other.organisation
        ).exists()

    def test_somebody_elses_membership_is_not_found(self, signed_in_client, make_member):
        other = make_member("gp", at="neighbour")
        assert signed_in_client.post("/organisation/switch/", {"member": str(other.pk)}).status_code == 404


class TestAuditPage:
    def test_it_shows_who_did_what_and_filters(self, administrator, member, neighbourhood):
        actions.record_read(by=member, organisation=neighbourhood["practice"], what="person")
        page = administrator.get("/organisation/audit/?event=person.read").text
        assert member.user.name in page
        assert "Showing 1 to 1 of 1 events" in page
        assert "Added a member</" not in page

    def test_it_is_paged(self, administrator, member, neighbourhood):
        for _ in range(60):
            actions.record_read(by=member, organisation=neighbourhood["practice"], what="person")
        page = administrator.get("/organisation/audit/?event=person.read&page=2").text
        assert "Showing 21 to 40 of 60 events" in page
        assert "?event=person.read&amp;page=1" in page

    def test_ids_are_told_in_words_and_lead_to_everything_about_them(
        self, administrator, make_member, neighbourhood
    ):
        added = make_member("gp", name="Dr Added Lately")
        actions.record_read(
            by=added, organisation=neighbourhood["practice"], what="person", subject=added, reason="Asked"
        )
        actions.record_read(by=added, organisation=neighbourhood["practice"], what="person", reason="Other")
        page = administrator.get("/organisation/audit/?event=person.read").text
        assert f'<a href="?about=member.{added.pk}">Dr Added Lately</a>' in page
        assert page.count(str(added.pk)) == 1
        about = administrator.get(f"/organisation/audit/?event=person.read&about=member.{added.pk}").text
        assert "Events about: Dr Added Lately" in about
        assert "Asked" in about and "Other" not in about

    def test_what_is_not_in_the_trail_is_not_called_by_name(self, administrator, make_member):
        stranger = make_member("gp", at="elsewhere")
        page = administrator.get(f"/organisation/audit/?about=member.{stranger.pk}").text
        assert "nothing in this trail" in page and stranger.user.name not in page
        assert administrator.get("/organisation/audit/?about=member.not-an-id").status_code == 200

    def test_a_broken_chain_says_where_and_what_to_do(self, administrator, member, neighbourhood):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {AuditEvent._meta.db_table} SET reason = 'x' WHERE sequence = 2")
        page = administrator.get("/organisation/audit/?check=1").text
        assert "At row 2 the row was changed." in page

    def test_another_organisations_trail_is_not_shown(self, administrator, make_member, neighbourhood):
        stranger = make_member("gp", at="elsewhere")
        actions.record_read(by=stranger, organisation=neighbourhood["elsewhere"], what="person")
        assert stranger.user.name not in administrator.get("/organisation/audit/").text
