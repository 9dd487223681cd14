"""What the pages ask of the lake: which loads stand, who someone is, what a search would find, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import ibis

from stepwell.base.errors import StepwellError
from stepwell.casefinding import stores
from stepwell.casefinding.models import Candidate, CandidateList
from stepwell.casefinding.record import reasons
from stepwell.organisations.models import Member
from stepwell.population import engine
from stepwell.population.lake import Load
from stepwell.population.records.canonical import Identity
from stepwell.population.records.searches import Options, Result, prepare, run, search
from stepwell.population.records.searches.explain import Explanation, explain


def loads_in_use() -> dict[str, Load]:
    """The load that stands for each practice, by ODS code. Empty before anything was imported."""
    if not stores.has_lake():
        return {}
    with stores.lake().pin() as snapshot:
        return {load.practice: load for load in snapshot.in_use}


def loads_set_aside(practice: str) -> tuple[Load, ...]:
    """The loads of a practice that no search reads, because another source of it has a newer extract."""
    if not stores.has_lake():
        return ()
    with stores.lake().pin() as snapshot:
        return tuple(load for load in snapshot.set_aside if load.practice == practice)


def identities(by: Member, of: CandidateList, candidates: Sequence[Candidate]) -> dict[str, Identity]:
    """Who these people are, by patient key, read from the vault and written to the audit trail.

    Empty when the list's load is no longer kept: its people can then only be found by a new run.
    """
    if not candidates or not stores.has_lake():
        return {}
    found = stores.stores_read_by(by, of.practice, what="candidates")
    if not found.vault.path_of(of.practice.ods_code, of.load_id).exists():
        return {}
    people = found.vault.read(
        of.practice.ods_code,
        of.load_id,
        who=str(by.pk),
        why=f"list of {of.search_id}",
        keys=[candidate.patient_key for candidate in candidates],
    )
    return {identity.patient_key: identity for identity in people}


@contextmanager
def _tables(of: CandidateList) -> Iterator[tuple[Mapping[str, ibis.Table], ibis.BaseBackend]]:
    """The tables of the load a list was made from. Raises ``StepwellError`` once another load stands."""
    con = engine.connect(threads=2)
    with stores.lake().pin() as snapshot:
        standing = {load.load_id for load in snapshot.in_use}
        if of.load_id not in standing:
            raise StepwellError(
                f"A newer extract of {of.practice.name} has been imported since this list was made.",
                next_step="Run the search again.",
            )
        yield snapshot.tables(con, practices=[of.practice.ods_code]), con


def sampled(of: CandidateList, *, sample: int, seed: str) -> Result:
    """What a random sample of a list would be: the same run as saving it, and nothing is kept."""
    options = options_of(of, sample=sample, seed=seed)
    with _tables(of) as (tables, con):
        return run(search(of.search_id), prepare(tables, of.as_of, con), options)


def options_of(of: CandidateList, **changes: Any) -> Options:
    """The options a list was made with, some of them changed."""
    known = {name: value for name, value in of.options.items() if name in Options.__slots__}
    return Options(**{**known, **changes})


def explained(of: CandidateList, candidates: Sequence[Candidate]) -> dict[str, Explanation]:
    """Every rule of the list's search asked of these people again, by patient key. Reads their rows only."""
    keys = [candidate.patient_key for candidate in candidates]
    with _tables(of) as (tables, con):
        mine = {
            name: table.filter(table.patient_key.isin(keys)) if "patient_key" in table.columns else table
            for name, table in tables.items()
        }
        prepared = prepare(mine, of.as_of, con)
        found = {
            key: explain(search(of.search_id), prepared, mine, of.practice.ods_code, key) for key in keys
        }
    return {key: answer for key, answer in found.items() if answer is not None}


def evidence(of: CandidateList, candidates: Sequence[Candidate]) -> dict[str, dict[str, Any]]:
    """What is copied with somebody who is adopted: the rules asked, the issues they rest on, and the versions."""
    return {key: _evidence(of, answer) for key, answer in explained(of, candidates).items()}


def _evidence(of: CandidateList, answer: Explanation) -> dict[str, Any]:
    return {
        "search": of.search_id,
        "version": of.search_version,
        "as_of": of.as_of.isoformat(),
        "load": of.load_id,
        "knowledge": of.knowledge_version,
        "rules": of.rules_id,
        "outcome": answer.outcome,
        "lines": reasons.lines_of_answer(answer),
        "factors": reasons.factor_table(),
        "answers": [
            {"part": a.part, "id": a.id, "reason": a.reason, "holds": a.holds} for a in answer.answers
        ],
        "issues": [
            {
                "on": issue.issue_date.isoformat(),
                "medicine": issue.drug_name,
                "instruction": issue.instruction,
                "state": issue.state,
                "quantity": issue.quantity,
                "here": issue.own,
            }
            for issue in answer.issues
        ],
    }
