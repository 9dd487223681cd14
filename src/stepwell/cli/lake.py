"""``stepwell lake``: what a lake holds, and its exposures worked out again after an upgrade."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stepwell.cli import output

app = typer.Typer(help="A lake: what it holds; work its exposures out again.", no_args_is_help=True)

LakeOption = Annotated[Path, typer.Option("--lake", help="The lake's folder.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


@app.command("status")
def status(lake: LakeOption, as_json: JsonOption = False) -> None:
    """The loads of a lake: practice, date of the extract, and whether searches read them."""
    from stepwell.population import lake as lakes  # the engine is slow to start: help stays quick

    manifest = lakes.Lake(lake).current()
    in_use = {load.load_id for load in manifest.in_use()}
    loads = [
        {
            "practice": load.practice,
            "source": load.source,
            "extract_date": load.extract_date,
            "load_id": load.load_id,
            "in_use": load.load_id in in_use,
        }
        for load in manifest.loads
    ]
    if as_json:
        output.show_json({"loads": loads})
        return
    for load in loads:
        output.show_fields(load)
        typer.echo("")


@app.command("rederive")
def rederive(lake: LakeOption, as_json: JsonOption = False) -> None:
    """Work exposures out again for every load with today's rules and tables. Needed after an upgrade."""
    from stepwell.population import lake as lakes
    from stepwell.population.records.derived import DERIVATION

    done = lakes.rederive(lakes.Lake(lake), DERIVATION)
    if as_json:
        output.show_json({"loads": done})
    else:
        typer.echo(f"{done} loads worked out again.")
