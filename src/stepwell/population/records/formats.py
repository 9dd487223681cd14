"""Which reader an extract needs, told from what is inside it and not from its name."""

from __future__ import annotations

from pathlib import Path

from stepwell.base.errors import StepwellError
from stepwell.population.records.emis import EmisReader
from stepwell.population.records.extracts import Options, Reader
from stepwell.population.records.gp_connect import GpConnectReader
from stepwell.population.records.list_report import ListReportReader
from stepwell.population.records.reading.sources import Member, open_source

# Columns that every EMIS bulk table of interest has, and no report a practice makes has.
_EMIS_MARKS = ("patientguid", "organisationguid", "codeid")


def open_reader(path: Path, options: Options) -> Reader:
    """The reader for the extract at ``path``: a file, a zip or a folder. Raises ``StepwellError`` when there is none."""
    if not path.exists():
        raise StepwellError(f'There is no file or folder "{path.name}".', next_step="Check the path.")
    members = open_source(path)
    if any(member.name.lower().endswith(".json") for member in members):
        return GpConnectReader(path, options)
    if any(_is_emis(member) for member in members):
        return EmisReader(path, options)
    return ListReportReader(path, options)


def practice_folders(path: Path) -> list[Path]:
    """The sub-folders of a folder that holds one extract per practice and no file of its own; else the path itself."""
    if not path.is_dir():
        return [path]
    inside = [entry for entry in sorted(path.iterdir()) if not entry.name.startswith(".")]
    folders = [entry for entry in inside if entry.is_dir()]
    return folders if folders and len(folders) == len(inside) else [path]


def _is_emis(member: Member) -> bool:
    if not member.name.lower().endswith((".csv", ".txt", ".tsv")):
        return False
    with member.open() as file:
        head = file.read(8192).split(b"\n", 1)[0].lower().replace(b"\x00", b"")
    return any(mark.encode() in head for mark in _EMIS_MARKS)
