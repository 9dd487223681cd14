"""Which presentations are kept row by row: those of medicines for pain, or that people are moved to from them."""

from __future__ import annotations

from functools import cache

import ibis.expr.types as ir

from stepwell.knowledge import tables


@cache
def prefixes() -> tuple[str, ...]:
    """BNF prefixes kept at raw grain, of four to nine characters."""
    return tuple(row["prefix"] for row in tables.rows("pain_prescribing"))


def is_kept(code: ir.StringColumn) -> ir.BooleanColumn:
    """Whether a presentation's row is kept at raw grain."""
    by_length: dict[int, list[str]] = {}
    for prefix in prefixes():
        by_length.setdefault(len(prefix), []).append(prefix)
    held = [code.substr(0, length).isin(group) for length, group in sorted(by_length.items())]
    kept = held[0]
    for each in held[1:]:
        kept = kept | each
    return kept
