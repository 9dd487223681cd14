"""What is supplied, set against what the instruction says: a finding for a review, never an error and never a dose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache

from stepwell.base.errors import StepwellError
from stepwell.knowledge import tables
from stepwell.knowledge.exposure.model import Occasion, TextState
from stepwell.knowledge.exposure.rules import Rules
from stepwell.knowledge.exposure.supplied import Supplied, Unknown, supplied


class Outcome(StrEnum):
    """What the comparison found. NOT_COMPARED is not agreement."""

    OVER_ORDERING = "over_ordering"
    UNDER_USE = "under_use"
    AGREES = "agrees"
    NOT_COMPARED = "not_compared"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Text against quantity, in counted units a day. ``ratio`` is quantity / the end of the text it was compared with.

    ``formula`` is the sum by which it was decided, ``reason`` why nothing was compared ("" where something was). ``supplied``:
    the issues behind ``by_quantity``, where it was worked out from issues.
    """

    outcome: Outcome
    text_min: Decimal | None
    text_max: Decimal | None
    by_quantity: Decimal | None
    ratio: Decimal | None
    formula: str
    reason: str = ""
    supplied: Supplied | None = None

    @property
    def is_finding(self) -> bool:
        """Whether somebody should look."""
        return self.outcome in (Outcome.OVER_ORDERING, Outcome.UNDER_USE)


NOT_LOOKED_AT = Disagreement(Outcome.NOT_COMPARED, None, None, None, None, "", "Nobody compared them.")


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


def of_line(
    line: Sequence[Occasion], as_of: date, rules: Rules, *, stepped: bool = False, more: str = ""
) -> Disagreement:
    """The same for the occasions of one line in date order, by its last instruction and what was issued under it.

    Issues made while the dose by the instruction was another say nothing of this one, so only those since then are counted.
    ``stepped``: the last instruction has steps. ``more`` says why more may have been supplied than the line holds, "" where
    nothing tells so: then only over-ordering can be found.
    """
    if not line:
        raise StepwellError("A line without an occasion has nothing to compare.")
    last, since = line[-1], _since_said(line)
    if last.state not in (TextState.READ, TextState.OPEN):
        return _not(None, None, None, "The last instruction gives no daily dose.")
    if stepped:
        return _not(None, None, None, "The instruction has steps, and which has been reached is not written.")
    rate = supplied(since, as_of, rules)
    if isinstance(rate, Unknown):
        return _not(
            last.units_min, last.units_max, None, _why(rate, changed=len(since) < len(line), rules=rules)
        )
    found = text_against_quantity(last.units_min, last.units_max, rate.rate)
    if more and found.outcome is not Outcome.OVER_ORDERING:
        found = _not(last.units_min, last.units_max, rate.rate, more)
    return replace(found, supplied=rate)


def _since_said(line: Sequence[Occasion]) -> Sequence[Occasion]:
    """The last occasions whose instruction gives the same daily numbers as the very last."""
    said = (line[-1].state, line[-1].units_min, line[-1].units_max)
    other = (n for n, o in enumerate(line, start=1) if (o.state, o.units_min, o.units_max) != said)
    return line[max(other, default=0) :]


def _why(unknown: Unknown, *, changed: bool, rules: Rules) -> str:
    if unknown is Unknown.QUANTITY:
        return "The quantity of an issue is not recorded, or counts something else."
    if changed:
        return "The dose by the instruction changed, and too few issues have been made since."
    return (
        f"It takes {rules.median_gap_min_occasions} issues in {rules.quantity_window_days} days without a break to "
        "tell how much is supplied a day."
    )


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
