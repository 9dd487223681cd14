"""Bringing public data into a lake: which kind of file it is, what the checks find, and one load made current.

The same file twice changes nothing. A file of a month the lake holds already replaces it, when it was published later, and the one before
is kept. An import that dies leaves the lake as it was.
"""

from __future__ import annotations

import csv
import hashlib
import json
import uuid
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from stepwell.base.clock import now
from stepwell.base.errors import Place, StepwellError
from stepwell.base.progress import Progress, Silent
from stepwell.population.lake import FileCount, Lake, PublicLoad, Writer, writing
from stepwell.population.prescribing import checks, fetch, list_sizes, monthly, organisations
from stepwell.population.prescribing.derived import Derived, derive_months
from stepwell.population.prescribing.survey import Survey, sniffed_encoding
from stepwell.population.records.extracts import SourceFile

IMPORTER_VERSION = "PRI-1"
MEMORY = "2500MB"

OnStep = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of one file. ``load`` is the one now current; ``changed`` is False where the lake held it already."""

    load: PublicLoad
    changed: bool
    replaced: bool
    derived: Derived


@dataclass(frozen=True, slots=True)
class _Read:
    """What a reader made of a file."""

    dataset: str
    period: str
    source: str
    counts: dict[str, int]
    checks: tuple[str, ...]
    read: int
    rejected: int


def open_lake(path: Path) -> Lake:
    """The lake at ``path``, made without a key where there is none: public data holds no people."""
    return Lake(path) if (path / "lake.json").is_file() else Lake.create(path, None)


def import_file(
    lake: Lake,
    path: Path,
    *,
    published_on: date | None = None,
    progress: Progress | None = None,
    on_step: OnStep = lambda step: None,
) -> Imported:
    """Bring one file of public data into the lake: a month of prescribing, list sizes, or organisations.

    CSV, a zip of one CSV, Parquet, or the organisations as JSON. Raises ``StepwellError`` for a file that is none of these, not whole, or of
    another month than its name says.
    """
    progress = progress or Silent()
    published_on = published_on or fetch.published_on(path)
    if not path.is_file():
        raise StepwellError(f'There is no file "{path.name}".', next_step="Check the name.")
    with writing(lake) as writer, _unpacked(path, writer) as (file, shown):
        progress.step(f"Reading {shown}")
        survey = Survey(path)
        survey.start()
        load_id = uuid.uuid4().hex
        staged = writer.stage(load_id)
        read = _read_or_refused(file, shown, writer, staged)
        checksum, size = survey.result()
        same = lake.current().current_public(read.dataset, read.period)
        fingerprint = _fingerprint(checksum, read)
        if same is not None and same.fingerprint == fingerprint:
            return Imported(same, False, False, derive_months(lake, writer, progress))
        _require_newer(same, published_on)
        _require_not_less(same, read, shown)
        load = PublicLoad(
            load_id=load_id,
            dataset=read.dataset,
            period=read.period,
            source=read.source,
            imported_at=now(),
            importer_version=IMPORTER_VERSION,
            fingerprint=fingerprint,
            files=(SourceFile(path.name, checksum, size),),
            file_counts={path.name: FileCount(read.read, read.read - read.rejected, read.rejected, {})},
            counts=read.counts,
            checks=(
                *read.checks,
                *_replacing(same, read),
                *checks.against_held(lake, writer, read.dataset, read.period, staged),
            ),
            manifest=lake.current().number + 1,
            published_on=published_on,
        )
        progress.step("Making it current")
        load = writer.commit_public(load, staged, {}, on_step)
        return Imported(load, True, same is not None, derive_months(lake, writer, progress))


def _read_or_refused(file: Path, shown: str, writer: Writer, staged: Path) -> _Read:
    try:
        return _read(file, shown, writer, staged)
    except UnicodeDecodeError:
        what = "The file is in two encodings, or is damaged."
    except csv.Error:
        what = "This is not a CSV file."
    raise StepwellError(
        what, where=Place(shown), next_step="Nothing was loaded. Get the file again, as published."
    )


def _read(file: Path, shown: str, writer: Writer, staged: Path) -> _Read:
    if file.suffix.lower() == ".json":
        return _organisations(file, shown, writer, staged)
    header, _ = monthly.first_rows(file, shown, sniffed_encoding(file))
    if list_sizes.is_list_sizes(header):
        _require_csv(file, shown)
        found = list_sizes.write_list_sizes(file, shown, staged)
        counts = {"practices": found.practices}
        return _Read(
            "list_sizes", found.month, "list_sizes", counts, found.checks, found.rows, found.rejected
        )
    if organisations.is_epraccur(header):
        return _organisations(file, shown, writer, staged)
    return _month(file, shown, writer, staged)


def _organisations(file: Path, shown: str, writer: Writer, staged: Path) -> _Read:
    """A list of organisations, joined with what the lake holds of the other kind of list."""
    found = organisations.write_organisations(file, shown, staged)
    held = writer.lake.current().current_public("organisations", "now")
    if held is not None:
        folder = writer.lake.load_directory(held.load_id)
        found = organisations.join_held(folder, held.source, staged, found)
    counts = {"organisations": found.organisations, "practices": found.practices}
    return _Read("organisations", "now", found.source, counts, found.checks, found.rows, found.rejected)


def _month(file: Path, shown: str, writer: Writer, staged: Path) -> _Read:
    opened = monthly.open_month(file, shown)
    con = writer.connect(MEMORY)
    try:
        try:
            counted = monthly.write_month(opened, con, staged)
        except monthly.AnotherEncoding:
            opened = replace(opened, encoding="latin-1")
            counted = monthly.write_month(opened, con, staged)
        said = checks.of_month(opened, counted, con, staged)
    finally:
        con.disconnect()
    counts = {"items": counted.items, "unidentified_items": counted.unidentified_items}
    return _Read("month", opened.month, opened.matched.form.id, counts, said, counted.rows, counted.unusable)


def _fingerprint(checksum: str, read: _Read) -> str:
    said = json.dumps([IMPORTER_VERSION, read.dataset, read.period, checksum])
    return hashlib.sha256(said.encode()).hexdigest()


def _require_newer(held: PublicLoad | None, published_on: date | None) -> None:
    if held is None or held.published_on is None or published_on is None or published_on >= held.published_on:
        return
    raise StepwellError(
        f"The lake holds a version of {held.period} published on {held.published_on}, later than this one of {published_on}.",
        next_step="Nothing was changed. Import the newest version only.",
    )


def _require_not_less(held: PublicLoad | None, read: _Read, shown: str) -> None:
    """Refuse a version with far less in it than the one it would take the place of: half a month."""
    of = {"month": "items", "list_sizes": "practices"}.get(read.dataset)
    if held is None or of is None:
        return
    before, now_ = held.counts.get(of, 0), read.counts[of]
    if before - now_ <= float(checks.rules()["items_jump"]["share"]) * before:
        return
    raise StepwellError(
        f"The lake holds {held.period} with {before:,} {of}; this file has {now_:,}, {(before - now_) / before:.0%} fewer. It may not be whole.",
        where=Place(shown),
        next_step=f"Nothing was changed. If it is right, take out the one held first: stepwell prescribing withdraw {held.dataset} {held.period} --lake DIR.",
    )


def _replacing(held: PublicLoad | None, read: _Read) -> tuple[str, ...]:
    """What is said of the version a file takes the place of."""
    if held is None or read.dataset != "month":
        return ()
    return (
        f"Takes the place of the version imported on {held.imported_at:%Y-%m-%d}: {held.counts.get('items', 0):,} items before, {read.counts['items']:,} now.",
    )


def _require_csv(file: Path, shown: str) -> None:
    if file.suffix.lower() == ".parquet":
        raise StepwellError(
            "List sizes are read from CSV alone.",
            where=Place(shown),
            next_step="Give the CSV file as published.",
        )


@contextmanager
def _unpacked(path: Path, writer: Writer) -> Iterator[tuple[Path, str]]:
    """The file itself, or the one CSV of a zip, unpacked where nothing of it outlives the import."""
    if path.suffix.lower() != ".zip":
        yield path, path.name
        return
    try:
        with zipfile.ZipFile(path) as packed:
            inside = [
                entry
                for entry in packed.infolist()
                if entry.filename.lower().endswith((".csv", ".json", ".parquet"))
                and not entry.filename.startswith("__MACOSX/")
            ]
            if len(inside) != 1:
                raise StepwellError(
                    f"The zip holds {len(inside)} data files; one was expected.",
                    where=Place(path.name),
                    next_step="Unpack it and import the files one by one.",
                )
            folder = writer.staging / "unpacked"
            folder.mkdir(parents=True, exist_ok=True)
            name = Path(inside[0].filename).name
            with packed.open(inside[0]) as source, (folder / name).open("wb") as target:
                while piece := source.read(8 << 20):
                    target.write(piece)
    except (zipfile.BadZipFile, zlib.error, EOFError):
        raise StepwellError(
            "The zip is cut short or damaged.", where=Place(path.name), next_step="Get the file again, whole."
        ) from None
    except (RuntimeError, NotImplementedError):  # a password, or packed in a way this Python does not know
        raise StepwellError(
            "The zip cannot be opened here: it has a password, or is packed in an uncommon way.",
            where=Place(path.name),
            next_step="Unpack it and import the file that was in it.",
        ) from None
    yield folder / name, name
