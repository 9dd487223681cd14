"""An extract grows old: its lists say so, and at last nobody is taken on from them without a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from stepwell.base.errors import StepwellError
from stepwell.casefinding.actions import candidates as actions
from stepwell.casefinding.tests.records import EXTRACT_DATE
from stepwell.knowledge.extract_age import extract_age
from stepwell.organisations.models import AuditEvent
from stepwell.people.models import Person

pytestmark = pytest.mark.django_db
LIMITS = extract_age(EXTRACT_DATE, on=EXTRACT_DATE)
REASON = "Looked at each record in the clinical system today"


def address(name, made):
    return reverse(f"casefinding:{name}", args=[made.pk])


@pytest.fixture
def after(today):
    """``after(40)``: so many days after the extract's date."""
    return lambda days: today(EXTRACT_DATE + timedelta(days))


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (LIMITS.warn, None),
        (LIMITS.warn + 1, "This extract is 36 days old"),
        (LIMITS.limit, "This extract is 90 days old"),
        (LIMITS.limit + 1, "do not act on it as it stands"),
        (-1, "The extract has a date after today"),
    ],
)
def test_the_list_says_what_the_age_of_its_extract_means(made, signed_in_client, after, days, said):
    after(days)
    page = signed_in_client.get(address("candidate_list", made)).text
    warnings = ["This extract is", "The extract has a date after today"]
    if said is None:
        assert not any(words in page for words in warnings)
    else:
        assert said in page


@pytest.mark.parametrize("name", ["candidate", "candidate_decide"])
@pytest.mark.parametrize(("days", "warned"), [(LIMITS.warn, False), (LIMITS.warn + 1, True)])
def test_so_do_a_record_and_a_decision(made, signed_in_client, candidate, after, name, days, warned):
    after(days)
    page = signed_in_client.get(reverse(f"casefinding:{name}", args=[candidate("check").pk])).text
    assert ("This extract is 36 days old" in page) is warned


def test_a_current_extract_takes_no_reason(made, member, candidate, after):
    after(LIMITS.limit)
    (person,) = actions.adopt(by=member, of=made, candidates=[candidate("in")])
    assert "old_extract" not in person.candidates.get().evidence


@pytest.mark.parametrize("days", [LIMITS.limit + 1, -1])
@pytest.mark.parametrize("reason", ["", "   "])
def test_nobody_is_taken_on_from_one_too_old_without_a_reason(made, member, candidate, after, days, reason):
    after(days)
    with pytest.raises(StepwellError, match="Import a newer extract"):
        actions.adopt(by=member, of=made, candidates=[candidate("in")], old_extract_reason=reason)
    assert not Person.objects.exists()
    assert not AuditEvent.objects.filter(event="identities.read").exists(), "refused before anybody is named"


def test_the_reason_is_kept_with_each_person_and_that_it_was_old_in_the_audit_trail(
    made, member, candidate, after
):
    after(LIMITS.limit + 10)
    found = candidate("in")
    evidence = {found.patient_key: {"rules": ["base"]}}
    actions.adopt(by=member, of=made, candidates=[found], evidence=evidence, old_extract_reason=REASON)
    found.refresh_from_db()
    assert found.evidence == {"rules": ["base"], "old_extract": {"days": 100, "reason": REASON}}
    written = AuditEvent.objects.get(event="list.adopted").snapshot
    assert written == {"people": 1, "extract_days": 100, "old_extract_accepted": True}


def test_the_page_asks_for_the_reason_and_takes_nobody_on_without_it(
    made, signed_in_client, candidate, after
):
    after(LIMITS.limit + 1)
    chosen = {"chosen": [candidate("in").pk]}
    before = signed_in_client.post(address("candidate_adopt", made), chosen).text
    assert "Why this extract will do" in before and "There is a problem" not in before
    refused = signed_in_client.post(address("candidate_adopt", made), {**chosen, "confirm": "yes"}).text
    assert "Nobody was taken on" in refused and "Enter why this extract will do" in refused
    assert not Person.objects.exists()
    told = {**chosen, "confirm": "yes", "old_extract_reason": REASON}
    signed_in_client.post(address("candidate_adopt", made), told)
    assert Person.objects.count() == 1


def test_the_page_asks_for_no_reason_while_the_extract_is_current(made, signed_in_client, candidate):
    page = signed_in_client.post(address("candidate_adopt", made), {"chosen": [candidate("in").pk]}).text
    assert "Why this extract will do" not in page
