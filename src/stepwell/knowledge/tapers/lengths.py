"""Lengths of supply: issues of permitted lengths that fill a step exactly, and days on which something can be issued."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

from stepwell.base.errors import StepwellError
from stepwell.knowledge.tapers import rules
from stepwell.knowledge.tapers.model import Constraints

# Patches are supplied for at most so many days more than asked: 28 days of three-day patches are 30.
_MORE_FOR_PATCHES = 2
_DAY = timedelta(days=1)
_SATURDAY = 5


def check(script_days: int, change_hours: int | None) -> None:
    """Raises StepwellError for a length of scripts that is not one of those of daily medicines, nor of such patches."""
    rule = rules.current()
    asked = set(rule.lengths(None)) | set(rule.lengths(change_hours))
    if script_days not in asked:
        raise StepwellError(
            "Scripts of that many days are not made.",
            next_step=f"Choose one of {', '.join(map(str, sorted(asked)))} days.",
        )


def allowed(script_days: int, change_hours: int | None) -> tuple[int, ...]:
    """Permitted days of one issue, longest first, no longer than asked; of patches, the nearest that are whole changes.

    A plan of patches may move on to patches worn for other hours, so ``script_days`` may be a length of the earlier ones.
    """
    rule = rules.current()
    permitted = rule.lengths(change_hours)
    most = script_days if change_hours is None else script_days + _MORE_FOR_PATCHES
    shortest = permitted[0]
    return tuple(
        sorted(
            (d for d in permitted if d <= max(most, shortest) and d <= rule.longest_script_days), reverse=True
        )
    )


@lru_cache(maxsize=4096)
def issues(at_least: int, lengths: tuple[int, ...]) -> tuple[int, ...]:
    """The issues, longest first and as few as can be, of the shortest total that is at least so many days."""
    if at_least <= 0:
        return ()
    best: dict[int, tuple[int, ...]] = {0: ()}
    for total in range(1, at_least + max(lengths) + 1):
        ways = [(*best[total - each], each) for each in lengths if total - each in best]
        if ways:
            fewest = min(ways, key=lambda way: len(way))
            best[total] = tuple(sorted(fewest, reverse=True))
    return best[min(total for total in best if total >= at_least)]


def open_on_or_before(day: date, constraints: Constraints) -> date:
    """The last day, not after ``day``, on which a practice issues."""
    while day.weekday() >= _SATURDAY or day in (constraints.closed_days or ()):
        day -= _DAY
    return day


def issue_day(starts_on: date, change_hours: int | None, constraints: Constraints) -> date:
    """The day to issue on: the start or the last open day before it; for patches a day of change where one is open."""
    if change_hours is not None:
        for day in _patch_days_before(starts_on, change_hours):
            if open_on_or_before(day, constraints) == day:
                return day
    return open_on_or_before(starts_on, constraints)


def _patch_days_before(starts_on: date, change_hours: int) -> Iterator[date]:
    yield starts_on
    yield starts_on - timedelta(hours=change_hours)
