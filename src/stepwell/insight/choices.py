"""What a reader chose about a page, all of it in the address, so that an address shared gives the same page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import QueryDict

from stepwell.insight.directory import AREAS, Directory, Organisation, england
from stepwell.population.prescribing.areas import Level
from stepwell.population.prescribing.measures.compiling import factor_tables
from stepwell.population.prescribing.measures.model import Measure
from stepwell.population.prescribing.values import Asked

FIXED_ON = 12
_WIDER = {level.value for level in AREAS}


@dataclass(frozen=True, slots=True)
class Choices:
    """``among``: the level of the area compared within. ``then``: areas as they were. ``fixed``: limits rest on the first 12 months."""

    factors: str | None = None
    then: bool = False
    three_months: bool = False
    among: str = Level.ENGLAND.value
    fixed: bool = False

    @classmethod
    def read(cls, asked: QueryDict) -> Choices:
        """The choices of an address. What is not known is left as usual."""
        among = asked.get("among", "")
        return cls(
            factors=asked.get("factors") or None,
            then=asked.get("areas") == "then",
            three_months=asked.get("months") == "3",
            among=among if among in _WIDER else Level.ENGLAND.value,
            fixed=asked.get("limits") == "first",
        )

    def query(self, **changes: object) -> str:
        """The part of an address after the question mark, with it; empty where all is as usual."""
        found = replace(self, **changes)  # type: ignore[arg-type]
        said = {
            "factors": found.factors,
            "areas": "then" if found.then else None,
            "months": "3" if found.three_months else None,
            "among": found.among if found.among != Level.ENGLAND.value else None,
            "limits": "first" if found.fixed else None,
        }
        kept = {name: value for name, value in said.items() if value}
        return f"?{urlencode(kept)}" if kept else ""

    def asked(self, measure: Measure, level: Level) -> Asked:
        """What to ask the core for. A table the measure does not use, and "as then" of what has no then, are left out."""
        table = self.factors if self.factors in factor_tables(measure) else None
        then = self.then and level in (Level.SUB_ICB, Level.ICB, Level.REGION)
        return Asked(measure, level, table, then, self.three_months)

    def area(self, directory: Directory, organisation: Organisation) -> Organisation:
        """The area compared within: the chosen one where the organisation lies in one, else England."""
        for each in directory.areas(organisation):
            if each.level.value == self.among:
                return each
        return england(directory)
