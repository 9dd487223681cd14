"""The rungs a plan may step down on: the next dose below that can be made, and zero only from the lowest.

``DailyRungs`` for medicines taken by the day, ``PatchRungs`` for patches, ``StrengthRungs`` for compound tablets stepped down in
strength. Doses are whole thousandths: of a mg a day, or of a microgram/h.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations_with_replacement
from typing import Protocol

from stepwell.knowledge.medicines.model import Product
from stepwell.knowledge.tapers import rules
from stepwell.knowledge.tapers.ladder import MICROGRAM, TENTHS, micrograms, plain
from stepwell.knowledge.tapers.model import DoseUnit, Item, Regimen, Time
from stepwell.knowledge.tapers.spread import Day, DayDoses, Tops

WEEK_HOURS = 168


@dataclass(frozen=True, slots=True)
class Rung:
    """One dose that can be made, and how."""

    dose: int
    regimen: Regimen
    flags: tuple[str, ...] = ()


class Rungs(Protocol):
    """Doses from which and to which a plan may step."""

    def at(self, dose: int, now: Regimen | None = None) -> Rung | None:
        """How a dose is made, or None where it cannot be. ``now``: no time of day may be given more than in this regimen."""

    def below(self, current: int, at_least: int, now: Regimen | None = None) -> Rung | None:
        """The lowest dose at or above ``at_least`` and below ``current``; else the highest below; None: only zero is below."""


def regimen_of(day: Day, products: tuple[Product, ...]) -> Regimen:
    """The regimen of made units at times of day, the strongest product first."""
    items, total = [], Decimal(0)
    for at, product in enumerate(products):
        taken = {time: made[at] for time, made in day if made[at]}
        if taken:
            units = tuple((t, plain(Decimal(taken[t]) / TENTHS)) for t in Time if t in taken)
            items.append(Item(product, units))
            total += sum((n for _, n in units), Decimal(0)) * (product.strength_mg_per_unit or 0)
    items.sort(key=lambda item: (-(item.product.strength_mg_per_unit or 0), item.product.product_id))
    return Regimen(tuple(items), plain(total), DoseUnit.MG)


class DailyRungs:
    """Doses by the day. ``slow``: the times of day stay in use down to the smallest strength at each, then go one by one."""

    def __init__(self, doses: DayDoses, *, slow: bool) -> None:
        self._doses = doses
        self._slow = slow
        self._rungs: dict[tuple[int, object], Rung | None] = {}
        self._smallest = doses.occasion.smallest

    def at(self, dose: int, now: Regimen | None = None) -> Rung | None:
        return self._at(dose, None if now is None else tops_of(now))

    def _at(self, dose: int, tops: Tops | None) -> Rung | None:
        key = (dose, None if tops is None else tuple(tops.items()))
        if key not in self._rungs:
            self._rungs[key] = self._made(dose, tops)
        return self._rungs[key]

    def _made(self, dose: int, tops: Tops | None) -> Rung | None:
        times, smallest = len(self._doses.times), self._smallest
        dropped = self._slow and dose < times * smallest
        if dropped:
            day = self._doses.once_at_night(dose // smallest) if dose % smallest == 0 and dose else None
        else:
            day = self._doses.day(dose, tops)
        if day is None or (tops is not None and not self._doses.fits(day, tops)):
            return None
        regimen = regimen_of(day, self._doses.occasion.products)
        return Rung(dose, regimen, ("fewer_times_a_day",) if dropped else ())

    def _floor(self, current: int) -> int:
        """The lowest a step from ``current`` may go: no rung that must be stepped on is skipped."""
        smallest = self._smallest
        if not self._slow:
            return smallest
        most = smallest * len(self._doses.times)
        return most if current > most else (current - 1) // smallest * smallest

    def below(self, current: int, at_least: int, now: Regimen | None = None) -> Rung | None:
        if current <= self._smallest:
            return None
        tops = None if now is None else tops_of(now)
        quantum = self._doses.occasion.quantum
        at_least = max(at_least, self._floor(current), quantum)
        first = at_least + -at_least % quantum
        for dose in range(first, current, quantum):
            found = self._at(dose, tops)
            if found:
                return found
        for dose in range(min(first, current) // quantum * quantum, 0, -quantum):
            found = self._at(dose, tops) if dose < current else None
            if found:
                return found
        return None


def tops_of(regimen: Regimen) -> dict[Time, int]:
    """Micrograms taken at each time of day, in order."""
    found: dict[Time, int] = {}
    for item in regimen.items:
        each = micrograms(item.product.strength_mg_per_unit or Decimal(0))
        for time, units in item.units:
            found[time] = found.get(time, 0) + int(units * each)
    return {time: found[time] for time in Time if time in found}


def _fits(regimen: Regimen, tops: Tops) -> bool:
    return all(dose <= tops.get(time, 0) for time, dose in tops_of(regimen).items())


def released_rate(product: Product) -> Decimal:
    """Microgram/h a patch releases, which may differ from its label."""
    labelled = product.patch_rate_microgram_per_h or Decimal(0)
    for substance, label, released in rules.current().released_rates:
        if (substance, label) == (product.substance, labelled):
            return released
    return labelled


class PatchRungs:
    """Rates of one or two patches worn together. Patches of one rung are changed on the same days.

    ``groups`` are (hours worn, patches), the strongest patches first: a plan stays in its group to the lowest rung, then moves
    on to the next.
    """

    def __init__(self, groups: tuple[tuple[int, tuple[Product, ...]], ...], start_hours: int) -> None:
        hours = [each for each, _ in groups]
        self._groups = groups[hours.index(start_hours) :] if start_hours in hours else groups
        self._rungs = [self._of(each, patches) for each, patches in self._groups]

    def _of(self, hours: int, patches: tuple[Product, ...]) -> dict[int, Rung]:
        limits, found = rules.current(), {}
        most = limits.most_seven_day_rate * MICROGRAM if hours == WEEK_HOURS else None
        by_rate = sorted(patches, key=released_rate, reverse=True)
        for count in range(1, limits.most_patches_worn + 1):
            for worn in combinations_with_replacement(by_rate, count):
                rate = sum((released_rate(each) for each in worn), Decimal(0))
                dose = int(rate * MICROGRAM)
                # Fewest patches first, then the largest patch first: what comes later is not preferred.
                if dose not in found and (most is None or dose <= most):
                    items = tuple(Item(each, (), worn.count(each), hours) for each in dict.fromkeys(worn))
                    found[dose] = Rung(dose, Regimen(items, plain(rate), DoseUnit.MICROGRAM_PER_HOUR))
        return found

    def at(self, dose: int, now: Regimen | None = None) -> Rung | None:
        del now
        return next((rungs[dose] for rungs in self._rungs if dose in rungs), None)

    def below(self, current: int, at_least: int, now: Regimen | None = None) -> Rung | None:
        del now
        for rungs in self._rungs:
            lower = sorted(dose for dose in rungs if dose < current)
            if lower:
                return rungs[next((dose for dose in lower if dose >= at_least), lower[-1])]
        return None


class StrengthRungs:
    """Compound tablets: one time of day after another goes to the next strength down, then tablets go one by one.

    The number of tablets stays until all are of the lowest strength, so the other ingredient stays as it was.
    """

    def __init__(self, start: Regimen, strengths: tuple[Product, ...], guard_percent: Decimal) -> None:
        self._order: list[Rung] = []
        self._products = tuple(sorted(strengths, key=lambda p: -(p.strength_mg_per_unit or 0)))
        self._guard = guard_percent
        self._make(start)

    def _make(self, start: Regimen) -> None:
        strengths = [p.strength_mg_per_unit or Decimal(0) for p in self._products]
        day: dict[Time, list[int]] = {}
        for item in start.items:
            if item.product not in self._products:
                return
            at = self._products.index(item.product)
            for time, units in item.units:
                day.setdefault(time, []).extend([at] * int(units))
        lowest = len(strengths) - 1
        order = [t for t in (Time.MIDDAY, Time.EVENING, Time.MORNING, Time.NIGHT) if t in day]
        while any(at < lowest for taken in day.values() for at in taken):
            highest = min(at for taken in day.values() for at in taken)
            time = next(t for t in order if highest in day[t])
            self._lower(day, time, highest, strengths)
            self._add(day, ())
        while sum(map(len, day.values())) > 1:
            fullest = max(map(len, day.values()))
            next(day[t] for t in order if len(day[t]) == fullest).pop()
            self._add(day, ("fewer_tablets",))

    def _lower(self, day: dict[Time, list[int]], time: Time, highest: int, strengths: list[Decimal]) -> None:
        """One time of day to the next strength, or as many of its tablets as the guard lets fall at once, at least one."""
        total = sum((strengths[at] for taken in day.values() for at in taken), Decimal(0))
        each = strengths[highest] - strengths[highest + 1]
        most = max(1, int(total * self._guard / 100 / each))
        for place, at in enumerate(day[time]):
            if at == highest and most:
                day[time][place] = highest + 1
                most -= 1

    def _add(self, day: dict[Time, list[int]], flags: tuple[str, ...]) -> None:
        made: Day = tuple(
            (time, tuple(taken.count(at) * TENTHS for at in range(len(self._products))))
            for time, taken in day.items()
        )
        regimen = regimen_of(made, self._products)
        self._order.append(Rung(int(regimen.dose * MICROGRAM), regimen, flags))

    def at(self, dose: int, now: Regimen | None = None) -> Rung | None:
        return self._first(lambda rung: rung.dose == dose, now)

    def below(self, current: int, at_least: int, now: Regimen | None = None) -> Rung | None:
        del at_least
        return self._first(lambda rung: rung.dose < current, now)

    def _first(self, wanted: Callable[[Rung], bool], now: Regimen | None) -> Rung | None:
        tops = None if now is None else tops_of(now)
        fit = (rung for rung in self._order if tops is None or _fits(rung.regimen, tops))
        return next((rung for rung in fit if wanted(rung)), None)
