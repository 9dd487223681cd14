"""Running a search over a lake and showing what it found."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import typer

from stepwell.base import csv_files
from stepwell.base.errors import StepwellError
from stepwell.cli import output
from stepwell.knowledge.medicines import catalogue
from stepwell.population import engine
from stepwell.population.lake import Lake, Load
from stepwell.population.records.derived_schema import CLASSES
from stepwell.population.records.searches import Options, Result, prepare, run
from stepwell.population.records.searches import search as find_search
from stepwell.population.records.searches.explain import Explanation, explain
from stepwell.population.stores import open_stores

# What other people's scripts rely on, in this order; more may follow, none may go.
COLUMNS = (
    "patient_key",
    "practice",
    "outcome",
    "reasons",
    "basis",
    "daily_ome_min",
    "daily_ome_max",
    "eras",
    "era_start",
    "era_days",
    "daily_ome_at_least",
    "medicines",
    "flags",
    "seed",
)


@dataclass(frozen=True, slots=True)
class Found:
    """A result with the loads it came from."""

    result: Result
    loads: tuple[Load, ...]


def narrowing(
    medicine: str | None,
    minimum_ome: float | None,
    age_from: int | None,
    age_to: int | None,
    sample: int | None,
    seed: str | None,
) -> Options:
    """Options of a search. Raises ``StepwellError`` for a medicine that is not known here."""
    return Options(_known_medicine(medicine), minimum_ome, age_from, age_to, sample, seed)


def _known_medicine(text: str | None) -> str | None:
    """The class or substance asked for. A misspelling is refused: it would find nobody, which reads as good news."""
    if text is None:
        return None
    wanted = text.strip().lower()
    classes = set(CLASSES)  # of the others there are no lines to search
    if (as_class := wanted.replace(" ", "_").replace("-", "_")) in classes:
        return as_class
    if wanted in {product.substance for product in catalogue.products()}:
        return wanted
    raise StepwellError(
        "--medicine names no class or substance that is known here.",
        next_step=f"Give a substance, like morphine, or one of: {', '.join(sorted(classes))}.",
    )


def search_lake(
    search_id: str, lake: Path, *, as_of: date | None, practice: str | None, options: Options
) -> Found:
    """Run a search over the loads in use, at ``as_of`` or the newest extract's date."""
    search = find_search(search_id)
    con = engine.connect()
    with Lake(lake).pin() as snapshot:
        loads = _loads(snapshot.in_use, practice)
        tables = snapshot.tables(con, practices=[practice] if practice else None)
        day = as_of or extract_date(loads)
        refuse_future(day, loads)
        prepared = prepare(tables, day, con)
        return Found(run(search, prepared, options), loads)


def _loads(loads: Collection[Load], practice: str | None) -> tuple[Load, ...]:
    chosen = tuple(load for load in loads if practice in (None, load.practice))
    if not chosen:
        raise StepwellError(
            "The lake holds no records to search."
            if practice is None
            else f"The lake holds no load of {practice}.",
            next_step="Import an extract first: stepwell records import PATH --lake DIR.",
        )
    return chosen


def extract_date(loads: Collection[Load]) -> date:
    """The date of the extracts; refuses to choose between several."""
    days = sorted({load.extract_date for load in loads})
    if len(days) > 1:
        raise StepwellError(
            f"The practices' extracts have different dates, from {days[0]} to {days[-1]}.",
            next_step="Say which date to look from: --as-of 2026-11-20.",
        )
    return days[0]


def refuse_future(day: date, loads: Collection[Load]) -> None:
    """Raises ``StepwellError`` for a day after the extract of any practice searched: who takes what by then is not known there."""
    oldest = min(loads, key=lambda load: (load.extract_date, load.practice))
    if day > oldest.extract_date:
        raise StepwellError(
            f"The extract of practice {oldest.practice} is of {oldest.extract_date}; what was issued after it is not known, so nothing can "
            f"be said of {day}.",
            next_step="Choose a date up to that, import a newer extract, or say --practice to search one practice alone.",
        )


def write_candidates(result: Result, out: Path, outcomes: Collection[str]) -> None:
    """Write the people of these outcomes as CSV."""
    rows = [
        (
            c.patient_key,
            c.practice,
            c.outcome,
            "|".join(c.reasons),
            c.basis,
            c.daily_ome_min,
            c.daily_ome_max,
            c.eras,
            c.era_start.isoformat() if c.era_start else None,
            c.era_days,
            c.ome_at_least,
            "|".join(c.medicines),
            "|".join(c.flags),
            result.options.seed,
        )
        for c in result.candidates
        if c.outcome in outcomes
    ]
    with out.open("w", encoding="utf-8", newline="") as file:
        csv_files.write(file, COLUMNS, rows)


def write_identified(
    found: Found, lake: Path, out: Path, *, vault: Path | None, key: Path | None, member: str | None
) -> None:
    """Write NHS numbers and outcomes. Audited in the ledger as ``member``; none needed where all numbers are test numbers."""
    stores = open_stores(lake, vault_path=vault, key_path=key, create=False)
    test_only = all(stores.vault.summary(x.practice, x.load_id).all_test_numbers for x in found.loads)
    if not test_only:
        from stepwell.cli import ledger  # Django starts only where the ledger is needed

        stores = open_stores(
            lake, vault_path=vault, key_path=key, create=False, on_read=ledger.auditor(member)
        )
    outcomes = {(c.practice, c.patient_key): c.outcome for c in found.result.candidates}
    rows: list[tuple[str | None, str]] = []
    for load in found.loads:
        keys = [patient for practice, patient in outcomes if practice == load.practice]
        people = stores.vault.read(
            load.practice,
            load.load_id,
            who=member or "test numbers only",
            why=found.result.search.id,
            keys=keys,
        )
        rows += [(p.nhs_number, outcomes[load.practice, p.patient_key]) for p in people]
    rows.sort(key=lambda row: row[0] or "")
    with os.fdopen(_for_me_only(out), "w", encoding="utf-8", newline="") as file:
        csv_files.write(file, ("nhs_number", "outcome"), rows)


def _for_me_only(out: Path) -> int:
    """A file nobody else on this machine can read, also when one of that name was there: it will name people."""
    opened = os.open(out, os.O_WRONLY | os.O_CREAT, 0o600)
    os.fchmod(opened, 0o600)
    os.ftruncate(opened, 0)
    return opened


def summary(result: Result) -> dict[str, object]:
    """The counts of a result with everything needed to run it again."""
    counts = result.counts
    return {
        "search": result.search.id,
        "version": result.search.version,
        "as_of": result.as_of,
        "rules": result.rules_id,
        "registered": counts.registered,
        "issued_in_12_months": counts.issued_in_window,
        "base": counts.base,
        **{name: counts.outcomes[name] for name in ("in", "check", "out")},
        "reasons": counts.reasons,
        "per_1000_registered": _rate(result),
        "options": result.options,
    }


def _rate(result: Result) -> float | None:
    """People in every 1,000 registered. A random sample has none: its size was chosen."""
    counts = result.counts
    if not counts.registered or result.options.sample is not None:
        return None
    return round(1000 * counts.registered_base / counts.registered, 1)


def show_summary(result: Result, *, listed: bool) -> None:
    """Print the flow of counts, and the people when they are not written elsewhere."""
    counts = result.counts
    typer.echo(f"{result.search.title}, version {result.search.version}, seen from {result.as_of}")
    typer.echo(f"{result.search.plain}\n")
    typer.echo(f"{counts.registered:>8,}  registered")
    typer.echo(f"{counts.issued_in_window:>8,}  with an issue in the last 12 months")
    typer.echo(f"{counts.base:>8,}  meet the definition")
    for name, words in (("out", "out"), ("check", "to check by a clinician"), ("in", "in")):
        typer.echo(f"{counts.outcomes[name]:>8,}  {words}")
    for reason, number in counts.reasons.items():
        typer.echo(f"{number:>12,}  {reason.replace('_', ' ')}")
    if (rate := _rate(result)) is not None:
        typer.echo(
            f"\n{rate:.1f} in every 1,000 registered people ({counts.registered_base:,} of {counts.registered:,})."
        )
    if result.options.sample is not None:
        typer.echo(
            f"\nA random sample of {result.options.sample:,} from those in, seed {result.options.seed}: the same seed "
            "draws the same people. A sample has no rate."
        )
    if listed:
        for c in result.candidates:
            typer.echo(f"{c.patient_key}  {c.practice}  {c.outcome:<5}  {'; '.join(c.reasons)}")


def show_explanation(
    search_id: str, lake: Path, *, person: str, practice: str | None, as_of: date | None, as_json: bool
) -> None:
    """Print every rule of a search asked of one person."""
    search = find_search(search_id)
    con = engine.connect()
    with Lake(lake).pin() as snapshot:
        loads = _loads(snapshot.in_use, practice)
        tables = snapshot.tables(con, practices=[practice] if practice else None)
        day = as_of or extract_date(loads)
        refuse_future(day, loads)
        prepared = prepare(tables, day, con)
        found = [e for x in loads if (e := explain(search, prepared, tables, x.practice, person)) is not None]
    if not found:
        raise StepwellError(
            "There is no such person in this lake.", next_step="Take a patient key from a search."
        )
    for explanation in found:
        if as_json:
            output.show_json(_as_dict(explanation))
        else:
            _show(explanation)


def _as_dict(e: Explanation) -> dict[str, object]:
    return {
        "search": e.search.id,
        "as_of": e.as_of,
        "outcome": e.outcome,
        "rules": [
            {"part": a.part, "id": a.id, "reason": a.reason, "holds": a.holds, "steps": a.steps}
            for a in e.answers
        ],
        "facts": e.facts,
        "eras": e.eras,
        "current": e.current,
        "issues": e.issues,
    }


def _show(e: Explanation) -> None:
    typer.echo(f"{e.search.title}, seen from {e.as_of}: {e.outcome}\n")
    for answer in e.answers:
        mark = "holds" if answer.holds else "does not hold"
        typer.echo(f"{answer.part}: {answer.id.replace('_', ' ')} {mark}. {answer.reason}")
        for step in answer.steps:
            known = "" if step.known is None else f" (recorded: {output.plain(step.known)})"
            typer.echo(f"    {'  ' * step.depth}{'yes' if step.holds else 'no '}  {step.question}{known}")
    typer.echo("\nTaken now:")
    for line in e.current:
        typer.echo(
            f"    {line['name']}: {line['units_min']} to {line['units_max']} a day, by {line['basis']}"
        )
    typer.echo("\nIssues, newest first:")
    for issue in e.issues:
        where = "" if issue.own else " (from elsewhere)"
        typer.echo(
            f"    {issue.issue_date}  {issue.drug_name}  {issue.instruction or 'no instruction'}"
            f"  [{issue.state}]  {issue.quantity if issue.quantity is not None else 'quantity not known'}{where}"
        )
