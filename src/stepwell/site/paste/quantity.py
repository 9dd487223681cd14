"""The quantity pasted beside a medicine set against its instruction, in words. No check is said to be no check."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from stepwell.knowledge import dosage, exposure
from stepwell.knowledge.exposure.disagreement import Disagreement, Outcome, limits, text_against_quantity
from stepwell.knowledge.pasted import Supply, supply_of
from stepwell.site.paste.answer import Medicine
from stepwell.site.paste.wording import counted, number

# Patches are counted over four weeks: a seventh of a patch a day says nothing to anybody.
_FOUR_WEEKS = 28
_NO_DOSE = "The instruction gives no daily dose."
_NOT_KNOWN = "The product is not recognised, so what it is counted in is not known."
_STEPS = "The instruction has steps, and which has been reached is not written."
_NOT_BELIEVED = "The dose by the instruction is not believable as written."


@dataclass(frozen=True, slots=True)
class Check:
    """``heading`` is "" where nothing is to be looked at; ``said`` are sentences, with the sums or with why there is none."""

    heading: str
    said: tuple[str, ...]


def check(each: Medicine) -> Check:
    """For one medicine of the text."""
    # The days of a first step are not those of the whole.
    days = None if each.read.steps else each.read.duration_days
    supply = supply_of(each.entry, duration_days=days)
    if isinstance(supply, str):
        return _none(supply)
    if why := _not_comparable(each, supply):
        return _none(why)
    read = each.read
    found = text_against_quantity(read.daily_min, read.daily_max, supply.quantity / supply.days)
    if found.outcome is Outcome.NOT_COMPARED:
        return _none(found.reason)
    said = (f"The instruction says {_by_text(each)}; {_supplied(each, supply)}.",)
    if not found.is_finding:
        return Check("", (*said, "Not different enough to flag. One issue is no proof of what is taken."))
    return Check(*_finding(said, found))


def _none(why: str) -> Check:
    return Check("", (f"No check against the quantity was possible. {why}",))


def _not_comparable(each: Medicine, supply: Supply) -> str:
    """Why the two cannot be compared; "" where they can."""
    product, read = each.found.product, each.read
    if product is None:
        return _NOT_KNOWN
    if supply.unit and supply.unit not in dict(exposure.current().counted_units).get(product.unit, ()):
        return f"The quantity is not counted in {counted(Decimal(2), Decimal(2), product.unit).removeprefix('2 ')}."
    if read.status is dosage.Status.REFUSED or read.daily_min is None or read.unit == "mg":
        return _NO_DOSE
    if read.steps or "taper" in read.flags:
        return _STEPS
    return _NOT_BELIEVED if "implausible" in read.flags else ""


def _finding(said: tuple[str, ...], found: Disagreement) -> tuple[str, tuple[str, ...]]:
    assert found.ratio is not None
    above, below = limits()
    if found.outcome is Outcome.OVER_ORDERING:
        heading, end = "More is supplied than the instruction says", "most"
        limit = f"more than {number(above)} times the most"
    else:
        heading, end = "Less is supplied than the instruction says", "least"
        limit = f"less than {number(below)} times the least"
    times = f"That is {number(found.ratio)} times the {end} it says; {limit} is flagged."
    return heading, (*said, times, "Ask what is taken. The dose and OME here are by the instruction.")


def _is_patch(each: Medicine) -> bool:
    product = each.found.product
    return product is not None and product.patch_rate_microgram_per_h is not None


def _by_text(each: Medicine) -> str:
    low, high = each.read.daily_min, each.read.daily_max
    assert low is not None
    assumed = (
        ", if one patch is worn, which it does not say" if "one_patch_assumed" in each.read.flags else ""
    )
    return _amount(each, low, low if high is None else high) + assumed


def _supplied(each: Medicine, supply: Supply) -> str:
    unit = each.found.product.unit if each.found.product else "unit"
    what = f"{counted(supply.quantity, supply.quantity, unit)} for {supply.days} days"
    rate = supply.quantity / supply.days
    if _is_patch(each) and supply.days == _FOUR_WEEKS:
        return what
    return f"{what} is {_amount(each, rate, rate)}"


def _amount(each: Medicine, low: Decimal, high: Decimal) -> str:
    unit = each.found.product.unit if each.found.product else "unit"
    if _is_patch(each):
        return f"{counted(_round(low), _round(high), unit)} every {_FOUR_WEEKS} days"
    return f"{counted(low, high, unit)} a day"


def _round(daily: Decimal) -> Decimal:
    # A third of a patch a day, as six digits, makes 9.33 patches and not "about".
    return (daily * _FOUR_WEEKS).quantize(Decimal("0.01"))
