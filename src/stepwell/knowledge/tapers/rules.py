"""The numbers the planner holds to, read from the table ``taper_rules``. What each means is said there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from stepwell.knowledge import tables


@dataclass(frozen=True, slots=True)
class Default:
    """One row of the choice of a default profile. ``use`` and ``dose`` "" where they do not matter."""

    group: str
    profile: str
    high_risk: bool
    use: str
    dose: str


@dataclass(frozen=True, slots=True)
class Rules:
    """Days, per cents, mg a day and counts, as their names say. ``syringe_marks``: tenths of a ml, (up to, between marks)."""

    id: str
    effective_from: date
    guard_percent: Decimal
    guard_days: int
    shortest_interval_days: int
    last_part_denominator: int
    last_part_mg: tuple[tuple[str, Decimal], ...]
    long_use_mg: tuple[tuple[str, Decimal], ...]
    long_use_months: int
    advice_ome_mg: Decimal
    most_patches_worn: int
    most_seven_day_rate: Decimal
    most_units_by_tablet: Decimal
    smallest_liquid_ml: Decimal
    uneven_percent: Decimal
    longest_script_days: int
    review_after_last_days: int
    most_steps: int
    syringe_marks: tuple[tuple[int, int], ...]
    liquid_change_part: int
    liquid_last_part: int
    liquid_market_statuses: frozenset[str]
    times_by_word: tuple[tuple[str, str], ...]
    clock_from: tuple[tuple[str, int], ...]
    usual_times: tuple[tuple[int, tuple[str, ...]], ...]
    supply_days: tuple[tuple[int | None, tuple[int, ...]], ...]
    released_rates: tuple[tuple[str, Decimal, Decimal], ...]
    half_rate_profiles: frozenset[str]
    half_rate_groups: frozenset[str]
    defaults: tuple[Default, ...]
    cautions_of_steps: frozenset[str]
    cautions_before: frozenset[str]

    def lengths(self, change_hours: int | None) -> tuple[int, ...]:
        """Permitted days of one supply; () where patches are worn for another time than those listed."""
        return dict(self.supply_days).get(change_hours, ())


def _tenths(ml: str) -> int:
    return int(Decimal(ml) * 10)


@cache
def current() -> Rules:
    """The rules in force."""
    table: Any = tables.document("taper_rules")
    value = {name: row["value"] for name, row in table["parameters"].items()}
    names = ("gabapentin", "pregabalin")
    return Rules(
        id=table["id"],
        effective_from=table["effective_from"],
        guard_percent=Decimal(value["guard_percent"]),
        guard_days=value["guard_days"],
        shortest_interval_days=value["shortest_interval_days"],
        last_part_denominator=value["last_part_denominator"],
        last_part_mg=tuple((name, Decimal(value[f"{name}_last_part_mg"])) for name in names),
        long_use_mg=tuple((name, Decimal(value[f"{name}_long_use_mg"])) for name in names),
        long_use_months=value["long_use_months"],
        advice_ome_mg=Decimal(value["advice_ome_mg"]),
        most_patches_worn=value["most_patches_worn"],
        most_seven_day_rate=Decimal(value["most_seven_day_rate"]),
        most_units_by_tablet=Decimal(value["most_units_by_tablet"]),
        smallest_liquid_ml=Decimal(value["smallest_liquid_ml"]),
        uneven_percent=Decimal(value["uneven_percent"]),
        longest_script_days=value["longest_script_days"],
        review_after_last_days=value["review_after_last_days"],
        most_steps=value["most_steps"],
        syringe_marks=tuple(
            (_tenths(row["up_to_ml"]), _tenths(row["mark_ml"])) for row in table["liquids"]["syringes"]
        ),
        liquid_change_part=table["liquids"]["change_part"],
        liquid_last_part=table["liquids"]["last_dose_part"],
        liquid_market_statuses=frozenset(table["liquids"]["market_statuses"]),
        times_by_word=tuple(table["times_of_day"]["words"].items()),
        clock_from=tuple(table["times_of_day"]["clock_from"].items()),
        usual_times=tuple((often, tuple(words)) for often, words in table["times_of_day"]["usual"].items()),
        supply_days=tuple(
            (None if key == "daily" else int(key), tuple(row["days"]))
            for key, row in table["supply_days"].items()
        ),
        released_rates=tuple(
            (row["substance"], Decimal(row["labelled"]), Decimal(row["released"]))
            for row in table["released_rates"]
        ),
        half_rate_profiles=frozenset(table["half_rate_in_last_part"]["profiles"]),
        half_rate_groups=frozenset(table["half_rate_in_last_part"]["groups"]),
        defaults=tuple(
            Default(
                row["group"],
                row["profile"],
                row.get("high_risk", False),
                row.get("use", ""),
                row.get("dose", ""),
            )
            for row in table["default_profiles"]
        ),
        cautions_of_steps=frozenset(table["cautions_of_plans"]["of_each_step"]),
        cautions_before=frozenset(table["cautions_of_plans"]["before"]),
    )
