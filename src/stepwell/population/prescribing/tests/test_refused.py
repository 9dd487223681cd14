"""Bad input: what is said, where, and what to do; and that what the lake held before stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from stepwell.base.errors import StepwellError
from stepwell.population.lake import Lake
from stepwell.population.prescribing import importing
from stepwell.population.prescribing.tests.files import (
    EPD,
    GABAPENTIN,
    STATIN,
    Row,
    checks,
    held,
    lake_of,
    list_file,
    many,
    month_file,
    pdpi_file,
    practices_file,
    text,
)


def refused(lake: Lake, path: Path, **how: date) -> StepwellError:
    """The refusal of a file, after looking that the lake is as it was, with no leftovers."""
    before = lake.current().to_json()
    folders = {each.name for each in (lake.path / "loads").glob("*")}
    with pytest.raises(StepwellError) as found:
        importing.import_file(lake, path, **how)
    assert lake.current().to_json() == before
    assert {each.name for each in (lake.path / "loads").glob("*")} == folders
    assert not (lake.path / "staging").exists()
    assert found.value.next_step
    return found.value


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A lake with July 2026 in it: forty practices with one item each of two medicines."""
    rows = many(40, items="1") + many(40, items="1", product=GABAPENTIN)
    return lake_of(tmp_path / "held", month_file(tmp_path, rows, name="EPD_202607.csv"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("letter.csv", b"Dear colleague,\nplease find the figures enclosed.\n"),
        ("empty.csv", b""),
        ("picture.csv", bytes(range(256)) * 40),
        ("figures.csv", b"month,organisation,numerator,denominator\n2026-07,Z99901,1,2\n"),
        ("notes.txt", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"),
    ],
)
def test_a_file_of_another_kind_is_refused_by_what_is_wanted(
    lake: Lake, tmp_path: Path, name: str, content: bytes
):
    path = tmp_path / name
    path.write_bytes(content)
    error = refused(lake, path)
    assert name in str(error)


def test_a_file_that_is_not_there(lake: Lake, tmp_path: Path):
    assert "no file" in str(refused(lake, tmp_path / "EPD_202608.csv"))


def test_a_header_alone_holds_no_rows(lake: Lake, tmp_path: Path):
    assert "holds no rows" in str(refused(lake, month_file(tmp_path, [])))


def test_a_month_cut_in_the_middle_of_a_line(lake: Lake, tmp_path: Path):
    path = month_file(tmp_path, many(40))
    path.write_text(path.read_text()[:-80])
    error = refused(lake, path)
    assert "another number of cells" in str(error)
    assert error.where is not None
    assert error.where.line == 41


def test_a_month_cut_inside_quotes(lake: Lake, tmp_path: Path):
    path = month_file(tmp_path, many(40), quoted=True)
    path.write_text(path.read_text()[:-30])
    error = refused(lake, path)
    assert "cut short" in str(error)
    assert error.where is not None
    assert error.where.line


def test_a_month_cut_cleanly_does_not_take_the_place_of_the_whole_one(lake: Lake, tmp_path: Path):
    error = refused(lake, month_file(tmp_path, many(30, items="1"), name="EPD_202607.csv"))
    assert "80 items; this file has 30, 62% fewer" in str(error)
    assert "withdraw month 2026-07" in str(error.next_step)


def test_a_next_month_cut_cleanly_is_loaded_and_said_to_be_so(lake: Lake, tmp_path: Path):
    importing.import_file(lake, month_file(tmp_path, many(30, items="1", month="2026-08")))
    said = checks(lake, period="2026-08")
    assert "Items of England fell from 80 in 2026-07 to 30, by 62%: the month may not be whole." in said
    assert "Items of 99Z fell" in said
    assert "10 prescribers of 2026-07 are not in this month." in said


def test_a_month_loaded_before_its_neighbour_is_compared_with_the_one_after(lake: Lake, tmp_path: Path):
    importing.import_file(lake, month_file(tmp_path, many(30, items="1", month="2026-06")))
    assert "Items of England fell from 80 in 2026-07" in checks(lake, period="2026-06")


def test_the_name_against_the_rows(lake: Lake, tmp_path: Path):
    error = refused(lake, month_file(tmp_path, many(3), name="EPD_202608.csv"))
    assert "name says 2026-08, its rows say 2026-07" in str(error)
    assert error.where is not None
    assert (error.where.line, error.where.column) == (2, "year_month")


def test_two_months_in_one_file(lake: Lake, tmp_path: Path):
    rows = [*many(5), Row(month="2026-08"), Row(month="2026-08", practice="Z99902")]
    error = refused(lake, month_file(tmp_path, rows))
    assert "2 of 7 rows are of another month" in str(error)
    assert error.where is not None
    assert (error.where.line, error.where.column) == (7, "year_month")


def test_two_versions_with_their_headers_in_one_file(lake: Lake, tmp_path: Path):
    path = tmp_path / "month.csv"
    path.write_text(text(many(9)) + text(many(9, items="3")))
    error = refused(lake, path)
    assert "The header comes a second time" in str(error)
    assert error.where is not None
    assert error.where.line == 11


@pytest.mark.parametrize("header", [EPD, None], ids=["epd", "epd_snomed"])
def test_two_versions_run_together_in_one_file(lake: Lake, tmp_path: Path, header: Sequence[str] | None):
    rows = [*many(40), *many(40, items="3")]
    path = month_file(tmp_path, rows, header) if header else month_file(tmp_path, rows)
    error = refused(lake, path)
    assert "40 rows come twice" in str(error)
    assert error.where is not None
    assert error.where.line == 42


def test_two_versions_of_pdpi_run_together(lake: Lake, tmp_path: Path):
    error = refused(lake, pdpi_file(tmp_path, [*many(40), *many(40, items="3")]))
    assert "40 rows come twice" in str(error)


def test_a_few_rows_twice_are_added_up_and_said(tmp_path: Path):
    lake = lake_of(tmp_path, month_file(tmp_path, [*many(400), Row(practice="Z90007")]))
    assert "1 rows come twice and are added up." in checks(lake)
    assert sum(row["items"] for row in held(lake, "lines")) == 802


VERSIONS = {"first": many(40, items="1"), "second": many(40, items="1", cost="8.00")}
PUBLISHED = {"first": date(2026, 9, 15), "second": date(2026, 10, 20)}


@pytest.mark.parametrize("order", [("first", "second"), ("second", "first")])
def test_of_two_versions_the_one_published_last_stands_in_either_order(
    order: tuple[str, str], tmp_path: Path
):
    lake = importing.open_lake(tmp_path / "lake")
    for version in order:
        path = month_file(tmp_path / version, VERSIONS[version], name="EPD_202607.csv")
        if version == "first" and order[0] == "second":
            assert "published on 2026-10-20, later" in str(
                refused(lake, path, published_on=PUBLISHED[version])
            )
        else:
            importing.import_file(lake, path, published_on=PUBLISHED[version])
    assert {str(row["actual_cost"]) for row in held(lake, "lines")} == {"8.00000"}


def test_a_version_that_takes_the_place_of_another_says_so(lake: Lake, tmp_path: Path):
    rows = many(41, items="1") + many(41, items="1", product=GABAPENTIN)
    done = importing.import_file(lake, month_file(tmp_path, rows))
    assert (done.changed, done.replaced) == (True, True)
    assert "80 items before, 82 now" in checks(lake)
    assert [load.dataset for load in lake.current().public_earlier] == ["month"]


BAD = {
    "a number is below zero": Row(nic="-3.10"),
    "a number is missing": Row(items="", total="3"),
    "a number cannot be read": Row(quantity="lots", total="3"),
    "a number of items is not a whole number": Row(items="1.5", total="84"),
    "a number is too large to be one": Row(cost="99999999999999.00"),
    "there is no practice": Row(practice="  "),
    "there is no BNF code": Row(product=("", "x")),
}


@pytest.mark.parametrize("reason", BAD)
def test_a_row_that_cannot_be_used_is_left_out_and_said_with_its_line(reason: str, tmp_path: Path):
    lake = lake_of(tmp_path, month_file(tmp_path, [*many(3), BAD[reason], *many(3, product=GABAPENTIN)]))
    assert f"Line 5 is left out: {reason}" in checks(lake)
    assert [(row["line"], row["reason"]) for row in held(lake, "rejected")] == [(5, reason)]
    assert sum(row["items"] for row in held(lake, "lines")) == 12
    load = lake.current().current_public("month", "2026-07")
    assert load is not None
    (count,) = load.file_counts.values()
    assert (count.read, count.used, count.rejected) == (7, 6, 1)


def test_a_negative_quantity_names_its_column_and_not_what_stood_there(tmp_path: Path):
    lake = lake_of(tmp_path, month_file(tmp_path, [Row(), Row(practice="Z99902", total="-112")]))
    assert "(total_quantity)" in checks(lake)
    assert "112" not in checks(lake)


def test_too_many_rows_that_cannot_be_used_refuse_the_file(lake: Lake, tmp_path: Path):
    error = refused(lake, month_file(tmp_path, [*many(90), *many(10, items="x", total="1")]))
    assert "10 of 100 rows cannot be used; the first because a number cannot be read" in str(error)
    assert error.where is not None
    assert (error.where.line, error.where.column) == (92, "items")


def test_a_total_that_is_not_quantity_times_items_is_said(tmp_path: Path):
    lake = lake_of(tmp_path, month_file(tmp_path, [Row(), Row(practice="Z99902", total="999")]))
    assert "In 1 rows the total quantity is not the quantity of an item times the items." in checks(lake)


LISTED = [{"code": "Z90000"}, {"code": "Z90001", "setting": "13"}, {"code": "Z99999"}]


def test_practices_the_list_does_not_hold_and_those_without_rows_are_counted(tmp_path: Path):
    lake = lake_of(
        tmp_path, practices_file(tmp_path, LISTED), month_file(tmp_path, many(4, product=STATIN, items="2"))
    )
    said = checks(lake)
    assert "2 prescribers with 4 items are not in the list of organisations" in said
    assert "1 open GP practices have no rows in this month." in said


def test_half_a_list_of_patients_does_not_take_the_place_of_the_whole(tmp_path: Path):
    sizes = {f"Z9{number:04d}": 5000 for number in range(20)}
    lake = lake_of(tmp_path, list_file(tmp_path, sizes))
    half = dict(list(sizes.items())[:9])
    assert "20 practices; this file has 9" in str(refused(lake, list_file(tmp_path, half)))


def test_no_cell_of_a_file_is_in_a_message(lake: Lake, tmp_path: Path):
    secret = "ZZSECRETZZ"
    for number, row in enumerate([Row(items=secret, total="1"), Row(product=(secret, secret), nic=secret)]):
        path = month_file(tmp_path / str(number), [row] * 9)
        assert secret not in str(refused(lake, path))
    cut = month_file(tmp_path, [replace(Row(), name=secret)] * 9)
    cut.write_text(cut.read_text()[:-3] + ",9,9,9,9\n")
    assert secret not in str(refused(lake, cut))
