"""An import in a process of its own that can be killed. Imported by a fork server, so each start is cheap."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import ibis.expr.types as ir
import pyarrow.parquet as pq
from ibis.backends import BaseBackend

from stepwell.base.progress import Silent
from stepwell.population.lake import Derive
from stepwell.population.records.derived_schema import DERIVED
from stepwell.population.records.extracts import Options
from stepwell.population.records.importing import ImportReport, import_extract
from stepwell.population.records.importing.tests.synthetic_reader import ScriptedReader, crowd
from stepwell.population.stores import open_stores


def write_derived(
    tables: Mapping[str, ir.Table], out_dir: Path, con: BaseBackend, extract_date: date
) -> None:
    """Empty derived tables, and a tally of each person's issues."""
    for name, schema in DERIVED.items():
        pq.write_table(schema.empty_table(), out_dir / f"{name}.parquet")
    tally = tables["issues"].group_by(["patient_key", "practice"]).agg(number=lambda t: t.count())
    con.to_parquet(tally, out_dir / "tallies.parquet")


DERIVATION = Derive("v1", write_derived)


def import_crowd(
    lake: Path, people: int, issues: int, pause: float = 0.0, kill_at: str | None = None
) -> ImportReport:
    """Import a crowd; the process ends itself, as ``kill -9`` would, when the step ``kill_at`` is done."""

    def on_step(step: str) -> None:
        if step == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    stores = open_stores(lake)
    reader = ScriptedReader(crowd(people, issues, pause=pause), content=f"{people} people")
    return import_extract(
        stores.lake, stores.vault, reader, Options(), derive=DERIVATION, progress=Silent(), on_step=on_step
    )
