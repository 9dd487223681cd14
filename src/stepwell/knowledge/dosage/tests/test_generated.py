"""Thousands of instructions made from pieces, answered from the pieces: right, or refused, and almost never refused."""

from __future__ import annotations

import pytest

from stepwell.knowledge.dosage import Status
from stepwell.knowledge.dosage.parse import parse_uncached
from stepwell.knowledge.dosage.tests import generated
from stepwell.knowledge.dosage.tests.generated import Made

MAKERS = [
    generated.make,
    generated.make_days_in_parts,
    generated.make_regular_and_extra,
    generated.make_steps,
]
SMALLEST_SHARE_ANSWERED = 0.97


def _is_right(made: Made) -> bool | None:
    dosage = parse_uncached(made.text, None)
    if dosage.status is Status.REFUSED:
        return None
    return (dosage.daily_min, dosage.daily_max) == (made.low, made.high)


@pytest.mark.parametrize("maker", MAKERS, ids=lambda maker: maker.__name__)
@pytest.mark.parametrize("seed", [1, 20])
def test_none_wrong_and_nearly_all_answered(maker: object, seed: int) -> None:
    made = list(maker(seed, 1000))  # type: ignore[operator]
    answers = [(_is_right(one), one.text) for one in made]

    assert [text for right, text in answers if right is False] == []
    assert sum(right is True for right, _ in answers) >= SMALLEST_SHARE_ANSWERED * len(answers)


@pytest.mark.slow
@pytest.mark.parametrize("maker", MAKERS, ids=lambda maker: maker.__name__)
def test_none_wrong_in_many(maker: object) -> None:
    wrong = [one.text for one in maker(99, 30000) if _is_right(one) is False]  # type: ignore[operator]

    assert wrong == []


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_a_word_nobody_knows_refuses_the_whole(place: int) -> None:
    """An unknown word anywhere in the instruction, outside the noise, leaves no number."""
    answered = []
    for made in generated.make_days_in_parts(7, 300):
        words = made.text.split()
        words.insert(min(place, len(words)), "glorpish")
        if parse_uncached(" ".join(words), None).status is Status.PARSED:
            answered.append(" ".join(words))

    assert answered == []
