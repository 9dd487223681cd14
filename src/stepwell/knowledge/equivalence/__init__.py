"""Oral morphine equivalence: a rank of risk, in milligrams a day. It is never a dose to switch to."""

from stepwell.knowledge.equivalence.convert import DEFAULT_TABLE, Equivalence, convert
from stepwell.knowledge.equivalence.thresholds import Band, Threshold, band, threshold, thresholds
from stepwell.knowledge.equivalence.total import Total, total

__all__ = [
    "DEFAULT_TABLE",
    "Band",
    "Equivalence",
    "Threshold",
    "Total",
    "band",
    "convert",
    "threshold",
    "thresholds",
    "total",
]
