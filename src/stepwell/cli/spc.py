"""``stepwell prescribing spc``: an XmR chart of any series of dates and values, as rows."""

from __future__ import annotations

import sys
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stepwell.base import csv_files
from stepwell.base.errors import Place, StepwellError
from stepwell.cli import output
from stepwell.cli.knowledge import JsonOption

if TYPE_CHECKING:
    from stepwell.knowledge.spc import Xmr

HEADER = (
    "date", "value", "segment", "centre", "lower_limit", "upper_limit", "near_lower_limit", "near_upper_limit",
    "special_cause", "meaning",
)  # fmt: skip
_DATES = ("date", "month")


def spc_command(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV with the columns date (or month) and value.")
    ],
    direction: Annotated[
        str, typer.Option("--direction", help="Which way is better: increase, decrease or neutral.")
    ] = "neutral",
    target: Annotated[float | None, typer.Option("--target", help="What the values ought to reach.")] = None,
    rebase: Annotated[
        list[str] | None,
        typer.Option("--rebase", metavar="DATE", help="The date limits begin anew; may be given again."),
    ] = None,
    fix_after: Annotated[
        int | None, typer.Option("--fix-after", help="Limits rest on the first so many points, 12 or more.")
    ] = None,
    no_screen: Annotated[
        bool, typer.Option("--no-screen", help="Keep the largest moving ranges, as the Excel tool does.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """An XmR chart of a series, by the rules of Making Data Count: a row for each point on standard output.

    The icons and the marked points in words, and warnings, go to standard error.
    """
    from stepwell.knowledge import spc

    made = spc.xmr(
        _series(file),
        direction=spc.Direction.of(direction),
        target=target,
        rebase_on=[_day(each, Place("--rebase")) for each in rebase or ()],
        fix_after=fix_after,
        screen_outliers=not no_screen,
    )
    if as_json:
        output.show_json(as_dict(made))
        return
    csv_files.write(sys.stdout, HEADER, ([row[name] for name in HEADER] for row in _rows(made)))
    for line in (*spc.sentences(made), *(f"Warning: {each}" for each in made.warnings)):
        typer.echo(line, err=True)


def as_dict(made: Xmr) -> dict[str, object]:
    """A chart in the shape scripts rely on."""
    from stepwell.knowledge import spc

    return {
        "direction": made.direction,
        "target": made.target,
        "variation": made.variation,
        "variation_words": spc.variation_words(made.variation),
        "assurance": made.assurance,
        "assurance_words": spc.assurance_words(made.assurance),
        "sentences": spc.sentences(made),
        "marked": [{"date": each.on, "special_cause": each.special_cause} for each in made.marked],
        "warnings": made.warnings,
        "segments": [
            {
                "segment": each.number + 1,
                "first": each.first,
                "last": each.last,
                "points": each.points,
                "fixed_on": each.fixed_on,
                "centre": each.lines.centre,
                "mean_moving_range": each.lines.mean_moving_range,
                "lower_limit": each.lines.lower,
                "upper_limit": each.lines.upper,
                "short": each.short,
                "variation": each.variation,
            }
            for each in made.segments
        ],
        "points": list(_rows(made)),
    }


def _rows(made: Xmr) -> list[dict[str, object]]:
    return [
        {
            "date": each.on.isoformat(),
            "value": each.value,
            "segment": each.segment + 1,
            "centre": each.lines.centre,
            "lower_limit": each.lines.lower,
            "upper_limit": each.lines.upper,
            "near_lower_limit": each.lines.near_lower,
            "near_upper_limit": each.lines.near_upper,
            "special_cause": each.special_cause.value if each.special_cause else None,
            "meaning": each.meaning.value if each.meaning else None,
        }
        for each in made.points
    ]


def _series(file: Path) -> list[tuple[date, float]]:
    """The (date, value) rows of a file. Every refusal names the line and the column."""
    from stepwell.population.records.reading.delimited import Delimited
    from stepwell.population.records.reading.sources import open_source

    table = Delimited(open_source(file)[0])
    headings = [each.casefold() for each in table.header()]
    day = next((headings.index(each) for each in _DATES if each in headings), None)
    if day is None or "value" not in headings:
        raise StepwellError(
            "The file has no columns date and value.",
            where=Place(file.name, 1),
            next_step="Name the two columns so; month may stand for date, and others are passed over.",
        )
    number = headings.index("value")
    series: list[tuple[date, float]] = []
    lines: dict[date, int] = {}
    for line, cells in islice(table.rows(width=len(headings)), 1, None):
        on = _day(cells[day], Place(file.name, line, headings[day]))
        if on in lines:
            raise StepwellError(
                f"This date stands in line {lines[on]} already.",
                where=Place(file.name, line, headings[day]),
                next_step="Keep one value for each date; for several practices, chart one at a time.",
            )
        lines[on] = line
        series.append((on, _number(cells[number], Place(file.name, line, "value"))))
    return series


def _day(text: str, where: Place) -> date:
    wanted = text.strip()
    try:
        return date.fromisoformat(f"{wanted}-01" if len(wanted) == 7 else wanted)
    except ValueError:
        raise StepwellError(
            "This is not a date.", where=where, next_step="Write it as 2026-12-01, or a month as 2026-12."
        ) from None


def _number(text: str, where: Place) -> float:
    from stepwell.knowledge.spc import numbers

    try:
        return numbers.number(float(text), "value")
    except (ValueError, StepwellError):
        raise StepwellError(
            "This value is not a number.",
            where=where,
            next_step="Mend it, or leave the row out if it is not known.",
        ) from None
