"""Which medicines are being taken on a day, and which of them a rule means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from stepwell.knowledge.cautions import groups
from stepwell.knowledge.cautions.answer import NO, Answer, Truth, any_of, unknown, yes
from stepwell.knowledge.cautions.language import Selector, Together, hidden_supply, parameter
from stepwell.knowledge.cautions.model import Cause, MedicineTaken, PersonFacts
from stepwell.knowledge.medicines.model import Release

_NOT_WHOLE = "Not every medicine of this person is known."


def is_active(medicine: MedicineTaken, on: date) -> bool:
    """Cover that includes the day, or an active repeat template issued in the last 56 days.

    A medicine without days of cover counts while its last issue is that recent. One without any date, and one from
    elsewhere without days, was put before us as taken, so it counts.
    """
    if medicine.cover_from is not None and medicine.cover_to is not None:
        if medicine.cover_from <= on < medicine.cover_to:
            return True
        return medicine.template_active and _recent(medicine, on)
    return medicine.elsewhere or medicine.last_issued is None or _recent(medicine, on)


def _recent(medicine: MedicineTaken, on: date) -> bool:
    issued = medicine.last_issued
    return issued is not None and timedelta(0) <= on - issued <= timedelta(days=parameter("template_days"))


def active(facts: PersonFacts, on: date) -> tuple[MedicineTaken, ...]:
    """The medicines taken on the day, from anywhere."""
    return tuple(each for each in facts.medicines if is_active(each, on))


def cause_of(medicine: MedicineTaken, *, note: str = "") -> Cause:
    """A medicine as the cause of a finding. The key is what it is, not which issue of it."""
    from_elsewhere = ", from elsewhere" if medicine.elsewhere else ""
    what = medicine.name + from_elsewhere + (f": {note}" if note else "")
    key = "+".join(medicine.substances) or medicine.name.lower()
    day = medicine.last_issued or medicine.cover_from or medicine.started_on
    return Cause(what, f"medicine:{key}", medicine.rows, day, medicine.cover_to)


def is_meant(medicine: MedicineTaken, selector: Selector) -> Truth:
    """Whether a medicine is one a rule means. Not known where the substance is right and the release or strength is not known."""
    named = bool(selector.group & groups.groups_of(medicine)) or any(
        groups.has_substance(medicine, each) for each in selector.substance
    )
    if not named:
        return Truth.NO
    return _joined(_patch(medicine, selector), _release(medicine, selector), _unit(medicine, selector))


def _patch(medicine: MedicineTaken, selector: Selector) -> Truth:
    if selector.patch is None or medicine.is_patch is selector.patch:
        return Truth.YES
    return Truth.UNKNOWN if medicine.is_patch is None else Truth.NO


def _release(medicine: MedicineTaken, selector: Selector) -> Truth:
    if not selector.release:
        return Truth.YES
    if medicine.is_patch:
        return Truth.YES if Release.TRANSDERMAL in selector.release else Truth.NO
    if medicine.release is Release.UNKNOWN:
        return Truth.UNKNOWN
    return Truth.YES if medicine.release in selector.release else Truth.NO


def _unit(medicine: MedicineTaken, selector: Selector) -> Truth:
    found = Truth.YES
    if selector.unit is not None and medicine.unit != selector.unit:
        found = Truth.UNKNOWN if medicine.unit is None else Truth.NO
    wanted, held = selector.strength_mg_per_unit, medicine.strength_mg_per_unit
    if wanted is not None and held != wanted:
        found = _joined(found, Truth.UNKNOWN if held is None else Truth.NO)
    return found


def _joined(*found: Truth) -> Truth:
    if Truth.NO in found:
        return Truth.NO
    return Truth.UNKNOWN if Truth.UNKNOWN in found else Truth.YES


@dataclass(frozen=True, slots=True)
class Chosen:
    """The medicines a selector means: surely, and perhaps. ``gaps`` say why more may be taken than is seen."""

    sure: tuple[MedicineTaken, ...]
    perhaps: tuple[MedicineTaken, ...]
    gaps: tuple[str, ...]


def choose(facts: PersonFacts, on: date, selector: Selector) -> Chosen:
    """Which active medicines a rule means."""
    held = [(each, is_meant(each, selector)) for each in active(facts, on)]
    sure = tuple(each for each, truth in held if truth is Truth.YES)
    gaps: tuple[str, ...] = () if facts.medicines_complete else (_NOT_WHOLE,)
    hidden = hidden_supply()
    named = selector.group & hidden.groups or selector.substance & hidden.substances
    plain = selector.patch is None and not selector.release and selector.unit is None
    if named and plain and not sure and any(each.code_list == hidden.problem for each in facts.problems):
        gaps += (hidden.gap,)
    return Chosen(sure, tuple(each for each, truth in held if truth is Truth.UNKNOWN), gaps)


def taking(facts: PersonFacts, on: date, selector: Selector) -> Answer:
    """Whether such a medicine is taken."""
    found = choose(facts, on, selector)
    if found.sure:
        return yes(*map(cause_of, found.sure))
    gaps = [
        *found.gaps,
        *(f"What kind of product this is, is not known: {each.name}." for each in found.perhaps),
    ]
    return unknown(*gaps, causes=map(cause_of, found.perhaps)) if gaps else NO


def together(facts: PersonFacts, on: date, pair: Together) -> Answer:
    """Whether two different medicines are taken, with at least one common day of cover.

    Where days of cover are not known, two medicines taken on the day are taken to meet on it.
    """
    first, second = choose(facts, on, pair.first), choose(facts, on, pair.second)
    answers = [_met(a, b) for a in first.sure for b in second.sure if a is not b]
    if not first.sure and first.gaps and second.sure:
        answers.append(unknown(*first.gaps, causes=map(cause_of, second.sure)))
    if not second.sure and second.gaps and (first.sure or first.gaps):
        answers.append(unknown(*second.gaps, causes=map(cause_of, first.sure)))
    return any_of(answers)


def _met(a: MedicineTaken, b: MedicineTaken) -> Answer:
    if a.cover_from is None or a.cover_to is None or b.cover_from is None or b.cover_to is None:
        return yes(cause_of(a), cause_of(b), gaps=("The days of cover of one of these are not known.",))
    return yes(cause_of(a), cause_of(b)) if a.cover_from < b.cover_to and b.cover_from < a.cover_to else NO


def whole_or(facts: PersonFacts, answers: Iterable[Answer]) -> Answer:
    """Any of the answers; where none is yes, not known while a part of the medicines is missing."""
    found = any_of(answers)
    if found.truth is Truth.NO and not facts.medicines_complete:
        return unknown(_NOT_WHOLE)
    return found
