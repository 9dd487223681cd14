"""Cost by real prices and carbon as a range: what is not known is never nought, and nothing is counted twice."""

from __future__ import annotations

from decimal import Decimal

import pytest

from stepwell.base.errors import StepwellError
from stepwell.knowledge.savings import (
    Amount,
    PriceTable,
    Supply,
    carbon,
    check_together,
    cost,
    factors,
    measures,
    message_cost,
    of_saving,
    saving,
)

PRICES = PriceTable(
    "Made-up prices", "2026-07", {"morphine-30": Decimal("0.20"), "morphine-15": Decimal("0.15")}
)


def supply(product: str, units: int) -> Supply:
    return Supply(product, Decimal(units))


def test_a_cost_is_units_times_price_with_its_source_and_month() -> None:
    found = cost([supply("morphine-30", 56), supply("morphine-15", 56)], PRICES)
    assert found.gbp == Decimal("19.60")
    assert (found.source, found.month) == ("Made-up prices", "2026-07")


def test_a_price_that_is_not_known_makes_the_cost_unknown() -> None:
    found = cost([supply("morphine-30", 56), supply("patch", 4)], PRICES)
    assert found.gbp is None
    assert (found.known_gbp, found.unknown) == (Decimal("11.20"), ("patch",))


def test_nothing_supplied_costs_nothing() -> None:
    assert cost([], PRICES).gbp == 0


def test_a_saving_shows_its_sum() -> None:
    found = saving([supply("morphine-30", 56)], [supply("morphine-15", 56)], PRICES)
    assert (found.gbp, found.formula) == (Decimal("2.80"), "11.20 - 8.40 = 2.80 GBP")


def test_a_change_that_costs_more_is_a_saving_below_nought() -> None:
    assert saving([supply("morphine-15", 56)], [supply("morphine-30", 56)], PRICES).gbp == Decimal("-2.80")


@pytest.mark.parametrize("side", ["before", "after"])
def test_with_a_price_unknown_on_either_side_there_is_no_saving(side: str) -> None:
    known, unknown = [supply("morphine-30", 56)], [supply("patch", 4)]
    found = saving(unknown, known, PRICES) if side == "before" else saving(known, unknown, PRICES)
    assert found.gbp is None
    assert found.reason == "The price of 1 product(s) is not known."
    assert of_saving(found) is None


@pytest.mark.parametrize("price", ["0", "-1", "NaN"])
def test_a_price_of_nought_or_less_is_refused(price: str) -> None:
    with pytest.raises(StepwellError, match="Leave out a price"):
        PriceTable("Made-up", "2026-07", {"morphine-30": Decimal(price)})


@pytest.mark.parametrize(
    ("source", "month"), [("", "2026-07"), ("Made-up", "July 2026"), ("Made-up", "2026-13")]
)
def test_prices_need_a_source_and_a_month(source: str, month: str) -> None:
    with pytest.raises(StepwellError, match="source and a month"):
        PriceTable(source, month, {})


def test_a_quantity_below_nought_is_refused() -> None:
    with pytest.raises(StepwellError, match="below nought"):
        cost([Supply("morphine-30", Decimal(-1))], PRICES)


def test_carbon_of_a_medicine_saving_is_a_range_with_factors_years_and_a_label() -> None:
    amount = of_saving(saving([supply("morphine-30", 500)], [], PRICES))
    assert amount is not None and amount.amount == 100
    found = carbon([amount])
    assert (found.low, found.high) == (Decimal("15.58"), Decimal("15.6"))
    assert {(each.id, each.year) for each in found.lines[0].factors} == {
        ("med_spend_0.1558", "2021"),
        ("med_spend_0.156", "2023"),
    }
    assert (found.label, found.status) == ("spend-based, indicative", "unverified")


def test_the_visits_the_project_added_are_taken_off_at_their_worst() -> None:
    found = carbon([Amount("medicine_spend", Decimal(1000))], added=[Amount("consultation", Decimal(2))])
    assert (found.low, found.high) == (Decimal("155.8") - Decimal("51.6"), Decimal(156) - Decimal("9.6"))


def test_a_journey_by_car_counts_the_making_of_its_fuel() -> None:
    found = carbon([Amount("car", Decimal(10))])
    assert found.low == found.high == Decimal("3.3994")
    assert found.status == "verified"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("consultation_with_medicines", "medicine_spend"),
        ("consultation_with_medicines", "consultation"),
        ("consultation", "car"),
        ("consultation_with_medicines", "bus"),
    ],
)
def test_what_one_factor_holds_is_not_counted_by_another(one: str, other: str) -> None:
    for saved, added in (((one, other), ()), ((one,), (other,)), ((other,), (one,))):
        with pytest.raises(StepwellError, match="count the same thing twice"):
            carbon([Amount(each, Decimal(1)) for each in saved], [Amount(each, Decimal(1)) for each in added])


@pytest.mark.parametrize("medicine", ["med_spend_0.156", "med_spend_0.1558", "medicine_spend"])
def test_the_consultation_factor_of_66_goes_with_no_medicine_factor(medicine: str) -> None:
    with pytest.raises(StepwellError, match="already holds the medicines"):
        check_together(["gp_consult_66", medicine])


def test_factors_of_any_year_are_known_for_what_they_are() -> None:
    with pytest.raises(StepwellError, match="travel"):
        check_together(["gp_consult_26", "car_mile_2023"])
    check_together(["gp_consult_26", "med_spend_0.156", "paper_t_2025"])


@pytest.mark.parametrize("name", ["sms", "sms_cost_frag_low", "med_share", "certificate"])
def test_what_has_no_carbon_factor_is_refused(name: str) -> None:
    with pytest.raises(StepwellError, match=name):
        carbon([Amount(name, Decimal(1))])
    with pytest.raises(StepwellError, match=name):
        check_together([name])


def test_no_amount_is_not_nought() -> None:
    with pytest.raises(StepwellError, match="Leave carbon out"):
        carbon([])
    with pytest.raises(StepwellError, match="must be a number"):
        carbon([Amount("car", Decimal("NaN"))])


def test_every_measure_uses_carbon_factors_of_its_own_unit() -> None:
    for measure, unit in measures().items():
        for factor in carbon([Amount(measure, Decimal(1))]).lines[0].factors:
            assert factor.unit == f"kgCO2e/{unit}", measure
            assert factor.category == "carbon"


def test_messages_cost_a_range() -> None:
    low, high, used = message_cost(200)
    assert (low, high) == (Decimal("4.4"), Decimal("5.28"))
    assert {each.year for each in used} == {"2024", "2025"}
    assert factors()["sms_cost_frag_low"].unit == "GBP/fragment"
