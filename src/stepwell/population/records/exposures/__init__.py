"""Exposures in Ibis: the same rules as ``knowledge.exposure``, for any number of people at once. Decision 10.

``derive(medicine_issues, lines, as_of, rules)`` gives ``Exposures``. Inside, a person and a line are whole numbers, so that
windows sort numbers and not text; days are whole numbers from 1970-01-01.
"""

from stepwell.population.records.exposures.pipeline import Exposures, derive

__all__ = ["Exposures", "derive"]
