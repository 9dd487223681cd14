"""Doses: a number and its unit, the size of one, the same said twice, and ranges with a unit at each end."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from stepwell.knowledge.dosage.grammar.numbers import Quantity, begins_anew, quantity
from stepwell.knowledge.dosage.grammar.parts import Amount, RefusedError
from stepwell.knowledge.dosage.grammar.rules import Yield, kind, value
from stepwell.knowledge.dosage.tokens import Token

MASS = frozenset({"mg", "microgram", "g"})


COUNTED = frozenset(
    "tablet capsule patch sachet suppository lozenge film ampoule puff spray drop application injection "
    "cigarette fingertip dose unit".split()
)


_SPOONS = frozenset({"spoonfuls", "spoons", "spoonsful", "teaspoonfuls", "teaspoons"})


_MG_IN_G = Decimal(1000)
_ML_IN_SPOON = Decimal(5)


_ML_IN_TEASPOON = Decimal(5)


@dataclass(slots=True)
class Measure:
    """A unit read behind a number: what to multiply by, its name, the place after it, a strength on the way."""

    unit: str | None
    factor: Decimal
    after: int
    strength_mg: Decimal | None = None
    substance: str | None = None


def measure(tokens: list[Token], place: int, number: Decimal) -> Measure | None:
    """The unit behind a number at ``place``, with the forms "5ml spoonful", "30mg tablet", "x 5ml"."""
    at = place
    crossed = kind(tokens, at) == "x"
    at += crossed
    inner = quantity(tokens, at) if kind(tokens, at) == "number" else None
    if inner is not None and inner.low == inner.high and kind(tokens, inner.after) == "unit":
        return _sized(tokens, inner, number, crossed)
    if crossed:
        return None
    if kind(tokens, at) != "unit":
        return Measure(None, Decimal(1), place)
    unit = str(tokens[at].value)
    after = at + 1
    if unit == "ml" and kind(tokens, after) == "stop" and value(tokens, after + 1) == "spoonful":
        after += 1
    if unit == "ml" and kind(tokens, after) == "unit" and tokens[after].word in _SPOONS:
        raise RefusedError("ambiguous")
    if unit == "g":
        return _with_substance(tokens, Measure("mg", _MG_IN_G, after))
    if unit == "teaspoon":
        return Measure("ml", _ML_IN_TEASPOON, after)
    if (
        unit == "ml"
        and kind(tokens, after) == "unit"
        and value(tokens, after) in ("spoonful", "teaspoon", "dose")
    ):
        after += 1
    if unit in COUNTED:
        while (
            kind(tokens, after) in ("slash", "or")
            and kind(tokens, after + 1) == "unit"
            and value(tokens, after + 1) in COUNTED
        ):
            after += 2
    if unit in MASS:
        return _with_substance(tokens, Measure(unit, Decimal(1), after))
    return Measure(unit, Decimal(1), after)


def _with_substance(tokens: list[Token], measured: Measure) -> Measure:
    """Past "10mg tablets", "4g paracetamol"."""
    if kind(tokens, measured.after) == "drug":
        measured.substance = str(tokens[measured.after].value)
        measured.after += 1
    if kind(tokens, measured.after) == "unit" and value(tokens, measured.after) in COUNTED:
        measured.after += 1
    return measured


def _sized(tokens: list[Token], inner: Quantity, number: Decimal, crossed: bool) -> Measure | None:
    """Two 5ml spoonfuls, 2 x 10mg tablets: the inner number is the size of one."""
    unit = str(tokens[inner.after].value)
    after = inner.after + 1
    if unit == "ml" and kind(tokens, after) == "stop" and value(tokens, after + 1) == "spoonful":
        after += 1
    following = value(tokens, after) if kind(tokens, after) == "unit" else None
    if unit == "ml":
        if following in ("spoonful", "teaspoon", "dose", "sachet"):
            return Measure("ml", inner.low, after + 1)
        return Measure("ml", inner.low, after) if crossed or number == 1 else None
    if unit in MASS and following in COUNTED:
        size = inner.low * {"mg": Decimal(1), "g": _MG_IN_G, "microgram": 1 / _MG_IN_G}[unit]
        return Measure(str(following), Decimal(1), after + 1, strength_mg=size)
    if unit in MASS and crossed:
        size = inner.low * {"mg": Decimal(1), "g": _MG_IN_G, "microgram": 1 / _MG_IN_G}[unit]
        return Measure(None, Decimal(1), after, strength_mg=size)
    return None


def dose(tokens: list[Token], found: Quantity, place: int) -> Yield:
    after = same_in_brackets(tokens, found)
    if kind(tokens, after) == "x" and not _counts(tokens, after + 1):
        crossed = measure(tokens, after, found.high)
        if crossed is None:
            after += 1
    measured = measure(tokens, after, found.high)
    if measured is None:
        measured = Measure(None, Decimal(1), after)
    spooned = measured.unit == "ml" and value(tokens, measured.after - 1) == "spoonful"
    if spooned and found.low < found.high == _ML_IN_SPOON:
        raise RefusedError("ambiguous")
    formed = measured.unit in MASS and (
        tokens[measured.after - 1].value in COUNTED or tokens[measured.after - 1].behind == "form"
    )
    start, led = tokens[place].start, tokens[place].behind
    amount = Amount(
        start,
        tokens[measured.after - 1].end,
        found.low * measured.factor,
        found.high * measured.factor,
        measured.unit,
        strength_mg=measured.strength_mg,
        substance=measured.substance,
        formed=formed or measured.substance is not None,
        led=led,
    )
    if found.slashed:
        _clear_half(tokens, measured, amount)
    return [amount], _upper_end(tokens, measured.after, amount)


def _counts(tokens: list[Token], place: int) -> bool:
    """ "1 x3 daily": the cross belongs to how often."""
    if kind(tokens, place) == "every" and kind(tokens, place + 1) == "number":
        return False  # "2x every 12 hours"
    if kind(tokens, place) != "number":
        return kind(tokens, place) not in ("latin", "count", "unit", "when", "at", "clock")
    return kind(tokens, place + 1) in ("adverb", "times", "a", "per", "slash")


def _clear_half(tokens: list[Token], measured: Measure, amount: Amount) -> None:
    """1/2 is a half only where the unit is clear: "1/2 tablet"; "1/2 qds" may be one or two."""
    if measured.unit in (None, "capsule"):
        raise RefusedError("ambiguous")
    amount.slashed = tokens[measured.after - 1].word.endswith("s")


def same_in_brackets(tokens: list[Token], found: Quantity) -> int:
    """one (1), 1 (one): the number said twice."""
    after = found.after
    if kind(tokens, after) == "open":
        again = quantity(tokens, after + 1)
        if again is not None and kind(tokens, again.after) == "close":
            if (again.low, again.high) != (found.low, found.high):
                raise RefusedError("conflict")
            return again.after + 1
    return after


def _counts_on(tokens: list[Token], place: int, second: Quantity, amount: Amount) -> bool:
    """Whether the bare number behind "or" is the next of the counted units, and counts neither times nor hours."""
    following = kind(tokens, second.after)
    if following == "x" and kind(tokens, second.after + 1) == "number":
        following = "" if kind(tokens, second.after + 2) in ("adverb", "a", "per", "slash") else "x"
    if following == "number" and kind(tokens, second.after + 1) in ("times", "x", "hourly", "when", "dash"):
        following = ""  # "one tablet or two 3 times a day"
    return (
        kind(tokens, place) in ("or", "to")
        and amount.unit in COUNTED
        and second.low == amount.low + 1
        and following not in ("times", "x", "hourly", "period", "slash", "dash", "number", "divided")
    )


def _upper_end(tokens: list[Token], place: int, amount: Amount) -> int:
    """2.5ml-5ml, one tablet or two tablets, half to one: the second end with a unit of its own."""
    if kind(tokens, place) not in ("dash", "to", "or") or amount.low != amount.high:
        return place
    if begins_anew(tokens, place, place + 1):
        return place
    second = quantity(tokens, place + 1)
    if second is None or second.low != second.high:
        return place
    measured = measure(tokens, second.after, second.low)
    if measured is not None and measured.unit is None and _counts_on(tokens, place, second, amount):
        measured.unit = amount.unit  # "one tablet or two"
    if measured is None or measured.unit is None or measured.unit != amount.unit:
        return place
    high = second.low * measured.factor
    if high < amount.low:
        if amount.low > high * 4:
            raise RefusedError("range_reversed")
        amount.low, high = high, amount.low
    amount.high = high
    amount.end = tokens[measured.after - 1].end
    return measured.after
