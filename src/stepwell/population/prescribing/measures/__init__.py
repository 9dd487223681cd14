"""Measures: what is counted, against what, under which tables. Each is a YAML file of ``definitions``; none has a query of its own."""

from stepwell.population.prescribing.measures.model import Direction, Measure, Side
from stepwell.population.prescribing.measures.reading import (
    definitions_version,
    measure,
    measures,
    read_measure,
)

__all__ = ["Direction", "Measure", "Side", "definitions_version", "measure", "measures", "read_measure"]
