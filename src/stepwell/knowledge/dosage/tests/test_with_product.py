"""An instruction beside its product: units, mg, ml, patches, and what does not agree."""

from __future__ import annotations

from decimal import Decimal

import pytest

from stepwell.knowledge.dosage import Status, parse
from stepwell.knowledge.dosage.tests.products import PRODUCTS

# product, text, min a day, max a day, mg min, mg max, flags that must be there
DOSES = [
    ("co-codamol 30/500 tablet", "1-2 up to qds prn for back, max 8", "0", "8", "0", "240", ""),
    ("codeine 30 tablet", "1 or 2 6 hourly, no more than 6 a day", "4", "6", "120", "180", ""),
    ("morphine MR 10 tablet", "2 mane 3 nocte", "5", "5", "50", "50", ""),
    ("gabapentin 300 capsule", "ii om i midday ii on", "5", "5", "1500", "1500", ""),
    ("tramadol 50 capsule", "100mg each breakfast and supper", "4", "4", "200", "200", ""),
    ("morphine 10mg/5ml liquid", "2.5-5ml four hrly prn", "0", "30", "0", "60", ""),
    ("pregabalin 75 capsule", "150mg a day in two doses", "2", "2", "150", "150", ""),
    # mg by the product's own strength
    ("morphine 10mg/5ml liquid", "10mg qds", "20", "20", "40", "40", ""),
    ("morphine 20mg/ml liquid", "10mg qds", "2", "2", "40", "40", ""),
    ("morphine 10mg/5ml liquid", "10mg/5ml take 5ml bd", "10", "10", "20", "20", ""),
    # another strength than the product's: the number is kept, and nobody relies on it
    (
        "morphine 20mg/ml liquid",
        "10mg/5ml take 5ml bd",
        "10",
        "10",
        "200",
        "200",
        "strength_differs|implausible",
    ),
    ("morphine 10mg/5ml liquid", "20mg/ml take 0.5ml bd", "1", "1", "2", "2", "strength_differs|implausible"),
    ("morphine 20mg/ml liquid", "(100mg/5ml) take 0.5ml bd", "1", "1", "20", "20", ""),
    ("morphine 10mg/5ml liquid", "2.5mg-5mg every 4 hours when required", "0", "15", "0", "30", ""),
    ("oxycodone MR 20 tablet", "20mg twice daily", "2", "2", "40", "40", ""),
    ("morphine MR 10 tablet", "15mg bd", "3", "3", "30", "30", "part_unit"),
    ("codeine 30 tablet", "1-2 4 hourly prn max 240mg in 24 hours", "0", "8", "0", "240", ""),
    ("codeine 30 tablet", "1-2 4 hourly prn max 240mg codeine in 24 hours", "0", "8", "0", "240", ""),
    ("co-codamol 30/500 tablet", "1-2 4 hourly prn max 4g paracetamol in 24 hours", "0", "8", "0", "240", ""),
    ("co-codamol 30/500 tablet", "30mg qds", "4", "4", "120", "120", ""),
    # the dose said twice
    ("morphine 10 tablet", "(10mg) or (1 tablet) bd", "2", "2", "20", "20", ""),
    ("codeine 30 tablet", "2 tablets (60mg) bd", "4", "4", "120", "120", ""),
    ("codeine 30 tablet", "2 tablets (30mg) bd", "4", "4", "120", "120", ""),
    ("codeine 30 tablet", "2 x 30mg tablets bd", "4", "4", "120", "120", ""),
    ("codeine 30 tablet", "1 mane 2 nocte (total 90mg daily)", "3", "3", "90", "90", ""),
    ("codeine 30 tablet", "1 mane 2 nocte (total 3 daily)", "3", "3", "90", "90", ""),
    # forms
    ("tramadol 50 capsule", "1 tablet mane 2 tablets nocte", "3", "3", "150", "150", "form_mismatch"),
    ("tramadol 50 capsule", "1-2 tablets qds", "4", "8", "200", "400", "form_mismatch"),
    ("codeine 30 tablet", "2 doses bd", "4", "4", "120", "120", ""),
    # intervals
    ("morphine MR 90 capsule", "1 bd", "2", "2", "180", "180", "interval_mismatch"),
    ("morphine MR 10 tablet", "1 od", "1", "1", "10", "10", "interval_mismatch"),
    ("morphine MR 10 tablet", "1 bd", "2", "2", "20", "20", ""),
    # plausibility: kept, and flagged
    ("codeine 30 tablet", "4 tablets every 4 hours", "24", "24", "720", "720", "implausible"),
    ("morphine 10mg/5ml liquid", "60ml qds", "240", "240", "480", "480", "implausible"),
    ("codeine 30 tablet", "30 micrograms bd", "0.002", "0.002", "0.06", "0.06", "part_unit|implausible"),
    ("codeine 30 tablet", "quarter of a tablet bd", "0.5", "0.5", "15", "15", ""),
]


@pytest.mark.parametrize(("name", "text", "low", "high", "mg_low", "mg_high", "flags"), DOSES)
def test_daily_units_and_mg(
    name: str, text: str, low: str, high: str, mg_low: str, mg_high: str, flags: str
) -> None:
    dosage = parse(text, PRODUCTS[name])

    assert dosage.status is Status.PARSED
    assert (dosage.daily_min, dosage.daily_max) == (Decimal(low), Decimal(high))
    assert (dosage.daily_mg_min, dosage.daily_mg_max) == (Decimal(mg_low), Decimal(mg_high))
    assert dosage.unit == PRODUCTS[name].unit
    assert "|".join(dosage.flags) == flags


# product, text, dose, daily max, rate of all patches worn, flags
PATCHES = [
    ("buprenorphine 10 patch", "1 every 7/7, dispense 4", "1", "0.142857", "10", ""),
    ("buprenorphine 10 patch", "apply one patch weekly", "1", "0.142857", "10", ""),
    ("buprenorphine 10 patch", "two patches every 7 days", "2", "0.285714", "20", ""),
    ("buprenorphine 10 patch", "change every 7 days", "1", "0.142857", "10", "one_patch_assumed"),
    ("buprenorphine 10 patch", "apply every 7 days", "1", "0.142857", "10", "one_patch_assumed"),
    ("buprenorphine 10 patch", "apply patch every 72 hours", "1", "0.333333", "10", "one_patch_assumed|interval_mismatch"),
    ("fentanyl 25 patch", "1 every 72 hours", "1", "0.333333", "25", ""),
    ("fentanyl 25 patch", "apply one 25 microgram/hour patch every 72 hours", "1", "0.333333", "25", ""),
    ("fentanyl 25 patch", "50 micrograms every 72 hours", "2", "0.666667", "50", ""),
    ("fentanyl 25 patch", "3 patches every 3 days", "3", "1", "75", "implausible"),
    ("fentanyl 25 patch", "1 every 72 hours with 12mcg patch (total 37mcg/hr)", "1", "0.333333", "25", ""),
    ("fentanyl 25 patch", "apply two patches (50mcg/hr) every 72 hours", "2", "0.666667", "50", ""),
    ("fentanyl 12 patch", "apply one 12.5 microgram/hour patch every 72 hours", "1", "0.333333", "12", ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "dose", "daily", "rate", "flags"), PATCHES)
def test_patches_count_by_how_many_are_worn(
    name: str, text: str, dose: str, daily: str, rate: str, flags: str
) -> None:
    dosage = parse(text, PRODUCTS[name])

    assert dosage.dose_max == Decimal(dose)
    assert dosage.daily_max == Decimal(daily)
    assert dosage.patch_mcg_per_hour == Decimal(rate)
    assert dosage.daily_mg_max is None
    assert "|".join(dosage.flags) == flags


DISAGREEMENTS = [
    ("codeine 30 tablet", "2 puffs bd", "unit_conflict"),
    ("codeine 30 tablet", "5ml bd", "unit_conflict"),
    ("morphine 10mg/5ml liquid", "1 tablet bd", "unit_conflict"),
    ("morphine 10mg/5ml liquid", "10 bd", "unit_missing"),
    ("morphine 10mg/5ml liquid", "2 spoonfuls bd", "spoon_size_unknown"),
    ("codeine 30 tablet", "30 bd", "mg_suspect"),
    ("oxycodone MR 20 tablet", "20 bd", "mg_suspect"),
    ("morphine MR 10 tablet", "10 bd", "mg_suspect"),
    ("fentanyl 25 patch", "25 every 72 hours", "mg_suspect"),
    ("buprenorphine 10 patch", "10 every 7 days", "mg_suspect"),
    ("fentanyl 25 patch", "30 micrograms every 72 hours", "unit_conflict"),
    ("fentanyl 25 patch", "10mg bd", "unit_conflict"),
    ("codeine 30 tablet", "2 x 15mg tablets bd", "strength_conflict"),
    ("codeine 30 tablet", "codeine 60 - 1 qds", "strength_conflict"),
    ("co-codamol 30/500 tablet", "8/500 2 qds", "strength_conflict"),
    ("buprenorphine 10 patch", "BuTec 20 - change every 7 days", "strength_conflict"),
    ("fentanyl 25 patch", "apply 50mcg/hr every 72 hours", "strength_conflict"),
    ("fentanyl 25 patch", "apply one 12mcg/hr patch every 72 hours", "strength_conflict"),
    ("fentanyl 25 patch", "1 x 50mcg every 72hrs", "strength_conflict"),
    ("fentanyl 25 patch", "half a patch every 72 hours", "ambiguous"),
    ("morphine MR 10 tablet", "1 bd with 10mg", "ambiguous"),
    ("fentanyl 25 patch", "use with 12 patch, change every 72h", "mg_suspect"),
    ("codeine 30 tablet", "2 tablets (45mg) bd", "conflict"),
    ("codeine 30 tablet", "40 tablets bd", "quantity_suspect"),
    ("codeine 30 tablet", "900mg bd", "quantity_suspect"),
    ("co-codamol 30/500 tablet", "1g qds", "unit_conflict"),
    ("strengthless tablet", "30mg bd", "no_strength"),
    ("codeine 30 tablet", "1 mane 2 nocte (total 120mg daily)", "conflict"),
    ("oxycodone MR 20 tablet", "take as instructed by pain team", "as_directed"),
    ("codeine 15 tablet", "reduce by 1 tab every 2 wks", "taper_no_start"),
]


@pytest.mark.parametrize(("name", "text", "reason"), DISAGREEMENTS)
def test_what_does_not_agree_with_the_product_is_refused(name: str, text: str, reason: str) -> None:
    dosage = parse(text, PRODUCTS[name])

    assert dosage.status is Status.REFUSED
    assert dosage.reason == reason
    assert dosage.daily_min is None
    assert dosage.daily_max is None


def test_a_ceiling_that_cannot_be_converted_leaves_no_maximum() -> None:
    dosage = parse("1-2 4 hourly prn max 3g paracetamol in 24 hours", PRODUCTS["codeine 30 tablet"])

    assert dosage.daily_min == 0
    assert dosage.daily_max is None
    assert "ceiling_not_converted" in dosage.flags


def test_strength_missing_leaves_mg_blank_and_keeps_units() -> None:
    dosage = parse("2 qds", PRODUCTS["strengthless tablet"])

    assert dosage.daily_max == 8
    assert dosage.daily_mg_max is None
