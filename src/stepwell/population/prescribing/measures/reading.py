"""Measures read from YAML, checked against the schema, each mistake told with its file and place."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

import jsonschema
import yaml

from stepwell.base.errors import Place, StepwellError
from stepwell.population.prescribing.measures.model import Direction, Kind, Measure, Side, Weight

_HERE = "stepwell.population.prescribing.measures"


@cache
def measures() -> Mapping[str, Measure]:
    """Every measure held, by id, in the order of families and files."""
    found: dict[str, Measure] = {}
    for name, text in _texts().items():
        for entry in yaml.safe_load(text)["measures"]:
            one = read_measure(entry, name)
            if one.id in found:
                raise StepwellError(f'Two measures are called "{one.id}".', where=Place(name))
            found[one.id] = one
    return MappingProxyType(found)


def measure(measure_id: str) -> Measure:
    """One measure. Raises ``StepwellError`` naming those held."""
    try:
        return measures()[measure_id]
    except KeyError:
        raise StepwellError(
            f'There is no measure called "{measure_id}".',
            next_step=f"The measures are: {', '.join(measures())}.",
        ) from None


@cache
def definitions_version() -> str:
    """A short text that changes when any definition does."""
    return hashlib.sha256("\n".join(_texts().values()).encode()).hexdigest()[:12]


def read_measure(entry: Any, file: str = "measure") -> Measure:
    """A measure from YAML as plain lists and dicts. Raises ``StepwellError`` saying which part is wrong."""
    problem = next(
        iter(sorted(_validator().iter_errors(entry), key=lambda each: list(each.absolute_path))), None
    )
    if problem is not None:
        called = entry.get("id", "?") if isinstance(entry, dict) else "?"
        at = ".".join(str(part) for part in problem.absolute_path)
        raise StepwellError(
            f'The measure "{called}" is not written as a measure: {problem.message}.',
            where=Place(file, None, at or None),
        )
    below = entry["denominator"]
    denominator = None if below == "list_size" else _side(below)
    kind = Kind.LIST if denominator is None else Kind(entry.get("kind", "share"))
    return Measure(
        id=entry["id"],
        version=entry["version"],
        title=entry["title"],
        plain=entry["plain"],
        unit=entry["unit"],
        kind=kind,
        direction=Direction(entry["direction"]),
        numerator=_side(entry["numerator"]),
        denominator=denominator,
        family=entry["family"],
        secondary=entry.get("secondary", False),
        quantity_per_item=entry.get("quantity_per_item"),
        threshold=entry.get("threshold"),
        caveats=tuple(entry["caveats"]),
        upstream=entry.get("upstream"),
        valid_from=entry["valid_from"],
        review=entry["review"],
        source=entry["source"],
        status=entry["status"],
    )


def _side(entry: Any) -> Side:
    over = entry.get("quantity_over")
    weight = entry.get("times")
    return Side(
        entry["sum"],
        Weight(weight) if weight else None,
        entry["of"],
        Decimal(over) if over is not None else None,
    )


@cache
def _validator() -> Any:
    schema = json.loads((resources.files(_HERE) / "schema.json").read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(schema)


@cache
def _texts() -> Mapping[str, str]:
    folder = resources.files(_HERE) / "definitions"
    files = sorted(
        (each for each in folder.iterdir() if each.name.endswith(".yaml")), key=lambda each: each.name
    )
    return {each.name: each.read_text(encoding="utf-8") for each in files}
