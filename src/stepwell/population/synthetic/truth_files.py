"""Writes the truth files, person by person."""

from __future__ import annotations

import csv
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from stepwell.population.synthetic.plan import Person
from stepwell.population.synthetic.truth import SEARCHES, expected


class TruthFiles:
    """The truth files, open for writing."""

    def __init__(self, folder: Path, as_of: date) -> None:
        self._folder, self._as_of = folder, as_of
        self._stack = ExitStack()
        self._searches: dict[str, Any] = {}
        self.counts = {search: {"in": 0, "check": 0, "out": 0} for search in SEARCHES}

    def __enter__(self) -> TruthFiles:
        for search in SEARCHES:
            self._searches[search] = self._open(f"search_{search}.csv", "nhs_number", "practice", "expected")
        self._ome = self._open("daily_ome.csv", "nhs_number", "practice", "as_of", "ome_min", "ome_max")
        self._planted = self._open("planted.csv", "edge_case", "nhs_number", "practice", "shows")
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _open(self, name: str, *columns: str) -> Any:
        stream = self._stack.enter_context((self._folder / name).open("w", encoding="utf-8", newline=""))
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        return writer

    def write(self, person: Person) -> None:
        """What is true of a person. Test patients and deleted patients are nobody."""
        if person.planted is not None:
            name, shows = person.planted
            self._planted.writerow((name, person.nhs_number, person.practice, shows))
        if person.dummy or person.deleted:
            return
        truth = expected(person, self._as_of.toordinal())
        for search, outcome in truth.outcomes.items():
            self.counts[search][outcome] += 1
            self._searches[search].writerow((person.nhs_number, person.practice, outcome))
        if truth.ome is not None:
            low, high = truth.ome
            self._ome.writerow(
                (person.nhs_number, person.practice, self._as_of.isoformat(), decimal(low), decimal(high))
            )


def decimal(value: Fraction) -> str:
    """A decimal without trailing zeros. Doses are whole fractions of a unit, so it always ends."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return f"{exact.normalize():f}"
