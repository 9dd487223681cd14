"""The default factors, typed a second time from the published tables by hand, and compared with the data."""

from __future__ import annotations

from decimal import Decimal

from stepwell.knowledge.equivalence.factors import factor_table

# substance, route -> mg of oral morphine per mg; "Faculty" = Faculty of Pain Medicine 2020, else OpenPrescribing 2025
BY_HAND = {
    ("morphine", "oral"): "1",  # Faculty
    ("codeine", "oral"): "0.1",  # Faculty
    ("dihydrocodeine", "oral"): "0.1",  # Faculty
    ("tramadol", "oral"): "0.1",  # Faculty
    ("tapentadol", "oral"): "0.4",  # Faculty
    ("oxycodone", "oral"): "1.5",  # Faculty
    ("hydromorphone", "oral"): "5",  # Faculty: 10 mg morphine = 2 mg
    ("pethidine", "oral"): "0.1",
    ("meptazinol", "oral"): "0.03",
    ("dipipanone", "oral"): "0.5",
    ("pentazocine", "oral"): "0.37",
    ("dextropropoxyphene", "oral"): "0.1",
    ("diamorphine", "oral"): "1",
    ("buprenorphine", "sublingual"): "60",
    ("buprenorphine", "transdermal"): "2.4",  # Faculty, per microgram an hour
    ("fentanyl", "transdermal"): "2.4",  # Faculty, per microgram an hour
    ("fentanyl", "oromucosal"): "130",
    ("fentanyl", "sublingual"): "130",
    ("fentanyl", "nasal"): "160",
    ("morphine", "rectal"): "1",
    ("morphine", "parenteral"): "2",  # BNF
    ("diamorphine", "parenteral"): "3.3",  # BNF
    ("oxycodone", "parenteral"): "3",
}
FENTANYL_PATCHES = {"12": "30", "25": "60", "37.5": "90", "50": "120", "75": "180", "100": "240"}
NEVER = {"methadone", "alfentanil", "gabapentin", "pregabalin"}

ROWS = factor_table("SW-DEFAULT-1")


def test_factors() -> None:
    held = {(row.substance, row.route): row.value for row in ROWS if row.kind == "factor"}
    assert held == {key: Decimal(value) for key, value in BY_HAND.items()}


def test_published_patch_values() -> None:
    held = {row.rate: row.value for row in ROWS if row.kind == "lookup" and row.substance == "fentanyl"}
    assert held == {Decimal(rate): Decimal(value) for rate, value in FENTANYL_PATCHES.items()}


def test_never_converted() -> None:
    assert {row.substance for row in ROWS if row.kind == "do_not_convert"} == NEVER


def test_every_row_is_of_a_kind_looked_at_here() -> None:
    assert {row.kind for row in ROWS} == {"factor", "lookup", "do_not_convert"}


def test_the_choice_of_a_default_is_nowhere_called_verified() -> None:
    assert {row.status for row in ROWS if row.kind == "factor"} == {"unverified"}
