"""Rows with their true lines, from files of any encoding and separator; broken rows and broken files."""

from __future__ import annotations

from pathlib import Path

import pytest

from stepwell.base.errors import StepwellError
from stepwell.population.records.reading.delimited import Delimited, peek_headings
from stepwell.population.records.reading.sources import open_source

Broken = list[tuple[int, str]]


def opened(tmp_path: Path, content: bytes | str) -> Delimited:
    (tmp_path / "f.csv").write_bytes(content.encode() if isinstance(content, str) else content)
    return Delimited(open_source(tmp_path / "f.csv")[0])


def read(file: Delimited) -> tuple[list[tuple[int, list[str]]], Broken]:
    broken: Broken = []
    rows = list(file.data(lambda line, reason, raw: broken.append((line, reason))))
    return rows, broken


@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encoding_separator_and_line_ends_are_recognised(
    tmp_path: Path, separator: str, encoding: str, newline: str
) -> None:
    text = newline.join(["Name|Drug|Dose", "Zoë|codeine|one", "Ann|other|two", ""]).replace("|", separator)
    file = opened(tmp_path, text.encode(encoding))
    assert file.separator == separator
    assert file.header() == ["Name", "Drug", "Dose"]
    assert read(file) == ([(2, ["Zoë", "codeine", "one"]), (3, ["Ann", "other", "two"])], [])
    if newline != "\r":
        assert peek_headings(file.member) == ("Name", "Drug", "Dose")


def test_lines_are_those_an_editor_shows(tmp_path: Path) -> None:
    rows, broken = read(opened(tmp_path, 'a,b\n1,"x\ny\nz"\n\n2,y\n3\n4,y\n'))
    assert [line for line, _ in rows] == [2, 6, 8]
    assert rows[0][1] == ["1", "x\ny\nz"]
    assert broken == [(7, "the row has 1 cells where the header has 2")]


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        ("1,2,,", ["1", "2"]),  # blank cells beyond the header say nothing
        ("1,2,3", "the row has 3 cells where the header has 2"),
        ('1,"two" more', "the quotation marks of the row do not match"),
        ('1,5" bandage', ["1", '5" bandage']),
        ("1,a\x00b", "the row holds NUL characters"),
        ('1,"say ""one"""', ["1", 'say "one"']),
    ],
)
def test_a_row(tmp_path: Path, row: str, outcome: object) -> None:
    rows, broken = read(opened(tmp_path, f"a,b\n0,0\n{row}\n9,9\n"))
    assert rows[0] == (2, ["0", "0"]) and rows[-1] == (4, ["9", "9"])
    if isinstance(outcome, str):
        assert broken == [(3, outcome)]
    else:
        assert rows[1] == (3, outcome)


def refusal(file: Delimited) -> StepwellError:
    with pytest.raises(StepwellError) as caught:
        read(file)
    return caught.value


@pytest.mark.parametrize(
    "content",
    ['a,b\n1,2\n1,"open\n3,4\n', 'a,b\n1,2\n1,"open\n3,4\n5,"six"\n', 'a,b\n1,2\n1,"open\n3,4\n5,",7\n'],
    ids=["to the end", "to the next quotation", "closed by chance, of another width"],
)
def test_an_open_quotation_mark_is_refused_as_it_swallows_rows(tmp_path: Path, content: str) -> None:
    error = refusal(opened(tmp_path, content))
    assert error.where and (error.where.line, error.where.column) == (3, "b")


@pytest.mark.parametrize("cell", ["x" * (2 << 20), '"' + "line\n" * (1 << 19) + '"', "x" * (5 << 20)])
def test_a_giant_cell_is_refused_with_its_place(tmp_path: Path, cell: str) -> None:
    error = refusal(opened(tmp_path, f"id,dose,note\n1,2,3\n4,{cell},5\n"))
    assert error.where and (error.where.file, error.where.line, error.where.column) == ("f.csv", 3, "dose")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("Zoë\nb\n".encode() + b"\xff\n", 3),  # UTF-8 up to there: damaged, not Windows-1252
        (b"a\nb \x81\n", 2),  # in neither
        ("a\nb\n".encode("utf-16") + b"\x00", 3),  # half a character
    ],
)
def test_bytes_that_are_not_text_are_refused_with_their_line(
    tmp_path: Path, content: bytes, line: int
) -> None:
    with pytest.raises(StepwellError) as caught:
        opened(tmp_path, content)
    assert caught.value.where and caught.value.where.line == line


def test_an_empty_file_has_no_header(tmp_path: Path) -> None:
    with pytest.raises(StepwellError, match="empty"):
        opened(tmp_path, "\n\n").header()
