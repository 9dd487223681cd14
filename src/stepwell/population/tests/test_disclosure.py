"""What somebody who may not see identities is told of a count."""

import pytest

from stepwell.population import disclosure


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0"),
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
        # Nobody is nobody.
        ({"in": 40, "check": 0, "out": 3}, {"in": "not shown", "check": "0", "out": "7 or fewer"}),
        ({"in": 3, "check": 0, "out": 0}, {"in": "7 or fewer", "check": "0", "out": "0"}),
    ],
)
def test_the_parts_of_a_whole(counts, said):
    assert disclosure.parts(counts) == said


@pytest.mark.parametrize(
    ("count", "of", "said"),
    [
        (212, 9842, "about 21 in every 1,000"),
        (5, 9842, "not shown"),
        (212, 0, "not shown"),
    ],
)
def test_a_rate_comes_from_rounded_counts(count, of, said):
    assert disclosure.rate(count, of) == said
