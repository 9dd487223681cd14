"""The practice's list of people, and one person's page, for somebody whose extract is not there."""

from datetime import date

import pytest
from django.urls import reverse

from stepwell.organisations.models import AuditEvent
from stepwell.people.actions import PersonDetails, add_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(member, neighbourhood, settings, tmp_path):
    settings.STEPWELL_DATA = str(tmp_path)
    details = PersonDetails(
        "key-1", "9990000107", "Robin", "Alder", date(1960, 2, 3), None, "female", "", "", "", ""
    )
    return add_person(by=member, practice=neighbourhood["practice"], details=details, as_of=date(2026, 6, 1))


def test_the_list_names_people_and_is_written_down(person, signed_in_client):
    page = signed_in_client.get(reverse("people:list"))
    assert "Robin Alder" in page.text
    assert "999 000 0107" in page.text
    assert AuditEvent.objects.get(event="people.read").snapshot == {"people": 1}


def test_nobody_yet_is_said_with_why(signed_in_client):
    assert "Nobody is on the list yet." in signed_in_client.get(reverse("people:list")).text


def test_the_page_says_when_there_is_no_extract(person, signed_in_client):
    page = signed_in_client.get(reverse("people:person", args=[person.pk]))
    assert "The record cannot be shown" in page.text
    assert "3 February 1960" in page.text
    assert AuditEvent.objects.get(event="person.read").subject_id == str(person.pk)


def test_another_practice_does_not_find_them(person, make_member, sign_in):
    client = sign_in(make_member("gp", at="neighbour"))
    assert client.get(reverse("people:person", args=[person.pk])).status_code == 404
    assert "Robin" not in client.get(reverse("people:list")).text
