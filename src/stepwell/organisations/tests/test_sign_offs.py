"""Sign-off: one version of one table, by a clinical safety officer, for one organisation or the whole installation."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from stepwell.base.errors import StepwellError
from stepwell.organisations import actions, tables
from stepwell.organisations.actions import NotAllowed
from stepwell.organisations.models import AuditEvent, SignOff
from stepwell.organisations.tables import TableInfo

FACTORS = TableInfo("ome-factors", "EQ-1", "OME factors", rows=20, unverified=3)
NEWER = TableInfo("ome-factors", "EQ-2", "OME factors")


@pytest.fixture
def officer(make_member):
    """The safety officer of the practice."""
    return make_member("clinical_safety_officer")


@pytest.fixture
def host_officer(make_member):
    """The safety officer of the organisation that runs the installation."""
    return make_member("clinical_safety_officer", at="icb")


def sign(by, organisation, table=FACTORS):
    return actions.sign_off_table(by=by, table=table.name, version=table.version, organisation=organisation)


def signed(organisation, table=FACTORS) -> bool:
    return tables.states(organisation, [table])[0].signed


def test_nothing_is_signed_until_somebody_signs(neighbourhood):
    assert not signed(neighbourhood["practice"])


def test_a_signature_holds_where_it_was_given(neighbourhood, officer):
    sign(officer, neighbourhood["practice"])
    assert signed(neighbourhood["practice"])
    assert not signed(neighbourhood["neighbour"])


def test_a_signature_for_the_installation_holds_everywhere(neighbourhood, host_officer):
    sign(host_officer, None)
    assert signed(neighbourhood["practice"])
    assert signed(neighbourhood["elsewhere"])


def test_a_new_version_needs_a_new_signature(neighbourhood, officer):
    sign(officer, neighbourhood["practice"])
    assert not signed(neighbourhood["practice"], NEWER)


def test_an_organisations_own_signature_is_named_before_the_installations(
    neighbourhood, officer, host_officer
):
    sign(host_officer, None)
    own = sign(officer, neighbourhood["practice"])
    assert tables.states(neighbourhood["practice"], [FACTORS])[0].sign_off == own


@pytest.mark.parametrize("role", ["gp", "pharmacist", "administrator", "care_coordinator"])
def test_no_other_role_signs(neighbourhood, make_member, role):
    with pytest.raises(NotAllowed):
        sign(make_member(role), neighbourhood["practice"])


def test_an_officer_signs_for_no_other_organisation(neighbourhood, officer):
    with pytest.raises(NotAllowed):
        sign(officer, neighbourhood["neighbour"])


def test_a_practices_officer_does_not_sign_for_the_installation(officer):
    with pytest.raises(NotAllowed):
        sign(officer, None)


def test_once_is_enough_in_code_and_in_the_database(neighbourhood, officer, host_officer):
    sign(officer, neighbourhood["practice"])
    sign(host_officer, None)
    for by, where in ((officer, neighbourhood["practice"]), (host_officer, None)):
        with pytest.raises(StepwellError, match="already signed"):
            sign(by, where)
        with pytest.raises(IntegrityError), transaction.atomic():
            SignOff.objects.create(
                table=FACTORS.name, version=FACTORS.version, organisation=where, signed_by=by
            )


def test_it_leaves_its_row_in_the_trail(neighbourhood, officer):
    sign(officer, neighbourhood["practice"])
    event = AuditEvent.objects.get(event="table.signed_off")
    assert (event.member_id, event.subject_id, event.snapshot["version"]) == (
        officer.pk,
        "ome-factors",
        "EQ-1",
    )
