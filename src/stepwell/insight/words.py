"""Values, months and places among others, as they are written on pages."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from stepwell.insight.limits import limit
from stepwell.population.prescribing.measures.model import Kind, Measure

_MONTHS = ("January February March April May June July August September October November December").split()
_MIDDLE = (0.4, 0.6)


def month(period: str) -> str:
    """September 2026."""
    year, number = period.split("-")
    return f"{_MONTHS[int(number) - 1]} {year}"


def number(value: float) -> str:
    """37,716 or 12.3 or 2.73: three figures that mean something."""
    size = abs(value)
    decimals = 0 if size >= 100 or value == 0 else 1 if size >= 10 else 2
    return f"{value:,.{decimals}f}"


def bare(measure: Measure, value: float | None) -> str:
    """A value without its unit, for a table or an axis that says the unit; "no value" where there is none."""
    if value is None:
        return "no value"
    if measure.kind is Kind.SHARE:
        return f"{value:.1%}"
    return f"£{value:,.2f}" if measure.unit == "GBP" else number(value)


def unit(measure: Measure) -> str:
    """What one unit of a value is: "mg OME per 1,000 patients a month"."""
    if measure.kind is Kind.SHARE:
        below = measure.denominator.column if measure.denominator else "items"
        return f"% of {'items' if below == 'items' else 'the quantity'}"
    name = "pounds" if measure.unit == "GBP" else measure.unit
    return f"{name} per 1,000 patients a month" if measure.kind is Kind.LIST else name


def with_unit(measure: Measure, value: float | None) -> str:
    """A value as it stands in a sentence."""
    if value is None:
        return "no value"
    if measure.kind is Kind.SHARE:
        return bare(measure, value)
    said = unit(measure).removesuffix(" a month")
    return f"{bare(measure, value)} {said.removeprefix('pounds ')}"


def whole(value: float | None) -> str:
    """A count as it is written: 165,952. "not known" where there is none."""
    if value is None:
        return "not known"
    return f"{value:,.0f}" if abs(value - round(value)) < 0.005 else f"{value:,.1f}"


def counts_items(measure: Measure) -> bool:
    """Whether what is counted is items: lines of prescriptions, which rise when a taper is issued week by week."""
    return measure.numerator.column == "items"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value lies among others of its kind: how many are lower, the same and higher."""

    lower: int
    same: int
    higher: int

    @property
    def others(self) -> int:
        """How many it is compared with."""
        return self.lower + self.same + self.higher

    @property
    def share_lower(self) -> float:
        """The share of the others that are lower; 0 with no others."""
        return self.lower / self.others if self.others else 0.0

    @property
    def share_higher(self) -> float:
        """The share of the others that are higher."""
        return self.higher / self.others if self.others else 0.0


def place(value: float, everyone: Sequence[float | None]) -> Place:
    """The place of a value among everyone's, itself one of them."""
    known = [each for each in everyone if each is not None]
    lower = sum(each < value for each in known)
    higher = sum(each > value for each in known)
    return Place(lower, max(0, len(known) - lower - higher - 1), higher)


def place_words(found: Place, kind: str, kinds: str, where: str) -> str:
    """ "higher than 8 in 10 practices in England". Fewer than 20 others are counted one by one. Never "worst"."""
    if not found.others:
        return f"the only {kind} with a figure {where}"
    if found.others < limit("fewest_for_deciles"):
        if found.same == found.others:
            return f"the same as the {found.others} other {kinds} {where}"
        if found.others == 1:
            return f"{'higher' if found.lower else 'lower'} than the 1 other {kind} {where}"
        if found.lower >= found.higher:
            return f"higher than {found.lower} of the {found.others} other {kinds} {where}"
        return f"lower than {found.higher} of the {found.others} other {kinds} {where}"
    return f"{_in_ten(found)} {kinds} {where}"


def _in_ten(found: Place) -> str:
    lower, higher = found.share_lower, found.share_higher
    if lower < _MIDDLE[1] and higher < _MIDDLE[1]:
        return "about the middle of" if max(lower, higher) > 1 - _MIDDLE[1] else "the same as most"
    tenths = min(9, math.floor(max(lower, higher) * 10 + 1e-9))
    return f"{'higher' if lower > higher else 'lower'} than {tenths} in 10"
