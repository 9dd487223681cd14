"""Questions about the atoms that stand around one: where English needs a look ahead."""

from __future__ import annotations

from decimal import Decimal

from stepwell.knowledge.dosage.grammar.day import Part
from stepwell.knowledge.dosage.grammar.parts import (
    Amount,
    Atom,
    Daily,
    Duration,
    Limit,
    Mark,
    NumberedHalf,
    Total,
    When,
)


def _mark(atoms: list[Atom], place: int) -> str:
    """The name of the mark at ``place``, "" where something else stands."""
    atom = atoms[place] if 0 <= place < len(atoms) else None
    return atom.name if isinstance(atom, Mark) else ""


def fills_a_bracket(atoms: list[Atom], place: int, pending: str) -> bool:
    """ "(30mg)", "(1 tab)": the amount at ``place`` is all that its brackets hold."""
    opened = pending == "open" or _mark(atoms, place - 1) == "open"
    return opened and _mark(atoms, place + 1) == "close"


_HOURS = {
    "morning": ("morning", 5, 11),
    "evening": ("pm", 5, 11),
    "night": ("pm", 8, 11),
    "tea": ("pm", 5, 7),
}


def tells_the_hour(atom: NumberedHalf, slot: str) -> bool:
    """ "mane 8am", "nocte 10pm": the hour of the time just said, and too late for a count of tablets."""
    half, first, last = _HOURS.get(slot, ("", 0, 0))
    said = "pm" if atom.slot != "morning" else "morning"
    return said == half and first <= atom.number <= last


_SPELLS = {
    "morning": (5, 12),
    "mid_morning": (9, 12),
    "noon": (11, 15),
    "afternoon": (12, 18),
    "tea": (15, 19),
    "dinner": (16, 21),
    "supper": (16, 22),
    "evening": (16, 24),
    "pm": (12, 24),
    "night": (19, 25),
}


def is_clock(slot: str) -> bool:
    """Whether a time of day is an hour: "clock 8"."""
    return slot.startswith("clock")


def restates(slot: str, other: str) -> bool:
    """Whether one of two times is an hour ("clock 9 either": of the morning or the evening) and the other the time of day it falls in."""
    if is_clock(slot) == is_clock(other):
        return False
    hour, named = (slot, other) if is_clock(slot) else (other, slot)
    first, last = _SPELLS.get(named, (0, 0))
    said, *either = hour.split()[1:]
    return any(first <= Decimal(said) + later < last for later in ((0, 12) if either else (0,)))


def time_or_amount_next(atoms: list[Atom], place: int) -> bool:
    """Whether a dose stands right behind the atom at ``place``, or "and" and another time: "8am 2", "8am and 8pm 1"."""
    ahead = place + 1
    while _mark(atoms, ahead) in ("pause", "dash"):
        ahead += 1
    listed = _mark(atoms, ahead) == "and"
    ahead += listed
    wanted = (When, NumberedHalf) if listed else (Amount,)
    return ahead < len(atoms) and isinstance(atoms[ahead], wanted)


def dose_then_end(atoms: list[Atom], place: int) -> bool:
    """ "morning 1 night 2": behind this time stands a dose with no time of its own."""
    ahead = place + 1
    while ahead < len(atoms) and (
        isinstance(atoms[ahead], When) or _mark(atoms, ahead) in ("pause", "dash", "and")
    ):
        ahead += 1
    if ahead >= len(atoms) or not isinstance(atoms[ahead], Amount):
        return False
    ahead += 1
    while _mark(atoms, ahead):
        ahead += 1
    if ahead >= len(atoms) or isinstance(atoms[ahead], Limit | Duration | Total):
        return True
    return _take_turns([atom for atom in atoms[ahead:] if not isinstance(atom, Mark)])


def _take_turns(atoms: list[Atom]) -> bool:
    """Whether time and dose go on in turn, beginning with a time and ending with a dose."""
    expected = [When, Amount] * (len(atoms) // 2)
    return len(atoms) % 2 == 0 and all(
        isinstance(atom, kind) for atom, kind in zip(atoms, expected, strict=True)
    )


def adds_one(atoms: list[Atom], place: int, part: Part) -> bool:
    """ "1 tds and nocte" adds one; "twice a day and ..." only when no list of times follows that spells it out."""
    count = part.times[-1].high
    ahead = 1
    for atom in atoms[place + 1 :]:
        if isinstance(atom, When):
            ahead += 1
        elif not (isinstance(atom, Mark) and atom.name in ("and", "pause", "dash")):
            break
    return Decimal(ahead) != count


def bracketed_totals(atoms: list[Atom]) -> list[Atom]:
    """ "4 tds (3600mg/day)": a daily amount in brackets behind a dose says what the dose comes to."""
    found = list(atoms)
    for place in range(1, len(atoms) - 2):
        amount = atoms[place]
        framed = _mark(atoms, place - 1) == "open" and _mark(atoms, place + 2) == "close"
        if not (framed and isinstance(amount, Amount) and isinstance(atoms[place + 1], Daily)):
            continue
        if any(isinstance(earlier, Amount) for earlier in atoms[:place]):
            end = atoms[place + 1].end
            found[place] = Total(amount.start, end, amount.low, amount.high, amount.unit)
            found[place + 1] = Mark(end, end, "rider")
    return found
