"""What the clinical floor says of a pasted text: each medicine read, the sums under each table, cautions. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from stepwell.knowledge import cautions, dosage, equivalence, pasted
from stepwell.knowledge.dosage import Dosage
from stepwell.knowledge.equivalence import Comparison, Taken
from stepwell.knowledge.medicines import identify
from stepwell.knowledge.medicines.model import Identification, MatchedBy
from stepwell.knowledge.medicines.model import MedicineClass as C
from stepwell.knowledge.pasted import Entry, Screen

_OPIOIDS = frozenset({C.OPIOID, C.STRONG_OPIOID, C.WEAK_OPIOID, C.TRAMADOL, C.DEPENDENCE_TREATMENT})
_COVERED = "the line was covered, so the medicine in it was not read"


@dataclass(frozen=True, slots=True)
class Medicine:
    """One medicine of the text. ``taken`` is None where it is no opioid, so that it has no OME at all."""

    number: int
    entry: Entry
    found: Identification
    read: Dosage
    taken: Taken | None

    @property
    def recognised(self) -> bool:
        """Whether anything is known of it."""
        return self.found.matched_by is not MatchedBy.NOTHING or self.found.text_only is not None


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything said of a text. ``comparison`` is None where no opioid was found. Its items are the opioids, in order."""

    on: date
    screen: Screen
    medicines: tuple[Medicine, ...]
    comparison: Comparison | None
    findings: cautions.Findings | None

    @property
    def opioids(self) -> tuple[Medicine, ...]:
        """Those that count in the sum, in the order of the comparison's items; covered lines come after them."""
        return tuple(each for each in self.medicines if each.taken is not None)

    @property
    def slowed(self) -> bool:
        """Whether something that slows breathing stands beside an opioid, so that doses should be spread evenly."""
        beside = {C.BENZODIAZEPINE, C.Z_DRUG, C.GABAPENTINOID}
        return bool(self.opioids) and any(each.found.classes & beside for each in self.medicines)


def answer(text: str, on: date) -> Answer:
    """Read a text. Raises StepwellError where it is too long."""
    screen = pasted.read(text)
    medicines = tuple(_medicine(number, entry) for number, entry in enumerate(screen.entries, start=1))
    taken = [each.taken for each in medicines if each.taken is not None]
    # A covered line may hold an opioid, and what may be missing makes a total "at least".
    taken += [Taken(f"Line {line.line}", reason=_COVERED) for line in screen.covered if line.medicine]
    comparison = equivalence.side_by_side(taken) if taken else None
    return Answer(on, screen, medicines, comparison, _cautions(medicines, comparison, on))


def _medicine(number: int, entry: Entry) -> Medicine:
    found = identify(name=entry.name)
    read = dosage.parse(entry.instruction, found.product)
    counts = bool(found.classes & _OPIOIDS)
    taken = equivalence.taken_as_read(found, read, name=entry.name) if counts else None
    return Medicine(number, entry, found, read, taken)


def _cautions(
    medicines: tuple[Medicine, ...], comparison: Comparison | None, on: date
) -> cautions.Findings | None:
    if not medicines:
        return None
    held = tuple(cautions.medicine_from(m.found, m.read, name=m.entry.name) for m in medicines)
    # A paste is never the whole record, whatever is in it.
    whole = comparison.by_table[0].total if comparison else None
    facts = cautions.PersonFacts(held, medicines_complete=False, ome=whole)
    return cautions.check(facts, on)
