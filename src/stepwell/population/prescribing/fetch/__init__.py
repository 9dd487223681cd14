"""Fetching months of prescribing from the open-data service, so that nobody has to click through sixty links.

The software never needs it: a folder of files does as well. Nothing is sent but the names of what is asked for.
"""

from stepwell.population.prescribing.fetch.fetching import Fetched, FetchedFile, fetch_months, published_on
from stepwell.population.prescribing.fetch.wanted import months_wanted

__all__ = ["Fetched", "FetchedFile", "fetch_months", "months_wanted", "published_on"]
