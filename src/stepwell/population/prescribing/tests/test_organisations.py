"""The list of practices: who is in it, what is left out and said to be, and what refuses the whole file."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from stepwell.base.errors import StepwellError
from stepwell.population.prescribing.organisations import Organisations, is_epraccur, write_organisations

_DEFAULTS = {
    1: "A PRACTICE",
    2: "Y54",
    10: "19740401",
    12: "A",
    13: "B",
    14: "99X",
    15: "20130401",
    23: "99X",
    25: "4",
}


def row(code: str, **changes: str) -> list[str]:
    """A row of the list; ``c12="C"`` puts something in cell 12, counted from 0 as in the reference."""
    cells = ["" for _ in range(27)]
    for place, text in {
        0: code,
        **_DEFAULTS,
        **{int(name[1:]): text for name, text in changes.items()},
    }.items():
        cells[int(place)] = text
    return cells


def many(count: int) -> list[list[str]]:
    """So many sound rows."""
    return [row(f"Z{number:05d}") for number in range(count)]


def text_of(rows: list[list[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(rows)
    return out.getvalue()


def read(rows: list[list[str]] | bytes, folder: Path) -> Organisations:
    file = folder / "epraccur.csv"
    file.write_bytes(rows if isinstance(rows, bytes) else text_of(rows).encode())
    out = folder / "out"
    out.mkdir(exist_ok=True)
    return write_organisations(file, file.name, out)


def table(folder: Path, name: str) -> list[dict[str, Any]]:
    return pq.read_table(folder / "out" / f"{name}.parquet").to_pylist()


def only(folder: Path) -> dict[str, Any]:
    (found,) = table(folder, "organisations")
    return found


def test_a_practice_is_read_with_its_setting_its_days_and_its_area(tmp_path: Path) -> None:
    read([row("Z99901", c1=" The Surgery ", c11="20170331", c12="C", c16="20170331")], tmp_path)
    assert only(tmp_path) == {
        "code": "Z99901",
        "name": "The Surgery",
        "kind": "practice",
        "setting": 4,
        "status": "closed",
        "opened": date(1974, 4, 1),
        "closed": date(2017, 3, 31),
    }
    assert table(tmp_path, "relations") == [
        {
            "code": "Z99901",
            "parent": "99X",
            "parent_kind": "sub-icb",
            "from": date(2013, 4, 1),
            "to": date(2017, 3, 31),
        }
    ]


@pytest.mark.parametrize(
    ("letter", "status"),
    [
        ("A", "active"),
        ("B", "retired"),
        ("C", "closed"),
        ("D", "dormant"),
        ("P", "proposed"),
        ("U", "unknown"),
        ("", "unknown"),
    ],
)
def test_a_status_is_a_word(tmp_path: Path, letter: str, status: str) -> None:
    read([row("Z99901", c12=letter)], tmp_path)
    assert only(tmp_path)["status"] == status


def test_a_status_nobody_knows_is_unknown_and_said(tmp_path: Path) -> None:
    found = read([row("Z99901", c12="X")], tmp_path)
    assert only(tmp_path)["status"] == "unknown"
    assert "status" in found.checks[0]


@pytest.mark.parametrize(("text", "setting"), [("4", 4), ("-1", -1), ("25", 25), ("", None), ("four", None)])
def test_a_setting_that_is_not_given_is_not_a_gp_practice(
    tmp_path: Path, text: str, setting: int | None
) -> None:
    found = read([row("Z99901", c25=text)], tmp_path)
    assert only(tmp_path)["setting"] == setting
    assert found.practices == (setting == 4)


def test_wales_is_not_read_and_said(tmp_path: Path) -> None:
    found = read([row("Z99901"), row("W99901", c2="W00")], tmp_path)
    assert (found.rows, found.organisations) == (2, 1)
    assert found.checks == ("1 organisations of Wales are not read.",)


def test_the_parent_is_the_provider_and_the_days_are_the_commissioners_when_they_are_the_same(
    tmp_path: Path,
) -> None:
    read([row("Z99901", c14="99Y", c23="99X"), row("Z99902", c14="99Y", c23="")], tmp_path)
    first, second = table(tmp_path, "relations")
    assert (first["parent"], first["from"]) == ("99X", None)
    assert (second["parent"], second["from"]) == ("99Y", date(2013, 4, 1))


def test_a_practice_without_an_area_has_no_relation(tmp_path: Path) -> None:
    read([row("Z99901", c14="", c23="")], tmp_path)
    assert table(tmp_path, "relations") == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_a_name_is_read_in_every_published_encoding(tmp_path: Path, encoding: str) -> None:
    padding = many(300)
    read(text_of([*padding, row("Z99901", c1="CAFÉ SURGERY")]).encode(encoding), tmp_path)
    assert table(tmp_path, "organisations")[-1]["name"] == "CAFÉ SURGERY"


def test_a_copy_with_a_header_is_the_same_list(tmp_path: Path) -> None:
    header = ["Organisation Code", "Name", *["" for _ in range(25)]]
    assert is_epraccur(header)
    assert read([header, row("Z99901")], tmp_path).rows == 1


# What cannot be used


def test_a_date_that_cannot_be_read_is_not_known_and_its_row_is_kept(tmp_path: Path) -> None:
    found = read([row("Z99901"), row("Z99902", c10="20170230")], tmp_path)
    assert [each["opened"] for each in table(tmp_path, "organisations")] == [date(1974, 4, 1), None]
    assert table(tmp_path, "rejected") == [{"line": 2, "column": "11", "reason": "a date cannot be read"}]
    assert found.rejected == 0
    assert "line 2" in found.checks[0]
    assert "20170230" not in " ".join(found.checks)


def test_a_practice_that_closed_before_it_opened_has_no_day_of_closing(tmp_path: Path) -> None:
    read([row("Z99901", c11="19730101", c16="20120101")], tmp_path)
    assert only(tmp_path)["closed"] is None
    assert table(tmp_path, "relations")[0]["to"] is None
    assert len(table(tmp_path, "rejected")) == 2


def test_a_code_that_comes_twice_is_used_once_and_the_second_row_is_named(tmp_path: Path) -> None:
    found = read([*many(20), row("Z00003", c1="ANOTHER")], tmp_path)
    assert (found.rows, found.organisations, found.rejected) == (21, 20, 1)
    assert table(tmp_path, "rejected") == [
        {"line": 21, "column": "1", "reason": "its code stands in line 4 already"}
    ]
    assert "ANOTHER" not in {each["name"] for each in table(tmp_path, "organisations")}


@pytest.mark.parametrize("code", ["", "Z 1", "Z99901Z99901", "é99901"])
def test_a_row_without_a_code_is_left_out_and_named(tmp_path: Path, code: str) -> None:
    found = read([*many(20), row(code)], tmp_path)
    assert found.rejected == 1
    assert table(tmp_path, "rejected")[0]["line"] == 21


def test_a_list_given_twice_in_one_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StepwellError, match="200 of 400 rows cannot be used"):
        read([*many(200), *many(200)], tmp_path)


def test_a_row_that_was_cut_refuses_the_file_and_says_where(tmp_path: Path) -> None:
    with pytest.raises(StepwellError, match="line 2") as told:
        read(text_of([row("Z99901"), row("Z99902")]).encode()[:-40], tmp_path)
    assert "Z99902" not in str(told.value)


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n", b'"Z99901,"a\nb"c', text_of([row("Z99901")]).encode("utf-16"), b"\x00\x01\x02" * 99],
)
def test_what_is_no_such_list_is_refused_plainly(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(StepwellError) as told:
        read(content, tmp_path)
    assert "Nothing was loaded" in told.value.next_step


def test_blank_lines_and_the_old_mark_of_the_end_are_passed_over(tmp_path: Path) -> None:
    assert read(text_of([row("Z99901")]).encode() + b"\r\n\x1a", tmp_path).rows == 1


@pytest.mark.parametrize(
    ("first", "is_list"),
    [
        (row("Z99901"), True),
        (row("Z99901", c10="unknown"), True),
        (row("Z99901")[:-1], False),
        (["YEAR_MONTH", *["X" for _ in range(26)]], False),
        ([], False),
    ],
)
def test_the_list_is_told_by_its_first_row(first: list[str], is_list: bool) -> None:
    assert is_epraccur(first) is is_list
