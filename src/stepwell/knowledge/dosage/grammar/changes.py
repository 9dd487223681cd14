"""Rules for what comes next: then, increase to, reduce by, day 1, stop; and the plain marks."""

from __future__ import annotations

from decimal import Decimal

from stepwell.knowledge.dosage.grammar.doses import MASS, Measure, measure
from stepwell.knowledge.dosage.grammar.lengths import counted_length
from stepwell.knowledge.dosage.grammar.numbers import Quantity, quantity, single
from stepwell.knowledge.dosage.grammar.parts import (
    Amount,
    Atom,
    Change,
    Daily,
    Every,
    Label,
    Mark,
    RefusedError,
    Times,
    When,
)
from stepwell.knowledge.dosage.grammar.periods import period_of, whole_days
from stepwell.knowledge.dosage.grammar.rules import Yield, kind, rule, sentence_end, value
from stepwell.knowledge.dosage.grammar.timings import adverb, alternate, every
from stepwell.knowledge.dosage.tokens import Token

_SEVEN = 7
_BY_STEPS = ("slowly", "gradually", "stepwise")


@rule(
    "change",
    ("1 tds increasing to 2 tds", "3/3"),
    ("4 daily reduce by 1 every 2 weeks", "4/4"),
    ("reduce by one tablet every fortnight", "refused"),
    ("1 nocte increase as tolerated", "1/1"),
)
def change(tokens: list[Token], place: int, read: list[Atom]) -> Yield | None:
    """Increase to (a dose follows), reduce by X every P (a rate), increase as tolerated (open)."""
    start = tokens[place].start
    direction = str(tokens[place].value)
    at = place + 1
    while kind(tokens, at) in ("unit", "change_rider", "comma", "prn", "change") and (
        kind(tokens, at) != "unit" or value(tokens, at) == "dose"
    ):
        at += 1
    if not any(isinstance(atom, Amount) for atom in read) and _heads(tokens, place, at):
        return [], at
    leading = None
    if kind(tokens, at) in ("every", "adverb", "alternate"):
        leading, at = _how_often(tokens, at, read)
    towards = _change_to(tokens, at, start, direction, leading)
    if towards is not None:
        return towards
    by = kind(tokens, at) == "by"
    found = quantity(tokens, at + by)
    if found is None:
        if by or kind(tokens, at) == "from":
            raise RefusedError("ambiguous", "taper")
        return [Change(start, tokens[at - 1].end, "open", direction, days=leading)], at
    measured = measure(tokens, found.after, found.high)
    if measured is None:
        return None
    if by:
        _past_its_day(tokens, measured)
    if not by and kind(tokens, measured.after) not in ("every", "adverb", "per", "a", "alternate"):
        if not any(isinstance(atom, Amount) for atom in read):
            raise RefusedError("taper_no_start", "taper")  # "drop 1 tds": by so much, or to so much
        return [Change(start, tokens[at - 1].end, "to", direction)], at
    days, after = _how_often(tokens, measured.after, read)
    days = days or leading
    rate = found.low * measured.factor if found.low == found.high and measured.factor else None
    if not by and days is not None and days < _SEVEN:
        return [Change(start, tokens[at - 1].end, "to", direction)], at
    return [Change(start, tokens[after - 1].end, "by", direction, rate, measured.unit, days)], after


def _past_its_day(tokens: list[Token], measured: Measure) -> None:
    """ "By 50mg bd every 3 days": the rate is of every dose of the day; "by one tablet per day every week": of the day."""
    after = measured.after
    often = kind(tokens, after) in ("latin", "count") or value(tokens, after) == "1"
    if often and kind(tokens, after + 1) in ("every", "adverb"):
        measured.after, measured.factor = after + 1, Decimal(0)
        return
    days, further = period_of(tokens, after)
    if days == 1 and kind(tokens, further) in ("every", "adverb"):
        measured.after = further


def _heads(tokens: list[Token], place: int, after: int) -> bool:
    """ "Reducing dose: 3 daily for a week, then ..." names what follows; "increase slowly to 2 tds" begins nowhere."""
    if tokens[after - 1].word == ":":
        return True
    riders = any(token.kind == "change_rider" for token in tokens[place + 1 : after])
    if riders or tokens[place].word.endswith(_BY_STEPS):
        raise RefusedError("taper_no_start", "taper")
    return False


def _change_to(tokens: list[Token], at: int, start: int, direction: str, leading: int | None) -> Yield | None:
    """ "increase to 2 bd", "after 3 days to 2 bd": a dose follows; with a rate before "to" it is only how far."""
    if kind(tokens, at) in ("after", "in", "for"):
        held, after_held = _after_days(tokens, at)
        if held is not None and kind(tokens, after_held) == "to":
            return [Change(start, tokens[after_held].end, "to", direction, days=held)], after_held + 1
    if kind(tokens, at) != "to":
        return None
    if leading is not None:
        return [Change(start, tokens[at - 1].end, "open", direction, days=leading)], at
    return [Change(start, tokens[at].end, "to", direction)], at + 1


def _after_days(tokens: list[Token], place: int) -> tuple[int | None, int]:
    found = quantity(tokens, place + 1)
    if found is None or kind(tokens, found.after) != "period":
        return None, place
    return whole_days(found.high, value(tokens, found.after)), found.after + 1


def _how_often(tokens: list[Token], place: int, read: list[Atom]) -> tuple[int | None, int]:
    """The days of "every 2 weeks", "weekly", "a week", "per fortnight"."""
    here = kind(tokens, place)
    result: Yield | None = None
    if here in ("every", "per", "a"):
        result = every(tokens, place, [])
    elif here == "adverb":
        if value(tokens, place) == "1":
            return 1, place + 1
        result = adverb(tokens, place, read)
    elif here == "alternate":
        result = alternate(tokens, place, read)
    if result is None:
        return None, place
    atom = result[0][0]
    if isinstance(atom, Every):
        days = atom.high / 24
        return (int(days) if days == int(days) else None), result[1]
    return 1, result[1]


@rule(
    "period from on_day ordinal",
    ("1 od day 1, 1 bd day 2, 1 tds day 3 onwards", "1/1"),
    ("week 1: 1 daily, week 2: 2 daily", "1/1"),
)
def label(tokens: list[Token], place: int, read: list[Atom]) -> Yield | None:
    """Day 1, days 2-4, week 2, from day 3, first week."""
    del read
    start = tokens[place].start
    at = place + (tokens[place].kind in ("from", "on_day"))
    if kind(tokens, at) == "ordinal" and tokens[at].word == "first":
        length = counted_length(tokens, at + 1, start, False)
        if length is not None:
            return length  # "one at night first 2 weeks, then two"
    if kind(tokens, at) == "ordinal" and kind(tokens, at + 1) == "period":
        return _labelled(
            tokens[at].number,
            tokens[at].number,
            tokens[at + 1].value,
            start,
            tokens[at + 1].end,
            at + 2,
            False,
        )
    if kind(tokens, at) != "period" or kind(tokens, at + 1) != "number":
        return None
    found = _numbers_of_label(tokens, at + 1)
    if found is None or kind(tokens, found.after) in ("times", "latin", "hourly", "unit"):
        return None
    after = found.after
    open_ended = tokens[place].kind == "from"
    if kind(tokens, after) == "thereafter":
        open_ended = True
        after += 1
    return _labelled(found.low, found.high, tokens[at].value, start, tokens[after - 1].end, after, open_ended)


def _numbers_of_label(tokens: list[Token], place: int) -> Quantity | None:
    """The 1, or the 1-3, of "day 1", "days 1-3"; a dash with room around it leads to the dose."""
    one = single(tokens, place)
    if one is None:
        return None
    joined = kind(tokens, one[1]) in ("to", "and") or (
        kind(tokens, one[1]) == "dash" and value(tokens, one[1]) is None
    )
    more = single(tokens, one[1] + 1) if joined else None
    if more is not None and more[0] <= one[0]:
        raise RefusedError("ambiguous")
    if more is None:
        return Quantity(one[0], one[0], one[1])
    return Quantity(one[0], more[0], more[1])


def _labelled(
    low: Decimal, high: Decimal, period: object, start: int, end: int, after: int, open_ended: bool
) -> Yield | None:
    days = whole_days(Decimal(1), period)
    if days is None or low != int(low) or high != int(high) or low < 1:
        return None
    first = (int(low) - 1) * days + 1
    last = None if open_ended else int(high) * days
    return [Label(start, end, first, last)], after


_MARKS = {
    "and": "and",
    "comma": "pause",
    "stop": "stop",
    "semicolon": "semicolon",
    "dash": "dash",
    "open": "open",
    "close": "close",
    "then": "then",
    "or": "or",
    "equals": "equals",
    "prn": "prn",
    "stat": "stat",
    "event": "event",
    "stop_word": "stopped",
    "wear": "wear",
    "same_time": "wear",
    "change_rider": "rider",
    "thereafter": "thereafter",
    "per_dose": "per_dose",
    "who": "who",
    "meal_each": "meal_each",
    "each_site": "each_site",
    "dated": "dated",
}


_OF_A_REPEAT = frozenset(
    "count after in at number a period clock when prn condition filler at_least for or".split()
)


@rule(
    "repeat_dose",
    ("1 nocte. May repeat after 1 hour if needed", "1/2"),
    ("1 nocte prn, may repeat once", "0/2"),
    ("1 qds, may repeat once", "refused"),
)
def repeat_dose(tokens: list[Token], place: int, read: list[Atom]) -> Yield | None:
    """May repeat once, repeat after an hour if needed: the dose once more. Numbers here count hours, or tell the hour."""
    del read
    after = place + 1
    while kind(tokens, after) in _OF_A_REPEAT:
        counts = kind(tokens, after + 1) == "period" or (
            tokens[after + 1 : after + 2] and tokens[after + 1].word in ("am", "pm")
        )
        if kind(tokens, after) == "number" and not counts:
            return None
        after += 1
    if kind(tokens, after) not in ("end", "stop", "comma", "close", "semicolon", "dash", "max"):
        return None
    return [Mark(tokens[place].start, tokens[after - 1].end, "repeat")], after


@rule("apply stop " + " ".join(_MARKS))
def mark(tokens: list[Token], place: int, read: list[Atom]) -> Yield | None:
    """The plain marks."""
    token = tokens[place]
    if token.kind == "equals" and _says_total(tokens, place, read):
        return None  # "2 qds = 8": what the day comes to
    if token.kind == "apply":
        name = "change_patch" if token.value == "change" else "apply"
    elif token.kind == "stop" and token.word not in (".", "!", "\n", "\r"):
        name = "stopped"
    else:
        name = _MARKS[token.kind]
    return [Mark(token.start, token.end, name)], place + 1


def _says_total(tokens: list[Token], place: int, read: list[Atom]) -> bool:
    timed = bool(read) and isinstance(read[-1], Times | When | Every | Daily)
    if not timed or not any(isinstance(atom, Amount) for atom in read):
        return False
    found = quantity(tokens, place + 1)
    if found is None:
        return False
    measured = measure(tokens, found.after, found.high)
    if measured is None:
        return False
    divided = kind(tokens, measured.after) in ("in", "divided")
    return divided or measured.unit not in MASS or period_of(tokens, measured.after)[0] == 1


@rule(
    "to until",
    ("4 daily reducing by 1 every week to 1 daily", "4/4"),
)
def goal(tokens: list[Token], place: int, read: list[Atom]) -> Yield | None:
    """The end of a rate: "... to 1 daily", "... until 1 bd"."""
    last = next(
        (atom for atom in reversed(read) if not (isinstance(atom, Mark) and atom.name == "rider")), None
    )
    if not isinstance(last, Change) or last.kind == "to":
        return None
    if kind(tokens, place + 1) not in ("number", "fraction", "max", "a", "upto"):
        return None
    if kind(tokens, place + 1) in ("max", "upto") or last.kind == "open":
        return [], sentence_end(tokens, place + 1)  # how far it may go
    return [Change(tokens[place].start, tokens[place].end, "to", last.direction)], place + 1
