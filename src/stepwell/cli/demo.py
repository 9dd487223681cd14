"""``stepwell demo``: the synthetic neighbourhood."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stepwell.cli import output

app = typer.Typer(
    help="The synthetic neighbourhood: made-up practices, people and records.", no_args_is_help=True
)


@app.callback()
def demo() -> None:
    """The synthetic neighbourhood: made-up practices, people and records."""


@app.command("build")
def build(
    out: Annotated[Path, typer.Option("--out", help="The folder to write; made if it is not there.")],
    practices: Annotated[int, typer.Option("--practices", min=1)] = 5,
    patients: Annotated[
        int, typer.Option("--patients", min=1, help="People in all practices together.")
    ] = 20_000,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same files.")] = 1,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show no progress.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Write EMIS bulk files, list reports and the truth about everyone in them."""
    from stepwell.population import synthetic  # slow to start, and no other command needs it

    summary = synthetic.build(
        out, practices=practices, patients=patients, seed=seed, progress=output.Lines(quiet=quiet)
    )
    if as_json:
        output.show_json(summary)
    else:
        for line in summary.lines():
            typer.echo(line)
