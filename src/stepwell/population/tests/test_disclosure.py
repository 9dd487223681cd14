"""What somebody who may not see identities is told of a count."""

from itertools import product

import pytest

from stepwell.population import disclosure


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "7 or fewer"),
        (1, "7 or fewer"),
        (7, "7 or fewer"),
        (8, "10"),
        (12, "10"),
        (13, "15"),
        (1022, "1,020"),
        (1023, "1,025"),
    ],
)
def test_one_count(count, said):
    assert disclosure.shown(count) == said


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        # Nothing small: all rounded.
        ({"in": 40, "check": 12, "out": 23}, {"in": "40", "check": "10", "out": "25"}),
        # One small: the next smallest is held back, or it would follow from the total.
        ({"in": 40, "check": 3, "out": 23}, {"in": "40", "check": "7 or fewer", "out": "not shown"}),
        # Two small hide each other.
        ({"in": 40, "check": 3, "out": 2}, {"in": "40", "check": "7 or fewer", "out": "7 or fewer"}),
        # Nobody and a few people look alike.
        ({"in": 40, "check": 0, "out": 3}, {"in": "40", "check": "7 or fewer", "out": "7 or fewer"}),
        ({"in": 40, "check": 0, "out": 23}, {"in": "40", "check": "7 or fewer", "out": "not shown"}),
        ({"in": 3, "check": 0, "out": 0}, dict.fromkeys(("in", "check", "out"), "7 or fewer")),
    ],
)
def test_the_parts_of_a_whole(counts, said):
    assert disclosure.parts(counts) == said


@pytest.mark.parametrize(
    ("count", "of", "said"),
    [
        (212, 9842, "about 21 in every 1,000"),
        (5, 9842, "not shown"),
        (0, 9842, "not shown"),
        (212, 0, "not shown"),
    ],
)
def test_a_rate_comes_from_rounded_counts(count, of, said):
    assert disclosure.rate(count, of) == said


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({"in": 40, "check": 12, "out": 23}, "75"),
        ({"in": 3, "check": 2, "out": 1}, "7 or fewer"),
        # A part is not told: nor is the whole, which could narrow it down.
        ({"in": 40, "check": 3, "out": 33}, "not shown"),
        ({"in": 40, "check": 0, "out": 1}, "not shown"),
        ({"in": 7, "check": 7, "out": 7}, "not shown"),
    ],
)
def test_the_whole_is_told_where_every_part_is(counts, said):
    assert disclosure.whole(counts) == said


@pytest.fixture(scope="module")
def alike():
    """Triples of counts by how they are told: what somebody can work out who subtracts and tries every number."""
    found = {}
    for each in product(range(20), repeat=3):
        counts = dict(zip(("in", "check", "out"), each, strict=True))
        looks = (tuple(disclosure.parts(counts).items()), disclosure.whole(counts))
        found.setdefault(looks, []).append(counts)
    return found


def test_no_small_count_follows_by_subtraction_or_by_trying(alike):
    """Whatever is told, a small part may have been anything from nobody to 7."""
    for (told, _whole), possible in alike.items():
        for name, said in told:
            if said == disclosure.FEW:
                assert {counts[name] for counts in possible} >= set(range(disclosure.SMALL + 1)), (
                    told,
                    _whole,
                )


def test_what_is_told_is_true(alike):
    for (told, whole), possible in alike.items():
        for counts in possible:
            for name, said in told:
                assert said == disclosure.HELD_BACK or said == disclosure.shown(counts[name])
            assert whole in (disclosure.HELD_BACK, disclosure.shown(sum(counts.values())))
