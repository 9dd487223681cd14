"""The unit an amount is written in, and how often a patch is changed, never change the dose. What hazards 2 and 3 rest on."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepwell.knowledge import equivalence
from stepwell.knowledge.dosage import Dosage, Status, parse
from stepwell.knowledge.dosage.tests.products import PRODUCTS
from stepwell.knowledge.medicines import identify

# How many of the unit make a milligram, and the ways it is written.
UNITS = [
    (Decimal(1), ["mg", " mg", " milligrams"]),
    (Decimal(1000), ["micrograms", " micrograms", "mcg", " microgram"]),
    (Decimal("0.001"), ["g", " g"]),
]
SPELLINGS = [(scale, spelling) for scale, spellings in UNITS for spelling in spellings]
PRODUCT_NAMES = [
    "codeine 30 tablet",
    "morphine MR 10 tablet",
    "morphine 10mg/5ml liquid",
    "tramadol 50 capsule",
]


def _written(mg: Decimal, scale: Decimal, spelling: str) -> str:
    return f"{(mg * scale).normalize():f}{spelling} bd"


@settings(deadline=None)
@given(
    units=st.integers(min_value=1, max_value=4),
    name=st.sampled_from(PRODUCT_NAMES),
    written=st.sampled_from(SPELLINGS),
)
def test_another_unit_for_the_same_amount_is_the_same_dose(
    units: int, name: str, written: tuple[Decimal, str]
) -> None:
    product = PRODUCTS[name]
    assert product.strength_mg_per_unit is not None
    mg = units * (product.strength_mg_per_unit if "liquid" not in name else Decimal(10))
    in_mg, other = parse(_written(mg, Decimal(1), "mg"), product), parse(_written(mg, *written), product)
    assert in_mg.status is not Status.REFUSED
    assert in_mg.daily_mg_max == 2 * mg
    if mg * written[0] < 100_000:
        assert other.daily_mg_max == 2 * mg
    else:  # Nobody writes so many micrograms: not read is safe, read as another dose is not.
        assert other.daily_mg_max in (None, 2 * mg)


@settings(deadline=None)
@given(
    name=st.sampled_from(PRODUCT_NAMES),
    mg=st.sampled_from([Decimal(10), Decimal(30), Decimal(50), Decimal(100)]),
)
def test_a_thousand_times_more_by_its_unit_is_never_read_as_the_same(name: str, mg: Decimal) -> None:
    """Thirty micrograms beside a 30 mg tablet is a thousandth of a tablet, or refused: never one tablet."""
    product = PRODUCTS[name]
    small = parse(f"{mg} micrograms bd", product)
    assert small.daily_mg_max is None or small.daily_mg_max == 2 * mg / 1000


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("morphine 10mg/5ml liquid", "10 bd"),
        ("codeine 30 tablet", "30 bd"),
        ("morphine MR 10 tablet", "10 bd"),
    ],
)
def test_an_amount_without_a_unit_that_could_be_either_is_refused(name: str, text: str) -> None:
    read = parse(text, PRODUCTS[name])
    assert read.status is Status.REFUSED
    assert (read.daily_max, read.daily_mg_max) == (None, None)


PATCH_TEXTS = [
    "1 every 72 hours",
    "one patch every 3 days",
    "change every 72 hours",
    "1 every 48 hours",
    "change every 48 hours",
    "1 a day",
    "apply one patch every day",
]


def _ome(read: Dosage) -> Decimal | None:
    product = identify(name="Fentanyl 25micrograms/hour transdermal patches").product
    assert product is not None
    return equivalence.convert(product, patch_mcg_per_hour=read.patch_mcg_per_hour).ome_max


@pytest.mark.parametrize("text", PATCH_TEXTS)
def test_how_often_a_patch_is_changed_does_not_change_what_is_worn(text: str) -> None:
    read = parse(text, PRODUCTS["fentanyl 25 patch"])
    assert read.patch_mcg_per_hour == 25
    assert read.daily_mg_max is None, "a patch has no dose a day to be multiplied"
    assert _ome(read) == 60


@pytest.mark.parametrize("text", PATCH_TEXTS[3:])
def test_another_interval_than_the_products_is_flagged(text: str) -> None:
    assert "interval_mismatch" in parse(text, PRODUCTS["fentanyl 25 patch"]).flags


@pytest.mark.parametrize("text", PATCH_TEXTS[:3])
def test_the_products_own_interval_is_not(text: str) -> None:
    assert "interval_mismatch" not in parse(text, PRODUCTS["fentanyl 25 patch"]).flags
