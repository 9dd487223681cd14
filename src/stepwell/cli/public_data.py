"""``stepwell prescribing import``, ``months``, ``rederive`` and ``withdraw``: public data in and out of a lake."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stepwell.base.errors import StepwellError
from stepwell.cli.output import Lines, show_json, show_lines

if TYPE_CHECKING:
    from stepwell.population.lake import Lake
    from stepwell.population.prescribing.importing import Imported

LakeOption = Annotated[Path, typer.Option("--lake", help="The lake's folder. Made where there is none.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Show JSON.")]
_SUFFIXES = (".csv", ".zip", ".parquet", ".json")


def import_command(
    paths: Annotated[
        list[Path],
        typer.Argument(help="Files, or folders of files: months of prescribing, list sizes, organisations."),
    ],
    lake: LakeOption,
    published: Annotated[
        str | None,
        typer.Option(
            "--published",
            help="The day the file was published, as 2026-09-15. An older version of a month is refused.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Bring public prescribing data into a lake. The same file twice changes nothing; a newer version replaces its month."""
    from stepwell.population.prescribing import importing

    published_on = _day(published)
    files = _files(paths)
    held = importing.open_lake(lake)
    done = []
    for file in files:
        done.append(importing.import_file(held, file, published_on=published_on, progress=Lines()))
        if not as_json:
            show_lines(_lines(done[-1]))
    if as_json:
        show_json([_record(each) for each in done])
    _require_resolved(held, [each.load.period for each in done if each.load.dataset == "month"])


def months_command(lake: LakeOption, as_json: JsonOption = False) -> None:
    """What public data a lake holds, and what its checks said."""
    from stepwell.population.lake import Lake

    loads = Lake(lake).current().public
    if as_json:
        show_json(
            [
                {
                    "dataset": each.dataset,
                    "period": each.period,
                    "source": each.source,
                    "checks": each.checks,
                    **each.counts,
                }
                for each in loads
            ]
        )
        return
    if not loads:
        show_lines(
            ["The lake holds no public data. Import some: stepwell prescribing import FILE --lake DIR."]
        )
    for each in loads:
        show_lines(
            [
                f"{_called(each.dataset)} {each.period} ({each.source})",
                *(f"    {said}" for said in each.checks),
            ]
        )


def rederive_command(lake: LakeOption) -> None:
    """Work out the measures of every month again where a measure, or a table behind one, has changed."""
    from stepwell.population.lake import Lake
    from stepwell.population.prescribing import derived

    done = derived.rederive(Lake(lake), Lines())
    show_lines([f"{done.months} {'month' if done.months == 1 else 'months'} worked out."])


def withdraw_command(
    dataset: Annotated[str, typer.Argument(help="month, list_sizes or organisations.")],
    period: Annotated[str, typer.Argument(help="The month, as 2017-09; for organisations: now.")],
    lake: LakeOption,
) -> None:
    """Take a load of public data out of a lake."""
    from stepwell.population.lake import Lake, writing

    with writing(Lake(lake)) as writer:
        writer.withdraw_public(dataset, period)
    show_lines([f"Taken out: {_called(dataset)} {period}."])


def _files(paths: Sequence[Path]) -> list[Path]:
    """Every file named, and those of folders; what tells of practices before the months that need it."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found.extend(each for each in sorted(path.iterdir()) if each.suffix.lower() in _SUFFIXES)
        else:
            found.append(path)
    if not found:
        raise StepwellError(
            "There is no file to import.",
            next_step="Name a CSV, zip, Parquet or JSON file, or a folder of them.",
        )
    return sorted(found, key=lambda each: not _tells_of_practices(each.name.lower()))


def _tells_of_practices(name: str) -> bool:
    return any(word in name for word in ("epraccur", "reg-pat", "list", "organisation")) or name.endswith(
        ".json"
    )


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise StepwellError(f'"{text}" is not a day.', next_step="Write it as 2026-09-15.") from None


def _called(dataset: str) -> str:
    return {"month": "Month", "list_sizes": "List sizes", "organisations": "Organisations"}.get(
        dataset, dataset
    )


def _lines(done: Imported) -> list[str]:
    load = done.load
    what = (
        "Unchanged, the same file as before"
        if not done.changed
        else "Replaced"
        if done.replaced
        else "Imported"
    )
    count = next(iter(load.file_counts.values()))
    lines = [f"{what}: {_called(load.dataset)} {load.period} ({load.source})"]
    lines.append(f"    {count.read:,} rows read, {count.rejected:,} left out")
    lines.extend(f"    {said}" for said in load.checks)
    if done.derived.months:
        lines.append(
            f"    Measures worked out of {done.derived.months} {'month' if done.derived.months == 1 else 'months'}"
        )
    return lines


def _record(done: Imported) -> dict[str, object]:
    load = done.load
    count = next(iter(load.file_counts.values()))
    return {
        "dataset": load.dataset,
        "period": load.period,
        "source": load.source,
        "changed": done.changed,
        "replaced": done.replaced,
        "rows_read": count.read,
        "rows_left_out": count.rejected,
        "checks": load.checks,
        **load.counts,
    }


def _require_resolved(lake: Lake, months: Sequence[str]) -> None:
    """Say which opioid presentations nobody can count yet. Raises ``StepwellError`` when they are too many."""
    from stepwell.population import engine
    from stepwell.population.prescribing.unresolved import missing

    con = engine.connect()
    with lake.pin() as snapshot:
        for month in months:
            found = missing(snapshot, con, month)
            if found is None or not found.rows:
                continue
            for presentation, name, why, items in found.rows:
                typer.echo(f"    not counted: {presentation} {name} ({items:,} items): {why}", err=True)
            if found.too_many:
                raise StepwellError(
                    f"{found.share:.1%} of the opioid items of {month} are of presentations that cannot be counted yet.",
                    next_step="The month is loaded, but its opioid figures are too low. Add what they hold to the tables, then run: stepwell prescribing rederive.",
                )
