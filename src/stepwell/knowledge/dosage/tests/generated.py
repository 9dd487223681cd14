"""Instructions made from pieces whose meaning is known, with the answer worked out from the pieces, not by the reader."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True)
class Dose:
    """Words of a dose and what they mean."""

    text: str
    low: Fraction
    high: Fraction


@dataclass(frozen=True)
class Frequency:
    """Words for how often: ``low`` to ``high`` times in ``days`` days. ``upto`` makes the minimum nothing."""

    text: str
    low: Fraction
    high: Fraction
    days: Fraction = Fraction(1)
    upto: bool = False


@dataclass(frozen=True)
class Made:
    """A text and its right answer."""

    text: str
    low: Decimal
    high: Decimal | None


def _dose(low: str, high: str, *texts: str) -> list[Dose]:
    return [Dose(text, Fraction(low), Fraction(high)) for text in texts]


TABLET_DOSES = [
    *_dose("1", "1", "1", "one", "i", "take 1", "take one", "1 tab", "one tablet", "1 cap", "take one capsule", "one to be taken", "1 tablet to be taken", "take 1 tablet", "a tablet", "1 x tablet", "one (1) tablet", "take take one", "1 T", "tablets 1"),
    *_dose("2", "2", "2", "two", "ii", "two to be taken", "2 tabs", "take two capsules", "TWO TABLETS", "2 x tablets", "take 2", "give two"),
    *_dose("3", "3", "3", "three", "iii tabs", "three capsules"),
    *_dose("4", "4", "four", "4 tablets"),
    *_dose("1", "2", "1-2", "1 - 2 tablets", "1 or 2", "one or two", "1 to 2", "one to two", "one or two to be taken", "take 1 or 2", "take one or two tablets", "1-2 tabs", "1-2 caps", "take 1-2 tablets", "i-ii", "one tablet or two tablets", "between one and two tablets"),
    *_dose("2", "3", "2-3", "two to three", "2 or 3 tabs"),
    *_dose("1/2", "1/2", "half", "half a tablet", "1/2 tab", "½", "0.5 tab", "half tab", "half one tablet", "a half tablet", "1/2 a tablet"),
    *_dose("3/2", "3/2", "1.5", "one and a half", "1½", "1 1/2 tablets", "one and a half tablets", "1 and 1/2 tabs"),
    *_dose("1/2", "1", "half to one", "1/2-1 tablet", "half or one tablet"),
]  # fmt: skip

LIQUID_DOSES = [
    *_dose("5", "5", "5ml", "5 mls", "one 5ml spoonful", "one 5ml spoonful to be taken", "take 5ml", "1 x 5ml spoon", "one teaspoonful", "take 5.0 ml"),
    *_dose("10", "10", "10ml", "two 5ml spoonfuls", "2 x 5ml spoonfuls", "TWO 5ML SPOONFULS TO BE TAKEN", "2x5ml", "10 millilitres"),
    *_dose("5", "10", "5-10ml", "5 to 10 ml", "5ml-10ml", "5ml to 10ml", "one to two 5ml spoonfuls", "5 - 10mls"),
    *_dose("5/2", "5", "2.5-5ml", "2.5ml-5ml", "2.5 to 5mls", "2.5 -5ml"),
    *_dose("5/2", "5/2", "2.5ml", "2.5 ml", "2.5mls"),
    *_dose("15", "15", "15ml", "three 5ml spoonfuls"),
]  # fmt: skip

MG_DOSES = [
    *_dose("10", "10", "10mg", "10 mg", "take 10mg"),
    *_dose("5", "10", "5-10mg", "5mg-10mg", "5 to 10mg", "5mg to 10mg"),
    *_dose("300", "300", "300mg", "300 milligrams", "0.3g"),
    *_dose("500", "1000", "500mg-1g", "0.5-1g", "500mg to 1g"),
]  # fmt: skip


def _times(low: str, high: str, *texts: str, upto: bool = False) -> list[Frequency]:
    return [Frequency(text, Fraction(low), Fraction(high), upto=upto) for text in texts]


def _in_days(days: str, times: str, *texts: str) -> list[Frequency]:
    return [Frequency(text, Fraction(times), Fraction(times), Fraction(days)) for text in texts]


FREQUENCIES = [
    *_times("1", "1", "od", "o.d.", "O/D", "daily", "a day", "each day", "every day", "once a day", "once daily", "per day", "once per day", "mane", "nocte", "at night", "each morning", "every night", "in the morning", "at bedtime", "before bed", "with breakfast", "at lunchtime", "in the evening", "every 24 hours", "at 8am", "before breakfast", "om", "each night", "at teatime", "once every day", "daily at night", "once daily in the morning", "on waking", "each evening"),
    *_times("2", "2", "bd", "b.d.", "bid", "bds", "B/D", "twice a day", "twice daily", "two times a day", "2 times a day", "2 times daily", "2 times/day", "12 hourly", "every 12 hours", "12hrly", "q12h", "mane and nocte", "morning and night", "in the morning and at night", "am and pm", "at breakfast and bedtime", "every morning and every evening", "twice a day (morning and evening)", "12-hourly", "every twelve hours", "at 8am and 8pm", "twice daily at 8am and 8pm", "with breakfast and with evening meal", "2x/day", "2x daily", "twice each day", "night and morning", "om & on", "mane + nocte", "twice per day"),
    *_times("3", "3", "tds", "t.d.s.", "tid", "three times a day", "three times daily", "3 times a day", "3 times/day", "8 hourly", "every 8 hours", "3x a day", "thrice daily", "morning, noon and night", "at breakfast, lunch and bedtime", "with breakfast, lunch and evening meal", "3 times per day", "three times each day", "every eight hours", "t/d/s"),
    *_times("4", "4", "qds", "q.d.s.", "QID", "four times a day", "four times daily", "4 times a day", "4 times/day", "4 times per day", "6 hourly", "six hourly", "every 6 hours", "every six hours", "6hrly", "q6h", "4x/day", "4 x daily", "6-hourly", "every 6 hrs", "at breakfast, lunch, tea and bedtime", "every 6h", "4 times in 24 hours"),
    *_times("5", "5", "5 times a day", "five times daily"),
    *_times("6", "6", "4 hourly", "every 4 hours", "four hourly", "q4h", "every four hours", "4hrly", "4 hrly", "every 4hrs"),
    *_times("4", "6", "4-6 hourly", "every 4-6 hours", "every four to six hours", "4 to 6 hourly", "every 4 to 6 hours", "4-6hrly", "q4-6h", "every 4-6hrs", "4-6 hrly", "four to six hourly", "every 4 - 6 hours", "every 4/6 hours", "4-6h"),
    *_times("3", "4", "tds-qds", "3-4 times a day", "three to four times a day", "three or four times a day", "6-8 hourly", "every 6-8 hours", "3 or 4 times daily", "every six to eight hours", "three times a day or four times a day"),
    *_times("1", "2", "once or twice a day", "1-2 times a day", "od-bd", "once or twice daily", "every 12-24 hours"),
    *_times("2", "3", "bd-tds", "two to three times a day", "2-3 times daily", "bd or tds", "8-12 hourly"),
    *_times("4", "4", "up to qds", "up to four times a day", "up to 4 times a day", "upto 4 times daily", "up to 4x/day", "up to every 6 hours", "up to 4 times per day", "up to four times in 24 hours", upto=True),
    *_times("3", "3", "up to tds", "up to three times a day", "up to 3 times/day", upto=True),
    *_in_days("7", "1", "weekly", "once a week", "once weekly", "every week", "every 7 days", "per week", "a week", "each week", "every 7/7", "every Monday", "once a week on Sundays", "weekly on a Monday", "every seven days", "each Wednesday", "every 168 hours"),
    *_in_days("7", "2", "twice a week", "twice weekly", "2 times a week", "on Mondays and Thursdays", "at weekends", "two times per week"),
    *_in_days("7", "3", "three times a week", "3 times weekly", "on Monday, Wednesday and Friday", "mon/wed/fri", "3x week"),
    *_in_days("2", "1", "alternate days", "on alternate days", "every other day", "every second day", "every 2 days", "every 48 hours", "alt days", "eod", "alternate nights", "every other night", "once every other day", "each alternate day"),
    *_in_days("3", "1", "every 72 hours", "every 3 days", "every third day", "every three days", "72 hourly", "every 3/7", "q72h", "once every 3 days"),
    *_in_days("4", "1", "every 96 hours", "every 4 days"),
    *_in_days("14", "1", "fortnightly", "every 2 weeks", "every fortnight", "once every two weeks"),
]  # fmt: skip

PRN = ["prn", "p.r.n.", "when required", "as required", "if required", "when needed", "as needed", "if needed", "if necessary", "when necessary", "for pain when required", "when required for pain", "when required for back pain", "as required for pain relief", "if needed for pain", "sos", "as and when required", "(when required)", "- as required", "if in pain"]  # fmt: skip

TAILS = ["", " for pain", " with food", " after food", " with or after food", " with water", " regularly", " for nerve pain", " for 7 days", " for 2 weeks", " for 28 days", " x 7 days", " 2/52", " for 5/7", ". Dispense weekly", " - weekly dispensing", " (28 day supply)", ". 7 day script", " - dispense daily", " x 56", " (56)", " supply 56", ". Review 12/03/2024", " review in 4 weeks", ". Medication review due June 2024", ". Do not issue before 01/02/2024", ". May cause drowsiness. If affected do not drive or operate machinery. Avoid alcoholic drink", ". Warning. May cause drowsiness", " do not take with any other paracetamol products", " - oral", " orally", " po", " by mouth", " swallow whole", " as per hospital letter", " 30/500", " (co-codamol 30/500)", ". Contains paracetamol. Do not take anything else containing paracetamol", ". This medicine may make you sleepy", " sls", " :[28 days]", " with a full glass of water", " half an hour before food", ". Tel 0151 496 0000", ". Please book review"]  # fmt: skip

HEADS = ["", "", "", "", "30/500 ", "56 tabs. ", "dispense weekly - ", "7 day script. ", "2 x 28. ", "Please ", "Co-codamol 30/500 tablets - ", "8mg/500mg ", "weekly script. ", "Swallow whole. "]  # fmt: skip

CEILINGS: list[tuple[str, int]] = [
    (template.format(number), number)
    for number in (2, 4, 6, 8)
    for template in (
        "max {} in 24 hours", "(max {} in 24 hours)", "maximum {} daily", "max {}/day", "no more than {} a day", ". Maximum {} in 24 hours",
        "max {}/24h", "not more than {} in 24 hrs", "- maximum {} per day", "max {} per 24 hours", "(maximum of {} a day)", "max {}",
        "do not take more than {} in 24 hours", ". Do not exceed {} in 24 hours", "maximum dose {} in 24 hours", "max daily dose {}",
        "no more than {} in any 24 hour period",
    )
]  # fmt: skip

CASES: list[Callable[[str], str]] = [str, str, str.upper, str.title, str.lower]
SIX_PLACES = Decimal("0.000001")


def _decimal(number: Fraction) -> Decimal:
    return (Decimal(number.numerator) / Decimal(number.denominator)).quantize(SIX_PLACES).normalize()


def make(seed: int, count: int) -> Iterator[Made]:
    """``count`` instructions, the same for the same seed."""
    choose = random.Random(seed)
    for _ in range(count):
        yield _one(choose)


def _one(choose: random.Random) -> Made:
    kind = choose.choices(["tablet", "liquid", "mg"], [6, 2, 1])[0]
    dose = choose.choice({"tablet": TABLET_DOSES, "liquid": LIQUID_DOSES, "mg": MG_DOSES}[kind])
    frequency = choose.choice(FREQUENCIES)
    needed = choose.random() < 0.4
    low = Fraction(0) if needed or frequency.upto else dose.low * frequency.low / frequency.days
    high = dose.high * frequency.high / frequency.days
    text = f"{dose.text} {frequency.text}"
    if needed:
        prn = choose.choice(PRN)
        text = choose.choice(
            [
                f"{text} {prn}",
                f"{dose.text} {prn} {frequency.text}" if prn[0] not in "(-" else f"{text} {prn}",
            ]
        )
    if kind == "tablet" and frequency.days == 1 and choose.random() < 0.25:
        words, most = choose.choice(CEILINGS)
        if not (frequency.upto and most > high):
            text = f"{text}{'' if words[0] == '.' else ' '}{words}"
            high = min(high, Fraction(most))
            low = min(low, high)
    if choose.random() < 0.4:
        text += choose.choice(TAILS)
    if choose.random() < 0.3:
        head = choose.choice(HEADS)
        text = head + text
    return Made(choose.choice(CASES)(text), _decimal(low), _decimal(high))


_SLOTS = [
    ["mane", "in the morning", "each morning", "at breakfast", "am", "om", "every morning", "with breakfast", "morning", "at 8am"],
    ["midday", "at lunchtime", "at lunch", "at noon", "lunch", "at midday", "with lunch"],
    ["in the evening", "at teatime", "with evening meal", "teatime", "at tea", "each evening", "at 6pm"],
    ["nocte", "at night", "at bedtime", "night", "before bed", "every night", "each night", "at 10pm"],
]  # fmt: skip
_JOINS = [" and ", ", ", " + ", " & ", " ", "; ", ", and ", " then ", " plus "]
_ADDED = ["and {}", "plus {}", "+ {}", "& {}"]


def make_days_in_parts(seed: int, count: int) -> Iterator[Made]:
    """One dose at one time of day and others at others; the day is their sum."""
    choose = random.Random(seed)
    for _ in range(count):
        slots = sorted(choose.sample(range(4), choose.randint(2, 4)))
        doses = [choose.choice(TABLET_DOSES) for _ in slots]
        pieces = [
            f"{dose.text} {choose.choice(_SLOTS[slot])}" for dose, slot in zip(doses, slots, strict=True)
        ]
        text = pieces[0] + "".join(choose.choice(_JOINS) + piece for piece in pieces[1:])
        low = sum((dose.low for dose in doses), Fraction(0))
        high = sum((dose.high for dose in doses), Fraction(0))
        yield Made(choose.choice(CASES)(text), _decimal(low), _decimal(high))


def make_regular_and_extra(seed: int, count: int) -> Iterator[Made]:
    """A regular dose and an as-needed one: the minimum is the regular part."""
    choose = random.Random(seed)
    daily = [
        frequency
        for frequency in FREQUENCIES
        if frequency.days == 1 and frequency.low == frequency.high and not frequency.upto
    ]
    for _ in range(count):
        first, second = choose.choice(TABLET_DOSES), choose.choice(TABLET_DOSES)
        frequency = choose.choice(daily)
        prn = choose.choice([words for words in PRN if words[0] not in "(-"])
        text = f"{first.text} {frequency.text} " + choose.choice(_ADDED).format(f"{second.text} {prn}")
        yield Made(text, _decimal(first.low * frequency.low), None)


def make_steps(seed: int, count: int) -> Iterator[Made]:
    """Steps in order: the answer is the first."""
    choose = random.Random(seed)
    daily = [frequency for frequency in FREQUENCIES if frequency.days == 1 and not frequency.upto]
    joins = [" for {} days then ", " for {} days, then ", " for {} weeks followed by ", " for {} days, ", " increasing to ", " then increase to ", " reducing to ", ", then after {} days ", " for {}/7 then "]  # fmt: skip
    for _ in range(count):
        first, second = choose.choice(TABLET_DOSES), choose.choice(TABLET_DOSES)
        before, after = choose.choice(daily), choose.choice(daily)
        join = choose.choice(joins).format(choose.randint(2, 6))
        text = f"{first.text} {before.text}{join}{second.text} {after.text}"
        yield Made(
            choose.choice(CASES)(text), _decimal(first.low * before.low), _decimal(first.high * before.high)
        )
