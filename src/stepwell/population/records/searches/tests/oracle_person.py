"""What the oracle knows of one person: eras, what is taken now, and what may be, by decision 10, sections 1 to 4 and 6."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from stepwell.knowledge.exposure import (
    CurrentLine,
    DailyOme,
    Era,
    Issue,
    covers,
    current,
    current_lines,
    daily_ome,
    eras,
    lines,
    occasions,
)
from stepwell.knowledge.medicines.model import MedicineClass
from stepwell.population.records.searches.tests.oracle_rows import Row
from stepwell.population.records.searches.tests.oracle_undated import Missing

WINDOW = timedelta(days=365)
LONG = 90

CLASSES = {
    "opioid": {MedicineClass.OPIOID},
    "tramadol": {MedicineClass.TRAMADOL},
    "gabapentinoid": {MedicineClass.GABAPENTINOID},
    "sedative": {MedicineClass.BENZODIAZEPINE, MedicineClass.Z_DRUG},
}


@dataclass
class Person:
    """What is known of one person at one practice at ``as_of``."""

    as_of: date
    patient: Row
    registrations: Sequence[Row]
    events: Sequence[Row]
    issues: list[Issue]
    missing: list[Missing]
    no_diagnoses: bool
    now: list[CurrentLine] = field(init=False)
    ome: DailyOme = field(init=False)
    _eras: dict[str, list[Era]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.now = current_lines(self.issues, self.as_of, current())
        self.ome = daily_ome(self.now)

    def past(self) -> list[Issue]:
        return [i for i in self.issues if i.issue_date <= self.as_of]

    def eras(self, group: str) -> list[Era]:
        """Own eras of the group's classes, each class for itself, in order of start."""
        if group not in self._eras:
            found = []
            for each in CLASSES[group]:
                own = [c for c in self._own_covers() if each in c.occasion.medicine.classes]
                found += eras(own, self.as_of, current())
            self._eras[group] = sorted(found, key=lambda e: e.start)
        return self._eras[group]

    def _own_covers(self):
        for (_line, own), issues in lines(self.issues, self.as_of).items():
            if own:
                yield from covers(occasions(issues, current()), current())

    def open_eras(self, group: str) -> list[Era]:
        return [e for e in self.eras(group) if e.is_open]

    def is_open(self, group: str) -> bool:
        return bool(self.open_eras(group))

    def current(self, group: str) -> list[CurrentLine]:
        return [line for line in self.now if line.medicine.classes & CLASSES[group]]

    def elsewhere(self, group: str) -> bool:
        return any(not line.own for line in self.current(group))

    def undated(self, group: str) -> list[Missing]:
        return [m for m in self.missing if m.classes & CLASSES[group]]

    def undated_now(self, group: str) -> bool:
        return any(m.may_be_taken(self.as_of, self.now) for m in self.undated(group))

    def may_be_open(self, group: str) -> bool:
        return not self.is_open(group) and self.undated_now(group)

    def first_undated(self, group: str) -> date | None:
        """The earliest day an undated issue of the group can be of; None: any."""
        starts = [m.earliest for m in self.undated(group)]
        return None if None in starts else min(s for s in starts if s)

    def may_be_longer(self, group: str) -> bool:
        """An open era under 90 days that undated issues before it could reach."""
        if not self.undated(group) or not (opened := self.longest_open(group)) or opened.days >= LONG:
            return False
        first = self.first_undated(group)
        reach = max(m.reach(self.as_of) for m in self.undated(group))
        return (first is None or first < opened.start) and reach + timedelta(days=30) >= opened.start

    def may_be_older(self, group: str) -> bool:
        """An open era under 90 days, and undated issues perhaps in the 365 days before it."""
        if not self.undated(group) or not (opened := self.longest_open(group)) or opened.days >= LONG:
            return False
        first = self.first_undated(group)
        last = max(m.last(self.as_of) for m in self.undated(group))
        return (first is None or first < opened.start) and last >= opened.start - WINDOW

    def may_have_stopped(self, group: str) -> bool:
        """No open era, and with undated issues one of 90 days or more could have ended in the 365 days up to as-of."""
        if not self.undated(group) or self.is_open(group):
            return False
        last = max(self.eras(group), key=lambda e: (e.end, -e.start.toordinal()), default=None)
        if last and (last.end - last.start).days >= LONG and last.end > self.as_of - WINDOW:
            return False
        reach = max(m.reach(self.as_of) for m in self.undated(group))
        first = self.first_undated(group)
        if reach <= self.as_of - WINDOW:
            return False
        if first is None:
            return True
        begins = min([first, *([last.start] if last else [])])
        ends = max([reach, *([last.end] if last else [])])
        return (ends - begins).days >= LONG

    def longest_open(self, group: str) -> Era | None:
        return max(self.open_eras(group), key=lambda e: (e.days, -e.start.toordinal()), default=None)

    def unclear(self, group: str) -> bool:
        return any(line.unclear for line in self.current(group))
