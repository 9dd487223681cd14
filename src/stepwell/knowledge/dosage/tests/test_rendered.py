"""What is written is read: instructions made from their parts, in several ways of writing, come back as those parts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from stepwell.knowledge.dosage import Dosage, parse

_WORDS = {1: "one", 2: "two", 3: "three", 4: "four"}
_LATIN = {1: "od", 2: "bd", 3: "tds", 4: "qds"}
_HOUSE = {1: "once a day", 2: "twice a day", 3: "three times a day", 4: "four times a day"}


@dataclass(frozen=True)
class Instruction:
    """What one says: a dose or a range, how often (times a day, or every so many hours), and what goes with it."""

    low: int
    high: int
    times: int | None
    hours: int | None
    needed: bool
    ceiling: int | None
    days: int | None

    @property
    def a_day(self) -> Decimal:
        return Decimal(self.times) if self.times else Decimal(24) / Decimal(self.hours or 24)


@st.composite
def instructions(draw: st.DrawFn) -> Instruction:
    low = draw(st.integers(1, 3))
    high = draw(st.sampled_from([low, low + 1]))
    by_times = draw(st.booleans())
    times = draw(st.integers(1, 4)) if by_times else None
    hours = None if by_times else draw(st.sampled_from([4, 6, 8, 12]))
    needed = draw(st.booleans())
    least = (
        low if needed else high + 1
    )  # a ceiling of one dose a day, beside a regular dose, is a contradiction
    return Instruction(
        low,
        high,
        times,
        hours,
        needed,
        draw(st.one_of(st.none(), st.integers(least, 12))),
        draw(st.one_of(st.none(), st.sampled_from([3, 5, 7, 14]))),
    )


def written(told: Instruction, style: str) -> str:
    """``style``: short (1-2 qds prn), house (One or two to be taken ...) or machine (1 - 2 tablet - oral - ...)."""
    number = _WORDS if style == "house" else {n: str(n) for n in _WORDS}
    dose = (
        number[told.low]
        if told.low == told.high
        else f"{number[told.low]} {_JOIN[style]} {number[told.high]}"
    )
    unit = {"short": "", "house": " tablets to be taken", "machine": " tablet - oral"}[style]
    if told.times:
        often = (_LATIN if style == "short" else _HOUSE)[told.times]
    else:
        often = f"{told.hours} hourly" if style == "short" else f"every {told.hours} hours"
    parts = [dose + unit, often]
    parts += (
        [{"short": "prn", "house": "when required", "machine": "as required for pain"}[style]]
        if told.needed
        else []
    )
    parts += [f"for {told.days} days"] if told.days else []
    parts += [f"max {told.ceiling} in 24 hours"] if told.ceiling else []
    return (" - " if style == "machine" else " ").join(parts)


_JOIN = {"short": "to", "house": "or", "machine": "to"}
_STYLES = st.sampled_from(["short", "house", "machine"])


def expected(told: Instruction) -> tuple[Decimal, Decimal]:
    low = Decimal(0) if told.needed else told.low * told.a_day
    high = told.high * told.a_day
    if told.ceiling:
        high = min(high, Decimal(told.ceiling))
    return min(low, high), high


def as_told(dosage: Dosage) -> tuple[object, ...]:
    return (dosage.dose_min, dosage.dose_max, dosage.as_needed, dosage.ceiling, dosage.duration_days)


@given(told=instructions(), style=_STYLES)
@settings(max_examples=500, deadline=None)
def test_what_is_written_is_read(told: Instruction, style: str) -> None:
    text = written(told, style)
    dosage = parse(text)

    assert dosage.reason is None, text
    assert (dosage.daily_min, dosage.daily_max) == expected(told), text
    assert as_told(dosage) == (told.low, told.high, told.needed, told.ceiling, told.days), text


@given(
    told=instructions(),
    style=_STYLES,
    spaces=st.integers(1, 3),
    stop=st.sampled_from(["", ".", " .", ";", ","]),
)
@settings(max_examples=300, deadline=None)
def test_case_spacing_and_a_mark_at_the_end_do_not_matter(
    told: Instruction, style: str, spaces: int, stop: str
) -> None:
    text = written(told, style)
    plain = parse(text)
    for other in (text.upper(), text.title(), text.replace(" ", " " * spaces) + stop, f"  {text}{stop}  "):
        dosage = parse(other)
        assert (dosage.daily_min, dosage.daily_max) == (plain.daily_min, plain.daily_max), other


@given(told=instructions(), style=_STYLES, fewer=st.sampled_from([4, 6, 8, 12]))
@settings(max_examples=300, deadline=None)
def test_a_shorter_interval_never_lowers_the_daily_dose(told: Instruction, style: str, fewer: int) -> None:
    assume(told.hours is not None and fewer <= told.hours)
    more_often = Instruction(told.low, told.high, None, fewer, told.needed, told.ceiling, told.days)
    before, after = parse(written(told, style)), parse(written(more_often, style))

    assert after.daily_min is not None
    assert before.daily_min is not None
    assert after.daily_max is not None
    assert before.daily_max is not None
    assert after.daily_min >= before.daily_min
    assert after.daily_max >= before.daily_max


@given(told=instructions(), style=_STYLES)
@settings(max_examples=200, deadline=None)
def test_a_ceiling_never_raises_the_dose(told: Instruction, style: str) -> None:
    without = Instruction(told.low, told.high, told.times, told.hours, told.needed, None, told.days)
    capped, plain = parse(written(told, style)), parse(written(without, style))

    assert capped.daily_max is not None
    assert plain.daily_max is not None
    assert capped.daily_max <= plain.daily_max
