"""Lists are kept as found; deciding and adopting follow their rules, whoever asks."""

from __future__ import annotations

import pytest
from django.urls import reverse

from stepwell.base.errors import StepwellError
from stepwell.casefinding.actions import candidates as actions
from stepwell.casefinding.actions import lists
from stepwell.casefinding.models import Candidate
from stepwell.casefinding.models.candidates import Filter, Sort
from stepwell.organisations.actions import NotAllowed
from stepwell.organisations.models import AuditEvent
from stepwell.people import actions as people_actions
from stepwell.people.models import Person

pytestmark = pytest.mark.django_db
KEEP, LEAVE = Candidate.Decision.KEEP, Candidate.Decision.LEAVE


def test_a_run_keeps_lists_whose_counts_are_their_rows(lake, member, neighbourhood):
    (kept,) = lists.run_searches(
        by=member, practice=neighbourhood["practice"], search_ids=["long-term-opioids"]
    )
    for outcome, number in kept.counts["outcomes"].items():
        assert kept.candidates.filter(outcome=outcome).count() == number
    assert kept.counts["base"] == kept.candidates.count()
    assert AuditEvent.objects.filter(event="list.made").exists()


def test_searching_needs_permission_there_and_an_import(lake, member, make_member, neighbourhood):
    with pytest.raises(NotAllowed):
        lists.run_search(by=member, practice=neighbourhood["elsewhere"], search_id="long-term-opioids")
    other = make_member("pharmacist", at="neighbour")
    with pytest.raises(StepwellError, match="Nothing has been imported"):
        lists.run_search(by=other, practice=neighbourhood["neighbour"], search_id="long-term-opioids")


def test_every_filter_counts_its_rows(made):
    counts = made.candidates.filter_counts()
    assert set(counts) == set(Filter)
    assert counts[Filter.WANTED] == counts[Filter.IN] + counts[Filter.CHECK]
    assert counts == {chosen: len(made.candidates.by_filter(chosen)) for chosen in Filter}


@pytest.mark.parametrize("order", list(Sort))
def test_ties_are_broken_so_that_pages_do_not_shift(made, order):
    made.candidates.update(risk=1, daily_ome_min=None, daily_ome_max=None, era_days=None)
    shown = list(made.candidates.sorted_by(order).values_list("pk", flat=True))
    assert shown == sorted(shown)


def test_somebody_in_is_taken_on_once_with_evidence_and_the_read_is_audited(made, member, candidate):
    found = candidate("in")
    evidence = {found.patient_key: {"rules": ["base"]}}
    (person,) = actions.adopt(by=member, of=made, candidates=[found], evidence=evidence)
    (again,) = actions.adopt(by=member, of=made, candidates=[found], evidence=evidence)
    found.refresh_from_db()
    assert person == again == found.person
    assert found.evidence == {"rules": ["base"]}
    written = list(AuditEvent.objects.values_list("event", flat=True))
    assert written.count("person.added") == 1
    assert "list.adopted" in written
    assert any("read" in event for event in written)


def test_two_who_take_on_the_same_person_at_once_get_one_person_and_no_error(
    made, member, make_member, candidate, monkeypatch
):
    found, other = candidate("in"), make_member("gp")
    (first,) = actions.adopt(by=other, of=made, candidates=[found])
    look, looks = people_actions._standing, []

    def too_early(practice, details):
        # What the second one saw before the first one's writing.
        looks.append(details)
        return None if len(looks) == 1 else look(practice, details)

    monkeypatch.setattr(people_actions, "_standing", too_early)
    (second,) = actions.adopt(by=member, of=made, candidates=[found])
    assert second == first
    assert second.added_by == other
    assert Person.objects.count() == AuditEvent.objects.filter(event="person.added").count() == 1


def test_nobody_out_undecided_or_without_a_number_is_taken_on(made, member, candidate):
    nameless = made.candidates.filter(can_be_adopted=False).get()
    refused = {
        "is out": candidate("out"),
        "no clinician has decided": candidate("check"),
        "no valid NHS number|no clinician": nameless,
    }
    for said, someone in refused.items():
        with pytest.raises(StepwellError, match=said):
            actions.adopt(by=member, of=made, candidates=[candidate("in"), someone])
    assert not Person.objects.exists()


def test_a_decision_taken_back_counts_though_the_page_is_older(made, member, candidate):
    shown = candidate("check")
    actions.decide(by=member, candidate=shown, decision=KEEP, reason="Seen.")
    later = Candidate.objects.get(pk=shown.pk)
    actions.decide(by=member, candidate=later, decision=LEAVE, reason="Now unwell.")
    with pytest.raises(StepwellError, match="not to be contacted"):
        actions.adopt(by=member, of=made, candidates=[shown])
    assert AuditEvent.objects.filter(event="candidate.decided").count() == 2


def test_not_to_be_contacted_holds_on_every_list_until_a_clinician_says_otherwise(
    made, member, candidate, searched, neighbourhood, signed_in_client
):
    """To check on one list and in on another: the same person, so one word of a clinician about them."""
    other = lists._kept(member, neighbourhood["practice"], *searched)
    same = candidate("in")
    asked = other.candidates.get(patient_key=same.patient_key)
    other.candidates.filter(pk=asked.pk).update(outcome="check")
    asked.refresh_from_db()
    actions.decide(by=member, candidate=asked, decision=LEAVE, reason="Dying.")
    with pytest.raises(StepwellError, match="not to be contacted, on the list Long-term opioids"):
        actions.adopt(by=member, of=made, candidates=[same])
    page = signed_in_client.get(reverse("casefinding:candidates", args=[made.pk, "in"]))
    assert "Not to be contacted" in page.text
    assert f"{member.user.name}, " in page.text and ", on Long-term opioids" in page.text
    assert page.text.count(reverse("casefinding:candidate_decide", args=[asked.pk])) == 1
    asked_for = signed_in_client.post(
        reverse("casefinding:candidate_adopt", args=[made.pk]), {"chosen": str(same.pk)}
    )
    assert "Nobody chosen can be taken on" in asked_for.text
    assert f"{member.user.name} decided on" in asked_for.text and "Dying." in asked_for.text
    assert reverse("casefinding:candidate_decide", args=[asked.pk]) in asked_for.text
    assert 'name="confirm"' not in asked_for.text
    actions.decide(by=member, candidate=asked, decision=KEEP, reason="Better again.")
    assert actions.adopt(by=member, of=made, candidates=[same])


def test_only_people_to_check_are_decided_about_and_with_a_reason(made, member, candidate):
    with pytest.raises(StepwellError, match="Only people to check"):
        actions.decide(by=member, candidate=candidate("in"), decision=KEEP, reason="Seen.")
    with pytest.raises(StepwellError, match="why"):
        actions.decide(by=member, candidate=candidate("check"), decision=KEEP, reason=" ")


def test_people_of_another_list_are_not_taken_on(made, member, candidate, searched, neighbourhood):
    other = lists._kept(member, neighbourhood["practice"], *searched)
    with pytest.raises(StepwellError, match="not on this list"):
        actions.adopt(by=member, of=other, candidates=[candidate("in")])


def test_nobody_is_merged_on_a_number_alone(made, member, candidate):
    (person,) = actions.adopt(by=member, of=made, candidates=[candidate("in")])
    Person.objects.filter(pk=person.pk).update(family_name="Another")
    with pytest.raises(StepwellError, match="same NHS number"):
        actions.adopt(by=member, of=made, candidates=[Candidate.objects.get(person=person)])
    assert Person.objects.count() == 1


def test_a_member_elsewhere_may_neither_decide_nor_adopt(made, make_member, candidate):
    stranger = make_member("pharmacist", at="elsewhere")
    with pytest.raises(NotAllowed):
        actions.decide(by=stranger, candidate=candidate("check"), decision=KEEP, reason="Seen.")
    with pytest.raises(NotAllowed):
        actions.adopt(by=stranger, of=made, candidates=[candidate("in")])


def test_a_list_is_called_by_its_search_and_one_whose_search_is_gone_by_its_id(made):
    assert made.title == "Long-term opioids"
    made.search_id = "no-longer-asked"
    assert made.title == "no-longer-asked"
