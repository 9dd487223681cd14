"""The ``Sink`` of an import: what a reader pushes is checked, masked, staged to disk and counted, in bounded memory."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from stepwell.population.records.canonical import TABLES, Identity, Reject
from stepwell.population.records.importing.columns import STAGED, Columns, ReaderMistake
from stepwell.population.records.importing.people import People
from stepwell.population.records.importing.refusal import Why
from stepwell.population.vault import VaultWriter

_BATCH = 2_000  # rows held as Python values, per table: few enough to stay in the processor's cache
_ROW_GROUP = 50_000  # rows held as columns, per table


class LoadSink:
    """Stages one load. After the reader is done: ``close``, then read ``staged``, ``deleted`` and the counts."""

    def __init__(
        self,
        practice: str,
        people: People,
        staging: Path,
        vault: VaultWriter,
        previous: Path | None,
    ) -> None:
        self.people = people
        self.counters: Counter[str] = Counter()
        self.rows_read: Counter[str] = Counter()
        self.rejected: Counter[str] = Counter()
        self.why: dict[str, dict[str, Why]] = defaultdict(dict)
        self.given: Counter[str] = Counter()
        self.deletions = 0
        # What the source deleted, each with its place in the order of arrival: a row that comes after it stays.
        self.deleted: dict[str, dict[str, int]] = {table: {} for table in TABLES}
        self.deleted_people: dict[str, int] = {}
        self.withheld: set[str] = set()  # keys as they were given
        self._columns = Columns(practice)
        self._staging = staging
        self._vault = vault
        self._previous = previous
        self._clock = 0
        self._held: dict[str, list[Mapping[str, object]]] = {table: [] for table in TABLES}
        self._sequence: dict[str, list[int]] = {table: [] for table in TABLES}
        self._ready: dict[str, list[pa.RecordBatch]] = {table: [] for table in TABLES}
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._last_reject: tuple[str, int | None] | None = None

    @property
    def masked(self) -> int:
        """How many texts had something masked."""
        return self._columns.masker.masked

    def patient_key(self, *, nhs_number: str | None, source_patient_id: str) -> str:
        """See ``Sink``. A second source id with the same NHS number gets a key of its own until both are known."""
        return self.people.key(nhs_number, source_patient_id)

    def known_patient(self, source_patient_id: str) -> str | None:
        """See ``Sink``."""
        return self.people.known(source_patient_id)

    def rows(self, table: str, rows: Sequence[Mapping[str, object]]) -> None:
        """See ``Sink``."""
        if table not in TABLES:
            raise ReaderMistake(f'There is no table "{table}".')
        held, sequence = self._held[table], self._sequence[table]
        held.extend(rows)
        sequence.extend(range(self._clock, self._clock + len(rows)))
        self._clock += len(rows)
        self.given[table] += len(rows)
        if len(held) >= _BATCH:
            self._convert(table)

    def identities(self, identities: Iterable[Identity]) -> None:
        """See ``Sink``. Kept in memory until the end, when it is known who is one person: some 1 kB a person."""
        for identity in identities:
            self.people.identify(identity)

    def delete(self, table: str, row_id: str) -> None:
        """See ``Sink``."""
        if table not in TABLES:
            raise ReaderMistake(f'There is no table "{table}".')
        self.deletions += 1
        self.deleted[table][row_id] = self._tick()

    def delete_patient(self, patient_key: str) -> None:
        """See ``Sink``."""
        self.deletions += 1
        self.people.forget(patient_key)
        self.deleted_people[patient_key] = self._tick()

    def take_back(self, table: str, row_id: str) -> None:
        """See ``Sink``. Not counted among the deletions, which are rows that were read."""
        self.deleted[table][row_id] = self._tick()

    def withhold(self, patient_key: str) -> None:
        """See ``Sink``."""
        self.withheld.add(patient_key)

    def previous(self, table: str) -> Iterator[Mapping[str, object]]:
        """See ``Sink``. Streams."""
        if self._previous is not None:
            for batch in pq.ParquetFile(self._previous / f"{table}.parquet").iter_batches(_BATCH):
                yield from batch.to_pylist()

    def reject(self, reject: Reject) -> None:
        """See ``Sink``. Several reasons for one line are one rejected row."""
        self._vault.reject(reject)
        self.why[reject.file].setdefault(reject.reason, Why(reject.reason)).add(reject)
        place = (reject.file, reject.line)
        if reject.line is None or place != self._last_reject:
            self.rejected[reject.file] += 1
        self._last_reject = place

    def count(self, name: str, by: int = 1) -> None:
        """See ``Sink``."""
        self.counters[name] += by

    def read(self, file: str, rows: int) -> None:
        """See ``Sink``."""
        self.rows_read[file] += rows

    def close(self) -> None:
        """Write what is held. Every table then has its file, empty or not."""
        for table in TABLES:
            self._convert(table)
            self._write(table)
            self._writers[table].close()

    def abandon(self) -> None:
        """Close the files without finishing them."""
        for writer in self._writers.values():
            writer.close()

    def staged(self, table: str) -> Path:
        """The rows given for ``table``, in order of arrival, in ``columns.STAGED[table]``."""
        return self._staging / f"{table}.parquet"

    def _convert(self, table: str) -> None:
        held, sequence, ready = self._held[table], self._sequence[table], self._ready[table]
        if held:
            ready.append(self._columns.batch(table, held, sequence))
            self._held[table], self._sequence[table] = [], []
        if sum(batch.num_rows for batch in ready) >= _ROW_GROUP:
            self._write(table)

    def _write(self, table: str) -> None:
        writer = self._writers.get(table)
        if writer is None:
            writer = self._writers[table] = pq.ParquetWriter(
                self.staged(table), STAGED[table], compression="lz4"
            )
        if self._ready[table]:
            writer.write_table(pa.Table.from_batches(self._ready[table]))
            self._ready[table] = []

    def _tick(self) -> int:
        self._clock += 1
        return self._clock - 1
