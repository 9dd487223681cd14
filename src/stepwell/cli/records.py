"""``stepwell records``: import extracts into a lake, search it, explain one person."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from stepwell.base.errors import StepwellError
from stepwell.cli import output

# The engine takes a second to start, so each command brings in what it needs when it runs: help stays quick.

app = typer.Typer(help="Practice records: import, search, explain.", no_args_is_help=True)

LakeOption = Annotated[Path, typer.Option("--lake", help="The lake's folder; made by the first import.")]
VaultOption = Annotated[
    Path | None, typer.Option("--vault", help="The vault's folder; LAKE.vault by default.")
]
KeyOption = Annotated[
    Path | None,
    typer.Option("--key", help="The key file; STEPWELL_KEY or LAKE.key by default. Never inside the lake."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", help="The date to look from, like 2026-11-20; the extract's by default."),
]


class Holds(StrEnum):
    """What an extract holds: the words of ``extracts.Kind``, said here because that module starts slowly."""

    FULL = "full"
    DELTA = "delta"


@app.command("import")
def import_records(
    path: Annotated[
        Path, typer.Argument(help="A file, a zip, a folder, or a folder with one folder a practice.")
    ],
    lake: LakeOption,
    practice: Annotated[
        str | None, typer.Option("--practice", help="ODS code of the practice whose file this is.")
    ] = None,
    kind: Annotated[Holds, typer.Option("--kind", help="Everything, or what changed since.")] = Holds.FULL,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="A saved mapping of a list report's headings.")
    ] = None,
    extract_date: Annotated[
        str | None, typer.Option("--extract-date", help="The date the extract shows, if it does not say.")
    ] = None,
    vault: VaultOption = None,
    key: KeyOption = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show no progress.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Import one extract, or a folder of them, into a lake. All or nothing for each practice."""
    from stepwell.cli import importing

    progress = output.Lines(quiet=quiet)
    stated = day(extract_date)
    reports = []
    for report in importing.imported(
        path,
        lake,
        practice=practice,
        kind=kind,
        mapping=mapping,
        extract_date=stated,
        vault=vault,
        key=key,
        progress=progress,
    ):
        reports.append(report.as_dict())
        if not as_json:
            output.show_lines(importing.lines(report))
    if as_json:
        output.show_json(reports[0] if len(reports) == 1 else reports)


@app.command("search")
def search_records(
    search_id: Annotated[str, typer.Argument(help="The search, like long-term-opioids.")],
    lake: LakeOption,
    as_of: AsOfOption = None,
    out: Annotated[Path | None, typer.Option("--out", help="CSV of people in and to check.")] = None,
    excluded: Annotated[Path | None, typer.Option("--excluded", help="CSV of people left out.")] = None,
    practice: Annotated[str | None, typer.Option("--practice", help="Only this practice.")] = None,
    identify: Annotated[
        Path | None,
        typer.Option("--identify", help="CSV of NHS numbers and outcomes, for the practice's own use."),
    ] = None,
    as_member: Annotated[
        str | None, typer.Option("--as", help="The member who asks, for --identify; audited.")
    ] = None,
    medicine: Annotated[
        str | None, typer.Option("--medicine", help="Only people on this class or substance.")
    ] = None,
    minimum_ome: Annotated[
        float | None, typer.Option("--minimum-ome", help="Only at this OME or more.")
    ] = None,
    age_from: Annotated[int | None, typer.Option("--age-from")] = None,
    age_to: Annotated[int | None, typer.Option("--age-to")] = None,
    sample: Annotated[
        int | None, typer.Option("--sample", help="Draw so many of those in, at random.")
    ] = None,
    seed: Annotated[str | None, typer.Option("--seed", help="The seed of the draw; recorded.")] = None,
    vault: VaultOption = None,
    key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run a search: people in, to check and out, each with reasons, and counts with their denominator."""
    if sample is not None and not seed:
        raise StepwellError(
            "A random sample needs a seed.", next_step="Add --seed, so that it can be drawn again."
        )
    if age_from is not None and age_to is not None and age_from > age_to:
        raise StepwellError(
            "--age-from is above --age-to, so nobody could be found.", next_step="Swap the two ages."
        )
    from stepwell.cli import results

    options = results.narrowing(medicine, minimum_ome, age_from, age_to, sample, seed)
    found = results.search_lake(search_id, lake, as_of=day(as_of), practice=practice, options=options)
    if out is not None:
        results.write_candidates(found.result, out, ("in", "check"))
    if excluded is not None:
        results.write_candidates(found.result, excluded, ("out",))
    if identify is not None:
        results.write_identified(found, lake, identify, vault=vault, key=key, member=as_member)
    if as_json:
        output.show_json(results.summary(found.result))
    else:
        results.show_summary(found.result, listed=out is None)


@app.command("searches")
def list_searches(as_json: JsonOption = False) -> None:
    """Every search with its definition in plain words."""
    from stepwell.population.records.searches import all_searches

    if as_json:
        output.show_json(
            [
                {"id": s.id, "version": s.version, "title": s.title, "plain": s.plain}
                for s in all_searches().values()
            ]
        )
        return
    for search in all_searches().values():
        typer.echo(f"{search.id} (version {search.version})\n    {search.plain}\n")


@app.command("explain")
def explain_person(
    search_id: Annotated[str, typer.Argument(help="The search, like long-term-opioids.")],
    lake: LakeOption,
    person: Annotated[str, typer.Option("--person", help="A patient key from a search's CSV.")],
    practice: Annotated[str | None, typer.Option("--practice")] = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Why a person is in, to check, out or not found, rule by rule, with the issues it rests on."""
    from stepwell.cli import results

    results.show_explanation(
        search_id, lake, person=person, practice=practice, as_of=day(as_of), as_json=as_json
    )


def day(text: str | None) -> date | None:
    """An ISO date from the command line."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise StepwellError(f"{text!r} is not a date.", next_step="Write it like 2026-11-20.") from None
