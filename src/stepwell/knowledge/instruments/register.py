"""The instruments, as the tables ``instruments`` and ``instrument_rules`` give them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any

from stepwell.base.errors import Place, StepwellError
from stepwell.knowledge import tables
from stepwell.knowledge.instruments.model import Bands, Direction, Instrument, Method, Part


@cache
def instruments() -> Mapping[str, Instrument]:
    """Every instrument by id."""
    found = {row["instrument_id"]: _instrument(row) for row in tables.rows("instruments")}
    return MappingProxyType(found)


def instrument(instrument_id: str) -> Instrument:
    """One instrument. Raises StepwellError for an id that is not held."""
    try:
        return instruments()[instrument_id]
    except KeyError:
        raise StepwellError(
            f"There is no instrument called {instrument_id}.",
            where=Place("instruments.csv"),
            next_step=f"The instruments are: {', '.join(instruments())}.",
        ) from None


def _instrument(row: tables.Row) -> Instrument:
    rules = tables.document("instrument_rules")
    instrument_id = row["instrument_id"]
    embedded = rules["instruments"].get(instrument_id)
    if embedded is not None and row["may_embed"] != "yes":
        raise StepwellError(
            f"{instrument_id} may not be embedded, so no items of it may be held.",
            where=Place("instrument_rules.yaml"),
            next_step="Take its items out.",
        )
    held: Mapping[str, Any] = embedded or rules["totals"].get(instrument_id, {})
    return Instrument(
        id=instrument_id,
        name=row["name"],
        may_embed=row["may_embed"],
        licence=row["licence"],
        licence_status=row["licence_status"],
        scoring_status=row["scoring_status"],
        bands_status=held.get("bands_status", "unverified"),
        source=row["source"],
        note=row["note"],
        direction=Direction(row["direction"] or "mixed"),
        direction_needed=held.get("direction_needed", False),
        method=Method(held["method"]) if embedded else Method.TOTALS,
        items=MappingProxyType(_items(held) if embedded else {}),
        most_missing=held.get("missing", 0),
        parts=_parts(row, held),
        subscales=MappingProxyType({name: tuple(items) for name, items in held.get("subscales", {}).items()}),
        safety_item=held.get("safety_item"),
        meaningful_percent=_number(held.get("meaningful_percent")),
        meaningful_points=_number(held.get("meaningful_points")),
        change_rule=row["change_rule"],
        version=f"{tables.version('instruments')}/{tables.version('instrument_rules')}",
    )


def _items(held: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    if "allowed" in held:
        return {name: tuple(held["allowed"][name]) for name in held["items"]}
    span = tuple(range(held["answers"]["low"], held["answers"]["high"] + 1))
    return dict.fromkeys(held["items"], span)


def _parts(row: tables.Row, held: Mapping[str, Any]) -> tuple[Part, ...]:
    direction = Direction(row["direction"] or "mixed")
    low, high = _number(row["score_min"] or None), _number(row["score_max"] or None)
    if "separate" in held:
        return tuple(
            Part(name, low, high, Direction(each["direction"]), _bands(each))
            for name, each in held["separate"].items()
        )
    if "parts" in held:
        return tuple(
            Part(
                name,
                _number(each.get("low")),
                _number(each.get("high")),
                direction,
                Bands(),
                each.get("pattern", ""),
            )
            for name, each in held["parts"].items()
        )
    return (Part("total", low, high, direction, _bands(held)),)


def _bands(held: Mapping[str, Any]) -> Bands:
    return Bands(tuple((Decimal(start), name) for name, start in held.get("bands", {}).items()))


def _number(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))
