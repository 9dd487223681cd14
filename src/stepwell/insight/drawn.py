"""A chart as a page shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from stepwell.insight.charts import look
from stepwell.insight.standing import Standing


@dataclass(frozen=True, slots=True)
class Drawn:
    """Its finding, what it is of, both drawings, and sentences below. ``summary`` is what somebody hears who cannot see it."""

    id: str
    finding: str
    about: str
    wide: str
    narrow: str
    summary: str
    notes: tuple[str, ...] = ()
    icon: str = ""
    icon_words: str = ""


def drawn_twice(found: Standing, name: str, draw: Callable[[look.Size], str]) -> tuple[str, str]:
    """The wide and the narrow drawing, kept for whoever asks next."""
    key = f"{name} {found.organisation.level} {found.organisation.code} {found.area.code} {found.choices}"
    wide = found.facts.drawing(f"wide {key}", found.measure, lambda: draw(look.WIDE))
    return wide, found.facts.drawing(f"narrow {key}", found.measure, lambda: draw(look.NARROW))
