"""Cover, eras and current doses, worked out from a hidden plan by the written exposure rules (decision record 10).

Written from the rules alone and independently of the code that reads records. Fractions throughout: a patch a week is
a seventh of a patch a day, exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from statistics import median

from stepwell.population.synthetic.plan import Day, Person, Supply, Template, Words

GAP_DAYS = 30
CARRY_DAYS = 28
LONGEST_GIVEN = 366
LONGEST_COUNTED = 184
REGULAR_GAP = 70
ASSUMED_DAYS = 28
ELSEWHERE_DAYS = 180
QUANTITY_WINDOW = 180
READ = (Words.CLEAR, Words.IMPLAUSIBLE)


@dataclass(slots=True)
class Occasion:
    """All that was supplied of one line on one day, rows that say the same kept once. Cover ends on the first day without supply.

    ``repeated``: some said the same, and whether they were sent twice or supplied twice cannot be told.
    """

    day: Day
    rows: list[tuple[Template, Supply]]
    repeated: bool = False
    starts: Day = 0
    ends: Day = 0

    @property
    def quantity(self) -> Fraction | None:
        """Everything supplied, or None where any part of it is not told."""
        if self.repeated:
            return None
        total = Fraction(0)
        for _, supply in self.rows:
            if supply.quantity is None:
                return None
            total += supply.quantity
        return total


@dataclass(slots=True)
class Line:
    """One line of treatment up to the index date."""

    key: str
    own: bool
    occasions: list[Occasion] = field(default_factory=list)

    @property
    def last(self) -> Template:
        """The template of the last occasion."""
        return self.occasions[-1].rows[-1][0]

    def is_of(self, classes: Iterable[str]) -> bool:
        """Whether the medicine is in any of the classes."""
        return not self.last.product.classes.isdisjoint(classes)


@dataclass(frozen=True, slots=True)
class Era:
    """A stretch of supply with no gap over 30 days. ``end`` is the first day without supply."""

    start: Day
    end: Day

    def is_open(self, as_of: Day) -> bool:
        """Still going on at the index date."""
        return as_of <= self.end + GAP_DAYS

    def days(self, as_of: Day) -> int:
        """How long it has lasted by the index date."""
        return min(as_of, self.end) - self.start


@dataclass(frozen=True, slots=True)
class Taken:
    """A line being taken now. ``low``/``high`` are units a day (patches: worn), None where nobody can say."""

    line: Line
    low: Fraction | None
    high: Fraction | None
    unclear: bool
    from_words: bool  # the instruction itself gave both numbers

    @property
    def patches_assumed(self) -> bool:
        """A patch of which nobody says how many are worn: one is counted, and it may be more."""
        return self.line.last.product.is_patch and not self.from_words

    @property
    def ome(self) -> tuple[Fraction, Fraction] | None:
        """Oral morphine equivalent a day, lowest and highest, or None where it cannot be said."""
        each = self.line.last.product.ome
        if each is None or self.low is None or self.high is None:
            return None
        return self.low * each, self.high * each


def lines_of(person: Person, as_of: Day) -> list[Line]:
    """A person's lines with their covers, from supplies up to ``as_of`` that were not deleted."""
    by_key: dict[tuple[str, bool], dict[Day, list[tuple[Template, Supply]]]] = {}
    for template in person.templates:
        if not template.product.classes:
            continue
        days = by_key.setdefault((template.line, template.own), {})
        for supply in template.supplies:
            if supply.day <= as_of and not supply.deleted:
                days.setdefault(supply.day, []).append((template, supply))
    lines = []
    for (key, own), days in by_key.items():
        if days:
            line = Line(key, own, [_occasion(day, days[day]) for day in sorted(days)])
            _cover(line)
            lines.append(line)
    return lines


def eras_of(lines: Sequence[Line], classes: Iterable[str]) -> list[Era]:
    """The eras of a medicine class, oldest first, from what was prescribed here."""
    wanted = frozenset(classes)
    covers = sorted(
        (occasion.starts, occasion.ends)
        for line in lines
        if line.own and line.is_of(wanted)
        for occasion in line.occasions
    )
    return _joined(covers)


def taken_now(lines: Sequence[Line], as_of: Day) -> list[Taken]:
    """The lines being taken at ``as_of``, with their doses."""
    return [_taken(line, as_of) for line in lines if _is_current(line, lines, as_of)]


def _occasion(day: Day, rows: list[tuple[Template, Supply]]) -> Occasion:
    distinct = _distinct(rows)
    return Occasion(day, distinct, repeated=len(distinct) < len(rows))


def _distinct(rows: list[tuple[Template, Supply]]) -> list[tuple[Template, Supply]]:
    seen: dict[tuple[int, Fraction | None], tuple[Template, Supply]] = {}
    for template, supply in rows:
        seen.setdefault((id(template), supply.quantity), (template, supply))
    return list(seen.values())


def _joined(covers: Sequence[tuple[Day, Day]]) -> list[Era]:
    eras: list[Era] = []
    for start, end in covers:
        if eras and start - eras[-1].end <= GAP_DAYS:
            eras[-1] = Era(eras[-1].start, max(eras[-1].end, end))
        else:
            eras.append(Era(start, end))
    return eras


def _cover(line: Line) -> None:
    usual = _usual_gap(line)
    previous: Day | None = None
    for occasion in line.occasions:
        days = max(_days(template, supply, usual) for template, supply in occasion.rows)
        unused = 0 if previous is None else min(CARRY_DAYS, max(0, previous - occasion.day))
        occasion.starts = occasion.day + unused
        occasion.ends = previous = occasion.starts + days


def _usual_gap(line: Line) -> int | None:
    if len(line.occasions) < 3:
        return None
    days = [occasion.day for occasion in line.occasions]
    middle = median(later - earlier for earlier, later in pairwise(days))
    return int(middle) if middle <= REGULAR_GAP else None


def _days(template: Template, supply: Supply, usual: int | None) -> int:
    if supply.days is not None and 1 <= supply.days <= LONGEST_GIVEN:
        return supply.days
    least = template.regimen.daily_min
    if template.words in READ and least > 0 and supply.quantity is not None:
        return min(LONGEST_COUNTED, max(1, int(supply.quantity / least)))
    hours = template.interval_hours
    if template.words not in READ and hours is not None and supply.quantity is not None:
        return max(1, int(supply.quantity * hours / 24))
    return ASSUMED_DAYS if usual is None else usual


def _is_current(line: Line, lines: Sequence[Line], as_of: Day) -> bool:
    last = line.occasions[-1]
    until = last.ends + GAP_DAYS
    if not line.own:
        until = max(until, last.day + ELSEWHERE_DAYS)
    if as_of > until and (line.own or not any(_goes_on(template) for template, _ in last.rows)):
        return False
    run_out = last.ends <= as_of
    cancelled = line.last.end is not None and last.day <= line.last.end <= as_of
    if cancelled and run_out:
        return False
    return not ((run_out or cancelled) and any(_replaces(other, line) for other in lines))


def _goes_on(template: Template) -> bool:
    """A repeat that nobody said had ended."""
    return template.kind != "Acute" and template.end is None


def _replaces(other: Line, line: Line) -> bool:
    if other is line or not other.own:
        return False
    new, old = other.last, line.last
    if not (new.strength_known and old.strength_known):
        return False
    if (new.product.substance, new.product.release) != (old.product.substance, old.product.release):
        return False
    run = _joined([(occasion.starts, occasion.ends) for occasion in other.occasions])[-1]
    return run.start > line.occasions[-1].day


def _taken(line: Line, as_of: Day) -> Taken:
    last = line.occasions[-1]
    words = {template.words for template, _ in last.rows}
    spoken = _spoken(last)
    low, high = spoken if spoken is not None else _fallback(line, as_of)
    unclear = high is None or Words.UNREADABLE in words or Words.IMPLAUSIBLE in words
    unclear = unclear or (line.last.product.is_patch and spoken is None)  # how many are worn is not said
    if not line.last.strength_known:
        return Taken(line, None, None, True, False)
    return Taken(line, low, high, unclear, spoken is not None)


def _spoken(occasion: Occasion) -> tuple[Fraction, Fraction] | None:
    """What the instructions of an occasion add up to, where all of them are clear and say a most."""
    low = high = Fraction(0)
    for template, _ in occasion.rows:
        regimen = template.regimen
        if template.words is not Words.CLEAR or regimen.daily_max is None:
            return None
        low += regimen.worn if template.product.is_patch else regimen.daily_min
        high += regimen.worn if template.product.is_patch else regimen.daily_max
    return low, high


def _fallback(line: Line, as_of: Day) -> tuple[Fraction | None, Fraction | None]:
    if line.last.product.is_patch:
        return Fraction(1), Fraction(1)
    last = line.occasions[-1]
    open_ended = any(
        template.words is Words.CLEAR and template.regimen.daily_max is None for template, _ in last.rows
    )
    used = _used(line, as_of)
    if used is not None:
        return (Fraction(0) if open_ended else used), used
    quantity = last.quantity
    if quantity is not None:
        share = quantity / ASSUMED_DAYS
        return (Fraction(0) if open_ended else share), share
    for occasion in reversed(line.occasions[:-1]):
        spoken = _spoken(occasion)
        if spoken is not None:
            return spoken
    return None, None


def _used(line: Line, as_of: Day) -> Fraction | None:
    """Units a day by quantity over the last unbroken run of at least three occasions in the window."""
    recent = [occasion for occasion in line.occasions if occasion.day > as_of - QUANTITY_WINDOW]
    if len(recent) < 3:
        return None
    gaps = [later.day - earlier.day for earlier, later in pairwise(recent)]
    longest = 2 * median(gaps)
    start = max((index + 1 for index, gap in enumerate(gaps) if gap > longest), default=0)
    run = recent[start:]
    if len(run) < 3:
        return None
    total = Fraction(0)
    for occasion in run[:-1]:
        if occasion.quantity is None:
            return None
        total += occasion.quantity
    return total / (run[-1].day - run[0].day)
