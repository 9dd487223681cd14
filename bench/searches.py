"""``make bench``: one search over 100,000 people and 6 million issues, beside a query written by hand for the engine.

Both start from the same canonical Parquet tables, derive exposures, search, and must return identical rows. The hand-written query is given medicines and
instructions already resolved; Stepwell's time includes resolving them. What the hand-written query leaves out is listed at its top. Each runs in a process of its own, turn about; the ratio of the
best times is what counts, because this machine may be shared.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench import records

MEMORY_LIMIT = "600MB"
SEARCH = "long-term-opioids"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--data", type=Path, default=Path("build/bench"))
    parser.add_argument("--one", choices=["stepwell", "by_hand", "resolve"])
    options = parser.parse_args()
    folder = options.data / f"{options.people}"
    if options.one:
        return _one(options.one, folder)
    _made(folder, options.people)
    print(f"Resolving distinct medicines and instructions once: {_run('resolve', folder)['seconds']:.1f} s\n")
    runs: dict[str, list[dict[str, float]]] = {"stepwell": [], "by_hand": []}
    for _ in range(options.rounds):
        for name, found in runs.items():
            found.append(_run(name, folder))
    _print(runs)
    return _compare(folder)


def _made(folder: Path, people: int) -> None:
    if not (folder / "made").exists():
        print(f"Making records of {people:,} people")
        issues = records.write(folder, people)
        (folder / "made").write_text(str(issues))
    print(f"{people:,} people, {int((folder / 'made').read_text()):,} issues, seen from {records.AS_OF}")


def _run(name: str, folder: Path) -> dict[str, float]:
    people = folder.name
    command = [
        sys.executable,
        "-m",
        "bench.searches",
        "--one",
        name,
        "--people",
        people,
        "--data",
        str(folder.parent),
    ]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def _one(name: str, folder: Path) -> int:
    work: dict[str, Callable[[Path, Path], dict[str, float]]] = {
        "stepwell": _stepwell,
        "by_hand": _by_hand,
        "resolve": _resolve,
    }
    with tempfile.TemporaryDirectory() as spill:
        started = time.perf_counter()
        steps = work[name](folder, Path(spill))
        seconds = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "memory_mib": memory, **steps}))
    return 0


def _tables(con, folder: Path):
    from stepwell.population import engine
    from stepwell.population.records.canonical import TABLES

    return {
        name: engine.parquet(con, [folder / f"{name}.parquet"], schema) for name, schema in TABLES.items()
    }


def _connect(spill: Path):
    from stepwell.population import engine

    return engine.connect(memory_limit=MEMORY_LIMIT, temp_dir=spill)


def _resolve(folder: Path, spill: Path) -> dict[str, float]:
    """The dimensions the hand-written query is given: Parquet of medicines, lines, instructions and codes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from stepwell.knowledge import code_lists
    from stepwell.population.records import derived, resolve

    con = _connect(spill)
    tables = _tables(con, folder)
    found = derived.derive(tables, con)
    for name in ("medicines", "lines", "instructions"):
        con.to_parquet(found[name], folder / f"resolved_{name}.parquet")
    recognised = [m for m in resolve.recognise(derived._distinct_medicines(tables["issues"])) if m.line]
    rows = [{**resolve.medicine_row(m), "interval_hours": m.patch_interval_hours} for m in recognised]
    pq.write_table(pa.Table.from_pylist(rows), folder / "resolved_relevant.parquet")
    codes = [
        {"snomed_id": code, "condition": name}
        for name in derived.CONDITIONS
        for code in sorted(code_lists.code_list(name).codes)
    ]
    pq.write_table(pa.Table.from_pylist(codes), folder / "resolved_codes.parquet")
    return {}


def _stepwell(folder: Path, spill: Path) -> dict[str, float]:
    from stepwell.population import engine
    from stepwell.population.records import derived
    from stepwell.population.records.derived_schema import DERIVED
    from stepwell.population.records.searches import prepare, run, search

    con = _connect(spill)
    canonical = _tables(con, folder)
    began = time.perf_counter()
    derived.write(canonical, spill / "derived", con)
    derived_in = time.perf_counter() - began
    more = {
        name: engine.parquet(con, [spill / "derived" / f"{name}.parquet"], s) for name, s in DERIVED.items()
    }
    began = time.perf_counter()
    prepared = prepare({**canonical, **more}, records.AS_OF, con)
    exposed_in = time.perf_counter() - began
    began = time.perf_counter()
    result = run(search(SEARCH), prepared)
    searched_in = time.perf_counter() - began
    rows = sorted(
        [c.patient_key, c.outcome, c.era_start.isoformat() if c.era_start else None, c.era_days]
        for c in result.candidates
    )
    (folder / "rows_stepwell.json").write_text(json.dumps(rows))
    return {"derive": derived_in, "exposures": exposed_in, "search": searched_in, "rows": len(rows)}


def _by_hand(folder: Path, spill: Path) -> dict[str, float]:
    import duckdb

    con = duckdb.connect(config={"memory_limit": MEMORY_LIMIT, "temp_directory": str(spill)})
    for view, file in (
        ("medicines", "resolved_relevant"),
        ("lines", "resolved_lines"),
        ("instructions", "resolved_instructions"),
        ("codes", "resolved_codes"),
    ):
        con.execute(f"create view {view} as from read_parquet('{folder / file}.parquet')")
    sql = (Path(__file__).parent / "by_hand.sql").read_text(encoding="utf-8")
    for name in ("issues", "patients", "registrations", "events"):
        sql = sql.replace(f":{name}", f"'{folder / name}.parquet'")
    sql = sql.replace(":as_of", f"date '{records.AS_OF}'")
    sql = sql.replace(":year", str(records.AS_OF.year)).replace(":month", str(records.AS_OF.month))
    found = con.execute(sql).fetchall()
    rows = sorted([key, outcome, start.isoformat(), days] for key, outcome, start, days in found)
    (folder / "rows_by_hand.json").write_text(json.dumps(rows))
    return {"rows": len(rows)}


def _print(runs: dict[str, list[dict[str, float]]]) -> None:
    best = {name: min(found, key=lambda r: r["seconds"]) for name, found in runs.items()}
    peak = {name: max(r["memory_mib"] for r in found) for name, found in runs.items()}
    print(f"{'':24}{'seconds, best':>16}{'all runs':>28}{'peak memory, MiB':>20}")
    for name, found in runs.items():
        every = "  ".join(f"{r['seconds']:.1f}" for r in found)
        print(f"{name:24}{best[name]['seconds']:>16.1f}{every:>28}{peak[name]:>20,.0f}")
    ours = best["stepwell"]
    print(
        f"\nStepwell's best: deriving {ours['derive']:.1f} s, exposures and facts {ours['exposures']:.1f} s, "
        f"the search itself {ours['search']:.1f} s"
    )
    ratio = ours["seconds"] / best["by_hand"]["seconds"]
    print(
        f"Ratio to the hand-written query: {ratio:.2f} (at most 3). Memory under 1,024 MiB: {peak['stepwell'] < 1024}"
    )


def _compare(folder: Path) -> int:
    ours = json.loads((folder / "rows_stepwell.json").read_text())
    hand = json.loads((folder / "rows_by_hand.json").read_text())
    if ours == hand:
        print(f"Identical rows: {len(ours):,} people.")
        return 0
    a, b = {tuple(r) for r in ours}, {tuple(r) for r in hand}
    print(f"ROWS DIFFER: {len(a - b):,} only ours, {len(b - a):,} only by hand.")
    print("  ours:", sorted(a - b)[:5], "\n  hand:", sorted(b - a)[:5])
    return 1


if __name__ == "__main__":
    sys.exit(main())
