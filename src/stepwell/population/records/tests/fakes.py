"""A sink that keeps everything in memory, for tests of readers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from stepwell.population.records.canonical import TABLES, Identity, Reject


class FakeSink:
    """Checks that every row has exactly the columns of its table, and keeps what it is given."""

    def __init__(self, previous: Mapping[str, Sequence[Mapping[str, object]]] | None = None) -> None:
        self.tables: dict[str, list[Mapping[str, object]]] = defaultdict(list)
        self.people: list[Identity] = []
        self.rejects: list[Reject] = []
        self.counts: Counter[str] = Counter()
        self.rows_read: Counter[str] = Counter()
        self.deleted: list[tuple[str, str]] = []
        self.deleted_people: list[str] = []
        self.taken_back: list[tuple[str, str]] = []
        self.withheld: set[str] = set()
        self.keys: dict[str, str] = {}  # source id -> key
        self._previous = previous or {}

    def patient_key(self, *, nhs_number: str | None, source_patient_id: str) -> str:
        """A key that shows what it was made from."""
        key = f"nhs-{nhs_number}" if nhs_number else f"source-{source_patient_id}"
        self.keys[source_patient_id] = key
        return key

    def known_patient(self, source_patient_id: str) -> str | None:
        """The key given to this source id before."""
        return self.keys.get(source_patient_id)

    def rows(self, table: str, rows: Sequence[Mapping[str, object]]) -> None:
        """Keep rows."""
        for row in rows:
            assert set(row) == set(TABLES[table].names), set(row) ^ set(TABLES[table].names)
        self.tables[table].extend(rows)

    def identities(self, identities: Iterable[Identity]) -> None:
        """Keep identities."""
        self.people.extend(identities)

    def delete(self, table: str, row_id: str) -> None:
        """Keep a deletion."""
        self.deleted.append((table, row_id))

    def delete_patient(self, patient_key: str) -> None:
        """Keep a deletion."""
        self.deleted_people.append(patient_key)

    def take_back(self, table: str, row_id: str) -> None:
        """Keep what is taken back."""
        self.taken_back.append((table, row_id))

    def withhold(self, patient_key: str) -> None:
        """Keep whose record is not whole."""
        self.withheld.add(patient_key)

    def previous(self, table: str) -> Iterable[Mapping[str, object]]:
        """The rows the test gave."""
        return self._previous.get(table, ())

    def reject(self, reject: Reject) -> None:
        """Keep a reject."""
        self.rejects.append(reject)

    def count(self, name: str, by: int = 1) -> None:
        """Count."""
        self.counts[name] += by

    def read(self, file: str, rows: int) -> None:
        """Count rows read."""
        self.rows_read[file] += rows
