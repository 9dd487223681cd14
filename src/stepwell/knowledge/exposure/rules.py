"""The parameters of the exposure rules, read from their table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml


@dataclass(frozen=True, slots=True)
class Rules:
    """Days, but ``median_gap_min_occasions``, a count, and ``container_units``, units that hide what is counted. Meaning and source: the table and decision 10."""

    id: str
    gap_days: int
    long_term_days: int
    carry_days: int
    assumed_days: int
    given_days_max: int
    reckoned_days_max: int
    median_gap_min_occasions: int
    median_gap_max_days: int
    quantity_window_days: int
    elsewhere_days: int
    window_days: int
    container_units: tuple[str, ...]


@cache
def current() -> Rules:
    """The rule set in force."""
    text = (
        resources.files("stepwell.knowledge.data").joinpath("exposure_rules.yaml").read_text(encoding="utf-8")
    )
    table = yaml.safe_load(text)
    values = {name: row["value"] for name, row in table["parameters"].items()}
    return Rules(id=table["id"], container_units=tuple(table["container_units"]["words"]), **values)
