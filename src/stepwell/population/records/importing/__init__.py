"""Importing: ``import_extract`` joins a reader of one format to a lake and its vault. See ``extracts`` for the contract.

Source rows that become no row of their own are accounted for by counters whose name contains "left out" or "merged".
"""

from stepwell.population.records.importing.columns import ReaderMistake
from stepwell.population.records.importing.report import ImportReport, Outcome
from stepwell.population.records.importing.run import IMPORTER_VERSION, import_extract

__all__ = ["IMPORTER_VERSION", "ImportReport", "Outcome", "ReaderMistake", "import_extract"]
