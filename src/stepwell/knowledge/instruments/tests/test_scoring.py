"""Answers in, score out; and what is refused. Every instrument that may be embedded, and those of which totals are taken."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from stepwell.base.errors import StepwellError
from stepwell.knowledge.instruments import (
    Direction,
    Method,
    Safety,
    change,
    instrument,
    instruments,
    recorded,
    score,
)

EMBEDDED = [each.id for each in instruments().values() if each.method is not Method.TOTALS]
TOTALS = [each.id for each in instruments().values() if each.method is Method.TOTALS]


def answered(instrument_id: str, *numbers: int | None) -> dict[str, int | None]:
    return dict(zip(instrument(instrument_id).items, numbers, strict=True))


@pytest.mark.parametrize(
    ("instrument_id", "numbers", "total", "band"),
    [
        ("PEG", (8, 7, 6), "7", None),
        ("PHQ-9", (0,) * 9, "0", "none"),
        ("PHQ-9", (1, 1, 1, 1, 0, 0, 0, 0, 0), "4", "none"),
        ("PHQ-9", (1, 1, 1, 1, 1, 0, 0, 0, 0), "5", "mild"),
        ("PHQ-9", (2, 2, 2, 2, 2, 0, 0, 0, 0), "10", "moderate"),
        ("PHQ-9", (3, 3, 3, 3, 3, 0, 0, 0, 0), "15", "moderately severe"),
        ("PHQ-9", (3, 3, 3, 3, 3, 3, 1, 1, 0), "20", "severe"),
        ("PHQ-2", (1, 1), "2", "below the line"),
        ("PHQ-2", (1, 2), "3", "complete PHQ-9"),
        ("GAD-2", (3, 0), "3", "complete GAD-7"),
        ("PHQ-4", (1, 1, 0, 0), "2", "none"),
        ("PHQ-4", (1, 1, 1, 0), "3", "mild"),
        ("PHQ-4", (2, 2, 1, 1), "6", "moderate"),
        ("PHQ-4", (3, 3, 3, 0), "9", "severe"),
        ("GAD-7", (1, 1, 1, 1, 0, 0, 0), "4", "none"),
        ("GAD-7", (3, 3, 3, 3, 3, 0, 0), "15", "severe"),
        ("COWS", (4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), "4", "below mild"),
        ("COWS", (4, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0), "5", "mild"),
        ("COWS", (4, 4, 5, 0, 0, 0, 0, 0, 0, 0, 0), "13", "moderate"),
        ("COWS", (4, 4, 5, 5, 4, 4, 5, 4, 0, 1, 0), "36", "moderately severe"),
        ("COWS", (4, 4, 5, 5, 4, 4, 5, 4, 0, 2, 0), "37", "severe"),
        ("NRS", (6,), "6", None),
    ],
)
def test_a_score_and_its_band(
    instrument_id: str, numbers: tuple[int, ...], total: str, band: str | None
) -> None:
    found = score(instrument_id, answered(instrument_id, *numbers))
    assert (found.total, found.band) == (Decimal(total), band)


@pytest.mark.parametrize("instrument_id", EMBEDDED)
def test_the_most_and_least_anybody_can_answer_are_the_ends_of_the_range(instrument_id: str) -> None:
    held = instrument(instrument_id)
    better = Direction.HIGHER_BETTER if held.direction_needed else None
    for end, pick in ((held.parts[0].low, min), (held.parts[0].high, max)):
        found = score(
            instrument_id, {name: pick(allowed) for name, allowed in held.items.items()}, better=better
        )
        assert {part.number for part in found.parts if part.part not in held.subscales} == {end}


def test_ons4_is_four_scores_and_never_a_total() -> None:
    found = score("ONS4", answered("ONS4", 7, 4, 9, 6))
    assert found.total is None
    shown = [(part.part, part.number, part.band, part.direction) for part in found.parts]
    assert shown == [
        ("satisfied", 7, "high", Direction.HIGHER_BETTER),
        ("worthwhile", 4, "low", Direction.HIGHER_BETTER),
        ("happy", 9, "very high", Direction.HIGHER_BETTER),
        ("anxious", 6, "high", Direction.LOWER_BETTER),
    ]


def test_each_of_ons4_stands_alone() -> None:
    found = score("ONS4", {"happy": 5})
    assert [(part.part, part.number, part.band) for part in found.parts if part.number is not None] == [
        ("happy", 5, "medium")
    ]
    assert found.missing == ("satisfied", "worthwhile", "anxious")
    assert score("ONS4", {}).reason == "Nothing was answered."


def test_phq4_shows_its_two_halves() -> None:
    found = score("PHQ-4", {"nervous": 2, "worry": 1, "interest": 0, "mood": 1})
    halves = {part.part: (part.number, part.band) for part in found.parts}
    assert halves["GAD-2"] == (3, "complete GAD-7")
    assert halves["PHQ-2"] == (1, "below the line")


@pytest.mark.parametrize("instrument_id", ["PEG", "PHQ-2", "PHQ-4", "GAD-2", "GAD-7", "COWS"])
def test_with_an_item_missing_there_is_no_total(instrument_id: str) -> None:
    names = list(instrument(instrument_id).items)
    found = score(instrument_id, {**dict.fromkeys(names, 0), names[-1]: None})
    assert found.total is None and found.band is None
    assert found.missing == (names[-1],)
    assert found.reason.endswith("none may be missing.")


def test_phq9_is_prorated_up_to_two_missing() -> None:
    found = score("PHQ-9", answered("PHQ-9", None, None, 1, 1, 1, 1, 1, 1, 0))
    assert (found.total, found.prorated, found.band) == (8, True, "mild")  # 6 x 9 / 7 = 7.7
    assert score("PHQ-9", answered("PHQ-9", None, None, None, 1, 1, 1, 1, 1, 0)).total is None


@pytest.mark.parametrize(
    ("item_nine", "safety", "opens"),
    [
        (0, Safety.CLEAR, False),
        (1, Safety.OPEN, True),
        (3, Safety.OPEN, True),
        (None, Safety.NOT_ANSWERED, False),
    ],
)
def test_item_nine_opens_the_safety_pathway_whatever_the_total(
    item_nine: int | None, safety: Safety, opens: bool
) -> None:
    found = score("PHQ-9", answered("PHQ-9", 1, 1, 1, 0, 0, 0, 0, 0, item_nine))
    assert (found.safety, found.opens_safety_pathway) == (safety, opens)
    assert found.band == ("mild" if item_nine == 3 else "none")
    with_too_much_missing = score("PHQ-9", {"self-harm": item_nine})
    assert with_too_much_missing.safety is safety


def test_an_instrument_that_does_not_ask_says_so() -> None:
    assert score("PHQ-2", {"interest": 0, "mood": 0}).safety is Safety.NOT_ASKED


def test_the_direction_of_pgic_must_be_said_and_of_no_other() -> None:
    with pytest.raises(StepwellError, match="Which way is better"):
        score("PGIC", {"change": 2})
    with pytest.raises(StepwellError, match="Which way is better"):
        score("PGIC", {"change": 2}, better=Direction.MIXED)
    assert score("PGIC", {"change": 2}, better=Direction.LOWER_BETTER).direction is Direction.LOWER_BETTER
    with pytest.raises(StepwellError, match="is fixed"):
        score("PEG", answered("PEG", 1, 1, 1), better=Direction.LOWER_BETTER)


@pytest.mark.parametrize(
    ("instrument_id", "answers"),
    [
        ("PEG", {"pain": 11}),
        ("PEG", {"pain": -1}),
        ("PEG", {"pain": 5.5}),
        ("PEG", {"pain": True}),
        ("PEG", {"misery": 1}),
        ("COWS", {"pulse": 3}),
        ("PGIC", {"change": 0}),
    ],
)
def test_an_answer_nobody_can_give_is_refused(instrument_id: str, answers: dict[str, Any]) -> None:
    better = Direction.LOWER_BETTER if instrument_id == "PGIC" else None
    with pytest.raises(StepwellError):
        score(instrument_id, answers, better=better)


def test_a_refusal_does_not_repeat_the_answer() -> None:
    with pytest.raises(StepwellError) as refused:
        score("PEG", {"pain": 987654})
    assert "987654" not in str(refused.value)


@pytest.mark.parametrize("instrument_id", TOTALS)
def test_of_an_instrument_we_may_not_embed_no_item_is_held_and_none_is_scored(instrument_id: str) -> None:
    held = instrument(instrument_id)
    assert held.may_embed in ("no", "ask")
    assert held.items == {}
    with pytest.raises(StepwellError, match="may not be embedded"):
        score(instrument_id, {})


def test_those_that_may_be_embedded_are_the_ones_that_are() -> None:
    assert {each.id for each in instruments().values() if each.may_embed == "yes"} == set(EMBEDDED)
    assert {"ONS4", "PEG", "PHQ-2", "PHQ-4", "PHQ-9", "GAD-2", "GAD-7", "PGIC", "COWS"} <= set(EMBEDDED)


def test_a_total_from_elsewhere_is_kept_with_its_band() -> None:
    found = recorded("PSEQ", {"total": 19})
    assert (found.total, found.band, found.direction) == (19, "low", Direction.HIGHER_BETTER)
    assert recorded("PSEQ", {"total": 40}).band == "middle"
    assert recorded("ORT-OUD", {"total": 3}).band == "raised risk"


def test_an_instrument_of_several_parts_has_no_total() -> None:
    found = recorded("BPI-SF", {"severity": Decimal("4.5"), "interference": 6})
    assert found.total is None
    assert [(part.part, part.number) for part in found.parts] == [
        ("severity", Decimal("4.5")),
        ("interference", 6),
    ]
    profile = recorded("EQ-5D-5L", {"profile": "21341", "vas": 60})
    assert (profile.parts[0].text, profile.parts[0].number, profile.parts[1].number) == ("21341", None, 60)


def test_a_range_that_is_not_known_is_said_not_to_be_checked() -> None:
    assert "not checked" in recorded("painDETECT", {"total": 20}).reason
    assert recorded("MSK-HQ", {"total": 20}).reason == ""


@pytest.mark.parametrize(
    ("instrument_id", "totals"),
    [
        ("MSK-HQ", {"total": 57}),
        ("MSK-HQ", {"total": -1}),
        ("MSK-HQ", {"total": "20"}),
        ("MSK-HQ", {"total": Decimal("NaN")}),
        ("MSK-HQ", {}),
        ("MSK-HQ", {"sum": 4}),
        ("BPI-SF", {"severity": 4}),
        ("EQ-5D-5L", {"profile": "21361", "vas": 60}),
        ("EQ-5D-5L", {"profile": 21341, "vas": 60}),
        ("PEG", {"total": 5}),
        ("ONS4", {"total": 20}),
    ],
)
def test_a_total_that_cannot_be_is_refused(instrument_id: str, totals: dict[str, Any]) -> None:
    with pytest.raises(StepwellError):
        recorded(instrument_id, totals)


def peg(*numbers: int) -> Any:
    return score("PEG", answered("PEG", *numbers))


def test_a_change_of_a_third_is_meaningful() -> None:
    found = change(peg(8, 7, 6), peg(5, 5, 4))
    assert found.percent is not None and round(found.percent) == -33
    assert (found.better, found.meaningful) == (True, True)


def test_a_change_of_less_than_thirty_per_cent_is_not() -> None:
    found = change(peg(8, 7, 6), peg(5, 5, 5))
    assert found.percent is not None and round(found.percent, 1) == Decimal("-28.6")
    assert (found.better, found.meaningful) == (True, False)


def test_from_nought_no_percentage_can_be_told() -> None:
    found = change(peg(0, 0, 0), peg(1, 1, 1))
    assert (found.percent, found.meaningful, found.better) == (None, None, False)


def test_a_change_by_points() -> None:
    assert change(recorded("MSK-HQ", {"total": 20}), recorded("MSK-HQ", {"total": 26})).meaningful is True
    assert change(recorded("MSK-HQ", {"total": 20}), recorded("MSK-HQ", {"total": 25})).meaningful is False


def test_parts_are_compared_one_by_one() -> None:
    calmer = change(
        score("ONS4", answered("ONS4", 5, 5, 5, 8)),
        score("ONS4", answered("ONS4", 5, 5, 5, 4)),
        part="anxious",
    )
    assert (calmer.points, calmer.better, calmer.meaningful) == (-4, True, None)
    with pytest.raises(StepwellError, match="no such part"):
        change(score("ONS4", answered("ONS4", 5, 5, 5, 8)), score("ONS4", answered("ONS4", 5, 5, 5, 4)))


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(StepwellError, match="two different instruments"):
        change(peg(1, 1, 1), score("NRS", {"pain": 1}))
    with pytest.raises(StepwellError, match="no total"):
        change(peg(1, 1, 1), score("PEG", {"pain": 1}))
    with pytest.raises(StepwellError, match="opposite ways"):
        change(
            score("PGIC", {"change": 2}, better=Direction.LOWER_BETTER),
            score("PGIC", {"change": 2}, better=Direction.HIGHER_BETTER),
        )


def test_an_unknown_instrument_is_refused_with_the_ids_there_are() -> None:
    with pytest.raises(StepwellError, match=r"no instrument called XYZ.*PEG"):
        score("XYZ", {})


def test_a_score_says_whether_its_scoring_was_verified() -> None:
    assert peg(1, 1, 1).status == "verified"
    assert score("PHQ-2", {"interest": 0, "mood": 0}).status == "unverified"
    assert peg(1, 1, 1).version == "INS-1/INR-1"
