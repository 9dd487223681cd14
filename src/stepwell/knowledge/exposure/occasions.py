"""From issues to occasions to days covered. Decision 10, sections 1 and 2."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from statistics import median

from stepwell.knowledge.exposure.model import Cover, DaysBasis, Issue, Occasion, TextState
from stepwell.knowledge.exposure.rules import Rules

# The state of an occasion is the worst of its instructions'.
_WORST_FIRST = (
    TextState.UNREADABLE,
    TextState.IMPLAUSIBLE,
    TextState.EMPTY,
    TextState.OPEN,
    TextState.READ,
)


def lines(issues: Iterable[Issue], as_of: date) -> dict[tuple[str, bool], list[Issue]]:
    """Issues up to ``as_of`` by line (medicine line, own), in date order."""
    found: dict[tuple[str, bool], list[Issue]] = {}
    for issue in sorted(issues, key=lambda i: i.issue_date):
        if issue.issue_date <= as_of:
            found.setdefault((issue.medicine.line, issue.own), []).append(issue)
    return found


def occasions(issues: Sequence[Issue], rules: Rules) -> list[Occasion]:
    """The occasions of one line, in date order."""
    by_day: dict[date, list[Issue]] = {}
    for issue in issues:
        by_day.setdefault(issue.issue_date, []).append(issue)
    return [_occasion(day, by_day[day], rules) for day in sorted(by_day)]


def _occasion(day: date, issues: Sequence[Issue], rules: Rules) -> Occasion:
    # Whether a row was sent twice or a prescription made twice cannot be told: what was supplied is then not known.
    alike = len({(i.text, i.quantity) for i in issues}) < len(issues)
    texts = list({i.text: i for i in issues}.values())
    state = min((i.state for i in texts), key=_WORST_FIRST.index)
    known = [days for i in issues if (days := known_days(i, rules)) is not None]
    ends = [i.template_end for i in issues if i.template_end is not None]
    return Occasion(
        medicine=issues[0].medicine,
        own=issues[0].own,
        on=day,
        state=state,
        units_min=_sum([i.units_min for i in texts]),
        units_max=_sum([i.units_max for i in texts]),
        ome_min=_sum([i.ome_min for i in texts]),
        ome_max=_sum([i.ome_max for i in texts]),
        quantity=None if alike else _sum([i.quantity for i in issues]),
        known_days=max(known, default=None),
        # Ended only if every template of the occasion is: the latest end, and none where one goes on.
        template_end=max(ends) if len(ends) == len(issues) else None,
        open_until=max((i.template_end or date.max for i in issues if i.open_ended), default=None),
    )


def _sum(values: Sequence[Decimal | None]) -> Decimal | None:
    known = [v for v in values if v is not None]
    return sum(known, Decimal(0)) if len(known) == len(values) else None


def known_days(issue: Issue, rules: Rules) -> int | None:
    """The days of an issue by what it says itself: given, by instruction, or by patch interval."""
    if issue.given_days is not None and 1 <= issue.given_days <= rules.given_days_max:
        return issue.given_days
    if issue.quantity is None or issue.quantity <= 0:
        return None
    if issue.state is TextState.READ and issue.units_min is not None and issue.units_min > 0:
        return _bounded(issue.quantity / issue.units_min, rules)
    if issue.medicine.is_patch and issue.state is not TextState.READ and issue.medicine.patch_interval_hours:
        return _bounded(issue.quantity * issue.medicine.patch_interval_hours / 24, rules)
    return None


def _bounded(days: Decimal, rules: Rules) -> int:
    # 28 tablets at 0.333... a day is 84 days, not 83.99: a hair is added before rounding down.
    return max(1, min(int(days + Decimal("0.001")), rules.reckoned_days_max))


def covers(line: Sequence[Occasion], rules: Rules) -> list[Cover]:
    """The covers of one line, unused days carried forward up to the limit."""
    median_gap = _median_gap(line, rules)
    found: list[Cover] = []
    for occasion in line:
        days, basis = _days(occasion, median_gap, rules)
        unused = max(0, (found[-1].end - occasion.on).days) if found else 0
        start = occasion.on + timedelta(days=min(unused, rules.carry_days))
        found.append(Cover(occasion, days, basis, start, start + timedelta(days=days)))
    return found


def _days(occasion: Occasion, median_gap: int | None, rules: Rules) -> tuple[int, DaysBasis]:
    if occasion.known_days is not None:
        return occasion.known_days, DaysBasis.KNOWN
    if median_gap is not None:
        return median_gap, DaysBasis.MEDIAN_GAP
    return rules.assumed_days, DaysBasis.ASSUMED


def _median_gap(line: Sequence[Occasion], rules: Rules) -> int | None:
    if len(line) < rules.median_gap_min_occasions:
        return None
    gap = median((b.on - a.on).days for a, b in pairwise(line))
    return int(gap) if gap <= rules.median_gap_max_days else None
