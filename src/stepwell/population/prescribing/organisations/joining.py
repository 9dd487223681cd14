"""Both sources in use together: the JSON has the word, the list of practices adds what the JSON does not say.

* An organisation in both is as the JSON says; a setting it does not give comes from the list, unless that would make a GP practice of it.
* One in the list alone is kept, with the parent it has there.
* A practice whose area the JSON does not name lies where the list says.

What each source said by itself is kept beside, so a newer file of either takes the place of its own source alone.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from stepwell.population.prescribing.organisations import epraccur, ods
from stepwell.population.prescribing.organisations.gathered import (
    GP_PRACTICE,
    Organisations,
    Relation,
    practices,
    write_tables,
)

BOTH = f"{ods.SOURCE} and {epraccur.SOURCE}"
_PARTS = "sources"
_TABLES = ("organisations", "relations", "successions")
_OTHER = {ods.SOURCE: epraccur.SOURCE, epraccur.SOURCE: ods.SOURCE}


def join_held(held: Path, held_source: str, staged: Path, read: Organisations) -> Organisations:
    """Join what was just read into ``staged`` with what the folder ``held`` has of the other source; what now stands.

    ``held_source`` is the ``source`` of the load in ``held``. Where it has nothing of the other source, nothing changes.
    """
    other = _OTHER[read.source]
    if held_source == other:
        before = held
    elif held_source == BOTH:
        before = held / _PARTS / other
    else:
        return read
    _keep(staged, staged / _PARTS / read.source)
    _keep(before, staged / _PARTS / other)
    told, listed = (_Held(staged / _PARTS / source) for source in (ods.SOURCE, epraccur.SOURCE))
    organisations, alone = _organisations(told.organisations, listed.organisations)
    relations = [*told.relations, *_added(told.relations, listed.relations)]
    write_tables(staged, organisations, relations, {**listed.successions, **told.successions})
    said = f"Joined with the {_title(other)} the lake holds: the JSON has the word, and {alone:,} organisations are in the list of practices alone."
    return replace(
        read,
        source=BOTH,
        organisations=len(organisations),
        practices=practices(organisations),
        checks=(*read.checks, said),
    )


class _Held:
    """What one source said by itself."""

    def __init__(self, folder: Path) -> None:
        rows = {name: pq.read_table(folder / f"{name}.parquet").to_pylist() for name in _TABLES}
        self.organisations: list[dict[str, Any]] = rows["organisations"]
        self.relations = [
            Relation(row["code"], row["parent"], row["parent_kind"], row["from"], row["to"])
            for row in rows["relations"]
        ]
        self.successions: dict[tuple[str, str], date | None] = {
            (row["code"], row["successor"]): row["on"] for row in rows["successions"]
        }


def _keep(source: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
    for name in _TABLES:
        shutil.copyfile(source / f"{name}.parquet", folder / f"{name}.parquet")


def _organisations(
    told: Sequence[Mapping[str, Any]], listed: Sequence[Mapping[str, Any]]
) -> tuple[list[dict[str, Any]], int]:
    """Every organisation once, and how many are in the list alone."""
    by_code = {row["code"]: dict(row) for row in told}
    alone = 0
    for row in listed:
        held = by_code.get(row["code"])
        if held is None:
            by_code[row["code"]] = dict(row)
            alone += 1
        elif held["kind"] == "practice":
            if held["setting"] is None and row["setting"] != GP_PRACTICE:
                held["setting"] = row["setting"]
            if held["status"] == "unknown":
                held["status"] = row["status"]
    return list(by_code.values()), alone


def _added(told: Sequence[Relation], listed: Sequence[Relation]) -> list[Relation]:
    """Where the list says a practice lies, of those that the JSON puts in no area but a PCN."""
    placed = {each.code for each in told if each.parent_kind != "pcn"}
    return [each for each in listed if each.code not in placed]


def _title(source: str) -> str:
    return "JSON" if source == ods.SOURCE else "list of practices"
