"""``python -m bench.dosage``: how many dosage instructions are read a second on one core, and how many of the held-out ones rightly.

Distinct texts are read without the cache: those of the table of readings and of the held-out set, of 10 to 110 characters. The natural
mix repeats them as a practice does (the n-th commonest text 1/n as often as the commonest), through ``parse_many``. Seconds are
processor seconds, the best of three rounds, because this machine may be shared.
"""

from __future__ import annotations

import csv
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

from stepwell.knowledge import dosage
from stepwell.knowledge.dosage.parse import parse_uncached
from stepwell.knowledge.dosage.tests.held_out.scoring import instructions, score

DISTINCT_ASKED = 5_000
MIX_ASKED = 100_000
ROWS = 300_000
ROUNDS = 3
READINGS = Path(dosage.__file__).parent / "tests" / "readings.csv"


def main() -> int:
    texts = _texts()
    dosage.parse("1 bd")  # the tables are read once
    distinct = len(texts) / _best(lambda: [parse_uncached(text, None) for text in texts])
    rows = random.Random(1).choices(texts, [1 / (n + 1) for n in range(len(texts))], k=ROWS)
    began = time.process_time()
    dosage.parse_many(rows)
    mix = ROWS / (time.process_time() - began)
    mean = sum(map(len, texts)) / len(texts)
    print(f"{len(texts):,} distinct instructions of 10 to 110 characters, {mean:.0f} on average")
    print(f"Read uncached: {distinct:,.0f} a second (asked: at least {DISTINCT_ASKED:,})")
    print(f"A natural mix of {ROWS:,} rows: {mix:,.0f} a second (asked: at least {MIX_ASKED:,})")
    return _print_held_out()


def _texts() -> list[str]:
    with READINGS.open(encoding="utf-8", newline="") as file:
        texts = {row["text"] for row in csv.DictReader(file)}
    texts |= {row["text"] for row in instructions()}
    found = sorted(text for text in texts if 10 <= len(text) <= 110)
    random.Random(1).shuffle(found)
    return found


def _best(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return min(taken)


def _print_held_out() -> int:
    found = score()
    right, wrong, false_answers = found.shares
    print(f"\nHeld out: {found.with_dose} instructions with a dose, {found.without} without a safe one")
    print(f"  right  {found.right:>5}  {right:6.1%}  (asked: at least 97 %)")
    print(f"  wrong  {found.wrong:>5}  {wrong:6.1%}  (asked: at most 1 %)")
    print(f"  refused{found.refused:>5}")
    print(f"  a dose where none is safe{found.false_answers:>3}  {false_answers:6.1%}  (asked: at most 2 %)")
    return 0 if right >= 0.97 and wrong <= 0.01 and false_answers <= 0.02 else 1


if __name__ == "__main__":
    sys.exit(main())
