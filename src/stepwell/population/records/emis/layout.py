"""Which file of an extract is which table, told by its headings, and in which order files of one table are read."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePosixPath

from stepwell.base.errors import Place, StepwellError
from stepwell.population.records.emis import facts
from stepwell.population.records.extracts import SourceFile
from stepwell.population.records.reading import headers
from stepwell.population.records.reading.delimited import Delimited, peek_headings
from stepwell.population.records.reading.sources import Member

_SUFFIXES = (".csv", ".txt", ".tsv")
# <number>_<Domain>_<Table>_<yyyyMMddHHmmss>_<sharing agreement>: a help for order and date, never for meaning.
_NAME = re.compile(r"(\d+)_([A-Za-z]+)_([A-Za-z]+)_(\d{14})_([^_]+)\.\w+")


@dataclass(frozen=True, slots=True)
class TableFile:
    """One file of one table. ``positions``: where each wanted column is, None where the file has not got it."""

    table: str
    delimited: Delimited
    source: SourceFile
    positions: dict[str, int | None]
    width: int
    stamp: str  # yyyyMMddHHmmss of the file name, "" without

    @property
    def name(self) -> str:
        """Relative to the extract."""
        return self.source.name


@dataclass(frozen=True, slots=True)
class Layout:
    """The files of an extract by table, in reading order, and sentences about them for the report."""

    files: dict[str, tuple[TableFile, ...]]
    notes: tuple[str, ...]

    def of(self, table: str) -> tuple[TableFile, ...]:
        """Files of a table; none where the extract has not got it."""
        return self.files.get(table, ())

    @property
    def in_parts(self) -> bool:
        """Whether any table comes in several files, so that a later one may change what an earlier one said."""
        return any(len(files) > 1 for files in self.files.values())

    @property
    def sources(self) -> tuple[SourceFile, ...]:
        """Every file that is read."""
        return tuple(file.source for files in self.files.values() for file in files)

    @property
    def named_date(self) -> date | None:
        """The newest date in the file names."""
        stamps = [file.stamp[:8] for files in self.files.values() for file in files if file.stamp]
        return date.fromisoformat(max(stamps)) if stamps else None


def recognise(members: Sequence[Member], *, whole: bool) -> Layout:
    """The layout of an extract. ``whole``: every table that is not optional must be there.

    Raises ``StepwellError`` naming the table, or the file and column, that is missing.
    """
    found: dict[str, list[TableFile]] = defaultdict(list)
    notes: list[str] = []
    seen: dict[str, str] = {}
    for member in members:
        table = _table_of(member)
        if table is None:
            continue
        source = member.source_file()
        first = seen.setdefault(source.sha256, source.name)
        if first != source.name:
            notes.append(f"{source.name} is the same file as {first} and was read once.")
            continue
        found[table.name].append(_opened(member, table, source))
    if not found:
        raise StepwellError(
            "none of the files has the headings of an EMIS bulk table.",
            next_step="Check that this is an EMIS bulk extract, unpacked or as one zip.",
        )
    if whole:
        _require_tables(found)
    files = {
        name: tuple(sorted(found[name], key=lambda file: (file.stamp, _natural(file.name))))
        for name in facts.tables()
        if name in found
    }
    cp1252 = sum(file.delimited.encoding == "cp1252" for of in files.values() for file in of)
    if cp1252:
        notes.append(f"{cp1252} files are not UTF-8 and were read as Windows-1252.")
    return Layout(files, tuple(notes))


def _table_of(member: Member) -> facts.Table | None:
    """By headings. A file named as a table that lacks the headings to tell it by is refused, not passed over."""
    if not member.name.lower().endswith(_SUFFIXES):
        return None
    headings = peek_headings(member)
    normal = frozenset(map(headers.normal, headings))
    for table in facts.tables().values():
        if table.fits(normal):
            return table
    stem = PurePosixPath(member.name).stem.casefold()
    for table in facts.tables().values():
        if re.search(rf"(^|_){table.name.casefold()}(_|$)", stem):
            if not headings:
                raise StepwellError(
                    "the file is empty: not even a row of headings.",
                    where=Place(member.name),
                    next_step="Ask for the extract again.",
                )
            headers.find(table.columns, headings, file=member.name)
    return None


def _opened(member: Member, table: facts.Table, source: SourceFile) -> TableFile:
    delimited = Delimited(member)
    headings = delimited.header()
    positions = headers.find(table.columns, headings, file=member.name)
    return TableFile(table.name, delimited, source, positions, len(headings), _stamp(member.name))


def _stamp(name: str) -> str:
    match = _NAME.fullmatch(PurePosixPath(name).name)
    if match is None:
        return ""
    try:
        datetime.strptime(match[4], "%Y%m%d%H%M%S")  # noqa: DTZ007  (only whether it is one)
    except ValueError:
        return ""
    return match[4]


def _natural(name: str) -> list[tuple[int, str]]:
    """2_x before 10_x."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", name)]


def _require_tables(found: dict[str, list[TableFile]]) -> None:
    missing = [table for table in facts.tables().values() if not table.optional and table.name not in found]
    if missing:
        columns = ", ".join(column.name for column in missing[0].columns if column.needed)
        others = ", ".join(table.name for table in missing[1:])
        raise StepwellError(
            f"the extract has no {missing[0].name} table: no file has its headings ({columns}).",
            where=Place(missing[0].name),
            next_step="Ask for the whole extract." + (f" Also missing: {others}." if others else ""),
        )
