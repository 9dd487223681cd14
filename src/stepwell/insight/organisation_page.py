"""An organisation at a glance: every measure in words, what changed, and where it stands high or low."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from stepwell.insight import groups, missing, words
from stepwell.insight.choices import Choices
from stepwell.insight.directory import Organisation
from stepwell.insight.facts import Facts
from stepwell.insight.sparks import Spark, spark
from stepwell.insight.standing import Standing
from stepwell.population.prescribing.measures import Measure, measure, measures

BUDGET_SECONDS = 4.0
_NAMED = 3
_HIGH = 0.6  # a place said to be high or low is beyond six in ten


@dataclass(frozen=True, slots=True)
class Line:
    """One measure. ``value`` and ``place`` are of ``month``, the last with a value. ``behind``: that is not the newest month."""

    measure: Measure
    href: str
    value: str
    place: str
    month: str
    behind: bool
    icon: str
    short: str
    since: str
    spark: Spark | None
    per_item: str


@dataclass(frozen=True, slots=True)
class Lines:
    """A group of measures; ``waiting`` are not worked out yet."""

    group: groups.Group
    lines: tuple[Line, ...]
    waiting: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence about one measure, and where to read on."""

    lead: str
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Page:
    """All the page shows."""

    organisation: Organisation
    areas: tuple[Organisation, ...]
    groups: tuple[Lines, ...]
    changed: tuple[Said, ...]
    high: tuple[Said, ...]
    low: tuple[Said, ...]
    waiting: int
    compared: str
    missing: missing.Missing
    own_missing: tuple[str, ...]
    patients: int | None
    practices: int


def page(facts: Facts, organisation: Organisation, choices: Choices) -> Page:
    """The page. What is not worked out when the time is up is left for the next request, and said."""
    until = time.monotonic() + BUDGET_SECONDS
    found: dict[str, Standing] = {}
    waiting: set[str] = set()
    ordered = sorted(measures(), key=lambda name: name not in groups.headline())
    for name in ordered:
        standing = Standing(facts, organisation, measure(name), choices)
        known = facts.has(choices.asked(standing.measure, organisation.level))
        if found and not known and time.monotonic() > until:
            waiting.add(name)
        else:
            found[name] = standing
            # Worked out here, so that the time it takes is counted.
            assert standing.everyone is not None
    lines = tuple(
        Lines(
            group,
            tuple(_line(found[each.id], found) for each in group.measures if each.id in found),
            tuple(each for each in group.measures if each.id in waiting),
        )
        for group in groups.groups()
    )
    headline = [found[name] for name in groups.headline() if name in found]
    any_list = next((each for each in headline if each.measure.denominator is None), None)
    first = any_list or next(iter(found.values()))
    size = first.newest.denominator if any_list and first.newest else None
    return Page(
        organisation=organisation,
        areas=tuple(facts.directory.areas(organisation)),
        groups=lines,
        changed=tuple(_changed(headline)),
        high=tuple(_placed(headline, high=True)),
        low=tuple(_placed(headline, high=False)),
        waiting=len(waiting),
        compared=_compared(first),
        missing=missing.of_data(facts),
        own_missing=missing.of_organisation(facts, organisation, first.rows, first.measure),
        patients=round(size * 1000) if size else None,
        practices=facts.directory.open_practices(organisation),
    )


def address(organisation: Organisation, of: Measure, choices: Choices) -> str:
    """The page of a measure at an organisation."""
    path = reverse("insight:measure", args=(organisation.level.value, organisation.code, of.id))
    return f"{path}{choices.query()}"


def _compared(found: Standing) -> str:
    others = sum(row["value"] is not None for row in found.peers_at_latest)
    kind, kinds = found.kinds
    return f"{others:,} {kind if others == 1 else kinds} {found.where}"


def _line(found: Standing, every: dict[str, Standing]) -> Line:
    latest, change = found.latest, found.change
    months = {row.month: row.value for row in found.rows}
    other = every.get(found.measure.quantity_per_item or "")
    per_item = ""
    if other is not None and other.latest is not None:
        per_item = words.with_unit(other.measure, other.latest.value)
    return Line(
        measure=found.measure,
        href=address(found.organisation, found.measure, found.choices),
        value=words.bare(found.measure, latest.value if latest else None),
        place=found.place_words,
        month=words.month(latest.month) if latest else "",
        behind=latest is not None and latest.month != found.facts.newest,
        icon=change.icon,
        short=change.short,
        since=words.month(change.since) if change.since else "",
        spark=spark([months.get(each) for each in found.facts.months]),
        per_item=per_item,
    )


def _changed(found: Iterable[Standing]) -> Iterable[Said]:
    """What is unusual now, the better and the worrying before the neutral."""
    unusual = [each for each in found if each.change.unusual]
    unusual.sort(key=lambda each: "neutral" in each.change.icon)
    for each in unusual[:_NAMED]:
        way = "Higher" if each.change.icon.endswith("_high") else "Lower"
        better = " This is for the better." if "improvement" in each.change.icon else ""
        concern = " This is of concern." if "concern" in each.change.icon else ""
        since = words.month(each.change.since or "")
        text = f"{way} since {since}, by more than chance.{better}{concern}"
        yield Said(each.measure.title, text, address(each.organisation, each.measure, each.choices))


def _placed(found: Iterable[Standing], *, high: bool) -> Iterable[Said]:
    placed = []
    for each in found:
        if each.place is None or each.too_small or not each.place.others:
            continue
        share = each.place.share_lower if high else each.place.share_higher
        if share >= _HIGH:
            placed.append((share, each))
    placed.sort(key=lambda pair: -pair[0])
    for _, each in placed[:_NAMED]:
        said = each.place_words
        yield Said(
            each.measure.title,
            f"{said[0].upper()}{said[1:]}.",
            address(each.organisation, each.measure, each.choices),
        )
