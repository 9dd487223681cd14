"""Measures read from YAML, checked against the schema, each mistake told with its file and place."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

import jsonschema
import yaml

from stepwell.base.errors import Place, StepwellError
from stepwell.knowledge import tables
from stepwell.knowledge.medicines.groups import Group
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
    _require_meaning(entry, file)
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


def _require_meaning(entry: Any, file: str) -> None:
    """Refuse what the schema lets through and would count nothing, or nonsense."""
    below = entry["denominator"]
    if below == "list_size" and "kind" in entry:
        raise _wrong(entry, file, "kind", "a measure per 1,000 patients is of no other kind")
    for name, side in (("numerator", entry["numerator"]), ("denominator", below)):
        if isinstance(side, dict):
            if "times" in side and side["sum"] != "quantity":
                raise _wrong(
                    entry, file, f"{name}.times", "only a quantity has units that are worth something"
                )
            for word in _unknown_words(side["of"]):
                raise _wrong(entry, file, f"{name}.of", f'nothing here is called "{word}"')


def _unknown_words(chosen: Mapping[str, Any]) -> Iterator[str]:
    """Groups and classes of a selector that do not exist: a slip of the pen would choose nothing, and count 0."""
    if "group" in chosen and chosen["group"] not in list(Group):
        yield chosen["group"]
    classes = {row["class"] for row in tables.rows("dependence_classes")}
    if "dependence_class" in chosen and chosen["dependence_class"] not in classes:
        yield chosen["dependence_class"]
    for substance in chosen.get("substance", ()):
        if substance not in _substances():
            yield substance
    for inner in (*chosen.get("any", ()), *([chosen["not"]] if "not" in chosen else [])):
        yield from _unknown_words(inner)


@cache
def _substances() -> frozenset[str]:
    return frozenset(row["substance"] for row in tables.rows("products")) | frozenset(
        row["substance"] for row in tables.rows("bnf_chemicals")
    )


def _wrong(entry: Any, file: str, at: str, why: str) -> StepwellError:
    return StepwellError(
        f'The measure "{entry["id"]}" is not written as a measure: {why}.', where=Place(file, None, at)
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
