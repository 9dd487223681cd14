"""Which conditions of the cautions a record holds, which it surely does not, and of which it cannot be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stepwell.knowledge import code_lists
from stepwell.knowledge.cautions import ConditionLists, Problem, condition_lists, condition_words, conditions
from stepwell.population.records.cautions.rows import Event


@dataclass(frozen=True, slots=True)
class Conditions:
    """``searched``: looked for in the whole record. ``why_unknown``: of every other condition, what is missing."""

    problems: tuple[Problem, ...]
    searched: frozenset[str]
    why_unknown: Mapping[str, str]


def conditions_of(events: Sequence[Event], *, doubts: Sequence[str]) -> Conditions:
    """The conditions of one person. ``doubts``: sentences that keep any absence from being believed."""
    problems: list[Problem] = []
    searched: set[str] = set()
    why: dict[str, str] = {}
    unmapped = sum(event.unmapped for event in events)
    if unmapped:
        entries = "1 entry has" if unmapped == 1 else f"{unmapped:,} entries have"
        doubts = [*doubts, f"{entries} no SNOMED CT code, so what they are of is not known."]
    for name in sorted(conditions()):
        held = condition_lists().get(name)
        if held is None:
            why[name] = f"No code list for {condition_words(name)} is held here."
            continue
        found, unclear = _found(name, held, events)
        problems += found
        missing = [*doubts, *unclear, *_worded(name, held, events), *([] if held.whole else [f"{held.why}."])]
        if missing:
            why[name] = " ".join(missing)
        else:
            searched.add(name)
    return Conditions(tuple(problems), frozenset(searched), why)


def _found(name: str, held: ConditionLists, events: Sequence[Event]) -> tuple[list[Problem], list[str]]:
    entries = _coded(held.lists, events)
    cancels = _coded((held.cancelled_by,) if held.cancelled_by else (), events)
    if not cancels or not entries:
        return [_problem(name, entry) for entry in entries], []
    last_cancel = max((c.last for c in cancels if c.last), default=None)
    dated = all(each.first for each in (*entries, *cancels))
    if dated and last_cancel:
        standing = [e for e in entries if e.first and e.first > last_cancel]
        surely = max(c.first for c in cancels if c.first)
        if standing:
            return [_problem(name, entry) for entry in standing], []
        if all(e.last and e.last <= surely for e in entries):
            return [], []
    return [], [
        f"{condition_words(name).capitalize()} is recorded and also cancelled, and which came last cannot be told."
    ]


def _coded(lists: Sequence[str], events: Sequence[Event]) -> list[Event]:
    codes = frozenset[str]().union(*(code_lists.code_list(each).codes for each in lists))
    return [event for event in events if event.snomed_id in codes]


def _problem(name: str, event: Event) -> Problem:
    """On the last day its date can mean: within a window it is then found rather than missed."""
    said = f"code {event.snomed_id}" + (f", {event.term}" if event.term else "")
    if event.first and event.precision != "day":
        said += f", only the {event.precision} is recorded"
    return Problem(name, event.last, (event.event_id,), said)


def _worded(name: str, held: ConditionLists, events: Sequence[Event]) -> list[str]:
    lists = [code_lists.code_list(each) for each in held.lists]
    if any(e.snomed_id is None and each.looks_like(e.term) for e in events for each in lists):
        return [f"An entry in words may be of {condition_words(name)}; it has no SNOMED CT code."]
    return []
