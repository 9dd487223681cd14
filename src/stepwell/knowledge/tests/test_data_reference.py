"""The tables say what the reference data says. Run by make reference."""

from __future__ import annotations

import csv
import os
from decimal import Decimal
from pathlib import Path

import pytest

from stepwell.knowledge import code_lists, tables

UNKNOWN_RELEASE = {"0407020Q0AADSDS", "0407020Q0AADTDT", "0407020Q0AADXDX"}


def read(path: str) -> list[dict[str, str]]:
    folder = os.environ.get("STEPWELL_REFERENCE")
    if not folder:
        pytest.fail("Set STEPWELL_REFERENCE to the folder of reference data.")
    with (Path(folder) / "data" / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.reference
def test_every_product_is_held_as_the_reference_has_it() -> None:
    held = {row["bnf_code"]: row for row in tables.rows("products")}
    reference = read("clinical/products_uk.csv")
    assert len(held) == len(reference)
    same = (
        "dmd_vmp_id", "substance", "route", "form", "strength_mg_per_unit", "patch_rate_microgram_per_h",
        "mr_interval_hours", "patch_interval_hours", "status",
    )  # fmt: skip
    for row in reference:
        ours = held[row["bnf_code"]]
        assert [ours[each] for each in same] == [row[each] for each in same], row["bnf_code"]
        assert ours["release"] == ("unknown" if row["bnf_code"] in UNKNOWN_RELEASE else row["release"])


@pytest.mark.reference
@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("ome_factors", "clinical/ome_factors.csv"),
        ("patch_brands", "clinical/patch_brands_uk.csv"),
        ("taper_profiles", "clinical/taper_profiles.csv"),
    ],
)
def test_a_table_is_row_for_row_the_reference(name: str, path: str) -> None:
    ours, reference = tables.rows(name), read(path)
    columns = [each for each in ours[0] if each in reference[0]]
    assert [[row[each] for each in columns] for row in ours] == [
        [row[each] for each in columns] for row in reference
    ]


@pytest.mark.reference
def test_compound_values_follow_from_the_default_factors() -> None:
    """Arithmetic typed in the reference, worked out again from our strengths and factors."""
    from stepwell.knowledge.equivalence import convert
    from stepwell.knowledge.medicines import identify

    for name, worth in (
        ("Co-codamol 12.8mg/500mg tablets", "1.28"),
        ("Co-codamol 60mg/1000mg tablets", "6"),
        ("Co-dydramol 20mg/500mg tablets", "2"),
        ("Ibuprofen 200mg / Codeine 12.8mg tablets", "1.28"),
        ("Dipipanone 10mg / Cyclizine 30mg tablets", "5"),
        ("Meptazinol 200mg tablets", "6"),
    ):
        product = identify(name=name).product
        assert product is not None
        one = product.strength_mg_per_unit
        assert convert(product, daily_mg_min=one, daily_mg_max=one).ome_max == Decimal(worth)
        derived = {
            Decimal(row["factor"]) for row in tables.rows("ome_factors") if row["table_id"] == "SW-COMPOUND"
        }
        assert Decimal(worth) in derived


@pytest.mark.reference
@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("palliative", "codelists/nhsd-primary-care-domain-refsets-palcare_cod.csv"),
        ("epilepsy", "codelists/nhsd-primary-care-domain-refsets-epil_cod.csv"),
        ("opioid_dependence", "codelists/user-hjforbes-opioid-dependency-clinical-diagnosis.csv"),
        ("ckd", "codelists/nhsd-primary-care-domain-refsets-ckd_cod.csv"),
        ("alcohol_dependence", "codelists/user-RachelS99-dfm-disorders-alcohol-dependence.csv"),
        ("pregnancy", "codelists/nhsd-primary-care-domain-refsets-preg_cod.csv"),
    ],
)
def test_a_code_list_holds_the_codes_of_its_source_and_no_others(name: str, path: str) -> None:
    assert code_lists.code_list(name).codes == {row["code"] for row in read(path)}


@pytest.mark.reference
def test_no_term_of_a_code_list_is_in_our_files() -> None:
    """Terms need a licence. Only codes, numbers and our own words are held."""
    data = Path(tables.__file__).parent / "data/code_lists"
    for file in data.glob("*.csv"):
        assert all(line.isdigit() for line in file.read_text(encoding="utf-8").split()[1:])
