"""What is told from the inside of a file or folder before any reader opens it."""

from __future__ import annotations

import pytest

from stepwell.base.errors import StepwellError
from stepwell.population.records.extracts import Options
from stepwell.population.records.formats import open_reader, rows_expected, source_of


@pytest.mark.parametrize(
    ("name", "start", "kind"),
    [
        ("report.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel"),
        ("report.csv", b"%PDF-1.4\n", "PDF"),
        ("report.csv", b"\x89PNG\r\n\x1a\n", "picture"),
    ],
)
def test_a_file_of_another_kind_is_refused_by_what_it_is(tmp_path, name, start, kind):
    file = tmp_path / name
    file.write_bytes(start + b"\x00\x01" * 50)
    with pytest.raises(StepwellError, match=f"{name}: this is .*{kind}.*CSV or XLSX"):
        open_reader(file, Options(practice="Z99901"))


def test_a_folder_of_unrelated_files_is_refused_as_a_folder(tmp_path):
    folder = tmp_path / "downloads"
    folder.mkdir()
    (folder / "notes.txt").write_text("hello\n")
    (folder / "prices.csv").write_text("colour,price\nred,3\n")
    with pytest.raises(StepwellError, match=r"downloads: none of the 2 files here.*right folder"):
        open_reader(folder, Options(practice="Z99901"))


@pytest.mark.parametrize(
    ("name", "text", "source", "rows"),
    [
        ("report.csv", "NHS Number,Drug Name\n1,2\n3,4\n", "list_report", 2),
        ("bundle.json", "{}", "gp_connect", None),
        ("table.csv", "PatientGuid,OrganisationGuid\na,b\n", "emis", 1),
    ],
)
def test_a_source_and_about_how_many_rows_it_has_are_told_before_it_is_read(
    tmp_path, name, text, source, rows
):
    file = tmp_path / name
    file.write_text(text)
    assert (source_of(file), rows_expected(file)) == (source, rows)
