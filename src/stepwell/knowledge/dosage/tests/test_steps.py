"""Tapers and titrations: the steps in order, and the first step as the answer."""

from __future__ import annotations

import pytest

from stepwell.knowledge.dosage import parse

# text, then (min, max, days) of each step
STEPS = [
    ("1 daily for 7 days then 2 daily", [("1", "1", 7), ("2", "2", None)]),
    ("1 nocte for 1/52 then 1 bd for 1/52 then 1 tds", [("1", "1", 7), ("2", "2", 7), ("3", "3", None)]),
    ("1 od for 3 days, 1 bd for 3 days, 1 tds thereafter", [("1", "1", 3), ("2", "2", 3), ("3", "3", None)]),
    ("1 tds increasing to 2 tds", [("3", "3", None), ("6", "6", None)]),
    ("1 od increase to bd after 1 week", [("1", "1", 7), ("2", "2", None)]),
    ("1 od, after 1 week 1 bd", [("1", "1", 7), ("2", "2", None)]),
    ("1 bd, increase after 7 days to 2 bd", [("2", "2", 7), ("4", "4", None)]),
    ("1 bd for 7 days then stop", [("2", "2", 7), ("0", "0", None)]),
    ("2 qds for 3 days then prn", [("8", "8", 3), ("0", "-", None)]),
    ("4 daily reduce by 1 every 2 weeks", [("4", "4", 14), ("3", "3", 14), ("2", "2", 14), ("1", "1", 14), ("0", "0", None)]),
    ("40mg daily reducing by 20mg weekly", [("40", "40", 7), ("20", "20", 7), ("0", "0", None)]),
    ("1-2 bd reducing by 1 a week", [("2", "4", 7)]),
    ("2 bd reduce by 5mg a week", [("4", "4", 7)]),
    ("1 nocte increasing by 1 every 3 days to 1 tds", [("1", "1", 3), ("3", "3", None)]),
    ("4 daily reduce gradually", [("4", "4", None)]),
    ("1 nocte increase as tolerated", [("1", "1", None)]),
    ("300mg day 1, 300mg bd day 2, 300mg tds day 3 onwards", [("300", "300", 1), ("600", "600", 1), ("900", "900", None)]),
    ("day 1: 1 od, day 2: 1 bd, from day 3 1 tds", [("1", "1", 1), ("2", "2", 1), ("3", "3", None)]),
    ("week 1 one at night, week 2 one twice a day", [("1", "1", 7), ("2", "2", 7)]),
    ("one on the first day, one twice daily on the second day", [("1", "1", 1), ("2", "2", 1)]),
    ("1 bd then 2 tablets mane 5ml nocte", [("2", "2", None), ("-", "-", None)]),
    ("take two now then one bd", [("-", "-", None), ("2", "2", None)]),
]  # fmt: skip


def _shown(number: object) -> str:
    return "-" if number is None else format(number, "f")  # type: ignore[str-bytes-safe]


@pytest.mark.parametrize(("text", "steps"), STEPS)
def test_steps_in_the_order_written(text: str, steps: list[tuple[str, str, int | None]]) -> None:
    dosage = parse(text)

    assert [(_shown(step.daily_min), _shown(step.daily_max), step.days) for step in dosage.steps] == steps
    assert "taper" in dosage.flags
    assert _shown(dosage.daily_max) == steps[0][1]


def test_a_step_keeps_its_words() -> None:
    assert [step.text for step in parse("1 daily for 7 days then 2 daily").steps] == [
        "1 daily for 7 days then",
        "2 daily",
    ]


def test_a_rate_with_no_start_is_refused_with_the_flag() -> None:
    dosage = parse("reduce by 1 tab every 2 wks")

    assert dosage.reason == "taper_no_start"
    assert dosage.flags == ("taper",)
