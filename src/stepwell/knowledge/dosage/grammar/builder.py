"""Atoms to parts and clauses, in one walk with a little looking ahead where English needs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from stepwell.knowledge.dosage.grammar.ahead import (
    adds_one,
    bracketed_totals,
    dose_then_end,
    fills_a_bracket,
    tells_the_hour,
    time_or_amount_next,
)
from stepwell.knowledge.dosage.grammar.day import MASS_IN_MG, Clause, Part
from stepwell.knowledge.dosage.grammar.parts import (
    Amount,
    Atom,
    Change,
    Daily,
    Divided,
    Duration,
    Every,
    Label,
    Limit,
    Mark,
    NumberedHalf,
    RefusedError,
    Times,
    Total,
    Weekdays,
    When,
)

_MOST_TABLETS_AT_ONCE = Decimal(4)


_EVENING_AND_NIGHT = frozenset({"evening", "night"})


_STRENGTH = {
    "none": 0,
    "pause": 1,
    "dash": 1,
    "open": 1,
    "close": 1,
    "stop": 2,
    "equals": 3,
    "semicolon": 4,
    "and": 5,
    "or": 6,
    "then": 7,
}


class Builder:
    """Walks the atoms once, with one atom of looking ahead where English needs it."""

    def __init__(self, atoms: list[Atom]) -> None:
        self.atoms = bracketed_totals(atoms)
        self.place = 0
        self.clauses = [Clause()]
        self.pending = "none"
        self.label_first: bool | None = None
        self.stopped = False

    @property
    def clause(self) -> Clause:
        return self.clauses[-1]

    @property
    def part(self) -> Part:
        return self.clauses[-1].parts[-1]

    def build(self) -> list[Clause]:
        for place, atom in enumerate(self.atoms):
            self.place = place
            if isinstance(atom, Mark):
                self._mark(atom)
                continue
            if self._says_dose_again(atom):
                continue  # "one tds or one qds": the "or" is between the times
            _HANDLERS[type(atom)](self, atom)
            if not isinstance(atom, Limit | Total):
                self.clause.end = atom.end
            self.pending = "none"
        if self.pending in ("or", "and", "then"):
            raise RefusedError("ambiguous")
        return self.clauses

    def _says_dose_again(self, atom: Atom) -> bool:
        dose = self.part.dose
        if not isinstance(atom, Amount) or dose is None or self.pending != "or" or not self.part.times:
            return False
        following = self.atoms[self.place + 1 : self.place + 2]
        same = (atom.low, atom.high) == (dose.low, dose.high) and atom.unit in (dose.unit, None)
        return same and bool(following) and isinstance(following[0], Times)

    def _mark(self, mark: Mark) -> None:
        name = mark.name
        if name in _STRENGTH:
            if name in ("or", "and"):
                self._needs_something_before(name)
            if _STRENGTH[name] > _STRENGTH[self.pending] or (name == "close" and self.pending == "open"):
                self.pending = name
        elif name == "prn":
            self._prn()
        elif name == "repeat":
            self._repeat()
        elif name == "stat":
            self.part.stat = True
        elif name in ("event", "apply", "each_site"):
            setattr(self.clause, name, True)
        elif name == "change_patch":
            self.clause.change_patch = True
            self.pending = "none" if self.pending != "then" else self.pending
        elif name == "wear":
            self.part.wear = True
            self.pending = "none" if self.pending == "and" else self.pending
        elif name == "dated":
            if self.clause.leads_to:
                raise RefusedError(
                    "ambiguous"
                )  # "reduce to 1 nocte from 12/5": until then it is another dose
            self.clause.dated = self.part.dose is not None
        elif name == "stopped":
            self.stopped = True
            self.pending = "none" if self.pending in ("then", "and") else self.pending
        elif name == "who":
            raise RefusedError("not_understood")

    def _needs_something_before(self, name: str) -> None:
        """ "and 1/2 tabs", "or one tablet": what stood before is lost, and with it the dose."""
        if self.pending in ("or", "and", "then"):
            raise RefusedError("ambiguous")
        if name == "and" and len(self.clauses) > 1:
            return
        part = self.part
        if part.dose is None and not part.timed and not self.clause.prn and not self.clause.apply:
            raise RefusedError("ambiguous")

    def _prn(self) -> None:
        if self.pending == "then" and self.part.dose is not None:
            self._new_clause("then", self.clause.end)
            self.pending = "none"
        part, clause = self.part, self.clause
        if self.pending == "and":
            raise RefusedError("ambiguous")
        if self.pending == "or":
            if not part.timed:
                raise RefusedError("ambiguous")
            self.pending = "none"
        apart = (
            self.pending in ("pause", "stop", "open", "semicolon", "dash")
            and len(clause.parts) > 1
            and part.timed
            and not (self.pending == "dash" and part.joined == "and")
        )
        if apart or part.dose is None:
            clause.prn = True
        else:
            part.prn = True

    def _repeat(self) -> None:
        """The dose once more, as needed: only of what is taken once a day."""
        part = self.part
        alone = len(self.clauses) == 1 and len(self.clause.parts) == 1
        if not alone or part.dose is None or not part.only_slots or len(part.slots) > 1:
            raise RefusedError("ambiguous")
        part.prn = part.prn or self.clause.prn
        self.clause.prn = False
        self.clause.parts.append(Part(joined="and", dose=replace(part.dose, led="extra"), prn=True))

    def _new_clause(self, joined: str, start: int) -> None:
        self.clauses.append(Clause(joined=joined, start=start))

    def _new_part(self) -> None:
        self.clause.parts.append(Part(joined=self.pending))

    def amount(self, atom: Amount) -> None:
        part = self.part
        if self.stopped:
            raise RefusedError("ambiguous")
        if part.dose is None:
            if self.pending == "or" or (self.pending in ("then", "semicolon", "and") and part.timed):
                raise RefusedError("ambiguous")
            part.led_by_time = part.timed
            part.dose = atom
            self.clause.start = self.clause.start or atom.start
            return
        if fills_a_bracket(self.atoms, self.place, self.pending) or self.pending == "equals":
            beside(part, atom)
            return
        if self.pending == "then" or (self.pending == "semicolon" and part.timed):
            self._new_clause(self.pending, atom.start)
        elif (
            self.clause.days is not None
            or self.clause.dated
            or (self.clause.label is not None and not self.label_first)
        ):
            if self.pending == "and":
                raise RefusedError("ambiguous")
            self._new_clause("duration", atom.start)
        elif part.timed or part.prn or self.clause.prn or part.stat or self.clause.limits or part.divided:
            if self.pending == "or":
                raise RefusedError("ambiguous")
            self._new_part()
        else:
            self._beside_untimed(part, atom)
            return
        self.part.dose = atom

    def _beside_untimed(self, part: Part, atom: Amount) -> None:
        """A second amount with no time between: the same dose in another measure, or the strength that stood first."""
        assert part.dose is not None
        if (
            part.dose.formed
            and part.dose.led == "drug"
            and atom.unit in MASS_IN_MG
            and self.pending == "none"
        ):
            part.dose = atom  # "PARACETAMOL 500MG TABS 1G QDS"
            return
        if self.pending == "and":
            raise RefusedError("ambiguous")
        if not self._may_stand_beside(part.dose, atom):
            raise RefusedError("conflict")
        beside(part, atom)

    def _may_stand_beside(self, first: Amount, second: Amount) -> bool:
        """ "tramadol 50mg take 2", "50mg tablets 2", "2 tablets 100mg", "10mg or 2 tablets": one mass and one count.

        "10mg 2" alone is not enough: a word may be missing between.
        """
        if (first.unit in MASS_IN_MG) == (second.unit in MASS_IN_MG):
            return False
        counted = second if first.unit in MASS_IN_MG else first
        told = first.formed or first.led == "drug" or second.led == "verb"
        return counted.unit is not None or told or self.pending in ("pause", "dash", "or")

    def _before_timing(self, atom: Atom) -> None:
        """Open a new clause or part where a timing begins one."""
        part = self.part
        if self.pending == "then" and part.dose is not None:
            self._new_clause("then", atom.start)
            return
        joined_wrongly = self.pending == "or" and not (part.timed and isinstance(atom, Times))
        dose_joined_to_time = self.pending == "and" and part.dose is not None and not part.timed
        if joined_wrongly or dose_joined_to_time:
            raise RefusedError("ambiguous")
        if (
            part.led_by_time
            and part.dose is not None
            and isinstance(atom, When | Daily)
            and dose_then_end(self.atoms, self.place)
        ):
            self._new_part()

    def times(self, atom: Times) -> None:
        self._before_timing(atom)
        part = self.part
        if self.pending == "or" and part.timed:
            self._or_times(part, atom)
            return
        if atom.upto and part.timed:
            self.clause.limits.append(
                Limit(atom.start, atom.end, atom.high, "dose", atom.days or Decimal(1), True)
            )
            self.clause.upto_limit = True
            return
        if self.pending == "and" and part.timed and part.dose is not None and not self._weekly(atom):
            raise RefusedError("ambiguous")
        part.times.append(atom)

    def _or_times(self, part: Part, atom: Times) -> None:
        """ "three times a day or four times a day", "every day or twice a day"."""
        if part.daily and not part.times:
            part.daily = False
            part.times.append(Times(atom.start, atom.end, min(Decimal(1), atom.low), atom.high, atom.days))
            return
        last = part.times[-1] if part.times else None
        if last is None or part.every or part.slots or (last.days or 1) != (atom.days or 1):
            raise RefusedError("ambiguous")
        last.low, last.high = min(last.low, atom.low), max(last.high, atom.high)

    def _weekly(self, atom: Times) -> bool:
        return atom.days is not None and atom.days > 1

    def every(self, atom: Every) -> None:
        self._before_timing(atom)
        worn = self.clause.apply or self.clause.change_patch
        if atom.bare and (self.part.slots or (self.part.dose is None and not worn)):
            raise RefusedError("ambiguous")
        if atom.alternate and self.pending == "and" and self.part.dose is not None and self.part.timed:
            raise RefusedError("ambiguous")  # "1 every morning and every other night"
        self.part.every.append(atom)

    def daily(self, atom: Daily) -> None:
        self._before_timing(atom)
        self.part.daily = True

    def weekdays(self, atom: Weekdays) -> None:
        self._before_timing(atom)
        if self.part.weekdays is not None:
            raise RefusedError("ambiguous")
        self.part.weekdays = atom.days

    def when(self, atom: When) -> None:
        self._before_timing(atom)
        part = self.part
        if (
            self.pending == "and"
            and part.times
            and part.dose is not None
            and not part.slots
            and adds_one(self.atoms, self.place, part)
        ):
            part.extra_slots += 1
            return
        slots = part.slots
        if atom.slot in slots:
            return
        if slots and part.led_by_time and self.pending == "none":
            raise RefusedError("ambiguous")
        if slots and self.pending == "none" and {atom.slot, slots[-1]} == _EVENING_AND_NIGHT:
            raise RefusedError("ambiguous")
        if (
            slots
            and self.pending == "none"
            and (atom.slot.startswith("clock") != slots[-1].startswith("clock"))
        ):
            return
        slots.append(atom.slot)

    def numbered_half(self, atom: NumberedHalf) -> None:
        part = self.part
        after_clock = (
            bool(part.slots)
            and part.slots[-1].startswith("clock")
            and self.pending in ("and", "pause", "dash")
        )
        if part.slots and part.slots[-1].startswith("clock") and part.dose and self.pending == "none":
            if not part.led_by_time and not part.times:
                raise RefusedError("ambiguous")  # "1 8am 2pm": two at pm, or one at two o'clock
        if (
            part.dose is not None
            and self.pending == "none"
            and part.slots
            and tells_the_hour(atom, part.slots[-1])
        ):
            return  # "1 mane 8am"
        hour = atom.number + (12 if atom.slot == "pm" and atom.number < 12 else 0)
        late = atom.number > _MOST_TABLETS_AT_ONCE
        counted = not part.timed or part.times or part.every or (part.daily and late)
        if after_clock or (part.dose is not None and counted):
            self.when(When(atom.start, atom.end, f"clock {hour}"))
            return
        if atom.number > _MOST_TABLETS_AT_ONCE:
            if part.dose is None and time_or_amount_next(self.atoms, self.place):
                self.when(When(atom.start, atom.end, f"clock {hour}"))  # "8am 2; 6pm 2"
                return
            raise RefusedError("ambiguous")
        self.amount(Amount(atom.start, atom.end, atom.number, atom.number))
        self.pending = "none"
        self.when(When(atom.start, atom.end, atom.slot))

    def limit(self, atom: Limit) -> None:
        part, clause = self.part, self.clause
        if self.pending == "or":
            raise RefusedError("ambiguous")
        if atom.per_dose:
            if part.dose is not None and atom.unit in (None, part.dose.unit):
                part.dose.high = min(part.dose.high, atom.amount)
                part.dose.low = min(part.dose.low, part.dose.high)
            return
        if atom.upto and part.dose is None and not clause.limits:
            days = atom.days or Decimal(1)
            part.dose = Amount(
                atom.start, atom.end, atom.amount, atom.amount, atom.unit, upto=True, a_day=True
            )
            if days == 1:
                part.daily = True
            else:
                part.every.append(Every(atom.start, atom.end, days * 24, days * 24))
            return
        clause.limits.append(atom)
        clause.upto_limit = clause.upto_limit or atom.upto

    def total(self, atom: Total) -> None:
        leads = self.part.dose is None and len(self.clause.parts) == 1
        if leads and not any(isinstance(later, Amount) for later in self.atoms[self.place :]):
            self.part.dose = Amount(atom.start, atom.end, atom.low, atom.high, atom.unit)
            self.part.daily = True
            return
        self.clause.totals.append(atom)

    def duration(self, atom: Duration) -> None:
        clause = self.clause
        if self.pending in ("and", "or") and not atom.before:
            raise RefusedError("ambiguous")
        if self.part.dose is None and not atom.before and len(self.clauses) == 1 and not self.part.timed:
            raise RefusedError("not_understood")
        if clause.days is None:
            clause.days = atom.days
        elif clause.days != atom.days:
            clause.days = min(clause.days, atom.days)
        if atom.before and clause.joined == "change" and (self.part.dose is not None or self.part.timed):
            self.clauses[-2].days, clause.days = atom.days, None
            return
        if atom.before:
            if self.part.dose is None:
                raise RefusedError("not_understood")
            self._new_clause("then", atom.end)

    def divide(self, atom: Divided) -> None:
        self.part.divided = atom

    def change(self, atom: Change) -> None:
        if not any(part.dose for clause in self.clauses for part in clause.parts):
            if atom.kind == "to" and atom.days is None:
                self.clause.leads_to = True  # "increase to 2 bd": that is the dose now
                return
            raise RefusedError("taper_no_start", "taper")
        if atom.days is not None and atom.kind == "to":
            self.clause.days = self.clause.days or atom.days
        if atom.kind == "to":
            self._new_clause("change", atom.start)
        else:
            self.clause.changes.append(atom)

    def label(self, atom: Label) -> None:
        clause = self.clause
        if self.label_first is None:
            self.label_first = all(part.dose is None for part in clause.parts)
        if clause.label is not None and atom.first < clause.label.first:
            raise RefusedError("ambiguous")  # "week 3: 1 tds, week 1: 1 od": which is now is not said
        if self.label_first and clause.label is not None:
            self._new_clause("label", atom.start)
        self.clause.label = atom


def beside(part: Part, other: Amount) -> None:
    """ "(10mg) or (2 tablets)", "2 bd (1 tab)": the same dose said twice is checked, never added."""
    dose = part.dose
    assert dose is not None
    mine, its = dose.unit in MASS_IN_MG, other.unit in MASS_IN_MG
    if mine == its:
        same = (dose.low, dose.high) == (other.low, other.high)
        if not same or (dose.unit is not None and other.unit is not None and dose.unit != other.unit):
            raise RefusedError("conflict")
        dose.unit = dose.unit or other.unit
        return
    counted, mass = (other, dose) if mine else (dose, other)
    factor = MASS_IN_MG[str(mass.unit)]
    if mass.low != mass.high and counted.low == counted.high:
        raise RefusedError("conflict")
    counted.upto = counted.upto or dose.upto
    part.dose = counted
    part.beside_mg = (mass.low * factor, mass.high * factor)


_HANDLERS: dict[type[Atom], Callable[[Builder, Any], None]] = {
    Amount: Builder.amount,
    Times: Builder.times,
    Every: Builder.every,
    Daily: Builder.daily,
    When: Builder.when,
    NumberedHalf: Builder.numbered_half,
    Weekdays: Builder.weekdays,
    Limit: Builder.limit,
    Total: Builder.total,
    Duration: Builder.duration,
    Divided: Builder.divide,
    Change: Builder.change,
    Label: Builder.label,
}
