"""Carbon, as a range with the factors and years it rests on. What one factor already holds is never counted by another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any

from stepwell.base.errors import Place, StepwellError
from stepwell.knowledge import tables
from stepwell.knowledge.savings.cost import Saving


@dataclass(frozen=True, slots=True)
class Factor:
    """One row of ``carbon_factors``. ``unit`` is what the value is of, such as kgCO2e/mile."""

    id: str
    category: str
    description: str
    value: Decimal
    unit: str
    year: str
    year_is_approximate: bool
    status: str
    scope_note: str
    source: str


@dataclass(frozen=True, slots=True)
class Amount:
    """So much of one measure of ``carbon_rules``, in that measure's unit: 120 GBP of medicine_spend, 3 of consultation."""

    measure: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class CarbonLine:
    """One measure's part, in kgCO2e. ``amount`` is below nought for what the project itself added."""

    measure: str
    amount: Decimal
    unit: str
    low: Decimal
    high: Decimal
    factors: tuple[Factor, ...]


@dataclass(frozen=True, slots=True)
class Carbon:
    """A range in kgCO2e, exact. ``label`` must be shown with it; ``status`` is verified only if every factor is."""

    low: Decimal
    high: Decimal
    lines: tuple[CarbonLine, ...]
    label: str
    status: str
    version: str


@cache
def factors() -> Mapping[str, Factor]:
    """Every factor by id."""
    return MappingProxyType(
        {
            row["factor_id"]: Factor(
                id=row["factor_id"],
                category=row["category"],
                description=row["description"],
                value=Decimal(row["value"]),
                unit=row["unit"],
                year=row["year"],
                year_is_approximate=row["year_is_approximate"] != "no",
                status=row["status"],
                scope_note=row["scope_note"],
                source=row["source"],
            )
            for row in tables.rows("carbon_factors")
        }
    )


def _rules() -> Any:
    return tables.document("carbon_rules")


def measures() -> Mapping[str, str]:
    """What may be measured, and its unit."""
    return {name: each["unit"] for name, each in _rules()["measures"].items()}


def carbon(saved: Sequence[Amount], added: Sequence[Amount] = ()) -> Carbon:
    """Carbon saved, less what the project itself added. The range takes the low of one against the high of the other.

    Raises StepwellError for a measure that is not held, an amount that is not a number, and for measures of which one
    already holds the other, whichever side they stand on.
    """
    if not saved and not added:
        raise StepwellError("There is nothing to work carbon out from.", next_step="Leave carbon out.")
    check_together([each.measure for each in (*saved, *added)])
    lines = [_line(each, 1) for each in saved] + [_line(each, -1) for each in added]
    used = [factor for line in lines for factor in line.factors]
    return Carbon(
        low=sum((each.low for each in lines), Decimal(0)),
        high=sum((each.high for each in lines), Decimal(0)),
        lines=tuple(lines),
        label=str(_rules()["label"]),
        status="verified" if all(each.status == "verified" for each in used) else "unverified",
        version=f"{tables.version('carbon_factors')}/{tables.version('carbon_rules')}",
    )


def check_together(names: Iterable[str]) -> None:
    """Refuse measures, or factor ids, of which one already holds the other. Raises StepwellError naming both and why."""
    held = {_measure_of(name): name for name in names}
    for rule in _rules()["never_together"]:
        one = next((held[each] for each in rule["one"] if each in held), None)
        other = next((held[each] for each in rule["other"] if each in held), None)
        if one and other:
            raise StepwellError(
                f"{one} and {other} would count the same thing twice: {rule['why']}.",
                next_step="Use one of the two.",
            )


def _measure_of(name: str) -> str:
    """The measure of a name, which may be the id of a factor (of any year: car_mile_2023 is a car's)."""
    for measure, rule in _rules()["measures"].items():
        if name == measure or name in (*rule["factors"], *rule.get("plus", ())):
            return str(measure)
    if name in factors() and factors()[name].category == "carbon":
        return name.split("_")[0]
    raise StepwellError(
        f"There is no measure or factor called {name}.",
        where=Place("carbon_rules.yaml"),
        next_step=f"The measures are: {', '.join(measures())}.",
    )


def _line(each: Amount, sign: int) -> CarbonLine:
    rule = _rules()["measures"].get(each.measure)
    if rule is None:
        raise StepwellError(
            f"There is no measure called {each.measure}.",
            where=Place("carbon_rules.yaml"),
            next_step=f"The measures are: {', '.join(measures())}.",
        )
    if not each.amount.is_finite():
        raise StepwellError("An amount must be a number.", next_step="Leave out what is not known.")
    plus = [factors()[name] for name in rule.get("plus", ())]
    used = [factors()[name] for name in rule["factors"]]
    extra = sum((factor.value for factor in plus), Decimal(0))
    amount = each.amount * sign
    ends = sorted((factor.value + extra) * amount for factor in used)
    return CarbonLine(each.measure, amount, rule["unit"], ends[0], ends[-1], (*used, *plus))


def of_saving(saving: Saving) -> Amount | None:
    """The medicine spend saved, as an amount to work carbon out from; None where the saving is not known."""
    return None if saving.gbp is None else Amount("medicine_spend", saving.gbp)


def message_cost(fragments: int) -> tuple[Decimal, Decimal, tuple[Factor, ...]]:
    """The least and most that so many SMS fragments cost, in GBP, and the prices used. No carbon is known for an SMS."""
    if fragments < 0:
        raise StepwellError("There cannot be fewer than no fragments.")
    used = tuple(factors()[name] for name in _rules()["message_cost"]["factors"])
    ends = sorted(factor.value * fragments for factor in used)
    return ends[0], ends[-1], used
