"""The contract between an importer and the load it fills: one reader per source, two streams out.

A reader knows its format and nothing of the lake. It is given a ``Sink`` and pushes canonical rows into one side and
identities into the other; the sink knows nothing of formats. ``importing.import_extract`` joins the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from stepwell.base.progress import Progress
from stepwell.population.records.canonical import Identity, Reject


class Kind(StrEnum):
    """Whether an extract is everything its source holds, or what changed since the last one."""

    FULL = "full"
    DELTA = "delta"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of an extract, as provenance records it. ``name`` is relative, never a path of the machine."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Description:
    """What can be said of an extract before its rows are read.

    ``practice`` is the ODS code the extract itself names (or, for a list report that names none, the one stated by
    the person importing). ``extract_date`` is the date the extract shows the practice at. ``notes`` are sentences for
    the report, such as the recognised mapping.
    """

    source: str  # emis, list_report, gp_connect
    practice: str
    practice_name: str
    extract_date: date
    kind: Kind
    files: tuple[SourceFile, ...]
    notes: tuple[str, ...] = field(default=())


class Sink(Protocol):
    """Where a reader pushes what it found. Rows are dicts with the columns of ``canonical.TABLES[table]``."""

    def patient_key(self, *, nhs_number: str | None, source_patient_id: str) -> str:
        """The key of a person: from the NHS number when valid, else from source, practice and the source's id."""

    def known_patient(self, source_patient_id: str) -> str | None:
        """For a delta: the key an earlier load of this practice and source gave this source id, or None."""

    def rows(self, table: str, rows: Sequence[Mapping[str, object]]) -> None:
        """Add canonical rows. In a delta a row replaces the earlier row with the same id (``ID_COLUMN``)."""

    def identities(self, identities: Iterable[Identity]) -> None:
        """Add identities. In a delta one replaces the earlier one of the same key."""

    def delete(self, table: str, row_id: str) -> None:
        """The source says this row is deleted: remove it from this load and from what it builds on."""

    def delete_patient(self, patient_key: str) -> None:
        """The source says this person is deleted: remove all their rows and their identity."""

    def take_back(self, table: str, row_id: str) -> None:
        """For a delta: remove an earlier row that no row of this extract names, because of what another row says."""

    def withhold(self, patient_key: str) -> None:
        """Part of this person's record is left out, or may be missing. It stays so until a full extract is loaded."""

    def previous(self, table: str) -> Iterable[Mapping[str, object]]:
        """For a delta: the rows of ``table`` in the load it builds on. Empty for a full load."""

    def reject(self, reject: Reject) -> None:
        """Count and keep a row that could not be used. The caller refuses the load above its limit."""

    def count(self, name: str, by: int = 1) -> None:
        """Count something for the report, for example "test patients left out" or "dates written as Excel serials"."""

    def read(self, file: str, rows: int) -> None:
        """So many data rows of ``file`` were read (used or not): the other side of the reconciliation."""


class Reader(Protocol):
    """One extract in one format, opened but not read. Cheap to make; refuses at once what it can tell is wrong."""

    def describe(self) -> Description:
        """Raises ``StepwellError`` when the extract cannot be used."""

    def read(self, sink: Sink, progress: Progress) -> None:
        """Push everything into ``sink`` in bounded memory. Raises ``StepwellError`` when the extract cannot be used."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the person importing said. ``practice`` states whose file it is; another practice's file is refused."""

    practice: str | None = None
    kind: Kind = Kind.FULL
    mapping: Path | None = None
    extract_date: date | None = None
