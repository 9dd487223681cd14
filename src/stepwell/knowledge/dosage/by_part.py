"""The parts of a day as they were written: which dose at which times, for whoever must keep them apart."""

from __future__ import annotations

from decimal import Decimal

from stepwell.knowledge.dosage.assemble import Reckoned, Sum
from stepwell.knowledge.dosage.model import Part

_PLACES = Decimal("0.000001")


def parts_of(total: Sum) -> tuple[Part, ...]:
    """The parts that add up to the day, in the order written."""
    return tuple(_part(each) for each in total.parts)


def _part(each: Reckoned) -> Part:
    often = each.occasions
    daily = often is not None and often.days_low == often.days_high == 1
    return Part(
        dose_min=tidy(each.dose.low) if each.dose else None,
        dose_max=tidy(each.dose.high) if each.dose else None,
        times_of_day=tuple(each.part.slots),
        times_min=tidy(often.low) if often and daily else None,
        times_max=tidy(often.high) if often and daily else None,
        as_needed=each.as_needed,
    )


def tidy(number: Decimal | None) -> Decimal | None:
    """At most six decimals, no trailing zeros, no exponent."""
    if number is None:
        return None
    exact = number.quantize(_PLACES) if number != number.to_integral_value() else number
    whole = exact.to_integral_value()
    return Decimal(int(whole)) if exact == whole else exact.normalize()
