"""The three published forms, told apart by their headers and read into the same tables."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stepwell.base.errors import StepwellError
from stepwell.population.prescribing import forms, importing
from stepwell.population.prescribing.tests.files import (
    CO_CODAMOL,
    DRESSING,
    EPD,
    EPD_SNOMED,
    ORAMORPH,
    PDPI,
    STATIN,
    ZOMORPH,
    Row,
    checks,
    held,
    lake_of,
    month_file,
    pdpi_file,
    text,
)

ROWS = [
    Row(product=ORAMORPH, quantity="300", items="1"),
    Row(product=ORAMORPH, quantity="500", items="2"),
    Row(product=STATIN, quantity="28", items="7"),
]


def renamed(header: list[str], **names: str) -> list[str]:
    return [names.get(name, name) for name in header]


@pytest.mark.parametrize(
    ("header", "form"),
    [
        (EPD, "epd"),
        ([name.lower() for name in EPD], "epd"),
        (EPD_SNOMED, "epd_snomed"),
        ([name.upper() for name in EPD_SNOMED], "epd_snomed"),
        (PDPI.split(","), "pdpi"),
        (list(reversed(EPD)), "epd"),
        (["code", "name"], None),
        ([], None),
    ],
)
def test_a_form_is_told_by_its_names_in_either_case_and_any_order(header: list[str], form: str | None):
    found = forms.form_of(header)
    assert (found.id if found else None) == form


@pytest.mark.parametrize("area", ["AREA_TEAM", "STP", "ICB"])
def test_the_name_of_an_area_changed_over_the_years(area: str):
    header = renamed(EPD, AREA_TEAM_NAME=f"{area}_NAME", AREA_TEAM_CODE=f"{area}_CODE")
    found = forms.match(header, "month.csv")
    assert (found.columns["icb"], found.columns["icb_name"]) == (f"{area}_CODE", f"{area}_NAME")
    assert not found.unknown


def test_the_column_that_means_opposite_things_in_two_forms_is_in_neither_reading():
    for header in (EPD, EPD_SNOMED):
        assert "bnf_chemical_substance" not in {n.lower() for n in forms.match(header, "x").columns.values()}


@pytest.mark.parametrize("name", ["BNF_CODE", "YEAR_MONTH", "PRACTICE_CODE", "ITEMS", "ACTUAL_COST"])
def test_a_missing_column_is_refused_by_its_name(name: str):
    with pytest.raises(StepwellError, match=f"missing {name}") as refused:
        forms.match([each for each in EPD if each != name], "month.csv")
    assert refused.value.where is not None
    assert (refused.value.where.file, refused.value.where.line) == ("month.csv", 1)


def test_a_column_nobody_knows_is_reported_and_not_read(tmp_path: Path):
    path = month_file(tmp_path, ROWS, [*EPD_SNOMED, "moon_phase"])
    assert "Columns nobody here knows, not read: moon_phase." in checks(lake_of(tmp_path, path))


def as_in(form: str, folder: Path) -> Path:
    return {
        "epd": lambda: month_file(folder, ROWS, EPD),
        "epd_snomed": lambda: month_file(folder, ROWS, EPD_SNOMED),
        "pdpi": lambda: pdpi_file(
            folder,
            [
                Row(product=ORAMORPH, items="3", total="1300", nic="20", cost="18.62"),
                Row(product=STATIN, items="7", total="196"),
            ],
        ),
    }[form]()


@pytest.mark.parametrize("form", ["epd", "epd_snomed", "pdpi"])
def test_every_form_comes_to_the_same_totals(form: str, tmp_path: Path):
    lake = lake_of(tmp_path, as_in(form, tmp_path))
    lines = held(lake, "lines")
    assert {row["presentation"] for row in lines} == {ORAMORPH[0]}
    assert sum(row["items"] for row in lines) == 3
    assert sum(row["total_quantity"] for row in lines) == 1300
    (rest,) = held(lake, "rest")
    assert (rest["practice"], rest["section"], rest["items"]) == ("Z99901", "0212", 7)
    load = lake.current().current_public("month", "2026-07")
    assert load is not None
    assert (load.source, load.counts["items"]) == (form, 10)


def test_the_grain_is_kept_where_the_form_has_it(tmp_path: Path):
    lines = held(lake_of(tmp_path, as_in("epd_snomed", tmp_path)), "lines")
    assert [(row["quantity"], row["items"]) for row in lines] == [(Decimal(300), 1), (Decimal(500), 2)]
    assert {row["snomed"] for row in lines} == {999000000001}


def test_pdpi_has_no_quantity_of_an_item_and_says_what_that_means(tmp_path: Path):
    lake = lake_of(tmp_path, as_in("pdpi", tmp_path))
    (line,) = held(lake, "lines")
    assert (line["quantity"], line["snomed"]) == (None, None)
    assert "measures of large quantities have no value" in checks(lake)
    assert held(lake, "presentations") == [{"presentation": ORAMORPH[0], "name": ORAMORPH[1]}]


@pytest.mark.parametrize("month", ["202607", "2026_07", "2026-07"])
def test_the_month_is_read_however_the_column_writes_it(month: str, tmp_path: Path):
    lake = lake_of(tmp_path, month_file(tmp_path, [Row(month=month)], name="EPD_202607.csv"))
    assert [load.period for load in lake.current().public] == ["2026-07"]


@pytest.mark.parametrize(
    ("written", "number"),
    [("112.", "112"), ("112", "112"), ("0000112", "112"), ("00000112.50", "112.5"), ("112.5", "112.5")],
)
def test_numbers_are_read_however_they_are_written(written: str, number: str, tmp_path: Path):
    rows = [Row(quantity=written, items="1", total=written, nic=written, cost="9.31234")]
    (line,) = held(lake_of(tmp_path, month_file(tmp_path, rows, quoted=True)), "lines")
    assert (line["quantity"], line["total_quantity"], line["nic"]) == (Decimal(number),) * 3
    assert line["actual_cost"] == Decimal("9.31234")


@pytest.mark.parametrize(
    "code", ["0407020Q0BKAAEF", "0407020Q0BKAAEF   ", "040702040AAABAB", "0407020Q0BKAAEF\t"]
)
def test_codes_are_text_and_lose_only_their_spaces(code: str, tmp_path: Path):
    (line,) = held(lake_of(tmp_path, month_file(tmp_path, [Row(product=(code, "x"))])), "lines")
    assert line["presentation"] == code.strip()


def test_a_code_with_and_without_spaces_is_one_presentation(tmp_path: Path):
    rows = [Row(), Row(product=(ZOMORPH[0] + "  ", ZOMORPH[1]), quantity="28")]
    lake = lake_of(tmp_path, month_file(tmp_path, rows))
    assert len(held(lake, "presentations")) == 1
    assert {row["presentation"] for row in held(lake, "lines")} == {ZOMORPH[0]}


@pytest.mark.parametrize(
    ("written", "code"), [("11M00", "11M"), ("M2L0M", "M2L0M"), ("11M", "11M"), ("D9Y0V", "D9Y0V")]
)
def test_two_noughts_are_taken_off_a_code_of_three_and_a_code_of_five_is_left_whole(
    written: str, code: str, tmp_path: Path
):
    (practice,) = held(lake_of(tmp_path, month_file(tmp_path, [Row(sub_icb=written)])), "practices")
    assert practice["sub_icb"] == code


def test_appliances_with_short_codes_are_in_the_rest(tmp_path: Path):
    rows = [Row(), Row(product=DRESSING, quantity="1", items="4")]
    lake = lake_of(tmp_path, month_file(tmp_path, rows))
    assert [(row["section"], row["items"]) for row in held(lake, "rest")] == [("2385", 4)]
    assert len(held(lake, "lines")) == 1


@pytest.mark.parametrize(
    "row",
    [
        Row(practice="-", product=CO_CODAMOL, items="5"),
        Row(practice="Z99998", product=CO_CODAMOL, items="5"),
        Row(practice="Z99903", product=CO_CODAMOL, items="5", unidentified="Y"),
    ],
    ids=["a dash", "a dummy code", "marked"],
)
def test_a_prescriber_not_identified_counts_for_nobody_and_is_said(row: Row, tmp_path: Path):
    lake = lake_of(tmp_path, month_file(tmp_path, [Row(), row]))
    identified = {each["practice"]: each["identified"] for each in held(lake, "practices")}
    assert identified == {"Z99901": True, row.practice: False}
    assert "5 of 7 items are of prescribers not identified" in checks(lake)


ENCODED = {"utf-8": "é".encode(), "latin-1": "é".encode("latin-1")}


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_and_line_ends(encoding: str, end: str, tmp_path: Path):
    path = tmp_path / "month.csv"
    path.write_bytes(text([Row(name="Café Surgery")], end=end).encode(encoding))
    lake = lake_of(tmp_path, path)
    assert held(lake, "practices")[0]["name"] == "Café Surgery"
    assert [row["practice"] for row in held(lake, "lines")] == ["Z99901"]


def test_latin_1_that_shows_only_after_the_first_megabytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("stepwell.population.prescribing.survey._SNIFFED", 1000)
    path = tmp_path / "month.csv"
    rows = [Row(practice=f"Z9{number:04d}") for number in range(50)] + [Row(name="Café Surgery")]
    path.write_bytes(text(rows).encode("latin-1"))
    named = {row["practice"]: row["name"] for row in held(lake_of(tmp_path, path), "practices")}
    assert named["Z99901"] == "Café Surgery"


def test_a_file_in_two_encodings_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("stepwell.population.prescribing.survey._SNIFFED", 1000)
    path = tmp_path / "month.csv"
    first, second = text([Row(name="Café")] * 9).encode(), text([Row(name="Café")] * 9).encode("latin-1")
    path.write_bytes(first + second.split(b"\n", 1)[1])
    with pytest.raises(StepwellError, match="two encodings"):
        lake_of(tmp_path, path)


def zipped(path: Path, *names: str) -> Path:
    import zipfile

    packed = path.with_suffix(".zip")
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names or (path.name,):
            file.writestr(name, path.read_bytes())
    return packed


def test_a_zip_of_one_file_is_read_and_its_inner_name_tells_the_month(tmp_path: Path):
    path = zipped(month_file(tmp_path, ROWS), "EPD_202607.csv", "__MACOSX/._EPD_202607.csv", "readme.txt")
    lake = lake_of(tmp_path, path)
    assert sum(row["items"] for row in held(lake, "lines")) == 3
    assert not (lake.path / "staging").exists()


def test_a_zip_of_two_files_is_refused(tmp_path: Path):
    path = zipped(month_file(tmp_path, ROWS), "one.csv", "two.csv")
    with pytest.raises(StepwellError, match="2 data files"):
        lake_of(tmp_path, path)


def test_a_zip_cut_short_is_refused(tmp_path: Path):
    path = zipped(month_file(tmp_path, ROWS * 400))
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(StepwellError, match="zip is cut short or damaged"):
        lake_of(tmp_path, path)


def test_a_zip_whose_contents_are_damaged_is_refused(tmp_path: Path):
    path = zipped(month_file(tmp_path, ROWS * 400))
    packed = bytearray(path.read_bytes())
    packed[100:110] = b"\xff" * 10
    path.write_bytes(packed)
    with pytest.raises(StepwellError, match="zip is cut short or damaged"):
        lake_of(tmp_path, path)


def parquet(path: Path, month: object = "2026-07") -> Path:
    names = EPD_SNOMED
    values: dict[str, list[object]] = {name: ["x"] for name in names}
    values |= {
        "year_month": [month], "practice_code": ["Z99901"], "pco_code": ["99Z00"], "bnf_presentation_code": [ZOMORPH[0]],
        "quantity": [56.0], "items": [2], "total_quantity": [112.0], "nic": [10.0], "actual_cost": [9.31234],
        "unidentified": ["N"], "snomed_code": [999000000001],
    }  # fmt: skip
    pq.write_table(pa.table(values), path)
    return path


@pytest.mark.parametrize("month", ["2026-07", 202607, date(2026, 7, 1)])
def test_parquet_with_numbers_as_numbers(month: object, tmp_path: Path):
    (line,) = held(lake_of(tmp_path, parquet(tmp_path / "month.parquet", month)), "lines")
    assert (line["items"], line["total_quantity"], line["snomed"]) == (2, Decimal(112), 999000000001)
    assert line["actual_cost"] == Decimal("9.31234")


@pytest.mark.parametrize("size", [0, 10, -30])
def test_parquet_cut_short_is_refused(size: int, tmp_path: Path):
    path = parquet(tmp_path / "month.parquet")
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(StepwellError, match="not a Parquet file, or it is cut short"):
        importing.import_file(importing.open_lake(tmp_path / "lake"), path)
