"""One person's record: all the bundles about them in a set, merged by resource id."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from stepwell.population.records.gp_connect import facts
from stepwell.population.records.gp_connect.accounting import ACCOUNTED, Accountant
from stepwell.population.records.gp_connect.bundles import Bundle, Entry
from stepwell.population.records.gp_connect.fhir import Node, code, extensions, node, nodes, reference, text

# Read to understand the others; they become no row and are not accounted for.
_LOOKED_UP = ("Organization", "Practitioner")


@dataclass(slots=True)
class Record:
    """The entries of one person by type and id. ``sensitive``: some label on what was read restricts it.

    ``withheld``: the sender warns that something is left out or has not arrived, so what is not there may still be so.
    """

    entries: dict[str, dict[str, Entry]] = field(default_factory=lambda: defaultdict(dict))
    sensitive: bool = False
    withheld: bool = False

    @property
    def patient(self) -> Entry:
        """Who it is about."""
        return next(iter(self.entries["Patient"].values()))

    def find(self, kind: str, resource_id: str | None) -> Entry | None:
        """The entry of that id, if the record holds it."""
        return self.entries[kind].get(resource_id) if resource_id else None

    def of(self, kind: str) -> Iterable[Entry]:
        """The entries of a type, in the order first met."""
        return self.entries[kind].values()


def merge(bundles: Sequence[Bundle], accountant: Accountant) -> Record:
    """Bundles of one person as one record. Of two entries with one id the last updated stands, else the later one."""
    record = Record()
    patients = {entry.id for bundle in bundles for entry in bundle.of("Patient")}
    for bundle in bundles:
        record.sensitive = record.sensitive or _restricted(bundle.meta)
        others = 0
        for entry in bundle.entries:
            if entry.kind in _LOOKED_UP:
                _keep(record, entry)
            elif entry.kind in ACCOUNTED or entry.kind.startswith("Medication") or not entry.kind:
                accountant.read(entry)
                if _fit(entry, patients, accountant):
                    record.sensitive = record.sensitive or _restricted(node(entry.resource, "meta"))
                    _merge(record, entry, accountant)
            else:
                record.withheld = record.withheld or _warns(entry)
                others += 1
        accountant.passed_over(others)
    return record


def _fit(entry: Entry, patients: set[str | None], accountant: Accountant) -> bool:
    """Whether an entry can be used at all. If not it is rejected."""
    about = reference(entry.resource, "subject", "Patient")
    if not entry.kind:
        accountant.reject(entry, "resourceType", "the entry has no resource type.")
    elif entry.kind not in ACCOUNTED:
        accountant.reject(entry, "resourceType", "medicines of this resource type are not read.")
    elif entry.id is None:
        accountant.reject(entry, "id", "the entry has no id.")
    elif about is not None and about not in patients:
        accountant.reject(entry, "subject", "the entry is about another patient than the bundle.")
    else:
        return True
    return False


def _merge(record: Record, entry: Entry, accountant: Accountant) -> None:
    earlier = record.find(entry.kind, entry.id)
    if earlier is None:
        _keep(record, entry)
        return
    newer = entry.updated >= earlier.updated
    accountant.merged(earlier if newer else entry, "with the same entry again")
    if entry.updated == earlier.updated and entry.resource != earlier.resource:
        accountant.note("entries sent twice with different contents and no date to tell: the later was taken")
    if newer:
        _keep(record, entry)


def _keep(record: Record, entry: Entry) -> None:
    if entry.id is not None:
        record.entries[entry.kind][entry.id] = entry


def _warns(entry: Entry) -> bool:
    # Any warning counts, also one we do not know: confidential items, a transfer under way, filing still to be done.
    return entry.kind == "List" and any(extensions(entry.resource, "list_warning"))


def _restricted(meta: Node) -> bool:
    return any(_restricts(label) for label in nodes(meta, "security"))


def _restricts(label: Node) -> bool:
    row = facts.by_code("security_labels").get(code(label) or "")
    if row is not None:
        return row["sensitive"] == "yes"
    # A degree of confidentiality we do not know is not taken for an ordinary one.
    return (text(label, "system") or "").endswith("Confidentiality")
