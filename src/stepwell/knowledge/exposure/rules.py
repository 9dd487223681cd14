"""The parameters of the exposure rules, read from their table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml


@dataclass(frozen=True, slots=True)
class Rules:
    """Days, but ``median_gap_min_occasions``, a count, and the units a quantity may be written in.

    ``container_units`` hide what is counted; ``counted_units`` are, by the unit of a product, the spellings that count it. Meaning and
    source: the table and decision 10.
    """

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
    counted_units: tuple[tuple[str, tuple[str, ...]], ...]


@cache
def current() -> Rules:
    """The rule set in force."""
    text = (
        resources.files("stepwell.knowledge.data").joinpath("exposure_rules.yaml").read_text(encoding="utf-8")
    )
    table = yaml.safe_load(text)
    values = {name: row["value"] for name, row in table["parameters"].items()}
    counted = table["counted_units"]["words"].items()
    return Rules(
        id=table["id"],
        container_units=tuple(table["container_units"]["words"]),
        counted_units=tuple((unit, tuple(words)) for unit, words in counted),
        **values,
    )
