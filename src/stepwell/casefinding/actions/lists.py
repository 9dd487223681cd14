"""A search is run for a practice, and what it found is kept as a candidate list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal

from django.db import transaction

from stepwell.base import clock
from stepwell.base.errors import StepwellError
from stepwell.casefinding import stores
from stepwell.casefinding.actions.permission import require
from stepwell.casefinding.models import Candidate, CandidateList
from stepwell.casefinding.models.candidates import HARMS
from stepwell.casefinding.record.reasons import spells
from stepwell.knowledge.tables import knowledge_version
from stepwell.organisations import audit
from stepwell.organisations.models import Member, Organisation
from stepwell.population import engine
from stepwell.population.lake import Load
from stepwell.population.records.searches import Candidate as Found
from stepwell.population.records.searches import Options, Result, prepare, run, search


def run_search(
    *,
    by: Member,
    practice: Organisation,
    search_id: str,
    as_of: date | None = None,
    options: Options | None = None,
) -> CandidateList:
    """Run one search over the practice's newest load and keep the list. As ``run_searches``."""
    return run_searches(by=by, practice=practice, search_ids=[search_id], as_of=as_of, options=options)[0]


def run_searches(
    *,
    by: Member,
    practice: Organisation,
    search_ids: Sequence[str],
    as_of: date | None = None,
    options: Options | None = None,
) -> list[CandidateList]:
    """Run searches over the practice's newest load, working out exposures once, and keep a list for each.

    ``as_of`` is the extract's date when absent. Raises ``NotAllowed`` without ``run_search`` there, ``StepwellError`` when
    nothing has been imported for the practice.
    """
    require(by, "run_search", practice)
    con = engine.connect()
    with stores.lake().pin() as snapshot:
        loads = [load for load in snapshot.in_use if load.practice == practice.ods_code]
        if not loads:
            raise StepwellError(
                f"Nothing has been imported for {practice.name} yet.", next_step="Import an extract first."
            )
        tables = snapshot.tables(con, practices=[practice.ods_code])
        prepared = prepare(tables, as_of or loads[0].extract_date, con)
        results = [run(search(name), prepared, options or Options()) for name in search_ids]
    return [_kept(by, practice, loads[0], result) for result in results]


@transaction.atomic
def _kept(by: Member, practice: Organisation, load: Load, result: Result) -> CandidateList:
    counts = result.counts
    kept = CandidateList.objects.create(
        practice=practice,
        search_id=result.search.id,
        search_version=result.search.version,
        as_of=result.as_of,
        extract_date=load.extract_date,
        load_id=load.load_id,
        knowledge_version=knowledge_version(),
        rules_id=result.rules_id,
        options=asdict(result.options),
        is_narrowed=result.options != Options(),
        counts={
            "registered": counts.registered,
            "issued_in_window": counts.issued_in_window,
            "base": counts.base,
            "registered_base": counts.registered_base,
            "outcomes": counts.outcomes,
            "reasons": counts.reasons,
        },
        made_by=by,
        made_at=clock.now(),
    )
    Candidate.objects.bulk_create([_row(kept, found, result) for found in result.candidates], batch_size=500)
    audit.record(
        by=by,
        event="list.made",
        organisation=practice,
        subject=kept,
        snapshot={"search": result.search.id, "version": result.search.version, **counts.outcomes},
    )
    return kept


def _row(kept: CandidateList, found: Found, result: Result) -> Candidate:
    known = result.facts_by_person.get((found.practice, found.patient_key), {})
    return Candidate(
        candidate_list=kept,
        patient_key=found.patient_key,
        outcome=found.outcome,
        reasons=list(found.reasons),
        basis=found.basis,
        daily_ome_min=_decimal(found.daily_ome_min),
        daily_ome_max=_decimal(found.daily_ome_max),
        ome_at_least=found.ome_at_least,
        era_start=found.era_start,
        era_days=found.era_days,
        longest_gap=found.longest_gap,
        age=found.age,
        sex=found.sex or "",
        medicines=list(found.medicines),
        spells=spells(result.search, known),
        flags="|" + "|".join(found.flags) + "|" if found.flags else "",
        risk=sum(flag in found.flags for flag in HARMS),
        can_be_adopted=not found.no_nhs_number,
    )


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(round(value, 4)))
