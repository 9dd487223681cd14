"""What the ledger stores about finding people. One module per noun."""

from stepwell.casefinding.models.candidates import Candidate, CandidateList
from stepwell.casefinding.models.imports import ImportJob, MappingPreset

__all__ = ["Candidate", "CandidateList", "ImportJob", "MappingPreset"]
