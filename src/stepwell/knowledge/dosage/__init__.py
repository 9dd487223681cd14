"""Dosage instructions: from what a prescription line says to doses a day, or an honest refusal."""

from stepwell.knowledge.dosage.fields import FIELDS, as_dict
from stepwell.knowledge.dosage.model import Dosage, Span, Status, Step
from stepwell.knowledge.dosage.parse import PARSER_VERSION, parse

__all__ = ["FIELDS", "PARSER_VERSION", "Dosage", "Span", "Status", "Step", "as_dict", "parse"]
