"""All practices of an area on one measure, in one month. Those too small are apart: their figures say little."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.urls import reverse

from stepwell.insight import words
from stepwell.insight.choices import Choices
from stepwell.insight.directory import Organisation
from stepwell.insight.facts import Facts, of_month, only
from stepwell.insight.standing import is_too_small
from stepwell.population.prescribing.areas import Level
from stepwell.population.prescribing.measures import Measure

CSV_COLUMNS = (
    "measure", "measure_version", "factor_table", "month", "organisation", "name", "numerator", "denominator",
    "value", "percentile", "without_list_size",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One practice. ``tenth``: of practices in England with a figure, how many in ten are lower."""

    name: str
    code: str
    href: str
    numerator: str
    denominator: str
    value: str
    place: str


@dataclass(frozen=True, slots=True)
class Page:
    """``lines`` in the order asked for; ``small`` and ``without`` by name."""

    area: Organisation
    measure: Measure
    month: str
    lines: tuple[Line, ...]
    small: tuple[Line, ...]
    without: tuple[Line, ...]


def page(facts: Facts, area: Organisation, of: Measure, choices: Choices, *, by_name: bool) -> Page:
    """The page for the newest month."""
    asked = choices.asked(of, Level.PRACTICE)
    everyone = of_month(facts.values(asked), facts.newest)
    named = {each.code: each.name for each in facts.directory.of_level(Level.PRACTICE)}
    inside = only(everyone, area.practices).to_pylist()
    england = sorted(row["value"] for row in everyone.to_pylist() if row["value"] is not None)
    rows = sorted(inside, key=lambda row: named.get(row["organisation"], row["organisation"]))
    big = [row for row in rows if row["value"] is not None and not is_too_small(of, row["denominator"])]
    small = [row for row in rows if row["value"] is not None and is_too_small(of, row["denominator"])]
    without = [row for row in rows if row["value"] is None]
    if not by_name:
        big.sort(key=lambda row: -row["value"])

    def lines(found: Sequence[dict[str, object]], *, placed: bool) -> tuple[Line, ...]:
        return tuple(_line(row, named, of, choices, england if placed else []) for row in found)

    return Page(
        area=area,
        measure=of,
        month=words.month(facts.newest),
        lines=lines(big, placed=True),
        small=lines(small, placed=False),
        without=lines(without, placed=False),
    )


def _line(
    row: dict[str, object], named: dict[str, str], of: Measure, choices: Choices, england: Sequence[float]
) -> Line:
    code = str(row["organisation"])
    value, below = row["value"], row["denominator"]
    assert value is None or isinstance(value, float)
    if isinstance(below, float) and of.denominator is None:
        below *= 1000
    place = ""
    if england and value is not None:
        found = words.place(value, england)
        said = words.place_words(found, "practice", "practices", "in England")
        place = said[0].upper() + said[1:]
    path = reverse("insight:measure", args=(Level.PRACTICE.value, code, of.id))
    return Line(
        name=named.get(code, code),
        code=code,
        href=f"{path}{choices.query()}",
        numerator=words.whole(row["numerator"] if isinstance(row["numerator"], float) else None),
        denominator=words.whole(below if isinstance(below, float) else None),
        value=words.bare(of, value),
        place=place,
    )


def csv_rows(
    facts: Facts, codes: Sequence[str], level: Level, of: Measure, choices: Choices, months: Sequence[str]
) -> Iterator[tuple[object, ...]]:
    """Rows of ``CSV_COLUMNS``: every organisation of these codes in these months. Percentile is among all of the level in England."""
    asked = choices.asked(of, level)
    named = {each.code: each.name for each in facts.directory.of_level(level)}
    wanted = set(months)
    for batch in only(facts.values(asked), codes).to_batches(max_chunksize=5000):
        for row in batch.to_pylist():
            if row["month"] in wanted:
                yield (
                    of.id, of.version, asked.table(), row["month"], row["organisation"],
                    named.get(row["organisation"]), row["numerator"], row["denominator"], row["value"],
                    row["percentile"], row["without_list_size"],
                )  # fmt: skip
