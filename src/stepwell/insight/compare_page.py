"""Two or more organisations on one measure, in one chart and one table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from stepwell.insight import measure_page, words
from stepwell.insight.charts import deciles
from stepwell.insight.choices import Choices
from stepwell.insight.directory import Organisation
from stepwell.insight.drawn import Drawn, drawn_twice
from stepwell.insight.facts import Facts
from stepwell.insight.limits import limit
from stepwell.insight.organisation_page import address
from stepwell.insight.standing import Standing
from stepwell.population.prescribing import months
from stepwell.population.prescribing.areas import Level
from stepwell.population.prescribing.measures import Measure

MOST = 4
_BETWEEN = re.compile(r"[\s,;]+")


@dataclass(frozen=True, slots=True)
class Line:
    """One of those compared, in its last month with a figure and a year before."""

    organisation: Organisation
    href: str
    month: str
    value: str
    before: str
    place: str
    icon: str
    short: str


@dataclass(frozen=True, slots=True)
class Page:
    """``unknown``: what was typed and is no organisation here; ``left_out``: beyond the most that are drawn."""

    measure: Measure
    chosen: tuple[Organisation, ...]
    unknown: tuple[str, ...]
    left_out: tuple[Organisation, ...]
    lines: tuple[Line, ...]
    chart: Drawn | None
    facts_line: str


def chosen(facts: Facts, typed: Sequence[str]) -> tuple[list[Organisation], list[str]]:
    """The organisations of codes a person typed, in their order, and the codes that are none. "england" is a code too."""
    found: dict[tuple[Level, str], Organisation] = {}
    unknown = []
    for code in (part for text in typed for part in _BETWEEN.split(text) if part):
        held = next((one for level in Level if (one := facts.directory.get(level, code))), None)
        if held is None:
            unknown.append(code)
        else:
            found.setdefault((held.level, held.code), held)
    return list(found.values()), unknown


def page(facts: Facts, of: Measure, typed: Sequence[str], choices: Choices) -> Page:
    """The page of a measure and the codes typed."""
    every, unknown = chosen(facts, typed)
    kept, left_out = every[:MOST], every[MOST:]
    standings = [Standing(facts, each, of, choices) for each in kept]
    return Page(
        measure=of,
        chosen=tuple(kept),
        unknown=tuple(unknown),
        left_out=tuple(left_out),
        lines=tuple(_line(each) for each in standings),
        chart=_chart(standings),
        facts_line=measure_page.facts_line(standings[0]) if standings else "",
    )


def _line(found: Standing) -> Line:
    latest = found.latest
    before = found.at(months.after(latest.month, -12)) if latest else None
    place = found.place_words
    return Line(
        organisation=found.organisation,
        href=address(found.organisation, found.measure, found.choices),
        month=words.month(latest.month) if latest else "",
        value=words.bare(found.measure, latest.value if latest else None),
        before=words.bare(found.measure, before.value if before else None),
        place=place[0].upper() + place[1:],
        icon=found.change.icon,
        short=found.change.short,
    )


def _chart(found: Sequence[Standing]) -> Drawn | None:
    """Their lines, on the deciles of England where they are all of one kind and there are enough."""
    held = [each for each in found if each.latest is not None]
    if not held:
        return None
    first = held[0]
    level = first.organisation.level
    bands = []
    if all(each.organisation.level is level for each in held):
        bands = first.facts.centiles(
            first.choices.asked(first.measure, level), first.peers, first.area.code
        ).to_pylist()
        if min((row["organisations"] for row in bands), default=0) < limit("fewest_for_deciles"):
            bands = []
    kind, kinds = first.kinds
    own = {each.organisation.name: measure_page.own_months(each) for each in held}
    name = "compare " + " ".join(f"{each.organisation.level}/{each.organisation.code}" for each in held)
    wide, narrow = drawn_twice(
        first, name, lambda size: deciles.deciles(first.measure, own, bands, size, kind, kinds)
    )
    notes = [
        f"Dashed blue: tenths of {kinds} {first.where}."
        if bands
        else "No bands are drawn: they are not of one kind, or too few."
    ]
    return Drawn(
        id="compare",
        finding=_finding(held),
        about=f"{first.measure.title}, {words.unit(first.measure)}",
        wide=wide,
        narrow=narrow,
        summary=f"{_finding(held)}. The table below says the same.",
        notes=tuple(notes),
    )


def _finding(held: Sequence[Standing]) -> str:
    """Who is higher now, and by how much."""
    month = min(each.latest.month for each in held if each.latest)
    rows = [(each.at(month), each) for each in held]
    values = sorted(
        ((row.value, each) for row, each in rows if row is not None and row.value is not None),
        key=lambda pair: -pair[0],
    )
    if len(values) < 2:
        return f"{held[0].organisation.name} alone has figures"
    (high, top), (low, bottom) = values[0], values[-1]
    when = f"in {words.month(month)}"
    if high == low:
        return f"{top.organisation.name} and {bottom.organisation.name} were the same {when}"
    of = top.measure
    return f"{top.organisation.name} was highest {when} at {words.bare(of, high)}, {bottom.organisation.name} lowest at {words.bare(of, low)}"
