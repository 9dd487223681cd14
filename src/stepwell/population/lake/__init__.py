"""The lake: imported facts as Parquet, seen only whole. ``Lake(path).pin()`` to read, ``importing`` to write."""

from stepwell.population.lake.locks import LakeBusy
from stepwell.population.lake.manifest import FileCount, Load, Manifest, PublicLoad, TableCount
from stepwell.population.lake.store import Lake, Snapshot
from stepwell.population.lake.writing import (
    COMMIT_STEPS,
    Derivation,
    Derive,
    OnStep,
    Writer,
    rederive,
    withdraw,
    writing,
)

__all__ = [
    "COMMIT_STEPS",
    "Derivation",
    "Derive",
    "FileCount",
    "Lake",
    "LakeBusy",
    "Load",
    "Manifest",
    "OnStep",
    "PublicLoad",
    "Snapshot",
    "TableCount",
    "Writer",
    "rederive",
    "withdraw",
    "writing",
]
