"""A medicine taken now, as the person's page says it: as written, as read, of what the milligrams are, and what ended."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from stepwell.casefinding.record import presenters, words
from stepwell.knowledge import exposure
from stepwell.knowledge.exposure import Issue, Medicine, TextState
from stepwell.knowledge.medicines.model import MedicineClass
from stepwell.population.records.person import IssueShown, MedicineNow

AS_OF = date(2010, 2, 10)
CO_DYDRAMOL = Medicine(
    line="co-dydramol",
    substance="dihydrocodeine",
    release="immediate",
    classes=frozenset({MedicineClass.OPIOID}),
    mg_per_unit=Decimal(10),
    ome_per_unit=Decimal(1),
    is_patch=False,
    patch_interval_hours=None,
    patch_ome=None,
    convertible=True,
)
ISSUE = Issue(
    medicine=CO_DYDRAMOL,
    issue_date=date(2010, 1, 14),
    own=True,
    text="One or two four times a day when required",
    state=TextState.READ,
    units_min=Decimal(0),
    units_max=Decimal(8),
    ome_min=Decimal(0),
    ome_max=Decimal(8),
    quantity=Decimal(224),
    given_days=28,
    template_end=None,
)
READING = {
    "state": "read",
    "units_min": Decimal(0),
    "units_max": Decimal(8),
    "unit": "tablet",
    "mg_min": Decimal(0),
    "mg_max": Decimal(80),
    "patch_mcg_per_hour": None,
    "formula": "0 to 80 mg x 0.1 = 0 to 8 mg",
}


def said(issue: Issue, name: str, *, kind: str = "acute", elsewhere: str | None = None):
    (line,) = exposure.current_lines([issue], AS_OF, exposure.current())
    shown = IssueShown(
        issue.issue_date,
        issue.medicine.line,
        name,
        issue.text,
        issue.state,
        issue.quantity,
        kind,
        elsewhere,
        True,
        issue.template_end,
    )
    now = MedicineNow(line, name, "tablet", (READING,), (shown,))
    return presenters.medicine_row(now, AS_OF)


@pytest.mark.parametrize(
    ("name", "substance", "read"),
    [
        (
            "Co-dydramol 10mg/500mg tablets",
            "dihydrocodeine",
            "0 to 8 tablets a day: 0mg to 80mg of dihydrocodeine a day",
        ),
        (
            "DHC Continus 60mg tablets",
            "dihydrocodeine",
            "0 to 8 tablets a day: 0mg to 80mg of dihydrocodeine a day",
        ),
        ("Dihydrocodeine 30mg tablets", "dihydrocodeine", "0 to 8 tablets a day: 0mg to 80mg a day"),
    ],
)
def test_milligrams_say_of_what_where_the_name_does_not(name: str, substance: str, read: str):
    medicine = replace(CO_DYDRAMOL, substance=substance)
    assert said(replace(ISSUE, medicine=medicine), name).read == (read,)


@pytest.mark.parametrize(
    ("unit", "counted", "said"),
    [
        ("tablet", "1", "tablet"),
        ("tablet", "0 to 4", "tablets"),
        ("patch", "0.2", "patches"),
        ("ml", "5", "ml"),
        ("suppository", "2", "suppositories"),
    ],
)
def test_units_follow_their_number(unit: str, counted: str, said: str):
    assert words.counted_unit(unit, counted) == said


def test_a_medicine_the_record_ended_says_so_and_that_it_still_counts():
    row = said(replace(ISSUE, template_end=date(2010, 1, 14)), "Co-dydramol 10mg/500mg tablets")
    assert "The record ends it on 14 January 2010. What was issued is still counted" in row.notes


@pytest.mark.parametrize("end", [None, date(2010, 2, 11)])
def test_a_medicine_that_goes_on_has_no_end(end: date | None):
    row = said(replace(ISSUE, template_end=end), "Co-dydramol 10mg/500mg tablets")
    assert not [note for note in row.notes if "ends" in note]


def test_kinds_and_places_are_words():
    row = said(
        replace(ISSUE, own=False),
        "Co-dydramol 10mg/500mg tablets",
        kind="repeat_dispensing",
        elsewhere="other",
    )
    assert row.issued == "Repeat dispensing, issued 14 January 2010"
    assert "Recorded from elsewhere: another organisation" in row.notes


@pytest.mark.parametrize(
    ("number", "figure"),
    [
        ("3.75", "3.75"),
        ("60", "60"),
        ("7.50", "7.5"),
        ("3.3333333", "3.3"),
        ("0.0333333", "0.033"),
        ("1234.5", "1,234.5"),
    ],
)
def test_a_dose_that_two_decimals_hold_is_not_rounded(number: str, figure: str):
    assert words.figure(Decimal(number)) == figure
