"""Days covered, eras, and the current dose: the plain Python reference, for one person at a time.

The Ibis version in ``population.records.exposures`` must give the same answers; Hypothesis compares them.
The rules: docs/decisions/0010-exposure-and-search-rules.md; their parameters: ``knowledge/data/exposure_rules.yaml``.
"""

from stepwell.knowledge.exposure.current import current_lines, daily_ome, quantity_rate
from stepwell.knowledge.exposure.eras import eras
from stepwell.knowledge.exposure.history import Point, ome_over_time
from stepwell.knowledge.exposure.model import (
    Basis,
    Cover,
    CurrentLine,
    DailyOme,
    DaysBasis,
    Era,
    Issue,
    Medicine,
    Occasion,
    TextState,
)
from stepwell.knowledge.exposure.occasions import covers, lines, occasions
from stepwell.knowledge.exposure.rules import Rules, current

__all__ = [
    "Basis",
    "Cover",
    "CurrentLine",
    "DailyOme",
    "DaysBasis",
    "Era",
    "Issue",
    "Medicine",
    "Occasion",
    "Point",
    "Rules",
    "TextState",
    "covers",
    "current",
    "current_lines",
    "daily_ome",
    "eras",
    "lines",
    "occasions",
    "ome_over_time",
    "quantity_rate",
]
