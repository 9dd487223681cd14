"""Members, grants and what they open: from the first day to the last, and not a day longer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError
from django.http import Http404

from stepwell.base import clock
from stepwell.base.errors import StepwellError
from stepwell.organisations import actions, passwords
from stepwell.organisations.actions import NotAllowed
from stepwell.organisations.audit import SystemJob
from stepwell.organisations.models import AuditEvent, Grant, Member, Organisation, OrganisationLink, User
from stepwell.organisations.roles import Kind, Role

JOB = SystemJob("test")
TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def on(monkeypatch):
    """``on(day)`` makes it midday of that day."""

    def move(day: date) -> None:
        monkeypatch.setattr(clock, "now", lambda: datetime(day.year, day.month, day.day, 12, tzinfo=UTC))

    move(TODAY)
    return move


def grant(practice, member, **more):
    fields = {"by": JOB, "starts_on": TODAY, "ends_on": TODAY + timedelta(days=30)} | more
    return actions.grant_identities(practice=practice, member=member, **fields)


class TestMembership:
    def test_it_opens_from_the_first_day_to_the_last(self, neighbourhood, on):
        member = actions.add_member(
            by=JOB,
            organisation=neighbourhood["practice"],
            email="new@example.org",
            name="New",
            role=Role.GP,
            starts_on=date(2026, 12, 1),
            ends_on=date(2026, 12, 31),
        )
        opened = []
        for day in (date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 31), date(2027, 1, 1)):
            on(day)
            opened.append(member.may("see_identities", neighbourhood["practice"]))
        assert opened == [False, True, True, False]

    def test_one_person_may_have_two(self, neighbourhood, make_member):
        make_member("gp", email="both@example.org")
        make_member("pharmacist", at="pcn", email="BOTH@example.org")
        assert User.objects.count() == 1
        assert Member.own(User.objects.get(), on=TODAY).count() == 2

    def test_the_same_role_twice_is_refused(self, make_member):
        make_member("gp", email="same@example.org")
        with pytest.raises(StepwellError, match="already a member in this role"):
            make_member("gp", email="same@example.org")

    def test_someone_who_prescribes_has_a_number(self, make_member, member):
        with pytest.raises(StepwellError, match="needs a professional number"):
            make_member("gp", prescribes=True)
        member.prescribes = True
        with pytest.raises(IntegrityError):
            member.save()

    def test_only_an_administrator_there_adds_members(self, neighbourhood, make_member):
        fields = {"email": "x@example.org", "name": "X", "role": Role.GP, "starts_on": TODAY}
        for by in (
            make_member("gp"),
            make_member("administrator", at="neighbour"),
            make_member("icb_analyst", at="icb"),
        ):
            with pytest.raises(NotAllowed):
                actions.add_member(by=by, organisation=neighbourhood["practice"], **fields)
        assert not User.objects.filter(email="x@example.org").exists()

    def test_the_only_administrator_stays(self, make_member):
        administrator = make_member("administrator")
        with pytest.raises(StepwellError, match="only administrator"):
            actions.end_membership(by=administrator, member=administrator, on=TODAY, reason="Leaving")
        make_member("administrator")
        actions.end_membership(by=administrator, member=administrator, on=TODAY, reason="Leaving")
        assert administrator.ends_on == TODAY

    def test_ending_it_ends_its_grants(self, neighbourhood, make_member, on):
        member = make_member("pharmacist", at="pcn")
        grant(neighbourhood["practice"], member)
        actions.end_membership(by=JOB, member=member, on=TODAY, reason="Left")
        on(TODAY + timedelta(days=1))
        assert not member.may("see_identities", neighbourhood["practice"])
        assert Grant.objects.get().ends_on == TODAY

    def test_switching_is_to_ones_own_only(self, make_member):
        mine, theirs = make_member("gp", email="me@example.org"), make_member("gp")
        other = make_member("gp", at="neighbour", email="me@example.org")
        assert actions.switch_membership(by=mine, to=other) == other
        with pytest.raises(NotAllowed):
            actions.switch_membership(by=mine, to=theirs)


class TestGrants:
    def test_a_pcn_pharmacist_sees_identities_where_granted_and_nowhere_else(
        self, neighbourhood, make_member
    ):
        member = make_member("pharmacist", at="pcn")
        assert not member.holds("see_identities")
        grant(neighbourhood["practice"], member)
        assert member.may("see_identities", neighbourhood["practice"])
        assert not member.may("see_identities", neighbourhood["neighbour"])
        assert not member.may("see_identities", neighbourhood["pcn"])
        assert list(member.organisations_where("see_identities")) == [neighbourhood["practice"]]

    def test_it_holds_to_its_last_day(self, neighbourhood, make_member, on):
        member = make_member("pharmacist", at="pcn")
        grant(neighbourhood["practice"], member, ends_on=date(2026, 12, 24))
        held = []
        for day in (date(2026, 11, 23), date(2026, 11, 24), date(2026, 12, 24), date(2026, 12, 25)):
            on(day)
            held.append(member.holds("see_identities"))
        assert held == [False, True, True, False]

    def test_taking_it_back_works_at_once(self, neighbourhood, make_member, on):
        member = make_member("pharmacist", at="pcn")
        given = grant(neighbourhood["practice"], member)
        on(TODAY + timedelta(days=3))
        actions.revoke_identities(by=JOB, grant=given, reason="No longer works here")
        assert not member.holds("see_identities")

    def test_taking_it_back_on_the_day_it_was_given_works_at_once_and_stays_in_the_trail(
        self, neighbourhood, make_member
    ):
        member = make_member("pharmacist", at="pcn")
        actions.revoke_identities(
            by=JOB, grant=grant(neighbourhood["practice"], member), reason="Wrong person"
        )
        assert not member.holds("see_identities")
        events = AuditEvent.objects.filter(organisation=neighbourhood["practice"], event__startswith="grant.")
        assert list(events.values_list("event", flat=True)) == ["grant.given", "grant.revoked"]

    @pytest.mark.parametrize(
        "role", ["pcn_lead", "icb_analyst", "clinical_safety_officer", "social_prescriber"]
    )
    def test_a_role_that_never_sees_identities_cannot_be_granted_them(self, neighbourhood, make_member, role):
        member = make_member(role, at="pcn")
        with pytest.raises(StepwellError, match="never sees who people are"):
            grant(neighbourhood["practice"], member)

    def test_only_the_practices_own_administrator_or_gp_grants(self, neighbourhood, make_member):
        member = make_member("pharmacist", at="pcn")
        for by in (
            make_member("pharmacist"),
            make_member("gp", at="neighbour"),
            make_member("administrator", at="pcn"),
            member,
        ):
            with pytest.raises(NotAllowed):
                grant(neighbourhood["practice"], member, by=by)
        assert grant(neighbourhood["practice"], member, by=make_member("gp"))


class TestBeneath:
    def test_a_pcn_lead_sees_counts_of_the_pcns_practices_only(self, neighbourhood, make_member):
        lead = make_member("pcn_lead", at="pcn")
        assert set(lead.organisations_where("see_counts")) == {
            neighbourhood["pcn"],
            neighbourhood["practice"],
            neighbourhood["neighbour"],
        }

    def test_an_icb_analyst_sees_down_to_the_practices(self, neighbourhood, make_member):
        analyst = make_member("icb_analyst", at="icb")
        seen = set(analyst.organisations_where("see_counts"))
        assert neighbourhood["practice"] in seen
        assert neighbourhood["elsewhere"] not in seen
        assert not analyst.holds("see_identities")

    def test_a_practice_that_left_the_pcn_is_no_longer_beneath_it(self, neighbourhood, make_member):
        link = OrganisationLink.objects.get(child=neighbourhood["neighbour"])
        link.ends_on = TODAY - timedelta(days=1)
        link.save()
        lead = make_member("pcn_lead", at="pcn")
        assert not lead.may("see_counts", neighbourhood["neighbour"])

    def test_links_in_a_circle_end(self, neighbourhood):
        OrganisationLink.objects.create(
            child=neighbourhood["icb"], parent=neighbourhood["practice"], starts_on=date(2020, 1, 1)
        )
        beneath = Organisation.objects.all().beneath(neighbourhood["icb"].pk, on=TODAY)
        assert neighbourhood["practice"] in beneath


class TestOrganisations:
    def test_there_is_one_host(self, neighbourhood):
        with pytest.raises(Exception, match="one_host"):
            actions.create_organisation(
                by=JOB, kind=Kind.ICB, ods_code="Z88", name="Second", hosts_installation=True
            )

    @pytest.mark.parametrize("code", ["", "AB", "Z999-1", "toolongacode"])
    def test_an_ods_code_has_a_shape(self, db, code):
        with pytest.raises(Exception, match="ods_code"):
            actions.create_organisation(by=JOB, kind=Kind.PRACTICE, ods_code=code, name="Odd")

    def test_another_organisations_rows_are_not_found(self, make_member):
        member, stranger = make_member("administrator"), make_member("gp", at="elsewhere")
        with pytest.raises(Http404):
            Member.visible_to(member).find(stranger.pk)
        with pytest.raises(Http404):
            Member.visible_to(member).find("not an id")


class TestPasswordLinks:
    def test_an_administrator_makes_one_for_their_own_members(self, make_member):
        path = passwords.one_time_path(by=make_member("administrator"), member=make_member("gp"))
        assert path.startswith("/account/choose-password/")
        assert AuditEvent.objects.filter(event="member.password_link").count() == 1

    def test_not_for_someone_who_also_works_elsewhere(self, make_member):
        member = make_member("gp", email="both@example.org")
        make_member("gp", at="neighbour", email="both@example.org")
        with pytest.raises(passwords.WorksElsewhere):
            passwords.one_time_path(by=make_member("administrator"), member=member)

    def test_not_by_another_organisations_administrator(self, make_member):
        with pytest.raises(NotAllowed):
            passwords.one_time_path(by=make_member("administrator", at="neighbour"), member=make_member("gp"))

    def test_it_works_once(self, make_member, client):
        member = make_member("gp")
        path = passwords.one_time_path(by=make_member("administrator"), member=member)
        form = client.get(path, follow=True)
        chosen = {"password1": "four quiet herons", "password2": "four quiet herons"}
        client.post(form.redirect_chain[-1][0], chosen)
        member.user.refresh_from_db()
        assert member.user.check_password("four quiet herons")
        assert "no longer works" in client.get(path, follow=True).text
