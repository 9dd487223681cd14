"""``python -m bench.evaluation [RUNS [SEED]]``: the simulation study of the evaluation, as a table. 1,000 runs of every case unless told otherwise."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from stepwell.population.prescribing.evaluation.study import CASES, Outcome, study

RUNS = 1_000
_HEAD = ("case", "figure", "runs", "true effect", "mean estimate", "bias %", "coverage", "rejects", "target")


def main() -> None:
    """Print one row per case and figure, progress on the error stream, and exit with 1 where a target is missed."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    began = time.monotonic()
    missed = 0
    print("| " + " | ".join(_HEAD) + " |\n|" + "---|" * len(_HEAD))
    for number, case in enumerate(CASES, start=1):
        for each in study(case, runs, seed=seed, progress=_progress(case.scenario.name, number, runs)):
            print(_row(each), flush=True)
            missed += each.meets_targets is False
    print(f"\n{len(CASES)} cases, seed {seed}, in {time.monotonic() - began:.0f} s.")
    if missed:
        raise SystemExit(f"{missed} targets missed.")


def _progress(name: str, number: int, runs: int) -> Callable[[int], None]:
    def told(done: int) -> None:
        if done % max(runs // 10, 1) == 0:
            print(
                f"\r{number} of {len(CASES)}: {name}, {done} of {runs} runs",
                end="",
                file=sys.stderr,
                flush=True,
            )

    return told


def _row(each: Outcome) -> str:
    met = {None: "none", True: "met", False: "MISSED"}[each.meets_targets]
    cells = (
        each.case.scenario.name,
        each.figure,
        str(each.runs),
        f"{each.truth:.3f}",
        f"{each.mean:.3f}",
        "" if each.bias_percent is None else f"{each.bias_percent:+.1f}",
        f"{100 * each.coverage:.1f} ± {100 * each.coverage_error:.1f}",
        f"{100 * each.rejected:.1f}",
        met,
    )
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    main()
