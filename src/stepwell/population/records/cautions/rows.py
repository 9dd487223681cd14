"""The rows of one person that cautions are worked out from."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import ibis
from ibis import _

from stepwell.population.records.undated import first_day

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Event:
    """A coded or worded entry. ``first`` and ``last`` are the days its date can mean; None without a date."""

    event_id: str
    first: date | None
    last: date | None
    precision: str
    snomed_id: str | None
    other_code: bool
    term: str | None
    number: Decimal | None
    unit: str | None

    @property
    def unmapped(self) -> bool:
        """Nothing here can say what it is: a code of another system, or neither a code nor words."""
        return self.snomed_id is None and (self.other_code or self.term is None)


@dataclass(frozen=True, slots=True)
class PersonRows:
    """``patient`` is None where the newest load does not hold the person. ``load_from``: the day the load's issues begin."""

    patient: Row | None
    registrations: tuple[Row, ...]
    templates: tuple[Row, ...]
    issues: tuple[Row, ...]
    events: tuple[Event, ...]
    undated: tuple[Row, ...]
    has_events: bool
    load_from: date | None


def rows_of(tables: Mapping[str, ibis.Table], practice: str, patient_key: str, as_of: date) -> PersonRows:
    """Everything of one person up to a day. Rows without a date are kept."""
    mine = (_.practice == practice) & (_.patient_key == patient_key)
    known = (_.issue_date.isnull()) | (_.issue_date <= as_of)
    told = (_.event_date.isnull()) | (_.event_date <= as_of)
    of_practice = _.practice == practice
    patients = _read(tables["patients"].filter(mine))
    return PersonRows(
        patient=patients[0] if patients else None,
        registrations=_read(tables["registrations"].filter(mine)),
        templates=_read(tables["templates"].filter(mine)),
        issues=_read(tables["issues"].filter(mine & known)),
        events=tuple(_event(row, as_of) for row in _read(tables["events"].filter(mine & told))),
        undated=_read(tables["undated_issues"].filter(mine)),
        has_events=any(row["has_events"] for row in _read(tables["holdings"].filter(of_practice))),
        load_from=first_day(tables["issues"].filter(of_practice)),
    )


def _read(table: ibis.Table) -> tuple[Row, ...]:
    return tuple(table.to_pyarrow().to_pylist())


def _event(row: Row, as_of: date) -> Event:
    first = day(row["event_date"])
    precision = str(row["date_precision"] or "day")
    number = row["numeric_value"]
    return Event(
        event_id=str(row["event_id"]),
        first=first,
        last=None if first is None else min(_last_day(first, precision), as_of),
        precision=precision,
        snomed_id=text(row["snomed_id"]),
        other_code=bool(row["ctv3"] or row["read_term_id"]),
        term=text(row["term"]),
        number=None if number is None else Decimal(str(number)),
        unit=text(row["unit"]),
    )


def _last_day(first: date, precision: str) -> date:
    if precision == "year":
        return date(first.year, 12, 31)
    if precision == "month":
        return first.replace(day=calendar.monthrange(first.year, first.month)[1])
    return first


def text(value: object) -> str | None:
    """Text, or None where there is none."""
    return str(value) if value not in (None, "") else None


def day(value: object) -> date | None:
    """A day, or None."""
    return value if isinstance(value, date) else None


def within(found: date | None, as_of: date, days: int) -> bool:
    """Whether a day is so many days or less before another."""
    return found is not None and as_of - found <= timedelta(days=days)
