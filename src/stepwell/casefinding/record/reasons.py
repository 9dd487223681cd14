"""Why somebody is on a list: which supply met the definition, since when, of what, and the OME as a sum.

A spell is kept with the candidate as the search found it: ``group, start, days, gap, ended, elsewhere, undated``. A line is a
medicine then taken: ``name, since, last, until, lapsed, own, opioid, ome_min, ome_max``. Both are JSON: days as ISO text, doses as text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from stepwell.casefinding.record import words
from stepwell.knowledge import tables as registry
from stepwell.knowledge.equivalence import DEFAULT_TABLE
from stepwell.population.records.person import PersonRecord
from stepwell.population.records.searches import Search
from stepwell.population.records.searches import rules as tree
from stepwell.population.records.searches.explain import Explanation
from stepwell.population.records.searches.vocabulary import GROUPS

GROUP_WORDS = {
    "opioid": "Opioid",
    "tramadol": "Tramadol",
    "gabapentinoid": "Gabapentinoid",
    "sedative": "Benzodiazepine or Z-drug",
}


def factor_table() -> str:
    """The table OMEs are worked out with now, and its version."""
    return f"{DEFAULT_TABLE}, version {registry.version('ome_factors')}"


def met_groups(search: Search, known: Mapping[str, object]) -> list[str]:
    """The groups of medicines whose facts met the base rule, in the order the search speaks of them.

    Of alternatives only those that hold count: a search about opioids or gabapentinoids may be met by one of them.
    """
    met = _groups_in(search.base, known)
    return [group for group in search.about if group in met]


def _groups_in(node: tree.Node, known: Mapping[str, object]) -> set[str]:
    if not tree.holds(node, known):
        return set()
    if isinstance(node, tree.Test):
        return {node.fact.partition(".")[0]}
    if isinstance(node, tree.Not):
        return set()
    return {group for part in node.parts for group in _groups_in(part, known)}


def spells(search: Search, known: Mapping[str, object]) -> list[dict[str, Any]]:
    """What is kept with a candidate about each supply that met the definition."""
    found = []
    for group in met_groups(search, known):
        fact = {name: known.get(f"{group}.{name}") for name in _KEPT}
        start, days = fact["era_start"], fact["era_days"]
        found.append(
            {
                "group": group,
                "start": start.isoformat() if isinstance(start, date) else None,
                "days": days if days is not None else fact["closed_days"],
                "gap": fact["longest_gap"],
                "ended": fact["closed_ago"],
                "elsewhere": bool(fact["elsewhere"]),
                "undated": bool(fact["undated_now"] or fact["undated_eras"]),
            }
        )
    return found


_KEPT = (
    "era_start",
    "era_days",
    "closed_days",
    "closed_ago",
    "longest_gap",
    "elsewhere",
    "undated_now",
    "undated_eras",
)


def kept_with(candidate: Any, search: Search | None) -> list[dict[str, Any]]:
    """A candidate's spells. A list made before they were kept has the days of one supply, perhaps of one of several groups."""
    if candidate.spells:
        return list(candidate.spells)
    if candidate.era_days is None:
        return []
    groups = [group for group in search.about if group != "sedative"] or list(search.about) if search else []
    start = candidate.era_start.isoformat() if candidate.era_start else None
    days = {"start": start, "days": candidate.era_days, "gap": candidate.longest_gap, "ended": None}
    return [{"group": groups[0] if len(groups) == 1 else "", **days, "elsewhere": False, "undated": False}]


def short(kept: Mapping[str, Any]) -> str:
    """A spell as a list says it: "Opioid since February 2025 (638 days), longest gap 12 days."."""
    group = GROUP_WORDS.get(kept["group"], "Supply")
    if kept["days"] is None:
        return f"{group}: {_without_days(kept)}."
    days = words.count(kept["days"], "day")
    if kept["start"] is None:
        return f"{group} supply that ended had lasted {days}{_ended(kept)}."
    return f"{group} since {words.month(date.fromisoformat(kept['start']))} ({days}){_gap(kept)}."


def long(kept: Mapping[str, Any], as_of: date) -> str:
    """A spell as a person's page says it, with its days."""
    group = GROUP_WORDS.get(kept["group"], "Supply")
    if kept["days"] is None:
        return f"{group}: {_without_days(kept)}."
    days = words.count(kept["days"], "day")
    if kept["start"] is None:
        return f"{group}: the supply that ended had lasted {days}{_ended(kept)}."
    start = words.long_date(date.fromisoformat(kept["start"]))
    undated = " Some issues have no date, so it may be more." if kept["undated"] else ""
    return f"{group}: supply since {start}, {days} up to {words.long_date(as_of)}{_gap(kept)}.{undated}"


def _without_days(kept: Mapping[str, Any]) -> str:
    if kept["elsewhere"]:
        return "recorded from elsewhere, so how long is not known"
    return "issues without a date, so how long is not known" if kept["undated"] else "how long is not known"


def _ended(kept: Mapping[str, Any]) -> str:
    return f" and ended {words.count(kept['ended'], 'day')} before" if kept["ended"] is not None else ""


def _gap(kept: Mapping[str, Any]) -> str:
    if kept["gap"] is None:
        return ""
    return f", longest gap {words.count(kept['gap'], 'day')}" if kept["gap"] else ", with no gap"


def lines_of_record(record: PersonRecord, search: Search) -> list[dict[str, Any]]:
    """The lines a search rests on, from a record: every opioid, and what else the search is about."""
    wanted = {name for group in search.about for name in GROUPS[group]} | {"opioid"}
    return [
        _line(
            now.name,
            now.current.run_start,
            now.current.last.occasion.on,
            now.current.last.end,
            lapsed=now.current.lapsed,
            own=now.current.own,
            opioid="opioid" in {each.value for each in now.current.medicine.classes},
            ome=(now.current.ome_min, now.current.ome_max),
        )
        for now in record.now
        if wanted & {each.value for each in now.current.medicine.classes}
    ]


def lines_of_answer(answer: Explanation) -> list[dict[str, Any]]:
    """The same, from an explanation."""
    wanted = {name for group in answer.search.about for name in GROUPS[group]} | {"opioid"}
    rows: Sequence[Mapping[str, Any]] = answer.current
    return [
        _line(
            row["name"],
            row["run_start"],
            row["last_issue"],
            row["supply_end"],
            lapsed=row["lapsed"],
            own=row["own"],
            opioid=row["opioid"],
            ome=(row["ome_min"], row["ome_max"]),
        )
        for row in rows
        if any(row[name] for name in wanted)
    ]


def _line(
    name: str, since: date, last: date, until: date, *, lapsed: bool, own: bool, opioid: bool, ome: Any
) -> dict[str, Any]:
    low, high = (None if value is None else str(value) for value in ome)
    days = {"since": since.isoformat(), "last": last.isoformat(), "until": until.isoformat()}
    return {
        "name": name,
        **days,
        "lapsed": lapsed,
        "own": own,
        "opioid": opioid,
        "ome_min": low,
        "ome_max": high,
    }


def line_words(line: Mapping[str, Any]) -> tuple[str, str, str]:
    """A line as name, since when, and its share of the OME."""
    since, last, until = (
        words.long_date(date.fromisoformat(line[name])) for name in ("since", "last", "until")
    )
    ends = (
        f"supply ended {until}, within the gap that still counts" if line["lapsed"] else f"supply to {until}"
    )
    where = "Since" if line["own"] else "Recorded from elsewhere, since"
    ome = words.mg(_dose(line["ome_min"]), _dose(line["ome_max"])) if line["opioid"] else "not an opioid"
    return line["name"], f"{where} {since}, last issued {last}, {ends}", ome


def _dose(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


# Why a sum may be a lower bound, besides an opioid whose dose is not known.
AT_LEAST = {
    "withheld": "part of the record is withheld or not known to be whole",
    "elsewhere": "what is recorded from elsewhere may not be all of it",
    "patch": "one patch is assumed where no number is written",
}


def sum_of(
    shares: Sequence[tuple[Decimal | None, Decimal | None]],
    low: Decimal | None,
    high: Decimal | None,
    *,
    at_least: bool,
    because: Sequence[str] = (),
) -> str:
    """The sum of the daily OME written out, with what is missing from it. ``shares``: one of each opioid, in mg.

    ``because``: which of ``AT_LEAST`` are known to make it a lower bound; unknown, all that can are said.
    """
    known = [words.span(*share) for share in shares if share[1] is not None]
    if not shares:
        return "No opioid supply is open."
    missing = len(shares) - len(known)
    verb = "could not be counted, so the true figure is higher"
    left_out = f" {missing:,} of {len(shares):,} opioids {verb}." if missing else ""
    if at_least and (because or not missing):
        causes = [AT_LEAST[name] for name in because or AT_LEAST]
        left_out += f" At least, because {(', and because ' if because else ', or because ').join(causes)}."
    if not known:
        return "No opioid's dose is known, so there is no sum. This is not the same as zero."
    total = words.mg(low, high, at_least=at_least)
    parts = " + ".join(f"({k})" if " to " in k and len(known) > 1 else k for k in known)
    return f"{parts} = {total}.{left_out}" if len(known) > 1 else f"{total}, from one opioid.{left_out}"


def sum_of_lines(lines: Sequence[Mapping[str, Any]], candidate: Any) -> str:
    """The sum over kept lines, to the total the search found."""
    shares = [(_dose(line["ome_min"]), _dose(line["ome_max"])) for line in lines if line["opioid"]]
    low, high = candidate.daily_ome_min, candidate.daily_ome_max
    causes = {
        "withheld": "record_withheld" in candidate.reasons,
        "elsewhere": any(line["opioid"] and not line["own"] for line in lines),
    }
    because = [name for name, holds in causes.items() if holds]
    return sum_of(shares, low, high, at_least=candidate.ome_at_least, because=because)
