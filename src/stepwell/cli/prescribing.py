"""``stepwell prescribing``: what is prescribed for pain, from public data, and charts of any series."""

from __future__ import annotations

import typer

from stepwell.cli import spc

app = typer.Typer(
    help="Prescribing: what is prescribed for pain, and charts over time.", no_args_is_help=True
)


@app.callback()
def _prescribing() -> None:
    """Prescribing: what is prescribed for pain, and charts over time."""


app.command("spc")(spc.spc_command)
