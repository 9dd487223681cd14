"""EMIS bulk extracts (5.x to 8.2): a folder or zip of tables, full or delta, into the canonical tables."""

from stepwell.population.records.emis.reader import EmisReader

__all__ = ["EmisReader"]
