"""A factor table never changes under its id. What each is for, and that one kept for reference converts nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from stepwell.base.errors import StepwellError
from stepwell.knowledge import tables as facts
from stepwell.knowledge.equivalence import Role, convert, from_injections, population_total, tables
from stepwell.knowledge.equivalence.factors import table_ids
from stepwell.knowledge.equivalence.held import marked, registered_ids
from stepwell.knowledge.medicines import identify

# The mark of what every row of a table says. Does this fail? A row was changed, added or taken away. Do not put the new mark
# here: put the old rows back, and write the new ones under a new id (SW-DEFAULT-2), which gets a line of its own.
CONTENT = {
    "SW-DEFAULT-1": "cd07c3e6a639f28a",
    "UK-FPM-2020": "7646942c54102255",
    "UK-OPX-2025": "fd59ffb9bebd8cfa",
    "UK-OPX-PRE2022": "e792a411e6086f5a",
    "US-CDC-2022": "9a067779ad773ed9",
    "AU-ANZCA-2021": "f05be2c28ba03b6a",
    "UK-BNF-PALL": "5f536fe04d4ad0ec",
    "UK-SCOT-PALL": "9edb758379c9edaa",
    "UK-MHRA-2020": "3a20b4b3ff238555",
    "UK-TRIAL-2025": "e488da5e023de999",
    "UK-GPN": "829c943fd1be7f34",
    "US-CDC-2018": "c9a522d8fc90cf56",
    "SW-COMPOUND": "7fb1241179cf390b",
}
USED = ["SW-DEFAULT-1", "UK-FPM-2020", "UK-OPX-2025", "UK-OPX-PRE2022", "US-CDC-2022", "AU-ANZCA-2021"]


def test_rows_never_change_under_an_id() -> None:
    assert {each.id: each.content for each in tables()} == CONTENT


def test_every_table_there_are_rows_of_has_a_role() -> None:
    assert registered_ids() == set(table_ids()) == set(CONTENT)


def test_the_default_comes_first_and_those_compared_in_order() -> None:
    assert [each.id for each in tables() if each.role is not Role.REFERENCE] == USED
    assert [each.id for each in tables() if each.role is Role.DEFAULT] == ["SW-DEFAULT-1"]


@pytest.mark.parametrize(
    ("table_id", "since", "until"),
    [
        ("UK-FPM-2020", "2020-08", None),
        ("UK-OPX-2025", "2025-01", None),
        ("UK-OPX-PRE2022", None, "2022"),
        ("US-CDC-2022", "2022", None),
        ("AU-ANZCA-2021", "2021-06", None),
        ("US-CDC-2018", "2018", "2022"),
        ("SW-DEFAULT-1", None, None),  # its rows come from tables of several dates
    ],
)
def test_tables_are_dated_as_their_source_dates_them(
    table_id: str, since: str | None, until: str | None
) -> None:
    held = next(each for each in tables() if each.id == table_id)
    assert (held.effective_from, held.superseded) == (since, until)
    assert held.name and held.source


def test_no_table_is_called_verified_with_a_row_that_is_not() -> None:
    for each in tables():
        statuses = {row["status"] for row in facts.rows("ome_factors") if row["table_id"] == each.id}
        assert each.status in {"verified", "unverified", "mixed"}
        assert each.status != "verified" or statuses == {"verified"}, each.id
        assert each.status != "mixed" or statuses == {"verified", "unverified"}, each.id


def test_the_marks_of_the_register() -> None:
    assert (marked("counts_populations"), marked("sensitivity")) == ("UK-OPX-2025", "US-CDC-2022")


@pytest.mark.parametrize("table_id", sorted(set(CONTENT) - set(USED)))
def test_a_table_held_for_reference_converts_nothing(table_id: str) -> None:
    product = identify(name="Codeine 30mg tablets").product
    assert product is not None
    one = Decimal(1)
    for asked in (
        lambda: convert(product, daily_mg_min=one, daily_mg_max=one, table=table_id),
        lambda: from_injections("morphine", one, one, table=table_id),
        lambda: population_total([], table=table_id),
    ):
        with pytest.raises(StepwellError, match=r"held for reference.*SW-DEFAULT-1"):
            asked()
