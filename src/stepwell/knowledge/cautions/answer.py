"""Yes, no, or not known, with what it rests on. Not known is never no."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from stepwell.knowledge.cautions.model import Cause


class Truth(Enum):
    """The three answers a question about a record can have."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """``causes`` speak for yes. ``gaps`` say what is not known, in plain words; a yes may have gaps too."""

    truth: Truth
    causes: tuple[Cause, ...] = ()
    gaps: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


NO = Answer(Truth.NO)


def yes(*causes: Cause, gaps: Iterable[str] = (), notes: Iterable[str] = ()) -> Answer:
    """It holds."""
    return Answer(Truth.YES, causes, tuple(gaps), tuple(notes))


def unknown(*gaps: str, causes: Iterable[Cause] = ()) -> Answer:
    """It cannot be said."""
    return Answer(Truth.UNKNOWN, tuple(causes), gaps)


def negated(answer: Answer) -> Answer:
    """The opposite; not known stays not known. What spoke for yes does not speak for no."""
    if answer.truth is Truth.UNKNOWN:
        return Answer(Truth.UNKNOWN, (), answer.gaps)
    return NO if answer.truth is Truth.YES else Answer(Truth.YES)


def all_of(answers: Iterable[Answer]) -> Answer:
    """No if any part is no; not known if any is not known; else yes."""
    held = list(answers)
    if any(each.truth is Truth.NO for each in held):
        return NO
    open_ = any(each.truth is Truth.UNKNOWN for each in held)
    return _joined(Truth.UNKNOWN if open_ else Truth.YES, held)


def any_of(answers: Iterable[Answer]) -> Answer:
    """Yes if any part is yes; not known if any is not known; else no."""
    held = list(answers)
    for truth in (Truth.YES, Truth.UNKNOWN):
        found = [each for each in held if each.truth is truth]
        if found:
            return _joined(truth, found)
    return NO


def _joined(truth: Truth, parts: Iterable[Answer]) -> Answer:
    held = list(parts)
    return Answer(
        truth,
        tuple(dict.fromkeys(c for each in held for c in each.causes)),
        tuple(dict.fromkeys(g for each in held for g in each.gaps)),
        tuple(dict.fromkeys(n for each in held for n in each.notes)),
    )
