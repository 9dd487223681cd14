"""``stepwell prescribing measure`` and ``measures``: values as CSV, and what the measures are."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stepwell.base import csv_files
from stepwell.base.errors import StepwellError
from stepwell.cli.output import show_json, show_lines

if TYPE_CHECKING:
    import pyarrow as pa

COLUMNS = ("measure", "month", "organisation", "numerator", "denominator", "value", "percentile")


def measure_command(
    measure_id: Annotated[
        str, typer.Argument(metavar="ID", help="A measure; see: stepwell prescribing measures.")
    ],
    lake: Annotated[Path, typer.Option("--lake", help="The lake's folder.")],
    by: Annotated[
        str, typer.Option("--by", help="practice, pcn, sub-icb, icb, region or england.")
    ] = "practice",
    organisation: Annotated[
        str | None, typer.Option("--organisation", help="One organisation's code.")
    ] = None,
    first: Annotated[str | None, typer.Option("--from", help="The first month, as 2017-09.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="The last month.")] = None,
    factor_table: Annotated[
        str | None,
        typer.Option("--factor-table", help="Another table of factors, where the measure uses one."),
    ] = None,
    then: Annotated[
        bool, typer.Option("--as-then", help="Areas as each month's own rows name them, not as now.")
    ] = False,
    smoothed: Annotated[
        bool, typer.Option("--three-months", help="Sums over each month and the two before it.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="A CSV file; without it, standard output.")
    ] = None,
) -> None:
    """Values of a measure, month by month, with the place among the organisations of that level (0 lowest, 1 highest)."""
    from stepwell.population import engine
    from stepwell.population.lake import Lake
    from stepwell.population.prescribing import months
    from stepwell.population.prescribing.areas import Level
    from stepwell.population.prescribing.measures import measure
    from stepwell.population.prescribing.values import Asked, values

    level = _level(by, [each.value for each in Level])
    asked = Asked(measure(measure_id), Level(level), factor_table, then, smoothed)
    asked.table()
    begin, end = months.require(first) if first else "", months.require(last) if last else "9999-12"
    con = engine.connect()
    with Lake(lake).pin() as snapshot:
        found = values(snapshot, con, asked)
    rows = [row for row in found.to_pylist() if begin <= row["month"] <= end]
    if organisation is not None:
        rows = [row for row in rows if row["organisation"] == organisation.strip().upper()]
        if not rows:
            raise StepwellError(
                f'No {by} called "{organisation}" has figures in these months.',
                next_step="Check the code and the level, and that its month is loaded: stepwell prescribing months --lake DIR.",
            )
    _say_what_is_missing(rows, found)
    _write(rows, out)


def measures_command(as_json: Annotated[bool, typer.Option("--json", help="Show JSON.")] = False) -> None:
    """The measures: what each counts, in plain words."""
    from stepwell.population.prescribing.measures import measures

    if as_json:
        show_json(list(measures().values()))
        return
    for each in measures().values():
        show_lines(
            [f"{each.id}  (version {each.version})", f"    {each.title}. {each.per}.", f"    {each.plain}"]
        )


def _level(by: str, levels: list[str]) -> str:
    if by not in levels:
        raise StepwellError(f'"{by}" is not a level.', next_step=f"The levels are: {', '.join(levels)}.")
    return by


def _say_what_is_missing(rows: list[dict[str, object]], found: pa.Table) -> None:
    """On standard error: what a reader of the figures must know, and the CSV has no column for."""
    without = sorted({str(row["month"]) for row in rows if row["without_list_size"] and row["value"] is None})
    if without:
        typer.echo(
            f"No list size is held for some of {', '.join(without)}: no value there. Import the list sizes of the month.",
            err=True,
        )
    part = sum(1 for row in rows if row["without_list_size"] and row["value"] is not None)
    if part:
        typer.echo(
            f"In {part:,} values some practices are left out, because their list size is not known.", err=True
        )


def _write(rows: list[dict[str, object]], out: Path | None) -> None:
    cells = [[row[name] for name in COLUMNS] for row in rows]
    if out is None:
        csv_files.write(sys.stdout, COLUMNS, cells)
        return
    with out.open("w", encoding="utf-8", newline="") as file:
        count = csv_files.write(file, COLUMNS, cells)
    typer.echo(f"{count:,} rows written to {out.name}.", err=True)
