"""``python -m bench.tapers``: how long 10,000 taper plans take on one core, and what they came to."""

from __future__ import annotations

import time
from collections import Counter
from datetime import date

from stepwell.knowledge.tapers.tests import regimens

COUNT = 10_000
SECONDS = 60
_START = date(2026, 12, 1)


def main() -> None:
    """Plan every regimen once and print the time; fail where it is more than the target."""
    asked = list(regimens.many(seed=1, count=COUNT))
    outcomes: Counter[str] = Counter()
    steps = 0
    began = time.process_time()
    for each in asked:
        made = regimens.planned(each, _START)
        outcomes["refused" if made.refusals else "planned"] += 1
        steps += len(made.steps)
    took = time.process_time() - began
    print(
        f"{COUNT} regimens in {took:.1f} s of one core ({took / COUNT * 1000:.2f} ms each); target {SECONDS} s"
    )
    print(f"{outcomes['planned']} planned, {outcomes['refused']} refused, {steps} steps")
    if took > SECONDS:
        raise SystemExit("Slower than the target.")


if __name__ == "__main__":
    main()
