"""Outcome instruments: which may be asked here, how they are scored, and what a score may be called."""

from stepwell.knowledge.instruments.model import (
    Change,
    Direction,
    Instrument,
    Method,
    PartScore,
    Safety,
    Score,
)
from stepwell.knowledge.instruments.register import instrument, instruments
from stepwell.knowledge.instruments.scoring import change, recorded, score

__all__ = [
    "Change",
    "Direction",
    "Instrument",
    "Method",
    "PartScore",
    "Safety",
    "Score",
    "change",
    "instrument",
    "instruments",
    "recorded",
    "score",
]
