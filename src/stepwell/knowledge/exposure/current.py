"""What is taken now, how much, and on what basis. Decision 10, section 4."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from stepwell.knowledge.exposure.eras import eras
from stepwell.knowledge.exposure.model import (
    Basis,
    Cover,
    CurrentLine,
    DailyOme,
    Issue,
    Occasion,
    TextState,
)
from stepwell.knowledge.exposure.occasions import covers, lines, occasions
from stepwell.knowledge.exposure.rules import Rules
from stepwell.knowledge.exposure.supplied import Supplied, supplied
from stepwell.knowledge.medicines.model import MedicineClass


def current_lines(issues: Iterable[Issue], as_of: date, rules: Rules) -> list[CurrentLine]:
    """The lines taken at ``as_of``, ordered by line, own before elsewhere."""
    all_covers = [covers(occasions(line, rules), rules) for line in lines(issues, as_of).values()]
    candidates = [_current(line, as_of, rules) for line in all_covers]
    taken = [
        dosed(line, run, as_of, rules)
        for line, run in zip(all_covers, candidates, strict=True)
        if _is_open(run, as_of, rules)
        and not _stopped(run.last, as_of)
        and not any(_replaced(run, other, as_of) for other in candidates)
    ]
    return sorted(taken, key=lambda c: (c.medicine.line, not c.own))


def _current(line: Sequence[Cover], as_of: date, rules: Rules) -> CurrentLine:
    last = line[-1]
    return CurrentLine(
        medicine=last.occasion.medicine,
        own=last.occasion.own,
        last=last,
        run_start=eras(line, as_of, rules)[-1].start,
        basis=Basis.NONE,
        units_min=None,
        units_max=None,
        ome_min=None,
        ome_max=None,
        unclear=True,
        lapsed=last.end <= as_of,
    )


def _is_open(run: CurrentLine, as_of: date, rules: Rules) -> bool:
    until = run.last.end + timedelta(days=rules.gap_days)
    if not run.own:
        until = max(until, run.last.occasion.on + timedelta(days=rules.elsewhere_days))
        open_until = run.last.occasion.open_until
        if open_until is not None and as_of < open_until:
            return True  # it was never said to end, and nobody here would write it again
    return as_of <= until


def _ended(last: Cover, as_of: date) -> bool:
    end = last.occasion.template_end
    return end is not None and last.occasion.on <= end <= as_of


def _stopped(last: Cover, as_of: date) -> bool:
    return _ended(last, as_of) and last.end <= as_of


def _replaced(run: CurrentLine, other: CurrentLine, as_of: date) -> bool:
    """Whether ``other`` took the place of ``run``: same substance and release, begun after its last occasion."""
    same = (
        run.medicine.substance == other.medicine.substance
        and run.medicine.release == other.medicine.release
        # Own and elsewhere are two lines, though the product is one: what a hospital began, the practice may go on with.
        and (run.medicine.line != other.medicine.line or not run.own)
    )
    began_after = other.own and other.run_start > run.last.occasion.on
    return same and began_after and (run.lapsed or _ended(run.last, as_of))


def dosed(line: Sequence[Cover], run: CurrentLine, as_of: date, rules: Rules) -> CurrentLine:
    """``run`` with its daily dose, from the first basis that gives one."""
    basis, low, high, ome_low, ome_high = _dose(line, as_of, rules)
    state = run.last.occasion.state
    # How many patches are worn is assumed, not recorded: two would be twice the dose.
    unclear = basis in (Basis.NONE, Basis.PATCH_DEFAULT) or state in (
        TextState.UNREADABLE,
        TextState.IMPLAUSIBLE,
    )
    return replace(
        run, basis=basis, units_min=low, units_max=high, ome_min=ome_low, ome_max=ome_high, unclear=unclear
    )


_Dose = tuple[Basis, Decimal | None, Decimal | None, Decimal | None, Decimal | None]
_NO_DOSE: _Dose = (Basis.NONE, None, None, None, None)


def _dose(line: Sequence[Cover], as_of: date, rules: Rules) -> _Dose:
    last = line[-1].occasion
    if last.medicine.mg_per_unit is None and not last.medicine.is_patch:
        return _NO_DOSE  # tablets a day of an unknown strength are not a dose
    if last.state is TextState.READ:
        return _by_instruction(Basis.INSTRUCTION, last)
    if last.medicine.is_patch:
        ome = last.medicine.patch_ome
        return Basis.PATCH_DEFAULT, Decimal(1), Decimal(1), ome, ome
    rate, basis = quantity_rate([c.occasion for c in line], as_of, rules), Basis.QUANTITY
    if rate is None and last.quantity is not None and last.quantity > 0:
        rate, basis = last.quantity / rules.assumed_days, Basis.QUANTITY_28
    if rate is not None:
        low = Decimal(0) if last.state is TextState.OPEN else rate
        per_unit = last.medicine.ome_per_unit
        return basis, low, rate, _times(low, per_unit), _times(rate, per_unit)
    for cover in reversed(line[:-1]):
        if cover.occasion.state is TextState.READ:
            return _by_instruction(Basis.EARLIER_INSTRUCTION, cover.occasion)
    return _NO_DOSE


def _by_instruction(basis: Basis, occasion: Occasion) -> _Dose:
    return basis, occasion.units_min, occasion.units_max, occasion.ome_min, occasion.ome_max


def _times(units: Decimal, per_unit: Decimal | None) -> Decimal | None:
    return None if per_unit is None else units * per_unit


def quantity_rate(line: Sequence[Occasion], as_of: date, rules: Rules) -> Decimal | None:
    """Counted units a day by what was issued: the last unbroken run in the window, without its last, open interval."""
    found = supplied(line, as_of, rules)
    return found.rate if isinstance(found, Supplied) else None


def daily_ome(current: Iterable[CurrentLine]) -> DailyOme:
    """The OME of a person: the sum over current opioid lines, own and elsewhere."""
    opioids = [c for c in current if MedicineClass.OPIOID in c.medicine.classes]
    known = [c for c in opioids if c.ome_max is not None and c.ome_min is not None]
    own = [c.ome_max for c in known if c.own and c.ome_max is not None]
    # Of a patch of which one is assumed two may be worn: its dose is missing, though a figure is counted for it.
    missing = len(known) < len(opioids) or any(c.basis is Basis.PATCH_DEFAULT for c in known)
    return DailyOme(
        low=sum((c.ome_min for c in known if c.ome_min is not None), Decimal(0)) if known else None,
        high=sum((c.ome_max for c in known if c.ome_max is not None), Decimal(0)) if known else None,
        own_high=sum(own, Decimal(0)) if own else None,
        at_least=missing or any(not c.own for c in opioids),
        missing=missing,
    )
