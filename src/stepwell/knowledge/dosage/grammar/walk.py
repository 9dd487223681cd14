"""The walk over the atoms: its state, and the plain marks on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from stepwell.knowledge.dosage.grammar.ahead import bracketed_totals
from stepwell.knowledge.dosage.grammar.day import Clause, Part
from stepwell.knowledge.dosage.grammar.parts import Atom, Mark, RefusedError

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


class Walk:
    """Where the walk stands: the atoms, the steps made so far, and the mark that stood last (``pending``)."""

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

    def mark(self, mark: Mark) -> None:
        """One plain mark: how strongly it parts what follows, or what it says of the dose before."""
        name = mark.name
        if name in _STRENGTH:
            if name in ("or", "and"):
                self._needs_something_before(name)
            if _STRENGTH[name] > _STRENGTH[self.pending] or (name == "close" and self.pending == "open"):
                self.pending = name
        elif name in ("event", "apply", "each_site"):
            setattr(self.clause, name, True)
        elif name in _SAID:
            _SAID[name](self)

    def _stat(self) -> None:
        self.part.stat = True

    def _change_patch(self) -> None:
        self.clause.change_patch = True
        if self.pending != "then":
            self.pending = "none"

    def _wear(self) -> None:
        self.part.wear = True
        self._let_go("and")

    def _dated(self) -> None:
        if self.clause.leads_to:  # "reduce to 1 nocte from 12/5": until then it is another dose
            raise RefusedError("ambiguous")
        self.clause.dated = self.part.dose is not None

    def _stopped(self) -> None:
        self.stopped = True
        self._let_go("then", "and")

    def _who(self) -> None:
        raise RefusedError("not_understood")

    def _let_go(self, *marks: str) -> None:
        """What stood before leads nowhere: nothing is joined to what follows."""
        if self.pending in marks:
            self.pending = "none"

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
            self.new_clause("then", self.clause.end)
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

    def new_clause(self, joined: str, start: int) -> None:
        self.clauses.append(Clause(joined=joined, start=start))

    def new_part(self) -> None:
        self.clause.parts.append(Part(joined=self.pending))


_SAID: dict[str, Callable[[Walk], None]] = {
    "prn": Walk._prn,
    "repeat": Walk._repeat,
    "stat": Walk._stat,
    "change_patch": Walk._change_patch,
    "wear": Walk._wear,
    "dated": Walk._dated,
    "stopped": Walk._stopped,
    "who": Walk._who,
}
