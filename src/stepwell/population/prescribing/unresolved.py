"""Presentations a measure would count if more were known of them: new codes, and products without a strength or a factor."""

from __future__ import annotations

from dataclasses import dataclass

from ibis.backends import BaseBackend

from stepwell.population import engine
from stepwell.population.lake import Snapshot
from stepwell.population.prescribing import checks, derived
from stepwell.population.prescribing.measures.compiling import SUMS

_TOTAL, _OF = "opioid_items", "opioid_ome"


@dataclass(frozen=True, slots=True)
class Missing:
    """Of one month: the presentations, and their share of opioid items. ``too_many``: over the limit of the rules."""

    month: str
    rows: tuple[tuple[str, str, str, int], ...]  # presentation, name, why, items
    share: float
    too_many: bool


def missing(snapshot: Snapshot, con: BaseBackend, month: str) -> Missing | None:
    """What a month's opioid measures could not count; None when the month is not held or not worked out."""
    load = snapshot.manifest.current_public("month", month)
    if load is None or load.derived != derived.version():
        return None
    folder = snapshot.lake.derived_directory(load.load_id, load.derived)
    held = engine.parquet(con, [folder / "unresolved.parquet"], derived.UNRESOLVED)
    of_opioids = held.filter(held.measure == _OF).order_by("presentation")
    rows = con.to_pyarrow(of_opioids).to_pylist()
    values = engine.parquet(con, [folder / "measures.parquet"], SUMS)
    total = con.to_pyarrow(values.filter(values.measure == _TOTAL).numerator.sum()).as_py() or 0.0
    left_out = sum(row["items"] for row in rows)
    share = left_out / total if total else 0.0
    limit = float(checks.rules()["unresolved_opioid_items"]["share"])
    told = tuple((row["presentation"], row["name"] or "", row["why"], row["items"]) for row in rows)
    return Missing(month, told, share, share > limit)
