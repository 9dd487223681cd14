"""The dose a plan begins from, read from a product and its instruction; or why none is read, and whom to ask."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from stepwell.knowledge import dosage
from stepwell.knowledge.dosage import Dosage
from stepwell.knowledge.medicines.model import Identification, Product, Release
from stepwell.knowledge.tapers import brands, refusals, times
from stepwell.knowledge.tapers.ladder import plain
from stepwell.knowledge.tapers.model import Caution, DoseUnit, Item, Refusal, Regimen
from stepwell.knowledge.tapers.rungs import released_rate

CAUTIONS = frozenset({"written_most", "interval_differs", "time_assumed", "shared_anew", "once_daily_brand"})
"""Ids of what is said of how the instruction was read."""

_PRESCRIBER = "the prescriber"
_HOURS = 24
_FOUR_DAYS = 96
_MOST_TIMES = 4
_THE_PERSON = (
    "the person, what is taken at each time of day; then the prescriber, for an explicit instruction"
)


@dataclass(frozen=True, slots=True)
class Opening:
    """The regimen now, or the reasons there is none. ``once_daily``: a slow product of a brand that lasts a whole day.

    ``brand``: the brand of a slow opioid or a patch.
    """

    regimen: Regimen | None
    cautions: tuple[Caution, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    once_daily: bool = False
    brand: str = ""


_TOO_MANY_TIMES = Refusal(
    "too_many_times",
    "It is taken more than four times a day, or how often is not known; a plan gives doses at four times of day at most.",
    _PRESCRIBER,
)
_PART_UNITS = Refusal(
    "part_units",
    "The dose is not a number of whole units at each time, nor of half a plain tablet or tenths of a ml.",
    _THE_PERSON,
)
_DOSES_UNEVEN = Refusal(
    "doses_uneven",
    "How much is taken at which time of day is not known, and the day cannot be shared out without moving a dose or making one "
    "larger than is written.",
    _THE_PERSON,
)


def refused(code: str, reason: str, ask: str = _PRESCRIBER) -> Opening:
    """No dose, and why."""
    return Opening(None, (), (Refusal(code, reason, ask),))


def opening(found: Identification, instruction: str) -> Opening:
    """The dose taken now. A range or a dose taken when needed is taken at its written most, and that is said."""
    product = found.product
    if product is None:
        return refused(
            "product_not_known", found.reason or "The product and its strength are not recognised."
        )
    read = dosage.parse(instruction, product)
    if read.reason == "no_frequency" and _brand_decides(found, product):
        return _which_brand(product)
    why = _not_read(read, product)
    if why is not None:
        return Opening(None, (), (why,))
    if product.patch_rate_microgram_per_h is not None:
        return _patches(found, product, read)
    return _daily(found, product, read)


def _not_read(read: Dosage, product: Product) -> Refusal | None:
    """Why the instruction gives no dose to begin from, or None."""
    if read.status is dosage.Status.REFUSED:
        words = (read.reason or "not understood").replace("_", " ")
        return Refusal(
            "dose_not_read",
            f"The instruction gives no dose that can be read ({words}).",
            "the person, what is taken each day; then the prescriber, for an explicit instruction",
        )
    if read.as_needed and read.daily_max is None:
        return Refusal(
            "as_needed_without_maximum",
            "It is taken when needed and no most is written, so the dose taken is not known.",
            "the person, what is taken each day; then the prescriber, for a regular dose",
        )
    if "implausible" in read.flags:
        return Refusal("implausible", "The dose read is not plausible.", _PRESCRIBER)
    if read.steps:
        return Refusal(
            "already_changing",
            "The instruction already changes the dose by steps, so the dose taken now is not known.",
            "the person, which step is taken now",
        )
    if read.daily_max is None or read.daily_max <= 0 or read.unit != product.unit:
        return Refusal(
            "dose_not_read", "The instruction gives no daily dose in units of the product.", _PRESCRIBER
        )
    return None


def _daily(found: Identification, product: Product, read: Dosage) -> Opening:
    cautions: list[Caution] = []
    if read.interval_days_max is not None and read.interval_days_max != 1:
        return refused("not_every_day", "It is not taken every day, so a plan of daily doses does not fit.")
    if product.strength_mg_per_unit is None:
        return refused("strength_not_known", "The strength of the product is not known.")
    daily = read.daily_max or Decimal(0)
    once_daily = "once_daily_brand" in found.flags
    interval = _HOURS if once_daily else product.mr_interval_hours
    planned = refusals.of_medicine(product) is None
    if planned and daily > 1 and interval != _HOURS and _only_a_day(read):
        return refused(
            "times_not_known",
            "How much is taken in a day is written, but not at how many times of day, so what is taken at once is not known.",
            _THE_PERSON,
        )
    units = _units(read, product, cautions)
    if isinstance(units, Refusal):
        return Opening(None, (), (units,))
    if read.daily_min != read.daily_max:
        cautions.append(
            Caution(
                "written_most",
                "The instruction is for a range or for when needed. The plan begins at the most it allows; "
                "ask what is taken, and if it is less, begin there.",
            )
        )
    if once_daily:
        cautions.append(
            Caution(
                "once_daily_brand",
                f"{found.brand} lasts a whole day and other brands of it do not: name the brand on every script.",
            )
        )
    if product.release is Release.MODIFIED and interval and len(units) * interval != _HOURS:
        cautions.append(
            Caution(
                "interval_differs",
                f"A slow product made to last {interval} hours is taken {len(units)} times a day. The plan leaves that as it is; "
                "ask the prescriber whether it is meant, and name the brand on every script.",
            )
        )
    dose = plain(daily * product.strength_mg_per_unit)
    regimen = Regimen((Item(product, units),), dose, DoseUnit.MG)
    return Opening(regimen, tuple(cautions), (), once_daily, brands.kept(found))


def _only_a_day(read: Dosage) -> bool:
    """Whether only so much a day is written ("8 a day"), with no time of day and no word of how often."""
    often = any(span.field == "frequency" for span in read.spans)
    return read.frequency_max == 1 and not often and not any(part.times_of_day for part in read.parts)


def _units(read: Dosage, product: Product, cautions: list[Caution]) -> times.Day | Refusal:
    """Units at each time of day: as they are written; else shared out, where no dose comes out larger than is written."""
    found = times.written(read)
    if found is None:
        return _shared(read, product, cautions)
    if any(units % times.smallest_part(product) for _, units in found.day):
        return _PART_UNITS
    if found.assumed and len(found.day) == 1:
        cautions.append(
            Caution(
                "time_assumed",
                "No time of day was read; the plan writes it for the night. Look at when it is taken now.",
            )
        )
    elif found.assumed and any(part.times_of_day for part in read.parts):
        cautions.append(
            Caution(
                "time_assumed",
                "Not every time of day was read; the plan writes the usual ones for the others. Look at when each dose is taken now.",
            )
        )
    return found.day


def _shared(read: Dosage, product: Product, cautions: list[Caution]) -> times.Day | Refusal:
    often = read.frequency_max
    if often is None or often != int(often) or (often > _MOST_TIMES and not read.as_needed):
        return _TOO_MANY_TIMES
    day = times.shared(read.daily_max or Decimal(0), times.usual(min(int(often), _MOST_TIMES)), product)
    if day is None:
        return _PART_UNITS
    if read.dose_max is None or max(units for _, units in day) > read.dose_max or _would_move(read):
        return _DOSES_UNEVEN
    if read.daily_min == read.daily_max and read.dose_min != read.dose_max:
        cautions.append(
            Caution(
                "shared_anew",
                "Not the same is taken each time, and which dose is taken when was not read. The plan shares the day's dose out; "
                "no dose is larger than the largest that is written. Look at each time of day.",
            )
        )
    return day


def _would_move(read: Dosage) -> bool:
    """Whether a share would move what is written for one time of day to another: different doses, or one more when needed."""
    timed = [part for part in read.parts if part.times_of_day]
    differ = len({(part.dose_min, part.dose_max) for part in read.parts}) > 1
    extra = any(times.extra_at_any_time(read, part) for part in read.parts)
    return (differ and bool(timed)) or extra


def _patches(found: Identification, product: Product, read: Dosage) -> Opening:
    often, days = read.frequency_max, read.interval_days_max
    worn = read.dose_max
    if read.as_needed or worn is None or read.dose_min != worn or worn != int(worn):
        return refused("patches_not_known", "How many patches are worn is not written.")
    hours = found.patch_interval_hours or product.patch_interval_hours
    written = days * _HOURS / often if days and often and _one_interval(read, hours) else None
    if hours is None:
        if written not in brands.hours_by_brand(product):
            return _which_brand(product)
        hours = int(written or 0)
    if written is None:
        return refused("patches_not_known", "For how long a patch is worn is not written.")
    if written != hours:
        return refused(
            "change_interval_differs",
            f"The patch is made to be worn for {hours} hours and the instruction says otherwise.",
        )
    rate = plain(released_rate(product) * worn)
    item = Item(product, (), int(worn), hours)
    regimen = Regimen((item,), rate, DoseUnit.MICROGRAM_PER_HOUR)
    return Opening(regimen, brand=brands.kept(found))


def _one_interval(read: Dosage, hours: int | None) -> bool:
    """Whether the days of wear are one number; "every 3 to 4 days" is how a patch of four days may be worded."""
    low, high = read.interval_days_min, read.interval_days_max
    return low == high or (hours == _FOUR_DAYS and low == 3 and high == 4)


def _brand_decides(found: Identification, product: Product) -> bool:
    """Whether how long a patch is worn depends on a brand, and that is not known."""
    patch = product.patch_rate_microgram_per_h is not None
    return patch and not found.patch_interval_hours and not product.patch_interval_hours


def _which_brand(product: Product) -> Opening:
    by_brand = brands.hours_by_brand(product)
    hours = " or ".join(map(str, by_brand)) or "72, 96 or 168"
    known = "; ".join(f"{each} hours: {', '.join(names)}" for each, names in by_brand.items())
    return refused(
        "change_interval_unknown",
        f"Which brand of patch is it? How long it is worn depends on that, and the instruction does not say {hours} hours"
        f"{f' ({known})' if known else ''}.",
        "the pharmacy which brand is supplied; then the prescriber",
    )
