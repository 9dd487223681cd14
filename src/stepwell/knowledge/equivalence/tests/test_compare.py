"""Side by side: what a table leaves out is never zero and never a flag by itself; what is certain is flagged all the same."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepwell.base.errors import StepwellError
from stepwell.knowledge.equivalence import (
    Equivalence,
    Supply,
    Taken,
    convert,
    from_injections,
    from_patches_supplied,
    from_units,
    population_total,
    side_by_side,
)
from stepwell.knowledge.medicines import MedicineClass, identify, products
from stepwell.knowledge.medicines.model import Product


def medicine(name: str) -> Product:
    found = identify(name=name).product
    assert found is not None, name
    return found


def taken(name: str, daily: str) -> Taken:
    product = medicine(name)
    if product.patch_rate_microgram_per_h is not None:
        return Taken(product.substance, product, patch_mcg_per_hour=Decimal(daily))
    return Taken(product.substance, product, daily_mg=(Decimal(daily), Decimal(daily)))


TRAMADOL, CODEINE = taken("Tramadol 50mg capsules", "400"), taken("Codeine 30mg tablets", "240")
BUPRENORPHINE_5 = taken("Buprenorphine 5micrograms/hour transdermal patches", "5")
BUPRENORPHINE_20 = taken("Buprenorphine 20micrograms/hour transdermal patches", "20")
FENTANYL_25 = taken("Fentanyl 25micrograms/hour transdermal patches", "25")
DIHYDROCODEINE = taken("Dihydrocodeine 30mg tablets", "240")
METHADONE, GABAPENTIN = taken("Methadone 5mg tablets", "10"), taken("Gabapentin 300mg capsules", "900")
UNKNOWN = Taken("morphine", reason="the strength is not known")


@pytest.mark.parametrize(
    ("opioids", "default", "cdc", "not_defined", "differs"),
    [
        ([TRAMADOL, CODEINE], "64 mg", "116 mg", (), True),
        ([CODEINE], "24 mg", "36 mg", (), False),
        ([BUPRENORPHINE_20], "48 mg", "not known", ("buprenorphine",), None),
        ([DIHYDROCODEINE, FENTANYL_25], "84 mg", "at least 60 mg", ("dihydrocodeine",), None),
        ([DIHYDROCODEINE, BUPRENORPHINE_20], "72 mg", "not known", ("dihydrocodeine", "buprenorphine"), None),
        # In a lower band only because something is left out: no flag, and no reassurance.
        ([BUPRENORPHINE_20, CODEINE], "72 mg", "at least 36 mg", ("buprenorphine",), None),
        # In a higher band although something is left out: it differs for certain.
        ([TRAMADOL, CODEINE, BUPRENORPHINE_5], "76 mg", "at least 116 mg", ("buprenorphine",), True),
        # What no table converts is missing from both alike.
        ([TRAMADOL, CODEINE, METHADONE], "at least 64 mg", "at least 116 mg", (), True),
        ([CODEINE, UNKNOWN], "at least 24 mg", "at least 36 mg", (), False),
        # Not an opioid takes nothing away.
        ([CODEINE, GABAPENTIN], "24 mg", "36 mg", (), False),
        ([METHADONE], "not known", "not known", (), None),
        ([], "not known", "not known", (), None),
    ],
)
def test_default_and_cdc(opioids, default, cdc, not_defined, differs) -> None:  # type: ignore[no-untyped-def]
    found = side_by_side(opioids)
    ours, theirs = found.under("SW-DEFAULT-1"), found.under("US-CDC-2022")
    assert (str(ours.total), str(theirs.total)) == (default, cdc)
    assert theirs.not_defined == not_defined
    assert found.threshold_class_differs is differs
    assert found.threshold_set == "TH-1"


def test_the_default_comes_first_and_every_table_answers() -> None:
    found = side_by_side([TRAMADOL, CODEINE])
    assert [each.table.id for each in found.by_table] == [
        "SW-DEFAULT-1", "UK-FPM-2020", "UK-OPX-2025", "UK-OPX-PRE2022", "US-CDC-2022", "AU-ANZCA-2021",
    ]  # fmt: skip
    assert [str(each.total) for each in found.by_table] == [
        "64 mg",
        "64 mg",
        "64 mg",
        "64 mg",
        "116 mg",
        "111 mg",
    ]
    assert all(part.table == each.table.id for each in found.by_table for part in each.parts)


def test_a_row_that_says_it_is_not_listed_gives_its_note() -> None:
    part = side_by_side([DIHYDROCODEINE]).under("AU-ANZCA-2021").parts[0]
    assert part.ome_max is None and "not listed" in part.reason


def test_a_table_per_mg_released_is_read_as_that() -> None:
    """Its 100 is for a mg that left the patch; taken per microgram an hour it would be forty times too much."""
    found = side_by_side([FENTANYL_25]).under("UK-OPX-2025").parts[0]
    assert found.ome_max == 60
    assert found.formula == "25 microgram/h x 24 h / 1000 microgram/mg x 100 = 60 mg"


def test_a_factor_per_microgram_is_read_as_that() -> None:
    found = from_injections("fentanyl", Decimal("0.1"), Decimal("0.1"), table="AU-ANZCA-2021")
    assert found.formula == "0.1 mg injected x 1000 microgram/mg x 0.2 = 20 mg"


def test_a_range_of_patches_is_a_range() -> None:
    found = from_units(medicine("Fentanyl 25micrograms/hour transdermal patches"), Decimal(1), Decimal(2))
    assert (found.ome_min, found.ome_max) == (60, 120)


# --- Every sum that is written can be done again by hand.

_SUM = re.compile(r"^(?P<left>.+?) = (?P<right>[\d.]+) mg$")


def by_hand(formula: str) -> Decimal:
    """The left side of a written sum of one product, done again from nothing but its text."""
    said = _SUM.match(formula)
    assert said, formula
    value = Decimal(1)
    for sign, number in re.findall(
        r"(^|x|/) ?([\d.]+)", said["left"].replace("microgram/", "microgram per ")
    ):
        value = value / Decimal(number) if sign == "/" else value * Decimal(number)
    assert value == Decimal(said["right"])
    return value


OPIOIDS = [p for p in products() if MedicineClass.OPIOID in p.classes]
USED = ["SW-DEFAULT-1", "UK-FPM-2020", "UK-OPX-2025", "UK-OPX-PRE2022", "US-CDC-2022", "AU-ANZCA-2021"]


@given(st.sampled_from(OPIOIDS), st.integers(1, 12), st.sampled_from(USED))
def test_a_sum_can_be_done_again_by_hand(product: Product, units: int, table: str) -> None:
    found = from_units(product, Decimal(units), Decimal(units), table=table)
    if found.convertible and found.factor is not None:
        assert by_hand(found.formula) == found.ome_max
        assert found.method is not None and len(found.inputs) >= 4
    assert found.convertible == (found.refusal is None)


@given(st.sampled_from(OPIOIDS), st.integers(0, 12), st.integers(0, 12), st.sampled_from(USED))
def test_units_and_milligrams_give_the_same(product: Product, one: int, other: int, table: str) -> None:
    if product.strength_mg_per_unit is None:
        return
    low, high = sorted((Decimal(one), Decimal(other)))
    mg = product.strength_mg_per_unit
    by_mg = convert(product, daily_mg_min=low * mg, daily_mg_max=high * mg, table=table)
    by_units = from_units(product, low, high, table=table)
    assert (by_units.ome_min, by_units.ome_max, by_units.reason) == (
        by_mg.ome_min,
        by_mg.ome_max,
        by_mg.reason,
    )


@given(
    st.lists(st.sampled_from([TRAMADOL, CODEINE, FENTANYL_25, METHADONE, GABAPENTIN, UNKNOWN]), max_size=5)
)
def test_the_order_of_what_is_taken_changes_nothing(opioids: list[Taken]) -> None:
    one, other = side_by_side(opioids), side_by_side(reversed(opioids))
    assert one.threshold_class_differs == other.threshold_class_differs
    assert [str(each.total) for each in one.by_table] == [str(each.total) for each in other.by_table]


# --- Patches by quantity, and populations.


@pytest.mark.parametrize(
    ("patches", "days", "match"), [("-1", "30", "below zero"), ("10", "0", "last some days")]
)
def test_patches_that_cannot_be_are_an_error(patches: str, days: str, match: str) -> None:
    with pytest.raises(StepwellError, match=match):
        from_patches_supplied(
            medicine("Fentanyl 25micrograms/hour transdermal patches"),
            patches_supplied=Decimal(patches),
            days=Decimal(days),
        )


def test_what_is_not_a_patch_is_not_counted_as_one() -> None:
    found = from_patches_supplied(
        medicine("Codeine 30mg tablets"), patches_supplied=Decimal(1), days=Decimal(1)
    )
    assert not found.convertible and found.reason == "This product has no patch rate."


def test_a_population_says_what_is_missing() -> None:
    spray = Supply(Decimal(3), medicine("Fentanyl 50micrograms/dose nasal spray"))
    found = population_total(
        [
            Supply(Decimal(100), medicine("Codeine 30mg tablets")),
            Supply(Decimal(84), medicine("Gabapentin 300mg capsules")),
            Supply(Decimal(1), substance="hydrocodone", route="oral", mg_per_unit=Decimal(5)),
            Supply(Decimal(1), substance="morphine", route="parenteral"),
            spray,
        ]
    )
    assert (found.ome_mg, found.at_least, found.not_opioids, len(found.unconverted)) == (300, True, 1, 3)
    assert "whether bottles or sprays are counted is not known" in found.unconverted[-1]
    nothing = population_total([spray])
    assert (nothing.ome_mg, nothing.at_least) == (None, False)


def test_a_population_under_another_table() -> None:
    hers = [Supply(Decimal(10), medicine("Oxycodone 20mg modified-release tablets"))]
    assert population_total(hers).ome_mg == 300
    assert population_total(hers, table="UK-OPX-PRE2022").ome_mg == 400


def test_a_quantity_below_zero_is_an_error() -> None:
    with pytest.raises(StepwellError, match="below zero"):
        population_total([Supply(Decimal(-1), medicine("Codeine 30mg tablets"))])


def test_a_person_and_a_population_do_not_share_methadone() -> None:
    methadone = medicine("Methadone 5mg tablets")
    person: Equivalence = from_units(methadone, Decimal(2), Decimal(2), table="UK-OPX-2025")
    assert person.ome_max is None
    assert population_total([Supply(Decimal(2), methadone)]).ome_mg == 30
