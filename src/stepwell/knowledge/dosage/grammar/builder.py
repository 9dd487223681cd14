"""Atoms to parts and clauses, in one walk with a little looking ahead where English needs it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from stepwell.knowledge.dosage.grammar.ahead import fills_a_bracket
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
from stepwell.knowledge.dosage.grammar.timed import TimedWalk


class Builder(TimedWalk):
    """The whole walk: doses, limits, lengths and changes, and the atoms handed to whoever reads them."""

    def build(self) -> list[Clause]:
        for place, atom in enumerate(self.atoms):
            self.place = place
            if isinstance(atom, Mark):
                self.mark(atom)
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
            self.new_clause(self.pending, atom.start)
        elif (
            self.clause.days is not None
            or self.clause.dated
            or (self.clause.label is not None and not self.label_first)
        ):
            if self.pending == "and":
                raise RefusedError("ambiguous")
            self.new_clause("duration", atom.start)
        elif part.timed or part.prn or self.clause.prn or part.stat or self.clause.limits or part.divided:
            if self.pending == "or":
                raise RefusedError("ambiguous")
            self.new_part()
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
            if any(isinstance(later, Times | Every) for later in self.atoms[self.place :]):
                raise RefusedError("ambiguous")  # "a total of 2 tablets four times a day"
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
            self.new_clause("then", atom.end)

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
            self.new_clause("change", atom.start)
        else:
            self.clause.changes.append(atom)

    def label(self, atom: Label) -> None:
        clause = self.clause
        if self.label_first is None:
            self.label_first = all(part.dose is None for part in clause.parts)
        if clause.label is not None and atom.first < clause.label.first:
            raise RefusedError("ambiguous")  # "week 3: 1 tds, week 1: 1 od": which is now is not said
        if self.label_first and clause.label is not None:
            self.new_clause("label", atom.start)
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
