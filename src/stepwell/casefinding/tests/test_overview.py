"""The home page says who waits for a decision and how old the extract is, to those who may see who people are."""

import pytest

from stepwell.casefinding.actions import candidates as actions
from stepwell.casefinding.actions import lists
from stepwell.casefinding.models import Candidate
from stepwell.casefinding.overview import overview

pytestmark = pytest.mark.django_db


def waiting(made):
    return made.candidates.filter(outcome="check", decision="").count()


def test_it_counts_those_to_check_until_somebody_decides(made, member, candidate):
    (line,) = overview(member).lists
    assert line.title == "Long-term opioids"
    assert line.people_in == made.counts["outcomes"]["in"]
    assert line.waiting == overview(member).waiting == waiting(made) > 0
    decision = Candidate.Decision.LEAVE
    actions.decide(by=member, candidate=candidate("check"), decision=decision, reason="Seen.")
    assert overview(member).waiting == waiting(made) == line.waiting - 1


def test_only_the_newest_list_counts_and_a_person_once(made, member, searched, neighbourhood):
    newer = lists._kept(member, neighbourhood["practice"], *searched)
    found = overview(member)
    assert [line.pk for line in found.lists] == [newer.pk]
    assert found.waiting == waiting(newer)


def test_the_page_says_it_in_a_sentence_with_links(made, signed_in_client):
    page = signed_in_client.get("/")
    count = waiting(made)
    assert f"{count} {'person waits' if count == 1 else 'people wait'} for a clinician to decide" in page.text
    assert "The extract is from 1 June 2026" in page.text
    assert f"/lists/{made.pk}/check/" in page.text


def test_who_may_not_see_people_is_told_nothing_of_them(made, make_member, sign_in):
    analyst = make_member("icb_analyst", at="icb")
    assert overview(analyst) is None
    page = sign_in(analyst).get("/")
    assert "wait for a clinician" not in page.text
    assert str(made.pk) not in page.text
