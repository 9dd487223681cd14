"""Doses of a liquid: what an oral syringe measures, steps worth taking, and the day shared out nearly evenly.

A dose at one time of day is a whole number of the marks of the syringe it fits, and no smaller than a last dose that can be
stopped from. A time of day may also stay just as it is. Volumes are whole tenths of a ml, doses whole micrograms.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import product as every

from stepwell.knowledge.medicines.model import Product
from stepwell.knowledge.tapers import rules
from stepwell.knowledge.tapers.ladder import TENTHS, micrograms, plain
from stepwell.knowledge.tapers.model import DoseUnit, Item, Regimen, Time
from stepwell.knowledge.tapers.rungs import Rung
from stepwell.knowledge.tapers.spread import LARGER_FIRST

Volumes = tuple[tuple[Time, int], ...]


class LiquidRungs:
    """The rungs of one liquid at the times of day in use. Times drop one by one once each is at the last dose.

    ``smallest_solid_mg`` is the smallest tablet or capsule of the substance, None where none is held: what is a step worth
    taking is a part of it. ``started_at`` is the smallest dose taken now: who takes less than the last dose stops from that.
    """

    def __init__(
        self, product: Product, times: tuple[Time, ...], smallest_solid_mg: Decimal | None, started_at: int
    ) -> None:
        self._product = product
        self._times = tuple(sorted(times, key=LARGER_FIRST.index))
        self._tenth = micrograms(product.strength_mg_per_unit or Decimal(0)) // TENTHS
        step, last = _smallest(smallest_solid_mg, self._tenth)
        self._step = step
        self._last = min(last, max(1, started_at // self._tenth))
        self._ladders: dict[tuple[tuple[Time, int], ...], Mapping[int, Volumes]] = {}

    def at(self, dose: int, now: Regimen | None = None) -> Rung | None:
        if now is None:
            alone = dose == self._last * self._tenth
            return self._rung(((self._times[0], self._last),)) if alone else None
        found = self._below(now).get(dose)
        return None if found is None else self._rung(found)

    def below(self, current: int, at_least: int, now: Regimen | None = None) -> Rung | None:
        """As of every ladder. ``now`` is what is taken: needed, because the doses of a day come down from it."""
        if now is None:
            return None
        doses = sorted(dose for dose in self._below(now) if dose < current)
        if not doses:
            return None
        place = bisect_left(doses, at_least)
        return self._rung(self._below(now)[doses[min(place, len(doses) - 1)]])

    def _below(self, now: Regimen) -> Mapping[int, Volumes]:
        """Every daily dose (micrograms) that can be measured without giving any time of day more than now."""
        tops = {time: self._top(now, time) for time in self._times}
        key = tuple(tops.items())
        if key not in self._ladders:
            found: dict[int, Volumes] = {}
            for used in range(len(self._times), 0, -1):
                for volumes in self._days(tops, used):
                    found.setdefault(sum(volume for _, volume in volumes) * self._tenth, volumes)
            self._ladders[key] = found
        return self._ladders[key]

    def _top(self, now: Regimen, time: Time) -> int:
        """Tenths of a ml of this liquid that are the dose at a time now, rounded down to what can be measured of another product."""
        total = sum(
            (
                units * micrograms(item.product.strength_mg_per_unit or Decimal(0))
                for item in now.items
                for when, units in item.units
                if when is time
            ),
            Decimal(0),
        )
        volume = int(total) // self._tenth
        same = all(item.product.product_id == self._product.product_id for item in now.items)
        return volume if same else self._measured(volume)

    def _days(self, tops: Mapping[Time, int], used: int) -> Iterator[Volumes]:
        """Days at the ``used`` times that are dropped last: each time at one level or the next below, or as it is now."""
        times = [time for time in self._times if tops[time]][:used]
        if len(times) < used:
            return
        for level in self._levels(max(tops[time] for time in times)):
            lower = self._measured(level - 1)
            ways = [_kept_or_lowered(tops[time], level, lower) for time in times]
            # The night first among those that keep the higher dose; an even day before an uneven one of the same dose.
            for chosen in every(*ways):
                yield tuple((time, volume) for time, volume in zip(times, chosen, strict=True))

    def _levels(self, top: int) -> list[int]:
        """Volumes that can be measured, up to the first that is not below ``top``."""
        found, volume = [], self._last
        while True:
            if self._measured(volume) == volume:
                found.append(volume)
                if volume >= top:
                    return found
            volume += 1

    def _measured(self, volume: int) -> int:
        """The largest volume that can be measured and is worth a step, at or below ``volume``; 0 below the last dose."""
        while volume >= self._last:
            if volume == self._last or (volume % self._step == 0 and volume % _mark(volume) == 0):
                return volume
            volume -= 1
        return 0

    def _rung(self, volumes: Volumes) -> Rung:
        by_time = dict(volumes)
        units = tuple((time, plain(Decimal(by_time[time]) / TENTHS)) for time in Time if time in by_time)
        item = Item(self._product, units)
        dose = item.daily_units * (self._product.strength_mg_per_unit or 0)
        return Rung(sum(by_time.values()) * self._tenth, Regimen((item,), plain(dose), DoseUnit.MG))


def _kept_or_lowered(top: int, level: int, lower: int) -> tuple[int, ...]:
    if top <= lower:
        return (top,)
    return (min(top, level), lower) if lower else (min(top, level),)


def _mark(volume: int) -> int:
    """Tenths of a ml between the marks of the smallest syringe that holds a volume."""
    marks = rules.current().syringe_marks
    return next((mark for most, mark in marks if volume <= most), marks[-1][1])


def _smallest(smallest_solid_mg: Decimal | None, tenth: int) -> tuple[int, int]:
    """The smallest change of a dose, and the last dose, in tenths of a ml: whole marks, never finer than a part of a tablet."""
    rule = rules.current()
    marks = sorted({mark for _, mark in rule.syringe_marks})
    if smallest_solid_mg is None:
        return marks[0], marks[0]
    solid = micrograms(smallest_solid_mg)
    change = solid // rule.liquid_change_part
    step = next((mark for mark in marks if mark * tenth >= change), marks[-1])
    last = -(-(solid // rule.liquid_last_part) // tenth)
    while last % step or last % _mark(last):
        last += 1
    return step, last
