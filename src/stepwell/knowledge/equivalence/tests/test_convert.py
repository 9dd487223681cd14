"""Daily dose -> oral morphine equivalent, worked examples and refusals."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepwell.base.errors import StepwellError
from stepwell.knowledge.equivalence import Equivalence, convert
from stepwell.knowledge.medicines import MedicineClass, Product, identify, products


def medicine(name: str) -> Product:
    found = identify(name=name).product
    assert found is not None, name
    return found


def dose(name: str, low: str, high: str | None = None) -> Equivalence:
    return convert(medicine(name), daily_mg_min=Decimal(low), daily_mg_max=Decimal(high or low))


def worn(name: str, rate: str) -> Equivalence:
    return convert(medicine(name), patch_mcg_per_hour=Decimal(rate))


@pytest.mark.parametrize(
    ("name", "mg", "ome", "formula"),
    [
        ("Oxycodone 20mg modified-release tablets", "40", "60", "40 mg x 1.5 = 60 mg"),
        ("Co-codamol 15mg/500mg tablets", "120", "12", "120 mg x 0.1 = 12 mg"),
        ("Morphine sulfate 10mg/5ml oral solution", "20", "20", "20 mg x 1 = 20 mg"),
        ("Tramadol 50mg capsules", "400", "40", "400 mg x 0.1 = 40 mg"),
        ("Codeine 30mg tablets", "240", "24", "240 mg x 0.1 = 24 mg"),
        ("Dihydrocodeine 30mg tablets", "240", "24", "240 mg x 0.1 = 24 mg"),
        ("Tapentadol 50mg modified-release tablets", "100", "40", "100 mg x 0.4 = 40 mg"),
        ("Hydromorphone 2mg modified-release capsules", "8", "40", "8 mg x 5 = 40 mg"),
        ("Oxycodone 10mg / Naloxone 5mg modified-release tablets", "20", "30", "20 mg x 1.5 = 30 mg"),
        ("Buprenorphine 200microgram sublingual tablets", "0.6", "36", "0.6 mg x 60 = 36 mg"),
        ("Fentanyl 200microgram lozenges", "0.2", "26", "0.2 mg x 130 = 26 mg"),
        ("Fentanyl 50micrograms/dose nasal spray", "0.1", "16", "0.1 mg x 160 = 16 mg"),
        ("Meptazinol 200mg tablets", "1200", "36", "1200 mg x 0.03 = 36 mg"),
    ],
)  # fmt: skip
def test_worked_examples(name: str, mg: str, ome: str, formula: str) -> None:
    found = dose(name, mg)
    assert found.convertible and found.reason == ""
    assert (found.ome_min, found.ome_max) == (Decimal(ome), Decimal(ome))
    assert found.formula == formula
    assert found.table == "SW-DEFAULT-1" and found.source and found.status


def test_a_range_stays_a_range() -> None:
    found = dose("Codeine 30mg tablets", "0", "240")
    assert (found.ome_min, found.ome_max) == (0, 24)
    assert found.formula == "0 to 240 mg x 0.1 = 0 to 24 mg"


@pytest.mark.parametrize(
    ("name", "rate", "ome", "formula"),
    [
        ("Fentanyl 12micrograms/hour transdermal patches", "12", "30", "12 microgram/h: 30 mg (published values)"),
        ("Fentanyl 25micrograms/hour transdermal patches", "25", "60", "25 microgram/h: 60 mg (published values)"),
        ("Fentanyl 37.5micrograms/hour transdermal patches", "37.5", "90", "37.5 microgram/h: 90 mg (not all published)"),
        ("Fentanyl 50micrograms/hour transdermal patches", "62", "150", "50 microgram/h: 120 + 12 microgram/h: 30 = 150 mg (published values)"),
        ("Fentanyl 50micrograms/hour transdermal patches", "62.5", "150", "50 microgram/h: 120 + 12 microgram/h: 30 = 150 mg (published values)"),
        ("Fentanyl 50micrograms/hour transdermal patches", "75", "180", "75 microgram/h: 180 mg (published values)"),
        ("Fentanyl 100micrograms/hour transdermal patches", "200", "480", "100 microgram/h: 240 + 100 microgram/h: 240 = 480 mg (published values)"),
        ("Fentanyl 12micrograms/hour transdermal patches", "7", "16.8", "7 microgram/h x 2.4 = 16.8 mg"),
        ("Buprenorphine 20micrograms/hour transdermal patches", "20", "48", "20 microgram/h x 2.4 = 48 mg"),
        ("Buprenorphine 15micrograms/hour transdermal patches", "15", "36", "15 microgram/h x 2.4 = 36 mg"),
    ],
)  # fmt: skip
def test_patches_go_by_the_rate_worn(name: str, rate: str, ome: str, formula: str) -> None:
    found = worn(name, rate)
    assert (found.ome_min, found.ome_max) == (Decimal(ome), Decimal(ome))
    assert found.formula == formula


def test_no_patch_worn_is_none_taken() -> None:
    found = worn("Fentanyl 25micrograms/hour transdermal patches", "0")
    assert (found.convertible, found.ome_max) == (True, 0)


@pytest.mark.parametrize(
    ("name", "flag"),
    [
        ("Buprenorphine 200microgram sublingual tablets", "wide_uncertainty"),
        ("Fentanyl 200microgram lozenges", "analytic_only"),
        ("Fentanyl 200microgram lozenges", "cancer_or_palliative_use"),
        ("Oxycodone 5mg capsules", "unverified_factor"),
    ],
)
def test_a_figure_that_is_less_certain_says_so(name: str, flag: str) -> None:
    assert flag in dose(name, "1").flags


def test_an_unverified_part_makes_the_whole_unverified() -> None:
    assert worn("Fentanyl 37.5micrograms/hour transdermal patches", "37.5").status == "unverified"
    assert worn("Fentanyl 25micrograms/hour transdermal patches", "25").status == "verified"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Methadone 5mg tablets", "Methadone is never converted for a person"),
        ("Methadone 1mg/ml oral solution", "Treatment for opioid dependence is never converted"),
        ("Buprenorphine 8mg sublingual tablets", "Treatment for opioid dependence is never converted"),
        ("Gabapentin 300mg capsules", "Gabapentin and pregabalin are not opioids"),
        ("Pregabalin 75mg capsules", "Gabapentin and pregabalin are not opioids"),
        ("Diazepam 5mg tablets", "This is not an opioid"),
        ("Zopiclone 7.5mg tablets", "This is not an opioid"),
        (
            "Codeine 30mg suppositories",
            "The table SW-DEFAULT-1 has no factor for codeine by this route (rectal)",
        ),
        ("Diamorphine 60mg impregnated cigarettes", "The table SW-DEFAULT-1 has no factor"),
    ],
)
def test_some_are_never_converted(name: str, reason: str) -> None:
    found = dose(name, "10")
    assert not found.convertible
    assert (found.ome_min, found.ome_max, found.formula) == (None, None, "")
    assert found.reason.startswith(reason) and found.reason.endswith(".")


def test_what_is_not_known_is_not_zero() -> None:
    codeine = medicine("Codeine 30mg tablets")
    assert convert(codeine).reason == "The daily dose is not known."
    assert convert(codeine, daily_mg_min=Decimal(30)).reason == "The daily dose is not known."
    patch = medicine("Fentanyl 25micrograms/hour transdermal patches")
    assert (
        convert(patch, daily_mg_min=Decimal(1), daily_mg_max=Decimal(1)).reason
        == "The rate of the patches worn is not known."
    )
    unknown = replace(codeine, strength_mg_per_unit=None)
    assert (
        convert(unknown, daily_mg_min=Decimal(1), daily_mg_max=Decimal(1)).reason
        == "The strength of this product is not known."
    )


def test_alfentanil_says_why() -> None:
    alfentanil = replace(medicine("Codeine 30mg tablets"), substance="alfentanil")
    found = convert(alfentanil, daily_mg_min=Decimal(1), daily_mg_max=Decimal(1))
    assert found.reason == "Alfentanil is not converted: palliative only: show as text."


@pytest.mark.parametrize(("low", "high"), [("-1", "1"), ("2", "1")])
def test_a_dose_the_wrong_way_round_is_an_error(low: str, high: str) -> None:
    with pytest.raises(StepwellError, match="smaller to a larger"):
        dose("Codeine 30mg tablets", low, high)


def test_a_negative_rate_is_an_error() -> None:
    with pytest.raises(StepwellError, match="below zero"):
        worn("Fentanyl 25micrograms/hour transdermal patches", "-12")


def test_an_unknown_table_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(StepwellError, match=r"no factor table called SW-9.*SW-DEFAULT-1"):
        convert(medicine("Codeine 30mg tablets"), table="SW-9")


class TestOtherTables:
    """The same dose under another named table."""

    def under(self, table: str, name: str, mg: str) -> Equivalence:
        return convert(medicine(name), daily_mg_min=Decimal(mg), daily_mg_max=Decimal(mg), table=table)

    def test_tramadol_and_codeine_weigh_more_in_the_american_table(self) -> None:
        assert self.under("US-CDC-2022", "Tramadol 50mg capsules", "400").ome_max == 80
        assert self.under("US-CDC-2022", "Codeine 30mg tablets", "240").ome_max == 36

    def test_old_national_totals_counted_oxycodone_twice_over(self) -> None:
        assert self.under("UK-OPX-PRE2022", "Oxycodone 5mg capsules", "40").ome_max == 80

    def test_no_table_converts_methadone_for_a_person(self) -> None:
        assert not self.under("UK-OPX-2025", "Methadone 5mg tablets", "10").convertible

    def test_buprenorphine_patches_are_not_defined_in_the_american_table(self) -> None:
        patch = medicine("Buprenorphine 20micrograms/hour transdermal patches")
        assert not convert(patch, patch_mcg_per_hour=Decimal(20), table="US-CDC-2022").convertible


OPIOIDS = [p for p in products() if MedicineClass.OPIOID in p.classes and p.strength_mg_per_unit is not None]
AMOUNTS = st.decimals(min_value=0, max_value=2000, places=2)


@given(st.sampled_from(OPIOIDS), AMOUNTS, st.integers(2, 9))
def test_a_dose_times_n_is_an_equivalent_times_n(product: Product, mg: Decimal, times: int) -> None:
    one = convert(product, daily_mg_min=mg, daily_mg_max=mg)
    many = convert(product, daily_mg_min=mg * times, daily_mg_max=mg * times)
    assert one.convertible == many.convertible
    if one.ome_max is not None:
        assert many.ome_max == one.ome_max * times


@given(st.sampled_from(OPIOIDS), AMOUNTS, AMOUNTS)
def test_more_taken_is_never_less(product: Product, one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    found = convert(product, daily_mg_min=low, daily_mg_max=high)
    if found.convertible:
        assert found.ome_min is not None and found.ome_max is not None
        assert 0 <= found.ome_min <= found.ome_max


@given(st.sampled_from(products()), AMOUNTS)
def test_whatever_is_not_converted_says_why(product: Product, amount: Decimal) -> None:
    found = convert(product, daily_mg_min=amount, daily_mg_max=amount, patch_mcg_per_hour=amount)
    assert found.convertible == (found.ome_max is not None) == (found.reason == "") == bool(found.formula)
