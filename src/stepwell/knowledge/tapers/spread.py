"""How a day's dose is shared out over the times of day.

First every time of day that was used stays in use, as far as the strengths allow; then the fewest units, then the fewest
different strengths, then the same form as before, then the most even, then the lowest cost where all prices are known.
Doses of one day differ by at most a set share of the day's dose, or by the least that can be made. Where it is said what
was taken at each time of day before, no dose is larger than that: what was taken unevenly comes down from its largest dose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from itertools import islice, product

from stepwell.knowledge.tapers.ladder import Made, OccasionDoses, price_of
from stepwell.knowledge.tapers.model import Spread, Time

# Who gets the larger part first.
LARGER_FIRST = (Time.NIGHT, Time.MORNING, Time.EVENING, Time.MIDDAY)
_MOST_WAYS = 512

Day = tuple[tuple[Time, Made], ...]
Tops = Mapping[Time, int]
"""Micrograms taken at each time of day so far, which no dose goes above; a time that is not in it is not used."""


class DayDoses:
    """The doses of a day that can be made at the given times, and how each is best shared out.

    ``fixed``: the number of times of day never changes (slow products); otherwise the smaller doses drop times one by one.
    """

    def __init__(
        self,
        occasion: OccasionDoses,
        times: tuple[Time, ...],
        *,
        fixed: bool,
        spread: Spread,
        uneven_percent: Decimal,
        form: str,
        cost: Callable[[str], Decimal | None] | None = None,
    ) -> None:
        self.occasion = occasion
        self.times = tuple(sorted(times, key=LARGER_FIRST.index))
        self._fixed = fixed
        self._uneven = 0 if spread is Spread.EVEN else int(uneven_percent)
        self._form = form
        # An unknown price would pass for a low one, so prices count only where all are known.
        known = cost is not None and all(cost(each.product_id) is not None for each in occasion.products)
        self._price = cost if known else None
        self._known: dict[int, Day | None] = {}
        self._below_tops: dict[tuple[int, tuple[int, ...]], Day | None] = {}

    def day(self, dose: int, tops: Tops | None = None) -> Day | None:
        """The best way to take ``dose`` micrograms in a day: made units at each time. None where it cannot be made."""
        if dose not in self._known:
            self._known[dose] = self._share(dose, None)
        best = self._known[dose]
        if tops is None or best is None or self.fits(best, tops):
            return best
        # What is best of all is above what was taken at some time: the best of what is not.
        key = (dose, tuple(tops.get(time, 0) for time in self.times))
        if key not in self._below_tops:
            self._below_tops[key] = self._share(dose, tops)
        return self._below_tops[key]

    def fits(self, day: Day, tops: Tops) -> bool:
        """Whether no dose of a day is above what was taken at its time."""
        return all(self.occasion.dose_of(made) <= tops.get(time, 0) for time, made in day)

    def _share(self, dose: int, tops: Tops | None) -> Day | None:
        most = len(self.times)
        if dose <= 0 or dose % self.occasion.quantum:
            return None
        for used in (most,) if self._fixed else range(most, 0, -1):
            highest = None if tops is None else self._highest(tops, used)
            if highest is not None and sum(highest) < dose:
                return None
            shares = self._shares(dose, used, highest)
            if shares:
                best = min((self._best_ways(share) for share in shares), key=lambda each: each[0])
                return self._placed(best[1], tops)
        return None

    def _highest(self, tops: Tops, used: int) -> tuple[int, ...]:
        """The largest doses allowed at the times of day with most room, the largest first."""
        return tuple(sorted((tops.get(time, 0) for time in self.times), reverse=True)[:used])

    def _placed(self, ways: tuple[Made, ...], tops: Tops | None) -> Day:
        """Each dose, the largest first, at the first time of day that has room for it."""
        if tops is None:
            return tuple(zip(self.times, ways, strict=False))
        free = list(self.times)
        placed: list[tuple[Time, Made]] = []
        for made in ways:
            dose = self.occasion.dose_of(made)
            time = next(each for each in free if tops.get(each, 0) >= dose)
            free.remove(time)
            placed.append((time, made))
        return tuple(placed)

    def once_at_night(self, used: int) -> Day | None:
        """The smallest dose at ``used`` times, the night (or the first in order) last to go."""
        ways = self.occasion.ways(self.occasion.smallest)
        return tuple((time, ways[0]) for time in self.times[:used]) if ways else None

    def _shares(self, dose: int, used: int, highest: tuple[int, ...] | None) -> list[tuple[int, ...]]:
        """Shares of a dose over ``used`` times, the largest first, within the difference allowed or the least there is."""
        allowed = dose * self._uneven // 100
        tops = highest or (dose,) * used
        found = list(self._splits(dose, tops, allowed))
        if found or used == 1:
            return found
        quantum = self.occasion.quantum
        # Not within the share allowed: the least difference there is.
        for gap in range(allowed // quantum * quantum, dose, quantum):
            found = list(self._splits(dose, tops, gap))
            if found:
                return found
        return []

    def _splits(self, dose: int, tops: tuple[int, ...], gap: int) -> Iterator[tuple[int, ...]]:
        """Ways to write ``dose`` as doses that can be made, largest first, each at most its top, first less last at most ``gap``."""
        quantum, used = self.occasion.quantum, len(tops)
        first = -(-dose // used)
        first += -first % quantum
        for largest in range(first, min(dose, dose // used + gap, tops[0]) + 1, quantum):
            if self.occasion.ways(largest):
                yield from self._rest((largest,), dose - largest, tops[1:], largest - gap)

    def _rest(
        self, taken: tuple[int, ...], left: int, tops: tuple[int, ...], least: int
    ) -> Iterator[tuple[int, ...]]:
        if not tops:
            if left == 0:
                yield taken
            return
        quantum, used = self.occasion.quantum, len(tops)
        low = max(-(-left // used), quantum)
        low += -low % quantum
        high = min(taken[-1], tops[0], left - (used - 1) * max(least, quantum))
        for each in range(low, high + 1, quantum):
            if each >= least and self.occasion.ways(each):
                yield from self._rest((*taken, each), left - each, tops[1:], least)

    def _best_ways(self, share: tuple[int, ...]) -> tuple[tuple[object, ...], tuple[Made, ...]]:
        """The best ways to make each dose of a share together, and what speaks for them, smallest best."""
        units = sum(self.occasion.cost(dose) for dose in share)
        doses = sorted(set(share), reverse=True)
        best: tuple[tuple[object, ...], tuple[Made, ...]] | None = None
        for chosen in islice(product(*(self.occasion.ways(dose) for dose in doses)), _MOST_WAYS):
            made = dict(zip(doses, chosen, strict=True))
            ways = tuple(made[dose] for dose in share)
            merit = (units, *self._merit(ways), share[0] - share[-1], self._cost_of(ways), share)
            if best is None or merit < best[0]:
                best = (merit, ways)
        assert best is not None
        return best

    def _merit(self, ways: tuple[Made, ...]) -> tuple[int, int]:
        products = self.occasion.products
        used = [at for at in range(len(products)) if any(way[at] for way in ways)]
        return len(used), sum(products[at].form != self._form for at in used)

    def _cost_of(self, ways: tuple[Made, ...]) -> Decimal:
        """The price of a day where all prices are known; else 0 for every day, so that it decides nothing."""
        if self._price is None:
            return Decimal(0)
        prices = (price_of(way, self.occasion.products, self._price) for way in ways)
        return sum((price for price in prices if price is not None), Decimal(0))
