"""Numbers as they are written: 1, one, i, half, 1½, 1 1/2, one and a half, and ranges of them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from stepwell.knowledge.dosage.grammar.parts import RefusedError
from stepwell.knowledge.dosage.grammar.rules import kind, value
from stepwell.knowledge.dosage.tokens import Token

_WRITTEN_PARTS = {
    (Decimal(1), Decimal(2)): Decimal("0.5"),
    (Decimal(1), Decimal(4)): Decimal("0.25"),
    (Decimal(3), Decimal(4)): Decimal("0.75"),
}
_WIDEST_REVERSED_RANGE = 4
_IN_WORDS = frozenset({"one", "two", "three", "four"})
_ROOM_OF_A_DASH = 3
_HOURS_ABOUT = 2
_NOON = 12
_JOINS = frozenset({"dash", "to", "or"})


@dataclass(slots=True)
class Quantity:
    """A number or a range and the place after it. ``loose`` marks a range written with a spaced dash,
    ``slashed`` a half written 1/2, which many write for "1 or 2".
    """

    low: Decimal
    high: Decimal
    after: int
    loose: bool = False
    slashed: bool = False


def quantity(tokens: list[Token], place: int) -> Quantity | None:
    """A number or a range of two; None where no number stands. Three numbers in a row of joins are refused."""
    if kind(tokens, place) == "between":
        return _between(tokens, place)
    roman = _roman_range(tokens, place)
    if roman is not None:
        return roman
    first = single(tokens, place)
    if first is None:
        return None
    low, after = first
    after = _past_same(tokens, low, after)
    listed = _listed(tokens, place)
    if listed is not None:
        return listed
    if kind(tokens, after) == "dash" and kind(tokens, after + 1) in ("to", "or"):
        after += 1  # "four- to six-hourly"
    if kind(tokens, after) not in _JOINS:
        slashed = kind(tokens, place + 1) == "slash" and after == place + 3
        return Quantity(low, low, after, slashed=slashed)
    second = single(tokens, after + 1)
    if second is None:
        return Quantity(low, low, after)
    high, end = second
    if tokens[after].kind == "dash" and (
        begins_anew(tokens, after, after + 1) or _is_an_hour(tokens, after, end, high - low)
    ):
        return Quantity(low, low, after)
    end = _past_same(tokens, high, end)
    loose = tokens[after].kind == "dash" and tokens[after].value == "spaced"
    if kind(tokens, end) in ("dash", "to", "or") and single(tokens, end + 1) is not None:
        raise RefusedError("ambiguous")
    if high == 0 or low == 0:
        raise RefusedError("ambiguous")
    if kind(tokens, after) == "dash" and not loose and high < 1 <= low:
        raise RefusedError("ambiguous")  # "1-1/2": one and a half, or half to one
    return _ordered(low, high, end, loose)


def begins_anew(tokens: list[Token], dash: int, following: int) -> bool:
    """ "2 - on 3": a silent word stood between a dash and the number, so they make no range."""
    if kind(tokens, dash) != "dash" or following >= len(tokens):
        return False
    return tokens[following].start - tokens[dash].end > _ROOM_OF_A_DASH


def _is_an_hour(tokens: list[Token], dash: int, end: int, wide: Decimal) -> bool:
    """ "2 - 10pm": two, at ten; "8-9pm" is about then."""
    loose = tokens[dash].value == "spaced"
    if kind(tokens, end) != "when":
        return False
    noon = value(tokens, end) == "noon" and value(tokens, end - 1) == _NOON
    return noon or (tokens[end].word in ("am", "pm") and (loose or wide > _HOURS_ABOUT))


def _past_same(tokens: list[Token], number: Decimal, after: int) -> int:
    """Past the same number in brackets, where a range goes on or ends behind it: "1 (one) or 2 (two)"."""
    again = single(tokens, after + 1) if kind(tokens, after) == "open" else None
    if again is None or again[0] != number or kind(tokens, again[1]) != "close":
        return after
    ranged = kind(tokens, again[1] + 1) in _JOINS or kind(tokens, after - 2) in _JOINS
    return again[1] + 1 if ranged else after


def _listed(tokens: list[Token], place: int) -> Quantity | None:
    """ "1, 2 or 3": numbers that follow one another, up to the last behind "or"."""
    at = place
    while kind(tokens, at + 1) == "comma" and kind(tokens, at + 2) == "number":
        if tokens[at + 2].number != tokens[at].number + 1:
            return None
        at += 2
    more = kind(tokens, at + 1) == "or" and kind(tokens, at + 2) == "number"
    if at == place or not more or tokens[at + 2].number != tokens[at].number + 1:
        return None
    return Quantity(tokens[place].number, tokens[at + 2].number, at + 3)


def _roman_range(tokens: list[Token], place: int) -> Quantity | None:
    """ "i/ii", "ii/iii": one or two, two or three; written so it is no fraction."""
    if kind(tokens, place + 1) != "slash" or not kind(tokens, place) == kind(tokens, place + 2) == "number":
        return None
    low, high = tokens[place], tokens[place + 2]
    if low.word in _IN_WORDS and high.word in _IN_WORDS and low.number + 1 == high.number:
        return Quantity(low.number, high.number, place + 3)
    if not (set(low.word) == {"i"} and set(high.word) == {"i"} and low.number + 1 == high.number):
        return None
    return Quantity(low.number, high.number, place + 3)


def _between(tokens: list[Token], place: int) -> Quantity | None:
    first = single(tokens, place + 1)
    if first is None or kind(tokens, first[1]) not in ("and", "to", "dash"):
        return None
    second = single(tokens, first[1] + 1)
    return None if second is None else _ordered(first[0], second[0], second[1], False)


def _ordered(low: Decimal, high: Decimal, after: int, loose: bool) -> Quantity:
    if low > high:
        if loose:
            raise RefusedError("ambiguous")  # "28 - 10mg": a quantity, and then the dose
        if low > high * _WIDEST_REVERSED_RANGE:
            raise RefusedError("range_reversed")
        low, high = high, low
    return Quantity(low, high, after, loose)


def single(tokens: list[Token], place: int) -> tuple[Decimal, int] | None:
    """One number and the place after it."""
    here = kind(tokens, place)
    if here == "a" and kind(tokens, place + 1) == "fraction":
        return _after_fraction(tokens, place + 1)
    if here == "fraction":
        return _after_fraction(tokens, place)
    if here != "number":
        return None
    number = tokens[place].number
    part = _written_part(tokens, place)
    if part is not None:
        return _skip_of(tokens, part[0], part[1])
    after = place + 1
    added = _added_part(tokens, after)
    if added is None:
        return number, after
    fraction, end, joined = added
    spelt = tokens[after].word.isalpha()
    digits = tokens[place].word[0].isdigit()
    if joined or (digits and not spelt):
        return number + fraction, end
    if number == 1 and spelt:
        return fraction, end
    raise RefusedError("ambiguous")


def _written_part(tokens: list[Token], place: int) -> tuple[Decimal, int] | None:
    """1/2, 1/4, 3/4 written tight, unless it counts times or hours."""
    if kind(tokens, place + 1) != "slash" or kind(tokens, place + 2) != "number":
        return None
    tight = tokens[place].end == tokens[place + 1].start and tokens[place + 1].end == tokens[place + 2].start
    part = _WRITTEN_PARTS.get((tokens[place].number, tokens[place + 2].number))
    if part is None or not tight:
        return None
    if kind(tokens, place + 3) in ("times", "hourly", "period", "x"):
        return None
    return part, place + 3


def _after_fraction(tokens: list[Token], place: int) -> tuple[Decimal, int]:
    """Half, half a, half one: the fraction of one unit."""
    return _skip_of(tokens, tokens[place].number, place + 1)


def _skip_of(tokens: list[Token], part: Decimal, after: int) -> tuple[Decimal, int]:
    if kind(tokens, after) == "a" and kind(tokens, after + 1) == "unit":
        return part, after + 1
    if (
        kind(tokens, after) == "a"
        and kind(tokens, after + 1) == "number"
        and kind(tokens, after + 2) == "unit"
    ):
        return part, after + 1  # "half a 5ml spoonful"
    if kind(tokens, after) == "number" and tokens[after].number == 1 and not tokens[after].word.isdigit():
        return (
            (part, after + 1)
            if kind(tokens, after + 1) not in ("times", "hourly", "period")
            else (part, after)
        )
    return part, after


def _added_part(tokens: list[Token], place: int) -> tuple[Decimal, int, bool] | None:
    """The half of "one and a half", "1½", "1 1/2": value, place after, whether "and" joined it."""
    joined = kind(tokens, place) == "and"
    at = place + joined
    if joined and kind(tokens, at) == "a":
        at += 1
    if joined and tokens[at : at + 1] and tokens[at].word == "one" and kind(tokens, at + 1) == "fraction":
        at += 1
    if kind(tokens, at) == "fraction":
        if joined and at == place + 1 and _starts_a_dose(tokens, at + 1):
            return None
        return tokens[at].number, at + 1, joined
    if kind(tokens, at) == "number":
        part = _written_part(tokens, at)
        if part is not None:
            return part[0], part[1], joined
    return None


def _starts_a_dose(tokens: list[Token], place: int) -> bool:
    return kind(tokens, place) in ("when",)
