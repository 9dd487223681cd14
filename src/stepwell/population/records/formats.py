"""Which reader an extract needs, told from what is inside it and not from its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from stepwell.base.errors import Place, StepwellError
from stepwell.population.records.emis import EmisReader
from stepwell.population.records.extracts import Options, Reader
from stepwell.population.records.gp_connect import GpConnectReader
from stepwell.population.records.list_report import ListReportReader
from stepwell.population.records.reading.sources import Member, open_source

EMIS, GP_CONNECT, LIST_REPORT = "emis", "gp_connect", "list_report"
_READERS: Mapping[str, Callable[[Path, Options], Reader]] = {
    EMIS: EmisReader,
    GP_CONNECT: GpConnectReader,
    LIST_REPORT: ListReportReader,
}
_TEXT = (".csv", ".txt", ".tsv")
# Columns that every EMIS bulk table of interest has, and no report a practice makes has.
_EMIS_MARKS = ("patientguid", "organisationguid", "codeid")

# How files that are often sent by mistake begin, and what a person calls them.
_DOCUMENTS = {
    b"%PDF": "a PDF document",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
}


def open_reader(path: Path, options: Options) -> Reader:
    """The reader for the extract at ``path``: a file, a zip or a folder. Raises ``StepwellError`` when there is none."""
    return _READERS[source_of(path)](path, options)


def source_of(path: Path) -> str:
    """Whose format ``path`` holds: ``emis``, ``gp_connect`` or ``list_report``. Raises ``StepwellError`` when it is none."""
    if not path.exists():
        raise StepwellError(f'There is no file or folder "{path.name}".', next_step="Check the path.")
    members = open_source(path)
    if any(member.name.lower().endswith(".json") for member in members):
        return GP_CONNECT
    if any(_is_emis(member) for member in members):
        return EMIS
    if len(members) > 1:
        raise StepwellError(
            f"none of the {len(members)} files here is an EMIS bulk table or a GP Connect bundle.",
            where=Place(path.name),
            next_step="Check that it is the right folder or zip. A practice's own list reports are imported one at a time.",
        )
    _refuse_document(members[0])
    return LIST_REPORT


def rows_expected(path: Path) -> int | None:
    """About how many rows a reader will read of ``path``, by counting lines; None where a file has no lines to count."""
    members = open_source(path)
    if len(members) > 1:
        members = tuple(member for member in members if _is_emis(member))
    if not members or any(not member.name.lower().endswith(_TEXT) for member in members):
        return None
    return max(0, sum(chunk.count(b"\n") for member in members for chunk in member.chunks()) - len(members))


def practice_folders(path: Path) -> list[Path]:
    """The sub-folders of a folder that holds one extract per practice and no file of its own; else the path itself."""
    if not path.is_dir():
        return [path]
    inside = [entry for entry in sorted(path.iterdir()) if not entry.name.startswith(".")]
    folders = [entry for entry in inside if entry.is_dir()]
    return folders if folders and len(folders) == len(inside) else [path]


def _is_emis(member: Member) -> bool:
    if not member.name.lower().endswith(_TEXT):
        return False
    with member.open() as file:
        head = file.read(8192).split(b"\n", 1)[0].lower().replace(b"\x00", b"")
    return any(mark.encode() in head for mark in _EMIS_MARKS)


def _refuse_document(member: Member) -> None:
    with member.open() as file:
        head = file.read(8)
    for start, kind in _DOCUMENTS.items():
        if head.startswith(start):
            raise StepwellError(
                f"this is {kind}, not an extract.",
                where=Place(member.name),
                next_step="Export the report as CSV or XLSX; unpack an archive, or send it as a zip.",
            )
