"""Published and computed figures of real rows, read from the reference folder."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from stepwell.knowledge import supplied
from stepwell.population import engine
from stepwell.population.lake import Lake
from stepwell.population.prescribing.measures import measure
from stepwell.population.prescribing.tests.files import held, lake_of
from stepwell.population.prescribing.values import Asked, values

pytestmark = pytest.mark.reference


@pytest.fixture(scope="module")
def folder() -> Path:
    given = os.environ.get("STEPWELL_REFERENCE")
    if not given:
        pytest.fail("STEPWELL_REFERENCE is not set")
    return Path(given) / "data" / "prescribing"


@pytest.fixture(scope="module")
def lake(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    names = ("list_size_2017-09", "EPD_2017-09", "PDPI_2014-10_sample", "EPD_2026-07_sample")
    yield lake_of(tmp_path_factory.mktemp("real"), *(folder / f"{name}.csv" for name in names))


def told(lake: Lake, name: str, table: str | None = None) -> dict[str, dict[str, float]]:
    with lake.pin() as snapshot:
        rows = values(snapshot, engine.connect(), Asked(measure(name), factor_table=table)).to_pylist()
    return {row["organisation"]: row for row in rows if row["month"] == "2017-09"}


def test_published_values_of_september_2017(lake: Lake, folder: Path):
    with (folder / "expected_practice_values_2017-09.csv").open(encoding="utf-8") as file:
        published = list(csv.DictReader(file))
    share, items = told(lake, "opioid_high_dose_share_120"), told(lake, "opioid_high_dose_items_120")
    ome = told(lake, "opioid_ome", "UK-OPX-PRE2022")
    assert len(published) == 2
    for row in published:
        practice = row["practice"]
        assert share[practice]["value"] == float(row["published_opioidspercent_120mg"])
        assert items[practice]["value"] == pytest.approx(
            float(row["published_opioidper1000_120mg"]), rel=1e-12
        )
        assert ome[practice]["value"] == pytest.approx(
            float(row["published_opioidome_mg_per_1000"]), rel=5e-4
        )


GABAPENTINOIDS = {
    "L84018": (1946.33, 293.48),
    "L84073": (1808.28, 432.50),
    "B85010": (2647.67, 381.56),
    "B85054": (4885.50, 464.00),
}
PREGABALIN = {"L84018": 31875.75, "L84073": 61360.92, "B85010": 63395.30, "B85054": 91931.81}
NSAIDS = {"L84018": (19, 107), "L84073": (42, 119), "B85010": (21, 154), "B85054": (57, 270)}


@pytest.mark.parametrize("practice", GABAPENTINOIDS)
def test_computed_check_values(lake: Lake, practice: str):
    ddd = told(lake, "gabapentinoid_ddd")[practice]
    assert (round(ddd["numerator"], 2), round(ddd["value"], 2)) == GABAPENTINOIDS[practice]
    assert round(told(lake, "pregabalin_mg")[practice]["value"], 2) == PREGABALIN[practice]
    nsaids = told(lake, "nsaid_non_preferred")[practice]
    assert (nsaids["numerator"], nsaids["denominator"]) == NSAIDS[practice]


def test_morphine_solution_of_the_worked_example(lake: Lake):
    high = told(lake, "morphine_solution_high_quantity")["L84018"]
    assert (high["numerator"], high["denominator"]) == (2960.0, 6960.0)


def test_samples_of_the_other_forms_are_read_whole(lake: Lake):
    # The last row of the first sample has no line end.
    for period, rows in (("2014-10", 51), ("2026-07", 12)):
        load = lake.current().current_public("month", period)
        assert load is not None
        (count,) = load.file_counts.values()
        assert (count.read, count.rejected) == (rows, 0)
    assert {row["sub_icb"] for row in held(lake, "practices")} >= {"M2L0M", "W2U3Z"}


def test_items_of_every_substance_are_the_same_before_and_after_codes_changed(folder: Path, lake: Lake):
    """What moves to another substance moves whole: no item is lost or counted twice."""
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    for row in held(lake, "lines", period="2017-09"):
        before[row["presentation"]] += row["items"]
        after[supplied.current_code(row["presentation"])] += row["items"]
    merged: Counter[str] = Counter()
    for code, items in before.items():
        merged[supplied.current_code(code)] += items
    assert merged == after
    moved = {code for code in before if supplied.current_code(code)[:9] != code[:9]}
    by_old, by_new = Counter[str](), Counter[str]()
    for code, items in before.items():
        if code not in moved:
            by_old[code[:9]] += items
            by_new[supplied.current_code(code)[:9]] += items
    assert by_old == by_new
