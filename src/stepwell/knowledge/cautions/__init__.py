"""Cautions S01 to S20: declared rules over medicines, conditions, values and age. A caution is never advice by itself."""

from stepwell.knowledge.cautions.engine import Acknowledgement, check, to_raise
from stepwell.knowledge.cautions.intake import medicine_from
from stepwell.knowledge.cautions.language import ConditionLists, condition_lists, conditions
from stepwell.knowledge.cautions.model import (
    ENGINE_VERSION,
    Cause,
    Dose,
    Finding,
    Findings,
    Level,
    MedicineTaken,
    OpioidCover,
    PersonFacts,
    Problem,
    State,
    Value,
    interrupting,
)
from stepwell.knowledge.cautions.person import condition_words
from stepwell.knowledge.cautions.statement import Statement
from stepwell.knowledge.cautions.statement import read as read_statement

__all__ = [
    "ENGINE_VERSION",
    "Acknowledgement",
    "Cause",
    "ConditionLists",
    "Dose",
    "Finding",
    "Findings",
    "Level",
    "MedicineTaken",
    "OpioidCover",
    "PersonFacts",
    "Problem",
    "State",
    "Statement",
    "Value",
    "check",
    "condition_lists",
    "condition_words",
    "conditions",
    "interrupting",
    "medicine_from",
    "read_statement",
    "to_raise",
]
