"""``make bench``: public prescribing data, beside the shortest SQL for the same engine.

Two questions. How long does one real-size month take to come in, against SQL that reads the same file in the same encoding and writes the same
four sorted Parquet files? And how long does any measure take for every practice or ICB of England over 60 months, with its percentiles and
deciles, against SQL on the same Parquet that works out the same numbers, which are compared? Each runs in a process of its own, turn about.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench import prescribing_lake, prescribing_month, prescribing_sql

BAR_IMPORT, BAR_MEMORY_MIB = 1.3, 4096
BAR_COLD, BAR_WARM = 1.5, 0.3
ASKED = (("opioid_ome", "practice"), ("opioid_high_dose_share_90", "practice"), ("gabapentinoid_ddd", "icb"))

Figures = dict[str, float]


def main() -> int:
    options = _options()
    if options.one:
        print(json.dumps(_WORK[options.one](options)))
        return 0
    options.data.mkdir(parents=True, exist_ok=True)
    missed = 0
    if not options.measures_only:
        missed += _month(options)
    if not options.month_only:
        missed += _measures(options)
    return 1 if missed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.prescribing", description=__doc__)
    parser.add_argument(
        "--month-file", type=Path, help="A month's CSV; without it one of the real size is made."
    )
    parser.add_argument("--data", type=Path, default=Path("build/bench"))
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--months", type=int, default=prescribing_lake.MONTHS)
    parser.add_argument("--month-only", action="store_true")
    parser.add_argument("--measures-only", action="store_true")
    parser.add_argument("--one", choices=_WORK, help=argparse.SUPPRESS)
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    parser.add_argument("--level", help=argparse.SUPPRESS)
    return parser.parse_args()


def _month(options: argparse.Namespace) -> int:
    """One real-size month."""
    if options.month_file is None:
        options.month_file = options.data / "EPD_SNOMED_202607.csv"
        if not options.month_file.exists():
            print("Making a month of 18.6 million rows")
            prescribing_month.write_month(options.month_file, rows=18_600_000, seed=1, month="2026-07")
    print(f"One month, {options.month_file.stat().st_size / 1e9:.1f} GB")
    runs: dict[str, list[Figures]] = {"import": [], "sql": [], "sql_lines": []}
    for _ in range(options.rounds):
        for name, found in runs.items():
            found.append(_run(name, options))
            _show(name, found[-1])
    best = {name: min(one["seconds"] for one in found) for name, found in runs.items()}
    ratio, memory = best["import"] / best["sql"], max(one["memory_mib"] for one in runs["import"])
    print(f"Import over SQL that writes the same four files: {ratio:.2f} (bar {BAR_IMPORT})")
    print(f"Import over SQL that writes the lines alone: {best['import'] / best['sql_lines']:.2f}")
    print(f"Memory {memory:.0f} MiB (bar {BAR_MEMORY_MIB})\n")
    return int(ratio > BAR_IMPORT) + int(memory > BAR_MEMORY_MIB)


def _measures(options: argparse.Namespace) -> int:
    """Any measure over one month, and over all."""
    missed = 0
    for months in sorted({1, options.months}):
        began = time.perf_counter()
        options.lake = prescribing_lake.made(options.data, how_many=months).path
        print(f"{months} months made or found: {time.perf_counter() - began:.0f} s")
        took = _run("derive", options)
        if took["months"]:
            print(
                f"Measures worked out once: {took['seconds'] / took['months']:.1f} s a month, {took['memory_mib']:.0f} MiB"
            )
        for options.measure, options.level in ASKED:
            missed += _one_measure(options, months)
    return missed


def _one_measure(options: argparse.Namespace, months: int) -> int:
    ours = [_run("ask", options) for _ in range(max(3, options.rounds))]
    theirs = [_run("ask_sql", options) for _ in range(max(3, options.rounds))]
    middle = {name: statistics.median(one[name] for one in ours) for name in ours[0]}
    bare = {name: statistics.median(one[name] for one in theirs) for name in theirs[0]}
    print(
        f"{months:>3} months  {options.measure:<26} {options.level:<9} cold {middle['cold']:.2f} s, another like it {middle['other']:.2f} s, "
        f"again {middle['warm']:.3f} s; deciles {middle['deciles']:.3f} s; bare SQL cold {bare['cold']:.2f} s, again {bare['warm']:.2f} s; "
        f"{middle['memory_mib']:.0f} MiB; imports apart {middle['imports']:.2f} s"
    )
    return (
        int(middle["cold"] + middle["deciles"] > BAR_COLD)
        + int(middle["warm"] + middle["deciles"] > BAR_WARM)
        + _differ(options)
    )


def _differ(options: argparse.Namespace) -> int:
    """Whether the two give other numbers."""
    ours, theirs = _values(options), prescribing_sql.values(options.lake, options.measure, options.level)
    rows = {(row["month"], row["organisation"]): row for row in ours.to_pylist()}
    if len(rows) != len(theirs):
        print(f"    {len(rows):,} values, SQL has {len(theirs):,}")
        return 1
    names = ("numerator", "denominator", "value", "percentile")
    wrong = sum(
        any(not _same(rows[key][name], value) for name, value in zip(names, row, strict=True))
        for key, row in theirs.items()
    )
    if wrong:
        print(f"    {wrong:,} of {len(rows):,} values differ from SQL")
    return int(wrong > 0)


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= 1e-9 * max(1.0, abs(one))


def _values(options: argparse.Namespace):
    from stepwell.population import engine
    from stepwell.population.lake import Lake
    from stepwell.population.prescribing.areas import Level
    from stepwell.population.prescribing.measures import measure
    from stepwell.population.prescribing.values import Asked, values

    con = engine.connect()
    with Lake(options.lake).pin() as snapshot:
        return values(snapshot, con, Asked(measure(options.measure), Level(options.level)))


def _run(name: str, options: argparse.Namespace) -> Figures:
    command = [
        sys.executable,
        "-m",
        "bench.prescribing",
        "--one",
        name,
        "--data",
        str(getattr(options, "lake", options.data)),
    ]
    if options.month_file:
        command += ["--month-file", str(options.month_file)]
    if options.measure:
        command += ["--measure", options.measure, "--level", options.level]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: Figures = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def _show(name: str, found: Figures) -> None:
    print(
        f"    {name:<10} {found['seconds']:6.1f} s, {found['processor']:6.1f} processor seconds, {found['memory_mib']:6.0f} MiB"
    )


def _timed(work: Callable[[Path], object], folder: Path) -> Figures:
    """The work in a folder that goes afterwards, on the disk of ``folder``."""
    out = Path(tempfile.mkdtemp(dir=folder))
    try:
        began, used = time.perf_counter(), time.process_time()
        work(out)
        seconds, processor = time.perf_counter() - began, time.process_time() - used
    finally:
        shutil.rmtree(out)
    return {"seconds": seconds, "processor": processor, "memory_mib": _peak_mib()}


def _import(options: argparse.Namespace) -> Figures:
    from stepwell.population.prescribing import importing

    return _timed(
        lambda out: importing.import_file(importing.open_lake(out / "lake"), options.month_file), options.data
    )


def _sql(options: argparse.Namespace) -> Figures:
    return _timed(lambda out: prescribing_sql.import_month(options.month_file, out), options.data)


def _sql_lines(options: argparse.Namespace) -> Figures:
    return _timed(
        lambda out: prescribing_sql.import_month(options.month_file, out, lines_only=True), options.data
    )


def _derive(options: argparse.Namespace) -> Figures:
    from stepwell.base.progress import Silent
    from stepwell.population.lake import Lake
    from stepwell.population.prescribing import derived

    began = time.perf_counter()
    done = derived.rederive(Lake(options.data), Silent())
    return {"seconds": time.perf_counter() - began, "months": done.months, "memory_mib": _peak_mib()}


def _ask(options: argparse.Namespace) -> Figures:
    """Cold: the first query of the process. Other: another measure of the same kind. Warm: the first again."""
    began = time.perf_counter()
    from stepwell.population import engine
    from stepwell.population.lake import Lake
    from stepwell.population.prescribing.areas import Level
    from stepwell.population.prescribing.measures import measure
    from stepwell.population.prescribing.values import Asked, centiles, values

    imports = time.perf_counter() - began
    times = []
    for name in (options.measure, "pregabalin_mg", options.measure):
        began = time.perf_counter()
        con = engine.connect()
        with Lake(options.data).pin() as snapshot:
            found = values(snapshot, con, Asked(measure(name), Level(options.level)))
        times.append(time.perf_counter() - began)
    began = time.perf_counter()
    centiles(found)
    deciles = time.perf_counter() - began
    cold, other, warm = times
    return {
        "imports": imports,
        "cold": cold,
        "other": other,
        "warm": warm,
        "deciles": deciles,
        "memory_mib": _peak_mib(),
    }


def _ask_sql(options: argparse.Namespace) -> Figures:
    times = []
    con = prescribing_sql.connected()
    for _ in range(2):
        began = time.perf_counter()
        prescribing_sql.query(con, options.data, options.measure, options.level)
        times.append(time.perf_counter() - began)
    return {"cold": times[0], "warm": times[1], "memory_mib": _peak_mib()}


def _peak_mib() -> float:
    lines = dict(
        line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":" in line
    )
    return int(lines["VmHWM"].split()[0]) / 1024


_WORK: dict[str, Callable[[argparse.Namespace], Figures]] = {
    "import": _import,
    "sql": _sql,
    "sql_lines": _sql_lines,
    "derive": _derive,
    "ask": _ask,
    "ask_sql": _ask_sql,
}

if __name__ == "__main__":
    sys.exit(main())
