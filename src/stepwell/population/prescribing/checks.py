"""What an import of public data looks at beyond the form of the file, said in sentences that go with every figure of that month.

Source: prescribing-data reference section 14; limits in ``rules.yaml``.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from ibis.backends import BaseBackend

from stepwell.base.errors import Place, StepwellError
from stepwell.population import engine
from stepwell.population.lake import Lake, Writer
from stepwell.population.prescribing import faults, months, tables
from stepwell.population.prescribing.monthly import Counted, Opened

_GP_PRACTICE = 4
_SHOWN = 5


@cache
def rules() -> Any:
    """The limits."""
    return yaml.safe_load((resources.files(__package__) / "rules.yaml").read_text(encoding="utf-8"))


def of_month(opened: Opened, counted: Counted, con: BaseBackend, staged: Path) -> tuple[str, ...]:
    """What is said of a month by itself. Raises ``StepwellError`` for a file that must not be loaded; writes ``rejected``."""
    if counted.other_months:
        line, is_header = faults.first_of_another_month(opened)
        raise StepwellError(
            "The header comes a second time: this looks like two files in one."
            if is_header
            else f"{counted.other_months:,} of {counted.rows:,} rows are of another month than the first.",
            where=Place(opened.shown, line, opened.matched.columns["month"].strip()),
            next_step="Nothing was loaded. Give one month's file, as published.",
        )
    lines = con.to_pyarrow(engine.parquet(con, [staged / "lines.parquet"]).count()).as_py()
    if lines and counted.twice > float(rules()["twice"]["share"]) * lines and counted.twice > _SHOWN:
        raise StepwellError(
            f"{counted.twice:,} rows come twice: the same practice, presentation and quantity. This looks like two versions of a month in one file.",
            where=Place(opened.shown, faults.first_twice(opened)),
            next_step="Nothing was loaded. Give one version of the month, the newest.",
        )
    if counted.unusable > float(rules()["rejected"]["share"]) * counted.rows and counted.unusable > _SHOWN:
        first = faults.first(opened)
        raise StepwellError(
            f"{counted.unusable:,} of {counted.rows:,} rows cannot be used; the first because {first.reason}.",
            where=Place(opened.shown, first.line, first.column),
            next_step="Nothing was loaded. Get the file again, as published.",
        )
    found = faults.all_of(opened) if counted.unusable else ()
    rows = [{"line": each.line, "column": each.column, "reason": each.reason} for each in found]
    pq.write_table(pa.Table.from_pylist(rows, tables.REJECTED), staged / "rejected.parquet")
    return tuple(_said_of(opened, counted, found))


def _said_of(opened: Opened, counted: Counted, found: tuple[faults.Fault, ...]) -> list[str]:
    said = []
    if opened.matched.unknown:
        said.append(f"Columns nobody here knows, not read: {', '.join(opened.matched.unknown)}.")
    for each in found[:_SHOWN]:
        said.append(f"Line {each.line} is left out: {each.reason} ({each.column}).")
    if len(found) > _SHOWN:
        said.append(f"{len(found) - _SHOWN:,} more lines are left out for such reasons.")
    if counted.twice:
        said.append(f"{counted.twice:,} rows come twice and are added up.")
    if counted.uneven:
        said.append(
            f"In {counted.uneven:,} rows the total quantity is not the quantity of an item times the items."
        )
    if counted.unidentified_items:
        said.append(
            f"{counted.unidentified_items:,} of {counted.items:,} items are of prescribers not identified: in the total of England, of no practice."
        )
    if opened.matched.form.id == "pdpi":
        said.append(
            "Already summed over the quantity of an item: measures of large quantities have no value."
        )
    return said


def against_held(lake: Lake, writer: Writer, dataset: str, period: str, staged: Path) -> tuple[str, ...]:
    """What is said of a new load beside what the lake holds already: jumps, and practices that are missing."""
    if dataset != "month":
        return ()
    con = writer.connect()
    try:
        now = engine.parquet(con, [staged / "practices.parquet"], tables.PRACTICES)
        said = _jumps(lake, con, now, period)
        return (*said, *_unknown_practices(lake, con, now))
    finally:
        con.disconnect()


def _jumps(lake: Lake, con: BaseBackend, now: ir.Table, period: str) -> list[str]:
    held = lake.current()
    before = held.current_public("month", months.after(period, -1))
    before = before or held.current_public("month", months.after(period))
    if before is None:
        return []
    folder = lake.load_directory(before.load_id)
    then = engine.parquet(con, [folder / "practices.parquet"], tables.PRACTICES)
    said = []
    limit = float(rules()["items_jump"]["share"])
    for level in ("England", "sub_icb"):
        for area, (new, old) in sorted(_items_by(con, now, then, level).items()):
            if old and abs(new - old) > limit * old:
                fell = "fell" if new < old else "rose"
                said.append(
                    f"Items of {area} {fell} from {old:,} in {before.period} to {new:,}, by {abs(new - old) / old:.0%}: the month may not be whole."
                )
    gone = con.to_pyarrow(then.filter(then.identified).anti_join(now, "practice").count()).as_py()
    if gone:
        said.append(f"{gone:,} prescribers of {before.period} are not in this month.")
    return said


def _items_by(con: BaseBackend, now: ir.Table, then: ir.Table, level: str) -> dict[str, tuple[int, int]]:
    found: dict[str, list[int]] = {}
    for place, table in enumerate((now, then)):
        key = table.practice.notnull().ifelse("England", "England") if level == "England" else table[level]
        grouped = table.group_by(area=key).aggregate(items=table["items"].sum())
        for row in con.to_pyarrow(grouped).to_pylist():
            if row["area"]:
                found.setdefault(row["area"], [0, 0])[place] = int(row["items"])
    return {area: (new, old) for area, (new, old) in found.items()}


def _unknown_practices(lake: Lake, con: BaseBackend, now: ir.Table) -> list[str]:
    held = lake.current().current_public("organisations", "now")
    if held is None:
        return [
            "No list of organisations is loaded, so which prescribers are GP practices is not known: all that are identified count."
        ]
    listed = engine.parquet(
        con, [lake.load_directory(held.load_id) / "organisations.parquet"], tables.ORGANISATIONS
    )
    unknown = now.filter(now.identified).anti_join(listed, now.practice == listed.code)
    counted = con.to_pyarrow(unknown.aggregate(n=unknown.count(), items=unknown["items"].sum())).to_pylist()[
        0
    ]
    practices = listed.filter((listed.setting == _GP_PRACTICE) & (listed.status == "active"))
    silent = con.to_pyarrow(practices.anti_join(now, practices.code == now.practice).count()).as_py()
    said = []
    if counted["n"]:
        said.append(
            f"{counted['n']:,} prescribers with {counted['items']:,} items are not in the list of organisations: they are in no figure of a practice or an area."
        )
    if silent:
        said.append(f"{silent:,} open GP practices have no rows in this month.")
    return said
