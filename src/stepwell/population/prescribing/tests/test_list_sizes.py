"""List sizes: everybody counted once, in both published forms, and unknown where the file does not say."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from stepwell.base.errors import StepwellError
from stepwell.population.prescribing.list_sizes import ListSizes, is_list_sizes, write_list_sizes

_BANDS = "PUBLICATION,EXTRACT_DATE,ORG_TYPE,ORG_CODE,ONS_CODE,POSTCODE,SEX,AGE_GROUP_5,NUMBER_OF_PATIENTS"
_TOTALS = "PUBLICATION,EXTRACT_DATE,TYPE,CCG_CODE,ONS_CCG_CODE,CODE,POSTCODE,SEX,AGE,NUMBER_OF_PATIENTS"
_ONE_SEX = "EXTRACT_DATE,CCG_CODE,ONS_CCG_CODE,ORG_CODE,POSTCODE,SEX,AGE,NUMBER_OF_PATIENTS"

_WHOLE = [
    ("ALL", "ALL", 100),
    ("FEMALE", "ALL", 60),
    ("MALE", "ALL", 40),
    ("FEMALE", "0_4", 50),
    ("MALE", "0_4", 35),
    ("FEMALE", "65_69", 8),
    ("MALE", "65_69", 4),
    ("FEMALE", "95+", 2),
    ("MALE", "95+", 1),
]


def bands(
    rows: list[tuple[str, str, object]], code: str = "Z99901", day: str = "01SEP2017", kind: str = "GP"
) -> list[str]:
    return [
        f"GP_PRAC_PAT_LIST,{day},{kind},{code},,ZZ1 1ZZ,{sex},{age},{patients}" for sex, age, patients in rows
    ]


def totals(code: str = "Z99901", patients: object = 100, day: str = "01-Apr-17", kind: str = "GP") -> str:
    return f"GP_PRAC_PAT_LIST,{day},{kind},99X,E38999999,{code},ZZ1 1ZZ,ALL,ALL,{patients}"


def read(lines: list[str], folder: Path, header: str = _BANDS, encoding: str = "utf-8") -> ListSizes:
    file = folder / "sizes.csv"
    file.write_bytes("\r\n".join([header, *lines, ""]).encode(encoding))
    return write_list_sizes(file, file.name, folder)


def sizes(folder: Path) -> dict[str, tuple[int | None, int | None]]:
    rows = pq.read_table(folder / "list_sizes.parquet").to_pylist()
    return {row["practice"]: (row["patients"], row["patients_65"]) for row in rows}


def without(*cells: tuple[str, str]) -> list[tuple[str, str, object]]:
    return [row for row in _WHOLE if row[:2] not in cells]


def padding(count: int = 30) -> list[str]:
    """So many sound rows."""
    return [line for number in range(count) for line in bands([("ALL", "ALL", 1)], f"Y{number:05d}")]


# Everybody once


def test_the_total_is_its_row_and_not_the_sum_of_the_column(tmp_path: Path) -> None:
    found = read(bands(_WHOLE), tmp_path)
    assert sizes(tmp_path) == {"Z99901": (100, 15)}
    assert found == ListSizes("2017-09", 9, 1, 0)


def test_the_form_of_totals_has_no_ages(tmp_path: Path) -> None:
    found = read([totals(), totals("Z99902", 7)], tmp_path, _TOTALS)
    assert sizes(tmp_path) == {"Z99901": (100, None), "Z99902": (7, None)}
    assert (found.month, found.checks) == ("2017-04", ())


def test_the_header_of_today_with_sub_icb_locations_is_the_same_form(tmp_path: Path) -> None:
    header = _TOTALS.replace("CCG_CODE", "SUB_ICB_LOCATION_CODE")
    assert read([totals(day="2026-04-01")], tmp_path, header).month == "2026-04"


def test_a_practice_without_a_total_row_is_the_sum_of_its_ages_and_it_is_said(tmp_path: Path) -> None:
    found = read(bands(without(("ALL", "ALL"))), tmp_path)
    assert sizes(tmp_path) == {"Z99901": (100, 15)}
    assert found.checks == ("1 practices have no total row: their ages and sexes are summed.",)


@pytest.mark.parametrize(
    ("rows", "size"),
    [
        ([("FEMALE", "ALL", 60), ("MALE", "ALL", 40)], (100, None)),
        ([("ALL", "0_4", 85), ("ALL", "65_69", 15)], (100, 15)),
        ([("ALL", "64", 85), ("ALL", "65", 10), ("ALL", "66", 5)], (100, 15)),
        ([("FEMALE", "0_4", 60), ("MALE", "0_4", 30), ("UNKNOWN", "0_4", 10)], (100, 0)),
    ],
)
def test_what_makes_up_the_total_may_be_sexes_ages_or_single_years(
    tmp_path: Path, rows: list[tuple[str, str, object]], size: tuple[int | None, int | None]
) -> None:
    read(bands(rows), tmp_path)
    assert sizes(tmp_path)["Z99901"] == size


def test_a_list_of_nobody_is_zero_and_not_unknown(tmp_path: Path) -> None:
    read(bands([("ALL", "ALL", 0)]), tmp_path)
    assert sizes(tmp_path) == {"Z99901": (0, None)}


def test_rows_of_areas_are_not_read(tmp_path: Path) -> None:
    found = read([*bands(_WHOLE), *bands(_WHOLE, "99X", kind="CCG")], tmp_path)
    assert set(sizes(tmp_path)) == {"Z99901"}
    assert found.checks == ("9 rows are of areas, not of practices, and are not read.",)


def test_the_same_file_in_latin_1_and_with_a_mark_of_utf_8_is_the_same(tmp_path: Path) -> None:
    for encoding in ("latin-1", "utf-8-sig"):
        read([line.replace("ZZ1", "ÉÉ1") for line in bands(_WHOLE)], tmp_path, encoding=encoding)
        assert sizes(tmp_path) == {"Z99901": (100, 15)}


# Unknown is never zero


def test_one_sex_is_never_taken_for_the_whole(tmp_path: Path) -> None:
    lines = [
        "01SEP2017,99X,E38999999,Z99901,ZZ1 1ZZ,FEMALE,ALL,60",
        "01SEP2017,99X,E38999999,Z99901,ZZ1 1ZZ,FEMALE,0,60",
    ]
    with pytest.raises(StepwellError, match="one sex"):
        read(lines, tmp_path, _ONE_SEX)


def test_a_practice_of_which_one_sex_is_missing_has_no_list(tmp_path: Path) -> None:
    found = read([*bands(_WHOLE), *bands([("MALE", "ALL", 40), ("MALE", "0_4", 40)], "Z99902")], tmp_path)
    assert sizes(tmp_path)["Z99902"] == (None, None)
    assert any("their list is not known" in said for said in found.checks)


def test_a_total_that_is_not_the_sum_of_its_ages_stands_and_the_older_are_unknown(tmp_path: Path) -> None:
    found = read(bands([("ALL", "ALL", 120), *without(("ALL", "ALL"))]), tmp_path)
    assert sizes(tmp_path) == {"Z99901": (120, None)}
    assert any("is not the sum of its parts" in said for said in found.checks)


def test_two_totals_that_differ_are_no_total(tmp_path: Path) -> None:
    found = read([*padding(), *bands([("ALL", "ALL", 100), ("ALL", "ALL", 200)])], tmp_path)
    assert sizes(tmp_path)["Z99901"] == (None, None)
    assert (found.rejected, found.rows) == (1, 32)


def test_a_row_that_comes_twice_with_the_same_number_counts_once(tmp_path: Path) -> None:
    found = read([*padding(), *bands(_WHOLE), *bands(_WHOLE[3:4])], tmp_path)
    assert sizes(tmp_path)["Z99901"] == (100, 15)
    assert found.rejected == 1


@pytest.mark.parametrize("number", ["", "-5", "1.5", "1,000", "many", "²"])
def test_a_number_that_cannot_be_read_is_left_out_and_the_older_are_unknown(
    tmp_path: Path, number: str
) -> None:
    spoilt = [*without(("MALE", "95+")), ("MALE", "95+", f'"{number}"')]
    found = read([*padding(), *bands(spoilt)], tmp_path)
    assert sizes(tmp_path)["Z99901"] == (100, None)
    assert pq.read_table(tmp_path / "rejected.parquet").to_pylist() == [
        {
            "line": 40,
            "column": "NUMBER_OF_PATIENTS",
            "reason": "the number of patients is not a whole number",
        }
    ]
    assert found.rejected == 1


def test_a_total_that_cannot_be_read_is_not_replaced_by_its_parts(tmp_path: Path) -> None:
    read([*padding(), *bands([("ALL", "ALL", "?"), *without(("ALL", "ALL"))])], tmp_path)
    assert sizes(tmp_path)["Z99901"] == (None, None)


def test_people_of_an_unknown_age_make_the_older_unknown(tmp_path: Path) -> None:
    read(bands([("ALL", "ALL", 101), *without(("ALL", "ALL")), ("FEMALE", "UNKNOWN", 1)]), tmp_path)
    assert sizes(tmp_path) == {"Z99901": (101, None)}


# What refuses the file


@pytest.mark.parametrize(
    ("written", "month"),
    [
        ("01SEP2017", "2017-09"),
        ("01-Apr-17", "2017-04"),
        ("2017-09-01", "2017-09"),
        ("01/09/2017", "2017-09"),
    ],
)
def test_a_day_is_read_in_every_published_way(tmp_path: Path, written: str, month: str) -> None:
    assert read(bands(_WHOLE, day=written), tmp_path).month == month


@pytest.mark.parametrize("written", ["", "September", "2017", "01XYZ2017", "2017-13-01"])
def test_a_day_that_cannot_be_read_refuses_the_file(tmp_path: Path, written: str) -> None:
    with pytest.raises(StepwellError, match="column EXTRACT_DATE"):
        read(bands(_WHOLE, day=written), tmp_path)


def test_two_months_in_one_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(
        StepwellError, match="line 11, column EXTRACT_DATE: The file holds lists of several months"
    ):
        read([*bands(_WHOLE), *bands(_WHOLE, "Z99902", "01OCT2017")], tmp_path)


def test_a_file_that_was_cut_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StepwellError, match="line 4"):
        read([*bands(_WHOLE)[:2], "GP_PRAC_PAT_LIST,01SEP"], tmp_path)


def test_a_file_twice_in_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StepwellError, match="9 of 18 rows cannot be used"):
        read([*bands(_WHOLE), *bands(_WHOLE)], tmp_path)


def test_a_file_of_areas_alone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StepwellError, match="no rows of practices"):
        read(bands(_WHOLE, "99X", kind="CCG"), tmp_path)


@pytest.mark.parametrize("content", [b"", b"A,B\n1,2\n", b"PAR1\x00\x00\xff\xfe", b'"' * 99])
def test_what_is_no_file_of_list_sizes_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "sizes.csv"
    file.write_bytes(content)
    with pytest.raises(StepwellError, match="Nothing was loaded"):
        write_list_sizes(file, file.name, tmp_path)


@pytest.mark.parametrize(
    ("header", "is_one"),
    [
        (_BANDS, True),
        (_TOTALS.lower(), True),
        (_ONE_SEX, True),
        ("PRACTICE_CODE,LSOA_CODE,NUMBER_OF_PATIENTS", False),
        ("", False),
    ],
)
def test_a_file_of_list_sizes_is_told_by_its_header(header: str, is_one: bool) -> None:
    assert is_list_sizes(header.split(",")) is is_one


@pytest.mark.reference
def test_the_four_practices_of_september_2017_have_their_published_lists(tmp_path: Path) -> None:
    folder = os.environ.get("STEPWELL_REFERENCE") or pytest.fail(
        "Set STEPWELL_REFERENCE to the folder of reference data."
    )
    file = Path(folder) / "data" / "prescribing" / "list_size_2017-09.csv"
    found = write_list_sizes(file, file.name, tmp_path)
    assert (found.month, found.rows, found.practices, found.rejected, found.checks) == (
        "2017-09",
        172,
        4,
        0,
        (),
    )
    assert sorted(patients for patients, _ in sizes(tmp_path).values()) == [4181, 6632, 6939, 10529]
    old = [
        line.split(",")
        for line in file.read_text().splitlines()
        if ",ALL," not in line and "EXTRACT" not in line
    ]
    by_hand = sum(int(cells[8]) for cells in old if int(cells[7].rstrip("+").split("_")[0]) >= 65)
    assert sum(older for _, older in sizes(tmp_path).values() if older) == by_hand > 0
