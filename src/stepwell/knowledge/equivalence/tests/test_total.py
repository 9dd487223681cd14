"""The whole person: sums, "at least", lines and bands."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepwell.base.errors import StepwellError
from stepwell.knowledge.equivalence import Equivalence, Total, band, convert, threshold, thresholds, total
from stepwell.knowledge.equivalence.thresholds import bands, threshold_set_id
from stepwell.knowledge.medicines import identify


def part(
    name: str, low: str | None = None, high: str | None = None, *, rate: str | None = None
) -> Equivalence:
    product = identify(name=name).product
    assert product is not None
    return convert(
        product,
        daily_mg_min=Decimal(low) if low else None,
        daily_mg_max=Decimal(high or low or 0) if low else None,
        patch_mcg_per_hour=Decimal(rate) if rate else None,
    )


CODEINE_240 = part("Codeine 30mg tablets", "240")
FENTANYL_25 = part("Fentanyl 25micrograms/hour transdermal patches", rate="25")
TRAMADOL_IF_NEEDED = part("Tramadol 50mg capsules", "0", "400")
METHADONE = part("Methadone 5mg tablets", "10")


def figure(ome: str) -> Total:
    return Total(Decimal(ome), Decimal(ome), False, (), "SW-DEFAULT-1")


def test_one_opioid_is_not_taken_alone() -> None:
    found = total([CODEINE_240, FENTANYL_25])
    assert str(found) == "84 mg"
    assert found.band is not None and found.band.id == "from_50_below_90"


def test_as_needed_prints_as_a_range_and_the_band_uses_the_maximum() -> None:
    found = total([FENTANYL_25, TRAMADOL_IF_NEEDED])
    assert str(found) == "60 to 100 mg"
    assert found.band is not None and found.band.id == "from_90_below_120"


def test_an_unconverted_opioid_makes_it_at_least() -> None:
    found = total([FENTANYL_25, METHADONE])
    assert str(found) == "at least 60 mg"
    assert found.at_least and found.unconverted == (METHADONE.reason,)


def test_an_opioid_with_no_dose_makes_it_at_least() -> None:
    found = total([FENTANYL_25], also_unconverted=["Tramadol: the strength is not known."])
    assert str(found) == "at least 60 mg"


@pytest.mark.parametrize("parts", [[], [METHADONE]])
def test_nothing_converted_is_not_known_and_never_zero(parts: list[Equivalence]) -> None:
    found = total(parts)
    assert (found.ome_min, found.ome_max, found.band) == (None, None, None)
    assert str(found) == "not known"


def test_two_factor_tables_are_not_added() -> None:
    product = identify(name="Codeine 30mg tablets").product
    assert product is not None
    other = convert(product, daily_mg_min=Decimal(30), daily_mg_max=Decimal(30), table="US-CDC-2022")
    with pytest.raises(StepwellError, match="different factor tables"):
        total([CODEINE_240, other])


@pytest.mark.parametrize(
    ("ome", "shown"),
    [
        ("60", "60 mg"),
        ("16.8", "17 mg"),
        ("16.5", "17 mg"),
        ("89.6", "90 (89.6) mg"),
        ("90.4", "90 (90.4) mg"),
        ("90", "90 mg"),
        ("88.9", "89 mg"),
        ("0.4", "0 mg"),
    ],
)
def test_what_people_read(ome: str, shown: str) -> None:
    assert str(figure(ome)) == shown


@pytest.mark.parametrize(
    ("ome", "label"),
    [
        ("0", "under 50"),
        ("49.99", "under 50"),
        ("50", "50 to under 90"),
        ("89.6", "50 to under 90"),
        ("90", "90 to under 120"),
        ("119.9", "90 to under 120"),
        ("120", "120 to under 300"),
        ("300", "300 or more"),
        ("5000", "300 or more"),
    ],
)
def test_bands_include_their_lower_end(ome: str, label: str) -> None:
    assert band(Decimal(ome)).label == label


def test_no_band_below_zero() -> None:
    with pytest.raises(StepwellError, match="below zero"):
        band(Decimal(-1))


def test_bands_leave_no_gap() -> None:
    held = bands()
    assert held[0].low == 0 and held[-1].high is None
    assert [each.high for each in held[:-1]] == [each.low for each in held[1:]]


def test_lines_are_dated_and_sourced() -> None:
    assert {each.id: each.value for each in thresholds()} == {
        "band_50": 50,
        "high_90": 90,
        "legacy_120": 120,
        "specialist_300": 300,
    }
    assert threshold("high_90").effective_from == "2025-11"
    assert all(each.source and each.status in ("verified", "unverified") for each in thresholds())
    assert threshold_set_id() == "TH-1"


def test_a_line_is_compared_before_rounding() -> None:
    line = threshold("high_90")
    assert line.reached_by(Decimal(90))
    assert not line.reached_by(Decimal("89.6"))


def test_a_line_may_mean_above() -> None:
    from dataclasses import replace

    above = replace(threshold("legacy_120"), operator=">")
    assert not above.reached_by(Decimal(120))
    assert above.reached_by(Decimal("120.1"))


def test_an_unknown_line_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(StepwellError, match=r"no threshold called high_9\..*high_90"):
        threshold("high_9")


AMOUNTS = st.decimals(min_value=0, max_value=1000, places=1)


@given(st.lists(AMOUNTS, min_size=1, max_size=5))
def test_a_total_is_the_sum_in_any_order(amounts: list[Decimal]) -> None:
    product = identify(name="Morphine 10mg modified-release tablets").product
    assert product is not None
    parts = [convert(product, daily_mg_min=each, daily_mg_max=each) for each in amounts]
    assert total(parts).ome_max == total(reversed(parts)).ome_max == sum(amounts)
