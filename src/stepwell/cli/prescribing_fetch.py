"""``stepwell prescribing fetch``: months of prescribing from the open-data service into a folder."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stepwell.base.errors import StepwellError
from stepwell.base.progress import Stopped
from stepwell.cli import output

if TYPE_CHECKING:
    from stepwell.population.prescribing.fetch import Fetched, FetchedFile


class _Bytes:
    """Progress of a download on standard error, at most one line in five seconds."""

    def __init__(self, *, quiet: bool) -> None:
        self._lines = output.Lines(quiet=quiet)
        self._name = ""
        self._bytes = 0
        self._shown = time.monotonic()

    def step(self, name: str) -> None:
        """A named step begins."""
        self._name, self._bytes, self._shown = name, 0, time.monotonic()
        self._lines.step(name)

    def done(self, rows: int) -> None:
        """So many more bytes."""
        self._bytes += rows
        if self._bytes and time.monotonic() - self._shown > 5:
            self._shown = time.monotonic()
            self._lines.step(f"{self._name}: {self._bytes / 1e6:,.0f} MB")


def fetch_command(
    months: Annotated[
        str,
        typer.Option("--months", help="Which months: 2026-05, or 2026-05..2026-07, or several with commas."),
    ],
    to: Annotated[Path, typer.Option("--to", help="The folder the files go to. Made where it is not there.")],
    source: Annotated[
        str | None,
        typer.Option(
            "--source",
            help="The address of the open-data service, where it is not the usual one. https only.",
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show no progress.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Show what came of it as JSON.")] = False,
) -> None:
    """Fetch months of prescribing from the open-data service. Can be stopped and run again; never fetches twice."""
    from stepwell.population.prescribing.fetch import fetch_months, months_wanted

    wanted = months_wanted(months)
    try:
        fetched = fetch_months(wanted, to, source=source, progress=_Bytes(quiet=quiet))
    except (KeyboardInterrupt, Stopped):
        typer.echo("Stopped. What has come is kept: run the same command again to go on.", err=True)
        raise typer.Exit(3) from None
    if as_json:
        output.show_json(fetched)
    else:
        output.show_lines(_line(each) for each in fetched.files)
    _require_all(fetched)


def _line(each: FetchedFile) -> str:
    published = f", published {each.published:%-d %B %Y}" if each.published else ""
    return f"{each.month}  {each.file}  {each.outcome}, {each.size / 1e6:,.1f} MB{published}"


def _require_all(fetched: Fetched) -> None:
    if not fetched.missing:
        return
    named = ", ".join(fetched.missing[:12]) + (" and others" if len(fetched.missing) > 12 else "")
    raise StepwellError(
        f"Not published: {named}.",
        next_step="A month comes out about two months after it ends. What is published has been fetched.",
    )
