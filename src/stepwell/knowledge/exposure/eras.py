"""From covers to eras. Decision 10, section 3."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from stepwell.knowledge.exposure.model import Cover, Era
from stepwell.knowledge.exposure.rules import Rules


def eras(covers: Sequence[Cover], as_of: date, rules: Rules) -> list[Era]:
    """Covers joined where no gap is longer than the limit, in order of start."""
    found: list[Era] = []
    group: list[Cover] = []
    for cover in sorted(covers, key=lambda c: (c.start, c.end)):
        if group and (cover.start - max(c.end for c in group)).days > rules.gap_days:
            found.append(_era(group, as_of, rules))
            group = []
        group.append(cover)
    if group:
        found.append(_era(group, as_of, rules))
    return found


def _era(group: Sequence[Cover], as_of: date, rules: Rules) -> Era:
    start = min(c.start for c in group)
    end = max(c.end for c in group)
    return Era(
        start=start,
        end=end,
        days=(min(as_of, end) - start).days,
        is_open=as_of <= end + timedelta(days=rules.gap_days),
        occasions=len(group),
    )
