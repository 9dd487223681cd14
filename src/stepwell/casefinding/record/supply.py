"""What was issued beside what the instruction says, in words with both sums written out. Not compared is never agreement."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from stepwell.casefinding.record import words
from stepwell.knowledge.exposure.disagreement import Disagreement, Outcome, limits
from stepwell.knowledge.exposure.supplied import Supplied
from stepwell.population.records.person import MedicineNow

# Patches are counted over four weeks: a seventh of a patch a day says nothing to anybody.
_FOUR_WEEKS = 28
_SEEN = Decimal("0.005")


@dataclass(frozen=True, slots=True)
class SupplyWords:
    """``heading`` and ``finding`` are "" where nothing is to be looked at; ``said`` is then what there is to say, or why not."""

    heading: str
    finding: tuple[str, ...]
    said: str


def supply_words(now: MedicineNow) -> SupplyWords:
    """For one medicine taken now."""
    found = now.against_quantity
    if found.is_finding:
        over = found.outcome is Outcome.OVER_ORDERING
        heading = (
            "More is issued than the instruction says" if over else "Less is issued than the instruction says"
        )
        return SupplyWords(heading, _finding(now, found, over=over), "")
    if found.outcome is Outcome.AGREES and found.supplied is not None:
        sums = f"The instruction says {_by_text(now, found)}. {_issued(now, found.supplied)}."
        return SupplyWords("", (), f"{sums} Not different enough to flag.")
    return SupplyWords("", (), f"Not compared with what was issued. {found.reason}")


def _finding(now: MedicineNow, found: Disagreement, *, over: bool) -> tuple[str, ...]:
    assert found.supplied is not None and found.ratio is not None
    above, below = limits()
    limit = (
        f"more than {words.figure(above)} times the most"
        if over
        else f"less than {words.figure(below)} times the least"
    )
    end = "most" if over else "least"
    return (
        f"The instruction says {_by_text(now, found)}.",
        f"{_issued(now, found.supplied)}.",
        f"That is {words.figure(found.ratio)} times the {end} it says; {limit} is flagged.",
        "Ask what is taken. The dose and OME here are by the instruction, not by what was issued.",
    )


def _issued(now: MedicineNow, supplied: Supplied) -> str:
    """ "56 tablets issued every 28 days is 2 tablets a day, from 4 June 2026 to 24 September 2026 (4 issues)"."""
    since = f"since {words.long_date(supplied.first)}, up to the issue of {words.long_date(supplied.last)}"
    rate = _amount(now, supplied.rate)
    if supplied.each is not None and supplied.every is not None:
        what = f"{_units(now, supplied.each)} issued every {words.count(supplied.every, 'day')}"
    else:
        what = f"{_units(now, supplied.quantity)} issued in {words.count(supplied.days, 'day')}"
    if what.replace(" issued", "") == rate:
        return f"{what}, {since}"
    return f"{what} is {rate}, {since}"


def _by_text(now: MedicineNow, found: Disagreement) -> str:
    low, high = found.text_min, found.text_max
    assert low is not None
    flags = {flag for row in now.instructions for flag in str(row.get("flags", "")).split("|")}
    if "one_patch_assumed" in flags:
        return f"{_amount(now, low)}, if one patch is worn, which it does not say"
    if high is None or low == high:
        return _amount(now, low)
    return f"{words.figure(_shown(now, low))} to {_amount(now, high)}"


def _shown(now: MedicineNow, daily: Decimal) -> Decimal:
    return daily * _FOUR_WEEKS if now.current.medicine.is_patch else daily


def _amount(now: MedicineNow, daily: Decimal) -> str:
    every = "every 28 days" if now.current.medicine.is_patch else "a day"
    return f"{_units(now, _shown(now, daily))} {every}"


def _units(now: MedicineNow, number: Decimal) -> str:
    counted = words.figure(number)
    # A rate is a fraction of days: rounded so far that it can be seen, it is said to be.
    about = "about " if abs(Decimal(counted.replace(",", "")) - number) > _SEEN else ""
    return f"{about}{counted} {words.counted_unit(now.unit or 'unit', counted)}"
