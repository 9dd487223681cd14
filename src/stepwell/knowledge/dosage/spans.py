"""Which words gave which value, for the screen that shows the text beside its numbers."""

from __future__ import annotations

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
    Times,
    Total,
    Weekdays,
    When,
)
from stepwell.knowledge.dosage.model import Span

_FIELDS: dict[type[Atom], str] = {
    Amount: "dose",
    Times: "frequency",
    When: "frequency",
    NumberedHalf: "frequency",
    Weekdays: "frequency",
    Divided: "frequency",
    Every: "interval_days",
    Daily: "interval_days",
    Limit: "ceiling",
    Duration: "duration_days",
    Label: "steps",
    Change: "steps",
    Total: "daily",
}


def spans_of(atoms: list[Atom]) -> tuple[Span, ...]:
    """One span for each word or phrase that gave a value, in the order of the text."""
    spans = []
    for atom in atoms:
        if isinstance(atom, Mark):
            if atom.name == "prn":
                spans.append(Span("as_needed", atom.start, atom.end))
            continue
        spans.append(Span(_FIELDS[type(atom)], atom.start, atom.end))
    return tuple(spans)
