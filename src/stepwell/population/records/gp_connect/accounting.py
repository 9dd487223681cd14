"""What became of every entry: used, merged, left out because the sender says so, or rejected. The numbers add up."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from stepwell.population.records.canonical import Reject
from stepwell.population.records.extracts import Sink
from stepwell.population.records.gp_connect.bundles import Entry

# Every entry of these, and of any other type whose name begins with Medication, is accounted for.
ACCOUNTED = ("Patient", "MedicationRequest", "MedicationStatement", "Medication", "Condition", "Observation")
MALFORMED = "no resource type"


@dataclass(slots=True)
class Accounting:
    """Entries read by resource type, and their outcomes: "used ...", "merged ...", "left out: ...", "rejected: ..."."""

    read: Counter[str] = field(default_factory=Counter)
    outcomes: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def unaccounted(self, kind: str) -> int:
        """Entries of a type that were read and have no outcome. Zero once a set is read."""
        return self.read[kind] - self.outcomes[kind].total()

    def total(self, kind: str, beginning: str) -> int:
        """Entries of a type whose outcome begins with a word."""
        return sum(n for outcome, n in self.outcomes[kind].items() if outcome.startswith(beginning))

    def lines(self) -> tuple[str, ...]:
        """The reconciliation in words, one line a resource type."""
        return tuple(
            f"{kind}: {self.read[kind]} read = "
            + " + ".join(f"{number} {outcome}" for outcome, number in sorted(self.outcomes[kind].items()))
            for kind in sorted(self.read)
        )


class Accountant:
    """Books each entry once, in the accounting of the set and in the sink."""

    def __init__(self, sink: Sink, accounting: Accounting) -> None:
        self._sink = sink
        self._accounting = accounting

    def read(self, entry: Entry) -> None:
        """An entry that is to have an outcome was read."""
        self._sink.read(entry.file, 1)
        self._accounting.read[entry.kind or MALFORMED] += 1

    def passed_over(self, number: int) -> None:
        """Entries of types that no canonical table is made of."""
        if number:
            self._sink.count("entries of other types, not read", number)

    def used(self, entry: Entry, how: str) -> None:
        """It became a row of its own: "used as a plan"."""
        self._book(entry, f"used {how}")

    def merged(self, entry: Entry, how: str) -> None:
        """What it says is in another entry's row."""
        self._book(entry, f"merged {how}")

    def left_out(self, entry: Entry, why: str) -> None:
        """The sender says it does not hold."""
        self._book(entry, f"left out: {why}")

    def reject(self, entry: Entry, element: str, reason: str) -> None:
        """It cannot be used. ``reason`` is a sentence without contents."""
        self._accounting.outcomes[entry.kind or MALFORMED][f"rejected: {reason}"] += 1
        self._sink.reject(
            Reject(
                file=entry.file,
                line=None,
                column=entry.path(element),
                reason=reason,
                raw=json.dumps(entry.resource, default=str),
            )
        )

    def note(self, name: str) -> None:
        """Count something that is worth knowing and is not an outcome."""
        self._sink.count(name)

    def _book(self, entry: Entry, outcome: str) -> None:
        self._accounting.outcomes[entry.kind][outcome] += 1
        self._sink.count(f"{entry.kind} entries {outcome}")
