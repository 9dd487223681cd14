"""One import, from an opened extract to a load that readers see, or to nothing at all."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from stepwell.base.clock import now
from stepwell.base.errors import StepwellError
from stepwell.base.progress import Progress
from stepwell.population.lake import Derivation, Lake, Load, OnStep, Writer, writing
from stepwell.population.records.canonical import TABLES
from stepwell.population.records.extracts import Description, Kind, Options, Reader
from stepwell.population.records.importing import reconciling, wording
from stepwell.population.records.importing.merging import Merge
from stepwell.population.records.importing.people import People
from stepwell.population.records.importing.refusal import refuse_if_broken
from stepwell.population.records.importing.report import ImportReport, Outcome
from stepwell.population.records.importing.sink import LoadSink
from stepwell.population.vault import Vault, VaultWriter

# Part of what makes two imports the same: raise it when the same files would be read differently.
IMPORTER_VERSION = "2"


def import_extract(
    lake: Lake,
    vault: Vault,
    reader: Reader,
    options: Options,
    *,
    derive: Derivation | None = None,
    progress: Progress,
    on_step: OnStep | None = None,
) -> ImportReport:
    """Read an extract into ``lake`` and ``vault`` and make it the current load of its practice and source.

    All or nothing: until the manifest is swapped the earlier load stands, whatever happens. The same files with the same
    options change nothing. ``derive`` works out the derived tables inside the load, and again those of other loads that
    lack its version. ``on_step`` is told of each of ``COMMIT_STEPS`` as it is done. Raises ``StepwellError`` when the extract, or what the lake holds, does not allow it.
    """
    if vault.key.id != lake.key_id:
        raise StepwellError("The vault's key is not the key this lake was made with.")
    began = time.monotonic()
    description = reader.describe()
    _require_practice(description, options)
    with writing(lake, vault) as writer:
        standing = lake.current().current(description.practice, description.source)
        fingerprint = _fingerprint(description, options)
        if standing is not None and standing.fingerprint == fingerprint:
            load, outcome = standing, Outcome.UNCHANGED
        else:
            _require_order(description, standing)
            one = _Import(writer, vault, description, fingerprint, standing, on_step or _ignore)
            load, outcome = one.run(reader, derive, progress), Outcome.LOADED
        worked_out = _bring_up_to_date(writer, derive, progress)
        notes = (*description.notes, *worked_out, *_which_is_searched(lake, load))
    return ImportReport.of(load, outcome, notes, time.monotonic() - began)


@dataclass(frozen=True)
class _Import:
    """One import under way: the writer is held and ``standing`` is the load it replaces, if there is one."""

    writer: Writer
    vault: Vault
    description: Description
    fingerprint: str
    standing: Load | None
    on_step: OnStep

    def run(self, reader: Reader, derive: Derivation | None, progress: Progress) -> Load:
        load_id = (
            f"{self.description.practice}-{self.description.source}-{now():%Y%m%dT%H%M%S}-{uuid4().hex[:8]}"
        )
        identities = self.vault.writer(self.description.practice, load_id)
        try:
            sink = self._sink(load_id, identities)
            try:
                reader.read(sink, progress)
                sink.close()
            finally:
                sink.abandon()
            progress.step("Merging and checking")
            staged = self.writer.stage(load_id)
            load = self._build(load_id, sink, identities, staged, progress)
            progress.step("Working out the derived tables" if derive else "Putting the load in place")
            return self.writer.commit(
                load, staged, derivation=derive, publish_identities=identities.publish, on_step=self.on_step
            )
        except BaseException:
            identities.discard()
            raise

    @property
    def _base(self) -> Load | None:
        return self.standing if self.description.kind is Kind.DELTA else None

    @property
    def _previous(self) -> Path | None:
        return self.writer.lake.load_directory(self._base.load_id) if self._base else None

    def _sink(self, load_id: str, identities: VaultWriter) -> LoadSink:
        about = self.description
        earlier = self.vault.carried(about.practice, self._base.load_id) if self._base else ()
        people = People(self.vault.key, about.source, about.practice, earlier)
        return LoadSink(
            about.practice, people, self.writer.stage(f"{load_id}.rows"), identities, self._previous
        )

    def _build(
        self, load_id: str, sink: LoadSink, identities: VaultWriter, staged: Path, progress: Progress
    ) -> Load:
        """Write the load's tables and its identities, and say what it is. Raises when it may not be loaded."""
        con = self.writer.connect()
        try:
            files = reconciling.file_counts(con, sink)
            refuse_if_broken(files, sink.why)
            settled = sink.people.settle()
            since = self._base.extract_date if self._base else None
            merge = Merge(con, sink, self._previous, settled, staged, since)
            tables = {}
            for table in TABLES:
                tables[table] = merge.write(table)
                progress.done(tables[table].kept)
            reconciling.refuse_if_empty(tables)
            for identity in sink.people.identities():
                identities.identity(identity)
            facts = reconciling.facts(con, staged, self.description.extract_date)
            facts["newcomers"] = len(merge.newcomers())
            facts["returned"] = merge.returned()
        finally:
            con.disconnect()
        warnings = reconciling.warnings(self.description.extract_date, facts, settled, files, sink)
        about = self.description
        return Load(
            load_id=load_id,
            practice=about.practice,
            practice_name=about.practice_name,
            source=about.source,
            kind=about.kind,
            extract_date=about.extract_date,
            imported_at=now(),
            importer_version=IMPORTER_VERSION,
            fingerprint=self.fingerprint,
            files=about.files,
            file_counts=files,
            tables=tables,
            counters={
                **sink.counters,
                "texts with something masked": sink.masked,
                "rows deleted": sink.deletions,
                "people whose record is not whole: to check in every search": facts["withheld"],
            },
            warnings=warnings,
            first_issue=facts["first"],
            newest_issue=facts["newest"],
            based_on=self._base.load_id if self._base else None,
            manifest=self.writer.lake.current().number + 1,
        )


def _require_practice(about: Description, options: Options) -> None:
    if options.practice is not None and options.practice.strip().upper() != about.practice:
        raise StepwellError(
            f"This extract is of practice {about.practice}, not {options.practice.strip().upper()}.",
            next_step="Nothing was imported. Check which practice sent it.",
        )


def _require_order(about: Description, standing: Load | None) -> None:
    """A delta builds on a load, and nothing goes back in time."""
    if standing is None:
        if about.kind is Kind.DELTA:
            raise StepwellError(
                f"This holds only changes (a delta), and no earlier {wording.source(about.source)} extract of practice {about.practice} was imported "
                "for them to change.",
                next_step="Import an extract of everything first.",
            )
    elif about.extract_date < standing.extract_date:
        raise StepwellError(
            f"This extract is of {wording.day(about.extract_date)}, older than the one already imported, of "
            f"{wording.day(standing.extract_date)}.",
            next_step="Nothing was imported. Import a newer extract. To go back to the older one, whoever runs Stepwell must first "
            "withdraw the newer load.",
        )


def _bring_up_to_date(writer: Writer, derive: Derivation | None, progress: Progress) -> tuple[str, ...]:
    """Loads worked out with older clinical tables cannot be searched beside this one, so they follow."""
    if derive is None:
        return ()
    progress.step("Checking the other loads")
    number = writer.rederive(derive)
    return (
        (
            wording.count(number, "load was", "loads were")
            + " worked out again with the present clinical tables.",
        )
        if number
        else ()
    )


def _which_is_searched(lake: Lake, load: Load) -> tuple[str, ...]:
    """A sentence, when the practice has extracts from several sources."""
    manifest = lake.current()
    others = [other for other in manifest.loads if other.practice == load.practice and other != load]
    used = next(used for used in manifest.in_use() if used.practice == load.practice)
    kept = [
        f"{wording.source(other.source)} of {wording.day(other.extract_date)}"
        for other in (*others, load)
        if other.load_id != used.load_id
    ]
    if not kept:
        return ()
    people = used.tables["patients"].kept
    read = f"Searches of this practice read the {wording.source(used.source)} extract of {wording.day(used.extract_date)} ({wording.count(people, 'person', 'people')})."
    return (f"{read} Kept but not read: {', '.join(kept)}.",)


def _fingerprint(about: Description, options: Options) -> str:
    """Equal for the same files, told the same things about. The order and names of files do not matter."""
    mapping = options.mapping.read_bytes() if options.mapping else b""
    parts = [
        IMPORTER_VERSION,
        about.source,
        about.practice,
        about.kind,
        about.extract_date.isoformat(),
        hashlib.sha256(mapping).hexdigest(),
        *sorted(file.sha256 for file in about.files),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _ignore(step: str) -> None:
    """Nobody asked to be told of the steps."""
