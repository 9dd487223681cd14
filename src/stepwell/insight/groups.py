"""The order measures are shown in: ``data/groups.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from stepwell.population.prescribing.measures import Measure, measures


@dataclass(frozen=True, slots=True)
class Group:
    """Measures shown under one heading."""

    id: str
    title: str
    about: str
    measures: tuple[Measure, ...]


@cache
def _read() -> Any:
    text = (resources.files(__package__) / "data" / "groups.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


@cache
def groups() -> tuple[Group, ...]:
    """Every measure, each in one group."""
    every = measures()
    left = dict(every)
    found = []
    for row in _read()["groups"]:
        inside = tuple(left.pop(name) for name in row["measures"] if name in left)
        found.append(Group(row["id"], row["title"], row["about"], inside))
    if left:
        found.append(Group("more", "More measures", "Not put in order yet.", tuple(left.values())))
    return tuple(each for each in found if each.measures)


@cache
def headline() -> tuple[str, ...]:
    """The measures that sentences at the top of a page may name."""
    return tuple(name for name in _read()["headline"] if name in measures())
