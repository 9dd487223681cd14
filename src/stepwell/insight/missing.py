"""What the public data held here does not say: months, list sizes, organisations, and what its imports noticed. In plain words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from stepwell.insight import words
from stepwell.insight.changes import Row
from stepwell.insight.directory import Organisation
from stepwell.insight.facts import Facts
from stepwell.population.prescribing import checks, months
from stepwell.population.prescribing.areas import Level
from stepwell.population.prescribing.measures.model import Kind, Measure

_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Missing:
    """``said``: what a reader must know of these figures. ``noticed``: what the imports noticed, by month, for a reader who looks further."""

    said: tuple[str, ...]
    noticed: tuple[tuple[str, tuple[str, ...]], ...]


def of_data(facts: Facts) -> Missing:
    """What is missing for everybody."""
    said = []
    held = set(facts.months)
    gaps = [each for each in months.between(facts.months[0], facts.newest) if each not in held]
    if gaps:
        said.append(f"No prescribing is held for {_listed(gaps)}.")
    unsized = [each for each in facts.months if facts.load("list_sizes", each) is None]
    if unsized:
        said.append(
            f"No list sizes are held for {_listed(unsized)}, so figures per 1,000 patients have no value there."
        )
    if facts.load("organisations", "now") is None:
        said.append(
            "No list of organisations is held, so which prescribers are GP practices is not known: all that are identified count."
        )
    said += _uncounted(facts)
    noticed = []
    for month in reversed(facts.months):
        load = facts.load("month", month)
        sizes = facts.load("list_sizes", month)
        found = (*(load.checks if load else ()), *(sizes.checks if sizes else ()))
        if found:
            noticed.append((words.month(month), found))
    if noticed and noticed[0][0] == words.month(facts.newest):
        said += noticed[0][1]
    return Missing(tuple(said), tuple(noticed))


def _uncounted(facts: Facts) -> list[str]:
    found = facts.missing()
    if found is None:
        return [
            f"Which opioids of {words.month(facts.newest)} could not be counted has not been worked out under the measures as they are now."
        ]
    if not found.rows:
        return []
    count = len(found.rows)
    said = f"{count:,} opioid {'presentation' if count == 1 else 'presentations'} of {words.month(found.month)} could not be counted in oral morphine equivalent: {found.share:.2%} of opioid items."
    return [f"{said} That is more than it should be." if found.too_many else said]


def of_organisation(
    facts: Facts, organisation: Organisation, rows: Sequence[Row], measure: Measure
) -> tuple[str, ...]:
    """What is missing of one organisation's figures of a measure, and what makes it unlike others."""
    said = list(_status(organisation))
    seen = {row.month: row for row in rows}
    if not rows:
        said.append(f"{organisation.name} has no rows in any month held.")
        return tuple(said)
    silent = [each for each in facts.months if each not in seen]
    if silent and organisation.level is Level.PRACTICE:
        said.append(f"{organisation.name} has no rows and no list size in {_listed(silent)}.")
    without = [
        row.month for row in rows if row.value is None and row.without_list_size and _sized(facts, row.month)
    ]
    if without:
        said.append(
            f"No list size of {organisation.name} is held for {_listed(without)}: no figure per 1,000 patients there."
        )
    newest = seen.get(facts.newest)
    if newest is not None and newest.without_list_size and newest.value is not None:
        count = newest.without_list_size
        said.append(
            f"In {words.month(facts.newest)}, {count:,} of {newest.practices + count:,} practices are left out on both sides, because their list size is not known."
        )
    said += _jumps(rows, measure)
    return tuple(said)


def _status(organisation: Organisation) -> list[str]:
    merged = [each for each in organisation.practices if each != organisation.code]
    if organisation.level is Level.PRACTICE and merged:
        joined = f"{organisation.name} holds the history of what merged into it: {', '.join(merged)}."
        return [joined, *_closed(organisation)]
    return _closed(organisation)


def _closed(organisation: Organisation) -> list[str]:
    if organisation.status == "closed":
        when = f" since {words.month(organisation.closed)}" if organisation.closed else ""
        return [f"{organisation.name} is closed{when}, by the list of organisations."]
    if organisation.status in ("dormant", "proposed"):
        return [f"{organisation.name} is {organisation.status}, by the list of organisations."]
    return []


def _jumps(rows: Sequence[Row], measure: Measure) -> list[str]:
    """Months in which the list grew or shrank so much that a figure per patient moves by that alone."""
    if measure.kind is not Kind.LIST:
        return []
    limit = float(checks.rules()["list_size_jump"]["share"])
    found = []
    for before, after in pairwise(rows):
        old, new = before.denominator, after.denominator
        if old and new and abs(new - old) > limit * old and after.month == months.after(before.month):
            found.append(
                f"{words.month(after.month)} ({'up' if new > old else 'down'} {abs(new - old) / old:.0%})"
            )
    if not found:
        return []
    return [
        f"The list size changed by more than {limit:.0%} in {', '.join(found)}: the figure moves by that alone."
    ]


def _sized(facts: Facts, month: str) -> bool:
    return facts.load("list_sizes", month) is not None


def _listed(periods: Sequence[str]) -> str:
    """Months as a list, or as a span when there are many."""
    named = [words.month(each) for each in periods]
    if len(named) > _SHOWN:
        return f"{len(named)} months between {named[0]} and {named[-1]}"
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
