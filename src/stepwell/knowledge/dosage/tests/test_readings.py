"""Instructions as UK practices write them, and what each means: min and max a day, "-" for no safe answer."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from stepwell.knowledge.dosage import Dosage, Status, parse

HOUSE_STYLES = [
    ("One To Be Taken Each Day", "1/1"),
    ("One To Be Taken Every Four To Six Hours When Required", "0/6"),
    ("One To Be Taken Every 4-6 Hours Up To Four Times A Day", "0/4"),
    ("Six To Be Taken Each Morning As A Single Dose", "6/6"),
    ("TAKE 1 OR 2 TABLETS FOUR TIMES A DAY WHEN REQUIRED (MAX 8 IN 24 HOURS)", "0/8"),
    ("take two 4 times/day", "8/8"),
    ("2 4 times a day", "8/8"),
    ("2X5ML SPOON DAILY", "10/10"),
    ("1 tablet - every MORNING", "1/1"),
    ("1 capsule - every 4 hours - oral - Maximum dose 4 doses DAILY", "4/4"),
    ("1 tablet - 2 times a day - for 7 days, then 2 tablet - 2 times a day", "2/2"),
    ("1 tablet - once a day, and 1 tablet - as required for pain - maximum 4 tablets per day", "1/4"),
    ("1-2 qds prn", "0/8"),
    ("1 b.d. p.r.n.", "0/2"),
    ("1 q.d.s", "4/4"),
    ("1 Q/D/S", "4/4"),
    ("1qdsprn", "0/4"),
    ("ONE OR TWO FOUR TIMES", "4/8"),
]

PEER_FAILURES = [
    # an interval is 24/N a day, with or without a unit word
    ("1 6 hourly", "4/4"),
    ("1 tab 6 hourly", "4/4"),
    ("2 4 hourly", "12/12"),
    ("1 every 4 to 6 hours", "4/6"),
    # every form of four times a day
    *((f"1 {words}", "4/4") for words in ("qds", "q.d.s.", "QDS", "q/d/s", "qid", "q d s")),
    # both halves of "morning and night"
    ("1 morning and night", "2/2"),
    ("2 in the morning and at night", "4/4"),
    # ceilings
    ("1-2 every 4 hours max 8 in 24 hours", "6/8"),
    ("2 qds prn max 6", "0/6"),
    # strengths and quantities are no doses
    ("30/500 1 qds", "4/4"),
    ("co-codamol 8/500 2 qds", "8/8"),
    ("56 tabs. one 4 hourly", "6/6"),
    ("2 x 28 tablets. 1 bd", "2/2"),
    # text is never evaluated
    ("2*2 bd", "refused"),
    ("system('x')", "refused"),
    ("1+1 bd", "refused"),
    # both ends of a range; the step after "increase to"
    ("one or two four to six hourly", "4/12"),
    ("1 bd increase to 2 bd", "2/2"),
    # what others refuse
    ("1 4 hourly", "6/6"),
    ("half one tablet bd", "1/1"),
    ("take one 3 times a day", "3/3"),
    ("1 on", "1/1"),
    ("1 om", "1/1"),
    # occasions are not doses
    ("apply three times a day", "-/-"),
]

TRAPS = [
    ("one a day", "1/1"),
    ("take one two times a day", "2/2"),
    ("have 1 5 times daily", "5/5"),
    ("1 three times a day and 2 at night", "5/5"),
    ("1 tds and nocte", "4/4"),
    ("twice a day morning and night one tablet", "2/2"),
    ("4 daily, 2 mane 2 nocte", "4/4"),
    ("1 bd 2 nocte", "4/4"),
    ("1 am 2 pm", "3/3"),
    ("2 at 8am and 8pm", "4/4"),
    ("1 at 0800 and 1 at 2000", "2/2"),
    ("morning 1 night 2", "3/3"),
    ("at night take two", "2/2"),
    ("1 mane then 2 nocte", "3/3"),
    ("1 on Mondays", "0.142857/0.142857"),
    ("1 ON ALTERNATE DAYS", "0.5/0.5"),
    ("2 on waking", "2/2"),
    ("1 weekly dispense weekly", "0.142857/0.142857"),
    ("1 tds weekly script", "3/3"),
    ("5ml (10mg) qds", "20/20"),
    ("(10mg) or (2 tablets) bd", "4/4"),
    ("half to one nocte", "0.5/1"),
    ("one and a half bd", "3/3"),
    ("2-1 bd", "2/4"),
    ("one tablet twice a day one tablet twice a day", "2/2"),
    ("1 bd plus 1 prn", "2/-"),
    ("1 bd and 1 at night prn", "2/3"),
    ("1 mane, 2 nocte, when required", "0/3"),
    ("1-2 prn", "0/-"),
    ("2 qds prn max 4 doses in 24 hours", "0/8"),
    ("1 qds, do not take more than 4 in 24 hours", "4/4"),
    ("1 qds at least 4 hours apart", "4/4"),
    ("take 1-2 prn leave 4 hours between doses", "0/-"),
    ("1 twice a day 12 hours apart", "2/2"),
    ("1 two hours before bed", "1/1"),
    ("1 tds for pain and fever", "3/3"),
    ("1 5 days a week", "0.714286/0.714286"),
    ("1 plaster 12 hours on 12 hours off", "1/1"),
    ("1 bd until 12/03/2024", "2/2"),
    ("two tablets dialy", "2/2"),
    ("1 bd L3 5TQ", "2/2"),
]


def _table() -> list[tuple[str, str]]:
    table = (Path(__file__).parent / "readings.csv").read_text("utf-8")
    return [(row["text"], row["answer"]) for row in csv.DictReader(table.splitlines())]


def answer(dosage: Dosage) -> str:
    """``min/max`` a day, or "refused"."""
    if dosage.status is Status.REFUSED:
        return "refused"
    return "/".join(
        "-" if number is None else format(number, "f") for number in (dosage.daily_min, dosage.daily_max)
    )


@pytest.mark.parametrize(("text", "expected"), _table())
def test_the_table_of_readings(text: str, expected: str) -> None:
    assert answer(parse(text)) == expected


@pytest.mark.parametrize(("text", "expected"), HOUSE_STYLES + PEER_FAILURES + TRAPS)
def test_min_and_max_a_day(text: str, expected: str) -> None:
    assert answer(parse(text)) == expected


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("2 stat", "stat"),
        ("take two now then one bd", "stat"),
        ("1 before physio", "event_driven"),
        ("10mg half an hour before dressing change", "event_driven"),
        ("apply thinly bd", "no_amount"),
        ("rub in three times a day when required", "no_amount"),
        ("change every 7 days", "no_amount"),
    ],
)
def test_parsed_without_a_daily_amount(text: str, flag: str) -> None:
    dosage = parse(text)

    assert dosage.status is Status.PARSED
    assert dosage.daily_min is None
    assert dosage.daily_max is None
    assert flag in dosage.flags


def test_occasions_of_an_application_are_kept_as_frequency() -> None:
    dosage = parse("apply 2-3 times a day")

    assert (dosage.frequency_min, dosage.frequency_max) == (2, 3)
    assert dosage.dose_min is None


def test_all_the_fields_of_one_instruction() -> None:
    dosage = parse("1-2 tablets every 4-6 hours when required for 7 days, max 8 in 24 hours")

    assert (dosage.dose_min, dosage.dose_max, dosage.unit) == (1, 2, "tablet")
    assert (dosage.frequency_min, dosage.frequency_max) == (4, 6)
    assert (dosage.interval_days_min, dosage.interval_days_max) == (1, 1)
    assert dosage.as_needed
    assert (dosage.ceiling, dosage.ceiling_unit, dosage.ceiling_period_days) == (8, "unit", 1)
    assert dosage.duration_days == 7
    assert (dosage.daily_min, dosage.daily_max) == (0, 8)


@pytest.mark.parametrize(
    ("text", "unit", "ceiling"),
    [
        ("1 prn max 240mg a day", "mg", 240),
        ("1 qds prn max 3 doses a day", "dose", 3),
        ("1 prn max 2 a week", "unit", 2),
    ],
)
def test_ceilings_say_what_they_count(text: str, unit: str, ceiling: int) -> None:
    dosage = parse(text)

    assert (dosage.ceiling_unit, dosage.ceiling) == (unit, ceiling)


@pytest.mark.parametrize(
    ("text", "days"),
    [("1 od 5/7", 5), ("1 od 2/52", 14), ("1 od 1/12", 30), ("1 od for a week", 7), ("1 od for three months", 90),
     ("1 od max 3 days", 3), ("1 nocte for 3 nights", 3)],
)  # fmt: skip
def test_durations(text: str, days: int) -> None:
    assert parse(text).duration_days == days


def test_weekly_interval_and_frequency() -> None:
    dosage = parse("one patch twice a week")

    assert (dosage.frequency_min, dosage.interval_days_min) == (2, 7)
    assert dosage.daily_max == Decimal("0.285714")


def test_spelling_is_mended_and_said() -> None:
    dosage = parse("one tabelt twice a day")

    assert dosage.daily_max == 2
    assert dosage.flags == ("spelling",)


@pytest.mark.parametrize("flag_text", ["10ml twice", "1 or 2 three times"])
def test_a_count_with_no_period_is_a_day_and_said(flag_text: str) -> None:
    assert "period_assumed" in parse(flag_text).flags


def test_spans_point_at_the_words() -> None:
    text = "Take 2 tablets twice a day when required (max 4 in 24 hours)"
    found = {span.field: text[span.start : span.end] for span in parse(text).spans}

    assert found == {
        "dose": "2 tablets",
        "frequency": "twice a day",
        "as_needed": "when required",
        "ceiling": "max 4 in 24 hours",
    }
