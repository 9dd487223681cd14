"""``make bench``: one search over 100,000 people and 6 million issues, beside a query written by hand for the engine.

Both start from the same canonical Parquet tables, derive exposures, search, and must return the same rows, in every column of a result; else this
fails and shows the first people who differ. The hand-written query (``by_hand.sql``) is given what distinct medicines, instructions, codes and words
mean; Stepwell's time includes working that out. Each runs in a process of its own, turn about. The ratio is of the best times; that of
processor seconds is beside it, because this machine may be shared. At the end each rule of the hand-written query is changed in turn
(``changes.py``): a comparison that notices none of them would say nothing.
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

from bench import by_hand, changes, records
from bench.rows import COLUMNS, Row, differences, plain

MEMORY_LIMIT = "600MB"
SEARCH = "long-term-opioids"
PEOPLE_FOR_CHANGES = 10_000
UNUSUAL_FOR_CHANGES = 3
SIDES = ("stepwell", "by_hand")

Steps = dict[str, float]


def main() -> int:
    options = _options()
    if options.one:
        return _one(options.one, options.data)
    if options.changes_only:
        return _changes(options.data)
    folder = _made(options.data, options.people)
    print(f"Working out what the query by hand is given: {_run('given', folder)['seconds']:.1f} s\n")
    runs: dict[str, list[Steps]] = {name: [] for name in SIDES}
    for _ in range(options.rounds):
        for name, found in runs.items():
            found.append(_run(name, folder))
    _print(runs)
    return _compare(folder) or _changes(options.data)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.searches", description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--data", type=Path, default=Path("build/bench"))
    parser.add_argument(
        "--changes-only", action="store_true", help="only change each rule and see that rows differ"
    )
    parser.add_argument("--one", choices=[*SIDES, "given"], help=argparse.SUPPRESS)
    return parser.parse_args()


def _made(data: Path, people: int, unusual: float = 1) -> Path:
    """The folder of the records, made when they are not there."""
    folder = data / f"{people}-unusual-{unusual:g}-version-{records.VERSION}"
    if not (folder / "made").exists():
        print(f"Making records of {people:,} people")
        issues = records.write(folder, people, unusual)
        (folder / "made").write_text(str(issues))
    print(f"{people:,} people, {int((folder / 'made').read_text()):,} issues, seen from {records.AS_OF}")
    return folder


def _run(name: str, folder: Path) -> Steps:
    command = [sys.executable, "-m", "bench.searches", "--one", name, "--data", str(folder)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: Steps = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def _one(name: str, folder: Path) -> int:
    work: dict[str, Callable[[Path, Path], Steps]] = {
        "stepwell": _stepwell,
        "by_hand": _by_hand,
        "given": _given,
    }
    with tempfile.TemporaryDirectory() as spill:
        began, used = time.perf_counter(), time.process_time()
        steps = work[name](folder, Path(spill))
        seconds, processor = time.perf_counter() - began, time.process_time() - used
    print(json.dumps({"seconds": seconds, "processor": processor, "memory_mib": _peak_mib(), **steps}))
    return 0


def _peak_mib() -> float:
    """The most memory this process held. Not ``ru_maxrss`` where it can be helped: a child begins with its parent's."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        return int(lines["VmHWM"].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _tables(con, folder: Path):
    from stepwell.population import engine
    from stepwell.population.records.canonical import TABLES

    return {
        name: engine.parquet(con, [folder / f"{name}.parquet"], schema) for name, schema in TABLES.items()
    }


def _connect(spill: Path):
    from stepwell.population import engine

    return engine.connect(memory_limit=MEMORY_LIMIT, temp_dir=spill)


def _given(folder: Path, spill: Path) -> Steps:
    con = _connect(spill)
    by_hand.give(folder, _tables(con, folder), con)
    return {}


def _stepwell(folder: Path, spill: Path) -> Steps:
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
    _keep(folder, "stepwell", [[plain(getattr(c, name)) for name in COLUMNS] for c in result.candidates])
    return {"derive": derived_in, "exposures": exposed_in, "search": searched_in}


def _by_hand(folder: Path, spill: Path) -> Steps:
    steps: Steps = {}
    found = by_hand.rows(folder, by_hand.connect(MEMORY_LIMIT, spill), by_hand.text(), steps)
    _keep(folder, "by_hand", found)
    return steps


def _keep(folder: Path, name: str, rows: list[Row]) -> None:
    (folder / f"rows_{name}.json").write_text(json.dumps(rows))


def _kept(folder: Path, name: str) -> list[Row]:
    found: list[Row] = json.loads((folder / f"rows_{name}.json").read_text())
    return found


def _print(runs: dict[str, list[Steps]]) -> None:
    best = {name: min(found, key=lambda r: r["seconds"]) for name, found in runs.items()}
    peak = {name: max(r["memory_mib"] for r in found) for name, found in runs.items()}
    print(
        f"{'':12}{'seconds, best':>16}{'all runs':>28}{'processor seconds, best':>28}{'peak memory, MiB':>20}"
    )
    for name, found in runs.items():
        every = "  ".join(f"{r['seconds']:.1f}" for r in found)
        used = min(r["processor"] for r in found)
        print(f"{name:12}{best[name]['seconds']:>16.1f}{every:>28}{used:>28.1f}{peak[name]:>20,.0f}")
    ours, hand = best["stepwell"], best["by_hand"]
    print(
        f"\nStepwell's best: deriving {ours['derive']:.1f} s, exposures and facts {ours['exposures']:.1f} s, "
        f"the search itself {ours['search']:.1f} s"
    )
    print(f"By hand, best: exposures {hand['exposures']:.1f} s, the rest {hand['search']:.1f} s")
    ratio = ours["seconds"] / hand["seconds"]
    used = [min(r["processor"] for r in runs[name]) for name in SIDES]
    print(
        f"Ratio to the hand-written query: {ratio:.2f} (at most 3); of processor seconds {used[0] / used[1]:.2f}"
    )
    print(f"Memory under 1,024 MiB: {'yes' if peak['stepwell'] < 1024 else 'NO'}")


def _compare(folder: Path) -> int:
    ours, hand = _kept(folder, "stepwell"), _kept(folder, "by_hand")
    found = differences(ours, hand)
    if not found:
        print(f"Identical rows: {len(ours):,} people, {len(COLUMNS)} columns.")
        return 0
    print(f"ROWS DIFFER: {len(found):,} people. The first (Stepwell's, then by hand):")
    for line in found[:5]:
        print("  " + line)
    return 1


def _changes(data: Path) -> int:
    """Change each rule of the hand-written query, over fewer, more unusual people; every change must be noticed."""
    print()
    folder = _made(data, PEOPLE_FOR_CHANGES, UNUSUAL_FOR_CHANGES)
    for name in ("given", *SIDES):
        _run(name, folder)
    if _compare(folder):
        return 1
    ours = _kept(folder, "stepwell")
    print(f"\nOne rule of the hand-written query changed: people whose rows differ, of {len(ours):,}")
    missed = []
    with tempfile.TemporaryDirectory() as spill:
        for change in changes.CHANGES:
            con = by_hand.connect(MEMORY_LIMIT, Path(spill))
            found = differences(ours, by_hand.rows(folder, con, change.applied(by_hand.text())))
            print(f"  {change.name:60}{len(found):>8,}")
            missed += [] if found else [change.name]
    if missed:
        print(f"NOT NOTICED: {', '.join(missed)}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
