"""Which PCN a practice was in on which day, when the published relations overlap or say too little.

Around 1 April a practice is in two: the one it leaves, whose relation often has no end yet, and the one it joins. On any day the live relation
holds, and of several live ones that which started last (prescribing-data reference section 8). Two that started the same day cannot be told
apart: then it is not known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from stepwell.population.prescribing.organisations.gathered import Relation

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Settled:
    """Relations of which no two hold on one day. ``overlapping`` and ``undecided`` are practices."""

    relations: tuple[Relation, ...]
    overlapping: int
    undecided: int


def settle(relations: Iterable[Relation]) -> Settled:
    """The same relations, cut so that on any day a practice is in one PCN, or in none that is known."""
    by_code: dict[str, set[Relation]] = defaultdict(set)
    for relation in relations:
        if not (relation.since and relation.until and relation.until < relation.since):
            by_code[relation.code].add(relation)
    settled: list[Relation] = []
    overlapping = undecided = 0
    for _, held in sorted(by_code.items()):
        spans, unclear = _spans(held)
        settled.extend(spans)
        undecided += unclear
        overlapping += not unclear and set(spans) != held
    return Settled(tuple(settled), overlapping, undecided)


def _spans(held: set[Relation]) -> tuple[list[Relation], bool]:
    """Relations that do not overlap, and whether there are days on which it cannot be told."""
    edges = {_start(each) for each in held} | {_end(each) + _DAY for each in held if each.until}
    starts = sorted(edges)
    spans: list[Relation] = []
    unclear = False
    for start, after in zip(starts, [*starts[1:], None], strict=True):
        live = [each for each in held if _start(each) <= start <= _end(each)]
        if not live:
            continue
        newest = max(_start(each) for each in live)
        parents = {each.parent for each in live if _start(each) == newest}
        if len(parents) > 1:
            unclear = True
            continue
        _add(spans, live[0], parents.pop(), start, after)
    return spans, unclear


def _add(spans: list[Relation], like: Relation, parent: str, start: date, after: date | None) -> None:
    since = None if start == date.min else start
    until = after - _DAY if after else None
    last = spans[-1] if spans else None
    if last and last.parent == parent and last.until and last.until + _DAY == since:
        spans[-1] = Relation(last.code, parent, last.parent_kind, last.since, until)
    else:
        spans.append(Relation(like.code, parent, like.parent_kind, since, until))


def _start(relation: Relation) -> date:
    return relation.since or date.min


def _end(relation: Relation) -> date:
    return relation.until or date.max
