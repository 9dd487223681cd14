"""Did it work? A controlled before-after evaluation of any group of practices, with its checks and its verdict in words.

``evaluate(panel, treated, design)`` is the way in; the words are in ``model``. How, why and how well: decision 16.
"""

from stepwell.population.prescribing.evaluation.evaluate import evaluate
from stepwell.population.prescribing.evaluation.model import (
    Change,
    Design,
    Estimate,
    Evaluation,
    Found,
    Handling,
    Method,
    Panel,
    Result,
    Selection,
    Sensitivity,
    Series,
    SpacePlacebo,
    TimePlacebo,
    Verdict,
    Weights,
)

__all__ = [
    "Change",
    "Design",
    "Estimate",
    "Evaluation",
    "Found",
    "Handling",
    "Method",
    "Panel",
    "Result",
    "Selection",
    "Sensitivity",
    "Series",
    "SpacePlacebo",
    "TimePlacebo",
    "Verdict",
    "Weights",
    "evaluate",
]
