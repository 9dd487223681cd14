"""One organisation on one measure: its months, its peers, and where it stands among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa

from stepwell.insight import words
from stepwell.insight.changes import Change, Row, change
from stepwell.insight.choices import Choices
from stepwell.insight.directory import WORDS, Organisation
from stepwell.insight.facts import Facts, of_month, only
from stepwell.insight.limits import limit
from stepwell.population.prescribing import months
from stepwell.population.prescribing.areas import Level
from stepwell.population.prescribing.measures.model import Kind, Measure


@dataclass
class Standing:
    """``area``: what is compared within. Rows of the core are read when they are first asked for."""

    facts: Facts
    organisation: Organisation
    measure: Measure
    choices: Choices

    @cached_property
    def area(self) -> Organisation:
        """The area compared within."""
        return self.choices.area(self.facts.directory, self.organisation)

    @cached_property
    def where(self) -> str:
        """ "in England"."""
        return f"in {self.area.name}"

    @property
    def kinds(self) -> tuple[str, str]:
        """What it is compared with, one and many."""
        return WORDS[self.organisation.level]

    @cached_property
    def everyone(self) -> pa.Table:
        """The rows of all organisations of its level."""
        return self.facts.values(self.choices.asked(self.measure, self.organisation.level))

    @cached_property
    def peers(self) -> pa.Table:
        """The rows of those in the area, itself too."""
        if self.area.level is Level.ENGLAND:
            return self.everyone
        inside = self.facts.directory.within(self.area, self.organisation.level)
        return only(self.everyone, [each.code for each in inside])

    @cached_property
    def rows(self) -> list[Row]:
        """Its own months, oldest first."""
        return rows_of(self.everyone, self.organisation)

    @cached_property
    def newest(self) -> Row | None:
        """Its row of the newest month held; None when it has none."""
        return self.at(self.facts.newest)

    def at(self, month: str) -> Row | None:
        """Its row of a month."""
        return next((row for row in self.rows if row.month == month), None)

    @cached_property
    def latest(self) -> Row | None:
        """Its last month with a value."""
        return next((row for row in reversed(self.rows) if row.value is not None), None)

    @cached_property
    def change(self) -> Change:
        """Its months as an XmR chart: single months, since sums over three share months with their neighbours."""
        if not self.choices.three_months:
            return change(self.measure, self.rows, fixed=self.choices.fixed)
        single = Choices(self.choices.factors, self.choices.then)
        found = self.facts.values(single.asked(self.measure, self.organisation.level))
        return change(self.measure, rows_of(found, self.organisation), fixed=self.choices.fixed)

    @cached_property
    def peers_at_latest(self) -> list[dict[str, Any]]:
        """The rows of its peers in its last month with a value."""
        if self.latest is None:
            return []
        rows: list[dict[str, Any]] = of_month(self.peers, self.latest.month).to_pylist()
        return rows

    @cached_property
    def place(self) -> words.Place | None:
        """Where it stands in its last month with a value."""
        if self.latest is None or self.latest.value is None:
            return None
        return words.place(self.latest.value, [row["value"] for row in self.peers_at_latest])

    @cached_property
    def place_a_year_before(self) -> words.Place | None:
        """The same, 12 months earlier; None where there was no value."""
        if self.latest is None:
            return None
        row = self.at(months.after(self.latest.month, -12))
        if row is None or row.value is None:
            return None
        return words.place(row.value, [each["value"] for each in of_month(self.peers, row.month).to_pylist()])

    @property
    def place_words(self) -> str:
        """Where it stands, in words."""
        if self.place is None:
            return "no figure to compare"
        if self.too_small:
            return "too small to compare"
        return words.place_words(self.place, *self.kinds, self.where)

    @property
    def too_small(self) -> bool:
        """Whether its figure rests on so little that its place says nothing."""
        return self.latest is not None and is_too_small(self.measure, self.latest.denominator)


def rows_of(found: pa.Table, organisation: Organisation) -> list[Row]:
    """One organisation's months, oldest first."""
    return [
        Row(
            each["month"],
            each["numerator"],
            each["denominator"],
            each["value"],
            each["practices"],
            each["without_list_size"],
        )
        for each in sorted(only(found, [organisation.code]).to_pylist(), key=lambda row: row["month"])
    ]


def is_too_small(measure: Measure, denominator: float | None) -> bool:
    """Whether a figure rests on fewer patients, or items, than are put in order."""
    if denominator is None:
        return True
    if measure.kind is Kind.LIST:
        return denominator * 1000 < limit("smallest_list")
    return denominator < limit("smallest_items")


def known(values: Sequence[float | None]) -> list[float]:
    """Those that are there."""
    return [each for each in values if each is not None]
