"""Searches over practice records: YAML definitions compiled to Ibis. Three outcomes, never two; each with reasons.

>>> prepared = prepare(tables, as_of, con)          # once per date
>>> result = run(search("long-term-opioids"), prepared)
"""

from stepwell.population.records.searches.model import Search, all_searches, search
from stepwell.population.records.searches.run import (
    Candidate,
    Counts,
    Options,
    Prepared,
    Result,
    prepare,
    reason,
    run,
)

__all__ = [
    "Candidate",
    "Counts",
    "Options",
    "Prepared",
    "Result",
    "Search",
    "all_searches",
    "prepare",
    "reason",
    "run",
    "search",
]
