"""The same meant dose in many words, and never a different one."""

from __future__ import annotations

import re
from fractions import Fraction
from random import Random

import pytest

from stepwell.population.synthetic.plan import Template, Words
from stepwell.population.synthetic.regimens import hourly, parts, patch, times, when_needed
from stepwell.population.synthetic.tables import products
from stepwell.population.synthetic.wording import instruction, loose_names, vague_name


def _texts(key: str, regimen, **also) -> set[str]:
    template = Template(products()[key], regimen, 0, **also)
    return {
        instruction(template, Random(number), style) for number in range(200) for style in ("long", "short")
    }


@pytest.mark.parametrize(
    ("key", "regimen", "some", "every"),
    [
        ("codeine30", times(1, 1, 4), {"1 qds", "One To Be Taken Four Times A Day"}, r"\b(1|one|i|30mg)\b"),
        (
            "codeine30",
            times(1, 2, 4, as_needed=True, ceiling=8),
            {"1-2 qds prn, max 8 in 24 hours"},
            r"prn|required|needed",
        ),
        ("codeine30", hourly(1, 1, 6), {"1 6 hourly", "One To Be Taken Every Six Hours"}, r"6|six"),
        ("codeine30", when_needed(1, 2), {"1-2 prn"}, r"prn|required|needed"),
        ("codeine30", when_needed(1, 2, ceiling=8), {"1-2 prn, max 8 in 24 hours"}, r"8"),
        (
            "diazepam5",
            parts(("morning", Fraction(1, 2)), ("night", 1)),
            {"0.5 mane and 1 nocte"},
            r"0\.5|half",
        ),
        ("morphineliq", times(2.5, 5, 4, as_needed=True), {"2.5-5ml qds prn"}, r"2\.5.*5ml"),
        ("morphineliq", times(5, 5, 4), {"5ml qds"}, r"\b(5ml|10mg)\b"),
        ("morphine10mr", parts(("morning", 2), ("night", 3)), {"2 mane, 3 nocte"}, r"(2|two).*(3|three)"),
        ("bup20", patch(1, 168), {"1 patch weekly", "Apply One Patch Every 7 Days"}, r"patch"),
        ("fent25", patch(2, 72), {"2 patches every 3 days"}, r"patches"),
    ],
)
def test_house_styles(key, regimen, some, every) -> None:
    texts = _texts(key, regimen)

    assert some <= texts
    assert len(texts) > 6
    assert all(re.search(every, text.lower()) for text in texts), texts


def test_blank_stays_blank_and_the_unreadable_say_no_number() -> None:
    assert _texts("codeine30", times(1, 1, 4), words=Words.BLANK) == {""}
    assert not any(
        re.search(r"\d|one|two", text.lower())
        for text in _texts("codeine30", times(1, 1, 4), words=Words.UNREADABLE)
    )


def test_a_slip_moves_two_letters_and_loses_none() -> None:
    plain = {"".join(sorted(text)) for text in _texts("codeine30", times(1, 1, 4))}
    slipped = _texts("codeine30", times(1, 1, 4), misspelt=True)

    assert {"".join(sorted(text)) for text in slipped} <= plain
    assert slipped - _texts("codeine30", times(1, 1, 4))


def test_names_without_codes() -> None:
    assert loose_names("Morphine 10mg modified-release tablets") == (
        "Morphine 10mg modified-release tablets (imported record)",
        "Morphine 10mg MR tabs",
    )
    assert vague_name("gabapentin", "capsule") == "Gabapentin capsules"
