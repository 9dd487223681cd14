"""The list report: one row an issue, patient cells blank on continuation rows, nothing it could not carry."""

from __future__ import annotations

import csv
from datetime import date
from random import Random

import pytest
from openpyxl import load_workbook

from stepwell.base.progress import Silent
from stepwell.population.synthetic import build, write_list_report_workbook
from stepwell.population.synthetic.edge_case import FOUR_A_DAY, TWICE
from stepwell.population.synthetic.list_report import (
    PATIENT_HEADINGS,
    ROW_HEADINGS,
    is_reported,
    person_rows,
    written_day,
)
from stepwell.population.synthetic.plan import Supply, Words
from stepwell.population.synthetic.tests.by_hand import AS_OF, somebody

DETAIL = len(PATIENT_HEADINGS)


def _report(this):
    rng = Random(1)
    return list(person_rows(this.person, rng, ods="Z99901", name="Alderbrook", as_of=AS_OF, style=2))


def test_one_row_an_issue_with_the_person_on_the_first_only() -> None:
    this = somebody()
    this.course("codeine30", FOUR_A_DAY, 28, 0, words=Words.BLANK)
    this.code("epilepsy", 100)
    first, second = _report(this)

    assert first[4:8] == ("9990000018", "", "Alder", "Ada")
    assert first[DETAIL:] == ("Codeine 30mg tablets, 112 tablet", "2026-10-23", "Epilepsy", "2026-08-12")
    assert second[:DETAIL] == ("",) * DETAIL
    assert second[DETAIL:] == ("Codeine 30mg tablets, 112 tablet", "2026-11-20", "", "")


def test_name_dosage_and_quantity_share_one_cell() -> None:
    this = somebody()
    this.course("morphine10mr", TWICE, 0, words=Words.UNREADABLE)
    cell = _report(this)[0][DETAIL]

    assert cell.startswith("Morphine 10mg modified-release tablets, ")
    assert cell.endswith(", 56 tablet")


def test_what_it_cannot_carry_is_left_out() -> None:
    this = somebody()
    this.course("oxycodone10mr", TWICE, 30, source="hospital")
    template = this.course("codeine30", FOUR_A_DAY, -5)
    template.supplies.append(Supply(AS_OF - 3, None, None, deleted=True))

    assert _report(this) == []


@pytest.mark.parametrize(
    "change", [{"sensitive": True}, {"left": AS_OF}, {"died": AS_OF - 9}, {"registration": "Temporary"}]
)
def test_it_holds_people_registered_now(change) -> None:
    this = somebody()
    this.opioid()
    assert is_reported(this.person, AS_OF)
    for name, value in change.items():
        setattr(this.person, name, value)

    assert not is_reported(this.person, AS_OF)
    assert _report(this) == []


def test_three_date_styles() -> None:
    day = date(2024, 3, 2).toordinal()

    assert [written_day(day, style) for style in range(3)] == ["02-Mar-2024", "02/03/2024", "2024-03-02"]


def test_csv_and_workbook_hold_the_same_rows(tmp_path) -> None:
    numbers = {"practices": 1, "patients": 150, "seed": 4}
    build(tmp_path / "demo", progress=Silent(), **numbers)
    write_list_report_workbook(tmp_path / "x" / "report.xlsx", practice=0, **numbers)
    with (tmp_path / "demo" / "list_report" / "Z99901.csv").open(encoding="utf-8-sig", newline="") as stream:
        written = list(csv.reader(stream))
    sheet = load_workbook(tmp_path / "x" / "report.xlsx", read_only=True).active
    width = len(PATIENT_HEADINGS) + len(ROW_HEADINGS)
    found = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    found = [row + [""] * (width - len(row)) for row in found]

    assert written[3] == [*PATIENT_HEADINGS, *ROW_HEADINGS]
    assert [row for row in found if any(row)][2:] == written[3:]
    assert len(written) > 150
