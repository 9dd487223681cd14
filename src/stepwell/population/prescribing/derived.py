"""What is worked out of each month once: every measure by practice, and the presentations nobody can count yet.

Keyed by a version of the measures and of the knowledge behind them. A month worked out under another version is worked out again when
anything is next imported, or by ``rederive``; until then a measure asked of it is worked out from its rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends import BaseBackend

from stepwell.base.progress import Progress
from stepwell.knowledge import supplied
from stepwell.knowledge.tables import knowledge_version
from stepwell.population import engine
from stepwell.population.lake import Lake, PublicLoad, Writer, writing
from stepwell.population.prescribing import tables
from stepwell.population.prescribing.measures import definitions_version, measures
from stepwell.population.prescribing.measures.compiling import SUMS, all_worths, sums

UNRESOLVED = pa.schema(
    [
        ("measure", pa.string()),
        ("presentation", pa.string()),
        ("name", pa.string()),
        ("why", pa.string()),
        ("items", pa.int64()),
    ]
)
MEMORY = "2500MB"
_CODE = (
    ("stepwell.knowledge", "supplied.py"),
    ("stepwell.population.prescribing.measures", "selecting.py"),
    ("stepwell.population.prescribing.measures", "compiling.py"),
)


@dataclass(frozen=True, slots=True)
class Derived:
    """How many months were worked out now."""

    months: int


@cache
def version() -> str:
    """A short text that changes when a measure, a table behind it, or the code that applies them does."""
    code = "".join((resources.files(package) / name).read_text(encoding="utf-8") for package, name in _CODE)
    whole = f"{definitions_version()} {knowledge_version()} {code}"
    return f"prx-{hashlib.sha256(whole.encode()).hexdigest()[:16]}"


def rederive(lake: Lake, progress: Progress) -> Derived:
    """Work out every month that was worked out under another version."""
    with writing(lake) as writer:
        return derive_months(lake, writer, progress)


def derive_months(lake: Lake, writer: Writer, progress: Progress) -> Derived:
    """The same, for who holds the lake already."""
    behind = [load for load in lake.current().public if load.dataset == "month" and load.derived != version()]
    if not behind:
        return Derived(0)
    con = writer.connect(MEMORY)
    done: list[PublicLoad] = []
    folders: dict[str, Path] = {}
    try:
        for load in behind:
            progress.step(f"Working out the measures of {load.period}")
            out = writer.staging / "measures" / load.load_id
            out.mkdir(parents=True)
            derive_month(con, lake.load_directory(load.load_id), out)
            progress.done(1)
            done.append(replace(load, derived=version()))
            folders[load.load_id] = out
    finally:
        con.disconnect()
    writer.publish_derived(done, folders)
    return Derived(len(done))


def derive_month(con: BaseBackend, month: Path, out: Path) -> None:
    """Write ``measures.parquet`` and ``unresolved.parquet`` of one month, given the folder of its tables."""
    lines = engine.parquet(con, [month / "lines.parquet"], tables.LINES)
    names = pq.read_table(month / "presentations.parquet").to_pylist()
    known = resolved((row["presentation"], row["name"] or "") for row in names)
    worths, unresolved = all_worths(measures().values(), known)
    summed = sums(lines, worths)
    order = ("measure", "factor_table", "practice")
    engine.write_parquet(con, summed.select(*SUMS.names).order_by(*order), out / "measures.parquet")
    missing = [
        {"measure": each.measure, "presentation": each.presentation, "why": each.why} for each in unresolved
    ]
    named = {row["presentation"]: row["name"] for row in names}
    items = items_of(con, lines, {each.presentation for each in unresolved})
    rows = [
        {**row, "name": named.get(row["presentation"]), "items": items.get(row["presentation"], 0)}
        for row in missing
    ]
    pq.write_table(pa.Table.from_pylist(rows, UNRESOLVED), out / "unresolved.parquet", compression="zstd")


def resolved(presentations: Iterable[tuple[str, str]]) -> Sequence[supplied.Supplied]:
    """Each (code, name) as what it is."""
    return [supplied.resolve(code, name) for code, name in presentations]


def items_of(con: BaseBackend, lines: ir.Table, codes: set[str]) -> dict[str, int]:
    """Items by presentation, of these codes."""
    if not codes:
        return {}
    wanted = lines.semi_join(ibis.memtable(pa.table({"presentation": sorted(codes)})), "presentation")
    counted = wanted.group_by("presentation").aggregate(items=wanted["items"].sum())
    return {row["presentation"]: int(row["items"]) for row in con.to_pyarrow(counted).to_pylist()}
