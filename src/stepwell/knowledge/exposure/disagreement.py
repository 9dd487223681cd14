"""What is supplied, set against what the instruction says: a finding for a review, never an error and never a dose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache

from stepwell.base.errors import StepwellError
from stepwell.knowledge import tables
from stepwell.knowledge.exposure.current import quantity_rate
from stepwell.knowledge.exposure.model import Occasion, TextState
from stepwell.knowledge.exposure.rules import Rules


class Outcome(StrEnum):
    """What the comparison found. NOT_COMPARED is not agreement."""

    OVER_ORDERING = "over_ordering"
    UNDER_USE = "under_use"
    AGREES = "agrees"
    NOT_COMPARED = "not_compared"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Text against quantity, in counted units a day. ``ratio`` is quantity / the end of the text it was compared with.

    ``formula`` is the sum by which it was decided, ``reason`` why nothing was compared ("" where something was).
    """

    outcome: Outcome
    text_min: Decimal | None
    text_max: Decimal | None
    by_quantity: Decimal | None
    ratio: Decimal | None
    formula: str
    reason: str = ""

    @property
    def is_finding(self) -> bool:
        """Whether somebody should look."""
        return self.outcome in (Outcome.OVER_ORDERING, Outcome.UNDER_USE)


@cache
def limits() -> tuple[Decimal, Decimal]:
    """(over-ordering above, under-use below), as ratios."""
    row = tables.document("exposure_rules")["text_against_quantity"]
    return Decimal(row["over_ordering_above"]), Decimal(row["under_use_below"])


def text_against_quantity(
    text_min: Decimal | None, text_max: Decimal | None, by_quantity: Decimal | None
) -> Disagreement:
    """Compare an instruction's daily range with the daily rate supplied, all in counted units a day; None is not known.

    Over-ordering is above the maximum, under-use below the minimum: a minimum of zero (as needed) is never used too
    little, and without a maximum nothing is ordered too much. Raises StepwellError for numbers below zero or the wrong
    way round.
    """
    _check(text_min, text_max, by_quantity)
    above, below = limits()
    if by_quantity is None:
        return _not(text_min, text_max, None, "How much is supplied a day is not known.")
    over = by_quantity / text_max if text_max else None
    under = by_quantity / text_min if text_min else None
    if over is not None and over > above:
        return _found(Outcome.OVER_ORDERING, text_min, text_max, by_quantity, over)
    if under is not None and under < below:
        return _found(Outcome.UNDER_USE, text_min, text_max, by_quantity, under)
    if text_max == 0:
        return _not(text_min, text_max, by_quantity, "By the instruction none is taken.")
    if over is None:
        return _not(text_min, text_max, by_quantity, "The instruction gives no maximum to compare with.")
    return _found(Outcome.AGREES, text_min, text_max, by_quantity, over)


def of_line(line: Sequence[Occasion], as_of: date, rules: Rules) -> Disagreement:
    """The same for the occasions of one line in date order, by its last instruction and its quantities up to ``as_of``."""
    if not line:
        raise StepwellError("A line without an occasion has nothing to compare.")
    last = line[-1]
    read = last.state in (TextState.READ, TextState.OPEN)
    rate = quantity_rate(line, as_of, rules)
    if not read:
        return _not(None, None, rate, "The last instruction gives no daily dose.")
    return text_against_quantity(last.units_min, last.units_max, rate)


def _check(low: Decimal | None, high: Decimal | None, rate: Decimal | None) -> None:
    wrong_way = low is not None and high is not None and low > high
    if wrong_way or any(each is not None and each < 0 for each in (low, high, rate)):
        raise StepwellError("Daily numbers must run from a smaller to a larger, none below zero.")


def _not(low: Decimal | None, high: Decimal | None, rate: Decimal | None, reason: str) -> Disagreement:
    return Disagreement(Outcome.NOT_COMPARED, low, high, rate, None, "", reason)


def _found(
    outcome: Outcome, low: Decimal | None, high: Decimal | None, rate: Decimal, ratio: Decimal
) -> Disagreement:
    end = low if outcome is Outcome.UNDER_USE else high
    assert end is not None
    formula = f"{_shown(rate)} supplied a day / {_shown(end)} by the instruction = {_shown(ratio)}"
    return Disagreement(outcome, low, high, rate, ratio, formula)


def _shown(value: Decimal) -> str:
    return format(round(value, 2).normalize(), "f")
