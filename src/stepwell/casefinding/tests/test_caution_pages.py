"""Cautions on the page of somebody found in an extract, before and after they are taken on."""

import pytest
from django.urls import reverse

from stepwell.casefinding.actions.candidates import adopt
from stepwell.casefinding.tests.records import CANARY
from stepwell.organisations.models import AuditEvent

pytestmark = pytest.mark.django_db


def test_a_person_taken_on_is_shown_with_their_cautions(made, member, signed_in_client):
    (candidate, *_) = made.candidates.filter(outcome="in", can_be_adopted=True).order_by("pk")
    (person,) = adopt(by=member, of=made, candidates=[candidate])
    page = signed_in_client.get(reverse("people:person", args=[person.pk]))
    assert "Opioid for more than 3 months, non-cancer" in page.text
    assert "Codeine 30mg tablets, last issued" in page.text
    assert "Could not be checked:" in page.text
    assert AuditEvent.objects.filter(event="person.read", subject_id=str(person.pk)).exists()


def test_a_candidate_is_shown_with_theirs(made, signed_in_client):
    candidate = made.candidates.filter(outcome="in").order_by("pk").first()
    page = signed_in_client.get(reverse("casefinding:candidate", args=[candidate.pk]))
    assert 'id="cautions"' in page.text
    assert "No code list for sleep apnoea is held here" in page.text


def test_another_practice_sees_neither_person_nor_caution(made, make_member, sign_in):
    candidate = made.candidates.filter(outcome="in").order_by("pk").first()
    client = sign_in(make_member("gp", at="neighbour"))
    page = client.get(reverse("casefinding:candidate", args=[candidate.pk]))
    assert page.status_code == 404
    assert CANARY not in page.text and "cautions" not in page.text
