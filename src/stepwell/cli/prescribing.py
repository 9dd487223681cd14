"""``stepwell prescribing``: what is prescribed for pain, from public data, and charts of any series."""

from __future__ import annotations

import typer

from stepwell.cli import measures, prescribing_fetch, public_data, spc

app = typer.Typer(
    help="Prescribing: what is prescribed for pain, and charts over time.", no_args_is_help=True
)


@app.callback()
def _prescribing() -> None:
    """Prescribing: what is prescribed for pain, and charts over time."""


app.command("import")(public_data.import_command)
app.command("months")(public_data.months_command)
app.command("rederive")(public_data.rederive_command)
app.command("withdraw")(public_data.withdraw_command)
app.command("measure")(measures.measure_command)
app.command("measures")(measures.measures_command)
app.command("spc")(spc.spc_command)
app.command("fetch")(prescribing_fetch.fetch_command)
