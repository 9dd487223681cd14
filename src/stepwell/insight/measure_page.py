"""One measure at one organisation: what is found, in a chart each, with the table and what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stepwell.insight import changes, missing, words
from stepwell.insight.charts import deciles, over_time
from stepwell.insight.choices import FIXED_ON, Choices
from stepwell.insight.directory import Organisation
from stepwell.insight.drawn import Drawn, drawn_twice
from stepwell.insight.facts import Facts
from stepwell.insight.funnel_chart import funnel_drawn
from stepwell.insight.limits import limit
from stepwell.insight.standing import Standing
from stepwell.population.prescribing import months
from stepwell.population.prescribing.measures import Measure, measure

FIRST_ROWS = 12


@dataclass(frozen=True, slots=True)
class TableRow:
    """One month, as written in the table."""

    month: str
    numerator: str
    denominator: str
    value: str
    middle: str


@dataclass(frozen=True, slots=True)
class Page:
    """All the page shows."""

    standing: Standing
    place: str
    changed: str
    charts: tuple[Drawn, ...]
    rows: tuple[TableRow, ...]
    heads: tuple[str, str]
    per_item: str
    own_missing: tuple[str, ...]
    missing: missing.Missing


def page(facts: Facts, organisation: Organisation, of: Measure, choices: Choices) -> Page:
    """The page of a measure at an organisation, as chosen."""
    found = Standing(facts, organisation, of, choices)
    middles = _middles(found)
    charts = [each for each in (_among(found), _over_time(found), funnel_drawn(found)) if each is not None]
    return Page(
        standing=found,
        place=finding(found),
        changed=changes.title(found.change, of) if found.change.chart else "",
        charts=tuple(charts),
        rows=tuple(_table(found, middles)),
        heads=heads(of),
        per_item=_per_item(found),
        own_missing=missing.of_organisation(facts, organisation, found.rows, of),
        missing=missing.of_data(facts),
    )


def finding(found: Standing) -> str:
    """Where the organisation stands, and where it stood a year before."""
    if found.latest is None:
        return f"{found.organisation.name} has no figure in any month held"
    month = words.month(found.latest.month)
    if found.too_small:
        return f"{found.organisation.name} is too small for its figure to be compared"
    said = f"{found.organisation.name} was {found.place_words} in {month}"
    before = found.place_a_year_before
    if before is None:
        return said
    earlier = words.place_words(before, *found.kinds, found.where)
    return f"{said}{', as a year before' if earlier == found.place_words else f'; a year before, {_short(found, earlier)}'}"


def _short(found: Standing, said: str) -> str:
    """The place without saying again among whom."""
    return said.removesuffix(f" {found.kinds[1]} {found.where}")


def facts_line(found: Standing) -> str:
    """What stands under every chart: data, measure, version, threshold, and that it is not of people."""
    facts, of = found.facts, found.measure
    load = facts.load("month", facts.newest)
    on = load.published_on if load else None
    published = f"published {on.day} {on:%B %Y}" if on else "publication date not given at import"
    table = found.choices.asked(of, found.organisation.level).table()
    parts = [
        f"English prescribing data to {words.month(facts.newest)}, {published}.",
        f"Measure {of.id}, version {of.version}{f', threshold {of.threshold}' if of.threshold else ''}.",
        f"Table of factors {table}." if table else "",
        "Items dispensed, not people." if words.counts_items(of) else "Amounts dispensed, not people.",
    ]
    return " ".join(part for part in parts if part)


def heads(of: Measure) -> tuple[str, str]:
    """What numerator and denominator are called in a table."""
    above = "Cost, £" if of.unit == "GBP" else of.unit.split(" per ")[0]
    above = above if above.startswith("mg") else above[0].upper() + above[1:]
    if of.denominator is None:
        return above, "Patients"
    if of.unit == "%":
        return "Counted", "Out of"
    return above, of.denominator.column.capitalize()


def _middles(found: Standing) -> dict[str, float]:
    asked = found.choices.asked(found.measure, found.organisation.level)
    bands = found.facts.centiles(asked, found.peers, found.area.code).to_pylist()
    return {row["month"]: row["value"] for row in bands if round(row["centile"] * 10) == 5}


def own_months(found: Standing) -> list[tuple[str, float | None]]:
    """Its months from first to newest, those without a row as none."""
    values = {row.month: row.value for row in found.rows}
    return [(month, values.get(month)) for month in months.between(found.facts.months[0], found.facts.newest)]


def _among(found: Standing) -> Drawn | None:
    if found.latest is None:
        return None
    asked = found.choices.asked(found.measure, found.organisation.level)
    bands = found.facts.centiles(asked, found.peers, found.area.code).to_pylist()
    kind, kinds = found.kinds
    fewest = min((row["organisations"] for row in bands), default=0)
    own = {found.organisation.name: own_months(found)}
    unit = words.unit(found.measure)
    sums = ", sums over three months" if found.choices.three_months else ""
    if fewest >= limit("fewest_for_deciles"):
        wide, narrow = drawn_twice(
            found, "deciles", lambda size: deciles.deciles(found.measure, own, bands, size, kind, kinds)
        )
        notes = (
            f"Dashed lines: a tenth of {kinds} lie between each and the next. Thick blue line: the middle {kind}. Orange: {found.organisation.name}.",
        )
    else:
        others = _others(found)
        wide, narrow = drawn_twice(found, "dots", lambda size: deciles.dots(found.measure, own, others, size))
        notes = (
            f"Each dot is one of the other {kinds} {found.where}. There are fewer than {limit('fewest_for_deciles')}, too few for bands.",
        )
        if not others:
            notes = (f"There is no other {kind} {found.where} to compare with.",)
    return Drawn(
        id="among",
        finding=finding(found),
        about=f"{found.measure.title}, {unit}{sums}, with {kinds} {found.where}",
        wide=wide,
        narrow=narrow,
        summary=f"{finding(found)}. {_from_to(found)}",
        notes=notes,
    )


def _others(found: Standing) -> list[dict[str, object]]:
    named = {each.code: each.name for each in found.facts.directory.of_level(found.organisation.level)}
    return [
        {
            "month": row["month"],
            "value": row["value"],
            "name": named.get(row["organisation"], row["organisation"]),
        }
        for row in found.peers.to_pylist()
        if row["value"] is not None and row["organisation"] != found.organisation.code
    ]


def _from_to(found: Standing) -> str:
    """ "It went from 59,612 in October 2024 to 37,716 in September 2026." """
    held = [row for row in found.rows if row.value is not None]
    if len(held) < 2:
        return ""
    first, last = held[0], held[-1]
    return f"It went from {words.bare(found.measure, first.value)} in {words.month(first.month)} to {words.with_unit(found.measure, last.value)} in {words.month(last.month)}."


def _over_time(found: Standing) -> Drawn | None:
    chart = found.change.chart
    if chart is None:
        return None
    name = "over time first" if found.choices.fixed else "over time"
    wide, narrow = drawn_twice(found, name, lambda size: over_time.over_time(found.measure, chart, size))
    fixed = found.choices.fixed and len(chart.points) > FIXED_ON
    rests = f"the first {FIXED_ON} months" if fixed else f"all {len(chart.points)} months"
    notes = [
        f"Average and limits rest on {rests}. Triangles point up for high or rising, down for low or falling."
    ]
    if chart.points[-1].lines.lower is not None and chart.points[-1].lines.lower < 0:
        notes.append("The lower limit lies under nought and is not drawn.")
    if found.choices.three_months:
        notes.append(
            "Single months are charted here: sums over three months share months with their neighbours."
        )
    marked = changes.stretches(chart)
    notes += [f"Marked: {'; '.join(marked)}."] if marked else ["No month is marked."]
    notes += list(_plain_warnings(chart.warnings))
    title = changes.title(found.change, found.measure)
    return Drawn(
        id="over-time",
        finding=title,
        about=f"{found.measure.title}, {words.unit(found.measure)}, {found.organisation.name} alone",
        wide=wide,
        narrow=narrow,
        summary=f"{title}. Average {words.bare(found.measure, chart.points[-1].lines.centre)}.",
        notes=tuple(notes),
        icon=found.change.icon,
        icon_words=found.change.short,
    )


def _plain_warnings(said: Sequence[str]) -> Sequence[str]:
    return [each for each in said if "target" not in each]


def _table(found: Standing, middles: dict[str, float]) -> Sequence[TableRow]:
    of = found.measure
    rows = []
    for row in reversed(found.rows):
        below = row.denominator
        if below is not None and of.denominator is None:
            below *= 1000
        middle = middles.get(row.month)
        rows.append(
            TableRow(
                words.month(row.month),
                words.whole(row.numerator),
                words.whole(below),
                words.bare(of, row.value),
                words.bare(of, middle) if middle is not None else "",
            )
        )
    return rows


def _per_item(found: Standing) -> str:
    """Quantity per item beside a measure of items: what it is now and a year before."""
    if found.measure.quantity_per_item is None:
        return ""
    other = Standing(found.facts, found.organisation, measure(found.measure.quantity_per_item), found.choices)
    if other.latest is None:
        return ""
    now = f"{words.with_unit(other.measure, other.latest.value)} in {words.month(other.latest.month)}"
    before = other.at(months.after(other.latest.month, -12))
    if before is None or before.value is None:
        return f"{now}."
    return f"{now}; a year before, {words.bare(other.measure, before.value)}."
