"""Issues without a date, for the oracle: decision 10, section 6, in plain Python. One person's rows at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from stepwell.knowledge.exposure import Basis, CurrentLine, current
from stepwell.knowledge.exposure.occasions import known_days
from stepwell.knowledge.medicines import identify
from stepwell.knowledge.medicines.model import MedicineClass
from stepwell.population.records.searches.tests.oracle_rows import Row, is_own, medicine_issues

_REGULAR = 70
_CARRIED = 28
_GAP = timedelta(days=30)
_FROM_ELSEWHERE = timedelta(days=180)


@dataclass(frozen=True)
class Missing:
    """Issues of one template, or one issue without a template, whose dates are not known."""

    line: str
    classes: frozenset[MedicineClass]
    own: bool
    earliest: date | None
    latest: date | None
    days: int | None

    def last(self, as_of: date) -> date:
        return min(self.latest or as_of, as_of)

    def reach(self, as_of: date) -> date:
        days = _REGULAR if self.days is None else self.days
        return self.last(as_of) + timedelta(days=days + _CARRIED)

    def may_be_taken(self, as_of: date, now: Sequence[CurrentLine]) -> bool:
        """Now, or more of it than the dated issues show."""
        says_the_dose = (Basis.INSTRUCTION, Basis.PATCH_DEFAULT)
        if any((c.medicine.line, c.own) == (self.line, self.own) and c.basis in says_the_dose for c in now):
            return False
        until = self.reach(as_of) + _GAP
        return (until if self.own else max(until, self.last(as_of) + _FROM_ELSEWHERE)) >= as_of


def first_day(issues: Sequence[Row]) -> date | None:
    """The day that all but one in a thousand dated issues of the load are on or after, between ranks in proportion."""
    days = sorted(d.toordinal() for row in issues if isinstance(d := row["issue_date"], date))
    if not days:
        return None
    at = (len(days) - 1) / 1000
    low = int(at)
    high = min(low + 1, len(days) - 1)
    return date.fromordinal(int(days[low] + (days[high] - days[low]) * (at - low)))


def missing(
    issues: Sequence[Row], templates: Sequence[Row], first: date | None, as_of: date
) -> list[Missing]:
    """What of one person's issues is not dated and can have been made by ``as_of``."""
    found, told = [], set()
    for template in templates:
        known = identify(code=None, bnf_code=None, name=str(template["drug_name"]))
        mine = [row for row in issues if row["template_id"] == template["template_id"]]
        made = template["issues_made"]
        if not known.classes or not (mine or isinstance(made, int)):
            continue
        told.add(template["template_id"])
        dates = sorted(d for row in mine if isinstance(d := row["issue_date"], date))
        undated = len(mine) - len(dates)
        more = made - len(dates) if isinstance(made, int) else 0
        if not undated and more <= 0:
            continue
        start, end = template["start_date"], template["end_date"]
        assert (start is None or isinstance(start, date)) and (end is None or isinstance(end, date))
        given = [n for i in medicine_issues(mine, [template]) if (n := known_days(i, current())) is not None]
        found.append(
            Missing(
                line=_line(known.product, known.substance),
                classes=known.classes,
                own=is_own(template),
                earliest=dates[0] if undated and len(dates) > 1 else start,
                latest=_latest(dates, undated, more, start, end, first),
                days=max(given, default=None),
            )
        )
    alone = [r for r in issues if r["issue_date"] is None and r["template_id"] not in told]
    for one in medicine_issues(alone, []):
        medicine = one.medicine
        days = known_days(one, current())
        found.append(Missing(medicine.line, medicine.classes, one.own, None, None, days))
    return [m for m in found if m.earliest is None or m.earliest <= as_of]


def _latest(
    dates: list[date], undated: int, more: int, start: date | None, end: date | None, first: date | None
) -> date | None:
    if not undated and start is not None and first is not None and start < first:
        return min(first, start + timedelta(days=_REGULAR * more))
    if dates and (undated or start is None):
        return dates[-1]
    return end


def _line(product: object, substance: str | None) -> str:
    return getattr(product, "product_id", None) or f"substance:{substance}"
