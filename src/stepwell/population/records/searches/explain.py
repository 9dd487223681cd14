"""Why someone is in, to check or out: every rule of a search asked of one person, with the issues it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import ibis
from ibis import _

from stepwell.population.records.exposures.pipeline import PERSON
from stepwell.population.records.searches import rules
from stepwell.population.records.searches.model import Reason, Search
from stepwell.population.records.searches.run import Prepared
from stepwell.population.records.searches.vocabulary import FACTS, GROUPS, column


@dataclass(frozen=True, slots=True)
class RuleAnswer:
    """One rule with its questions answered. ``part`` is base, out or check."""

    part: str
    id: str
    reason: str
    holds: bool
    steps: tuple[rules.Step, ...]
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class EvidenceIssue:
    """An issue the answer rests on, as recorded and as read."""

    issue_date: date
    drug_name: str
    instruction: str | None
    state: str
    quantity: float | None
    own: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """The outcome and everything it follows from. ``outcome`` is in, check, out or none."""

    search: Search
    as_of: date
    outcome: str
    answers: tuple[RuleAnswer, ...]
    facts: Mapping[str, object]
    eras: tuple[Mapping[str, object], ...]
    current: tuple[Mapping[str, object], ...]
    issues: tuple[EvidenceIssue, ...]


def explain(
    search: Search, prepared: Prepared, tables: Mapping[str, ibis.Table], practice: str, patient_key: str
) -> Explanation | None:
    """Every rule of ``search`` asked of one person; None when the person is not in the lake."""
    mine = (_.practice == practice) & (_.patient_key == patient_key)
    rows = prepared.facts.filter(mine).to_pyarrow().to_pylist()
    if not rows:
        return None
    known = {name: rows[0][column(name)] for name in FACTS}
    answers = (
        _answer("base", Reason("base", search.base, search.plain, search.source, search.status), known),
        *(_answer("out", r, known) for r in search.out),
        *(_answer("check", r, known) for r in search.check),
    )
    classes = [name for group in search.about for name in GROUPS[group]]
    exposures = prepared.exposures
    return Explanation(
        search=search,
        as_of=prepared.as_of,
        outcome=_outcome(answers),
        answers=answers,
        facts=known,
        eras=_rows(exposures.eras.filter(mine & _.medicine_class.isin(classes)), "start"),
        current=_rows(exposures.current.filter(mine).drop(*PERSON), "name"),
        issues=_issues(tables, prepared.as_of, mine),
    )


def _answer(part: str, reason: Reason, known: Mapping[str, object]) -> RuleAnswer:
    return RuleAnswer(
        part=part,
        id=reason.id,
        reason=reason.said_of(known),
        holds=rules.holds(reason.when, known),
        steps=tuple(rules.traced(reason.when, known)),
        source=reason.source,
        status=reason.status,
    )


def _outcome(answers: tuple[RuleAnswer, ...]) -> str:
    held = {answer.part for answer in answers if answer.holds}
    if "base" not in held:
        return "none"
    return "out" if "out" in held else "check" if "check" in held else "in"


def _rows(table: ibis.Table, order: str) -> tuple[Mapping[str, object], ...]:
    return tuple(sorted(table.to_pyarrow().to_pylist(), key=lambda row: row[order]))


def _issues(tables: Mapping[str, ibis.Table], as_of: date, mine: ibis.Deferred) -> tuple[EvidenceIssue, ...]:
    instructions = tables["instructions"].select("line", "text", reading="state")
    issues = tables["medicine_issues"].filter(mine & (_.issue_date <= as_of))
    readings = {
        (row["line"], row["text"]): row["reading"]
        for row in instructions.semi_join(issues.select("line").distinct(), "line").to_pyarrow().to_pylist()
    }
    rows = issues.to_pyarrow().to_pylist()
    rows.sort(key=lambda row: (row["issue_date"], row["drug_name"] or ""), reverse=True)
    return tuple(
        EvidenceIssue(
            issue_date=row["issue_date"],
            drug_name=row["drug_name"] or "",
            instruction=row["text"],
            state=readings.get((row["line"], row["text"]), "unreadable"),
            quantity=row["quantity"],
            own=row["own"],
        )
        for row in rows
    )
