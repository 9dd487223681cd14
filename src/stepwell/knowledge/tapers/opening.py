"""The dose a plan begins from, read from a product and its instruction; or why none is read, and whom to ask."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from stepwell.knowledge import dosage
from stepwell.knowledge.dosage import Dosage
from stepwell.knowledge.medicines.model import Identification, Product, Release
from stepwell.knowledge.tapers import refusals, rules
from stepwell.knowledge.tapers.ladder import plain
from stepwell.knowledge.tapers.model import Caution, DoseUnit, Item, Refusal, Regimen, Time
from stepwell.knowledge.tapers.rungs import released_rate

CAUTIONS = frozenset({"written_most", "interval_differs", "time_assumed", "shared_anew", "once_daily_brand"})
"""Ids of what is said of how the instruction was read."""

_PRESCRIBER = "the prescriber"
_TENTH = Decimal("0.1")
_HOURS = 24
_MOST_TIMES = 4
_TIMES_USED = {
    1: (Time.NIGHT,),
    2: (Time.MORNING, Time.NIGHT),
    3: (Time.MORNING, Time.MIDDAY, Time.NIGHT),
    4: tuple(Time),
}
_SAID = (
    (Time.MORNING, re.compile(r"\b(morning|mane|om|am|breakfast|waking)\b", re.IGNORECASE)),
    (Time.MIDDAY, re.compile(r"\b(midday|noon|lunch|lunchtime)\b", re.IGNORECASE)),
    (Time.EVENING, re.compile(r"\b(evening|tea|teatime|dinner|supper)\b", re.IGNORECASE)),
    (Time.NIGHT, re.compile(r"\b(night|nocte|on|bed|bedtime)\b", re.IGNORECASE)),
)


@dataclass(frozen=True, slots=True)
class Opening:
    """The regimen now, or the reasons there is none. ``once_daily``: a slow product of a brand that lasts a whole day."""

    regimen: Regimen | None
    cautions: tuple[Caution, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    once_daily: bool = False


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
            "the person, what is taken at each time of day; then the prescriber, for an explicit instruction",
        )
    times = _times(read, cautions)
    if times is None:
        return refused(
            "too_many_times",
            "It is taken more than four times a day, or how often is not known; a plan gives doses at four times of day at most.",
        )
    if read.daily_min != read.daily_max:
        cautions.append(
            Caution(
                "written_most",
                "The instruction is for a range or for when needed. The plan begins at the most it allows; "
                "ask what is taken, and if it is less, begin there.",
            )
        )
    if read.daily_min == read.daily_max and read.dose_min != read.dose_max:
        cautions.append(
            Caution(
                "shared_anew",
                "Not the same is taken each time. The plan shares the day's dose out anew, the larger part at night where it is "
                "not even, so one dose may be larger than it is now: look at each time of day.",
            )
        )
    if once_daily:
        cautions.append(
            Caution(
                "once_daily_brand",
                f"{found.brand} lasts a whole day and other brands of it do not: name the brand on every script.",
            )
        )
    if product.release is Release.MODIFIED and interval and len(times) * interval != _HOURS:
        cautions.append(
            Caution(
                "interval_differs",
                f"A slow product made to last {interval} hours is taken {len(times)} times a day. The plan leaves that as it is; "
                "ask the prescriber whether it is meant, and name the brand on every script.",
            )
        )
    units = _shared(daily, times)
    if units is None:
        return refused("part_units", "The dose is not a number of whole, half or tenth units at each time.")
    dose = plain(daily * product.strength_mg_per_unit)
    return Opening(Regimen((Item(product, units),), dose, DoseUnit.MG), tuple(cautions), (), once_daily)


def _only_a_day(read: Dosage) -> bool:
    """Whether only so much a day is written ("8 a day"), with no time of day and no word of how often."""
    often = any(span.field == "frequency" for span in read.spans)
    return read.frequency_max == 1 and not often and not _said(read)


def _times(read: Dosage, cautions: list[Caution]) -> tuple[Time, ...] | None:
    """Times of day in use: as written, else the usual ones for so many times a day."""
    said = _said(read)
    often = read.frequency_max
    if said and (often is None or len(said) == often):
        return said
    if often is None or often != int(often):
        return None
    if often > _MOST_TIMES and not read.as_needed:
        return None
    count = min(int(often), _MOST_TIMES)
    if count == 1:
        cautions.append(
            Caution(
                "time_assumed",
                "No time of day was read; the plan writes it for the night. Look at when it is taken now.",
            )
        )
    return _TIMES_USED[count]


def _said(read: Dosage) -> tuple[Time, ...]:
    words = [
        read.text[span.start : span.end]
        for span in read.spans
        if span.field in ("frequency", "interval_days")
    ]
    return tuple(time for time, pattern in _SAID if any(pattern.search(each) for each in words))


def _shared(daily: Decimal, times: tuple[Time, ...]) -> tuple[tuple[Time, Decimal], ...] | None:
    """A daily number of units over the times, as even as whole units (else halves, else tenths) allow, more at night."""
    for size in (Decimal(1), Decimal("0.5"), _TENTH):
        pieces = daily / size
        if pieces != int(pieces) or (size != _TENTH and pieces < len(times)):
            continue
        each, rest = divmod(int(pieces), len(times))
        shares = [each * size] * len(times)
        for at in range(rest):
            shares[-1 - at] += size
        return tuple((t, plain(n)) for t, n in zip(times, shares, strict=True) if n)
    return None


def _patches(found: Identification, product: Product, read: Dosage) -> Opening:
    often, days = read.frequency_max, read.interval_days_max
    worn = read.dose_max
    if read.as_needed or not often or not days or worn is None or read.dose_min != worn or worn != int(worn):
        return refused("patches_not_known", "How many patches are worn, or for how long, is not written.")
    hours = found.patch_interval_hours or product.patch_interval_hours
    written = days * _HOURS / often
    known = [each for each, _ in rules.current().supply_days if each is not None]
    if hours is None and written in known:
        hours = int(written)
    if hours is None:
        return refused(
            "change_interval_unknown",
            "How long this patch is worn depends on its brand, and the instruction does not say 72, 96 or 168 hours.",
            "the pharmacy which brand is supplied; then the prescriber",
        )
    if written != hours:
        return refused(
            "change_interval_differs",
            f"The patch is made to be worn for {hours} hours and the instruction says otherwise.",
        )
    rate = plain(released_rate(product) * worn)
    item = Item(product, (), int(worn), hours)
    return Opening(Regimen((item,), rate, DoseUnit.MICROGRAM_PER_HOUR))
