"""A rate of registered people counts registered people; told to those who only count, it tells no more than stands beside it."""

from __future__ import annotations

import itertools

import pytest

from stepwell.casefinding import counts
from stepwell.casefinding.models import CandidateList
from stepwell.population.records.searches import search

SEARCH = search("long-term-opioids")


def kept(*, outcomes=(200, 100, 100), registered=10_000, here=None, **reasons):
    """A list as it was kept, with ``here`` people registered; of an older one, no such number."""
    found = {
        "registered": registered,
        "issued_in_window": 500,
        "base": sum(outcomes),
        "outcomes": dict(zip(("in", "check", "out"), outcomes, strict=True)),
        "reasons": reasons,
    }
    known = {} if here is None else {"registered_base": here}
    return CandidateList(search_id=SEARCH.id, counts=found | known)


def rate(of):
    return counts.told(of, SEARCH)["rate"]


@pytest.mark.parametrize(
    ("of", "said"),
    [
        # 400 meet the definition, 100 of them known not to be registered: 0 to 7 more may be unclear, 0 to 7 out besides.
        (kept(here=300, not_registered=100), "about 29 to 30 in every 1,000"),
        (kept(here=300, not_registered=60, registration_not_certain=40), "about 29 to 30 in every 1,000"),
        (kept(here=300, not_registered=60, registration_not_certain=20), "about 30 in every 1,000"),
        (kept(here=400), "about 38 to 40 in every 1,000"),
        (kept(not_registered=100), "about 29 to 30 in every 1,000"),
        (kept(outcomes=(200, 100, 3), here=300), "not shown"),
        (kept(outcomes=(2, 1, 3), here=6), "not shown"),
        (kept(registered=5, here=5), "not shown"),
    ],
)
def test_only_registered_people_are_rated(of, said):
    assert rate(of) == said


def test_a_small_number_of_people_not_registered_does_not_follow_from_the_rate():
    """Whether nobody or up to 7 people are of each kind, everything told is the same."""
    pages = [
        counts.told(
            kept(registered=2000, here=400 - a - b - c, not_registered=a, registration_not_certain=b), SEARCH
        )
        for a, b, c in itertools.product((0, 1, 7), repeat=3)
    ]
    assert [page for page in pages if page != pages[0]] == []


def test_a_reason_nobody_has_and_one_a_few_have_are_told_alike():
    none, few = (counts.told(kept(here=400, palliative=n), SEARCH) for n in (0, 7))
    assert none == few
    assert none["reasons"] == []
    assert len(none["few"]) == len(SEARCH.out) + len(SEARCH.check)


def test_a_list_kept_before_registered_people_were_counted_is_read():
    assert kept(not_registered=20).registered_base == 380
    assert kept(here=370, not_registered=20).registered_base == 370


def test_those_who_see_the_people_are_told_who_is_not_in_the_rate():
    flow = counts.flow(kept(here=399))
    assert flow.rate.startswith("39.9 in every 1,000 registered people (399 of 10,000). 1 more person meets")
    assert "more" not in counts.flow(kept(here=400)).rate
