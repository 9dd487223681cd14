"""A Dosage as one flat row: the names and order that files and the command line use."""

from __future__ import annotations

import json
from decimal import Decimal

from stepwell.knowledge.dosage.model import Dosage, Span, Status, Step

FIELDS = (
    "text",
    "status",
    "reason",
    "flags",
    "noise",
    "dose_min",
    "dose_max",
    "unit",
    "frequency_min",
    "frequency_max",
    "interval_days_min",
    "interval_days_max",
    "as_needed",
    "as_directed",
    "ceiling",
    "ceiling_unit",
    "ceiling_period_days",
    "duration_days",
    "daily_min",
    "daily_max",
    "daily_mg_min",
    "daily_mg_max",
    "patch_mcg_per_hour",
    "steps",
    "spans",
    "unread",
    "question",
    "parser_version",
)
"""The columns, in order."""


def as_dict(dosage: Dosage) -> dict[str, str]:
    """One cell of text a field: blank for unknown, flags and noise joined by "|", steps and spans as JSON."""
    return {name: _cell(getattr(dosage, name)) for name in FIELDS}


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Status):
        return value.value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, tuple):
        return _list(value)
    return str(value)


def _list(values: tuple[object, ...]) -> str:
    if any(isinstance(value, Step | Span) for value in values):
        return json.dumps([_object(value) for value in values], ensure_ascii=False)
    return "|".join(str(value) for value in values)


def _object(value: object) -> dict[str, object]:
    assert isinstance(value, Step | Span)
    return {name: _plain(getattr(value, name)) for name in value.__slots__}


def _plain(value: object) -> object:
    return format(value, "f") if isinstance(value, Decimal) else value
