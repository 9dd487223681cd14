"""From the issues of relevant medicines to eras and current lines, at one date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import ibis
from ibis import _

from stepwell.knowledge.exposure import Rules
from stepwell.population.engine import kept
from stepwell.population.records.exposures.covers import covers, with_days
from stepwell.population.records.exposures.current import dosed, taken
from stepwell.population.records.exposures.days import dates, number, numbers
from stepwell.population.records.exposures.eras import eras, present_runs
from stepwell.population.records.exposures.occasions import occasions

# The classes eras are worked out for.
ERA_CLASSES = ("opioid", "tramadol", "gabapentinoid", "benzodiazepine", "z_drug")

# A person is known to one practice: the same key at two practices is two people here, as in the ledger.
PERSON = ("practice", "patient_key")

# After every day that can be asked about: the end of what has no end.
_NEVER = 1 << 24

# A line number stays below this, so that person, line and own make one whole number.
_MOST_LINES = 1 << 16

_OF_ISSUE = ("text", "state", "units_min", "units_max", "ome_min", "ome_max", "quantity", "known_days")


@dataclass(frozen=True, slots=True)
class Exposures:
    """What each person has been exposed to, seen from ``as_of``. Dates are dates again; persons are patient keys.

    ``eras``: practice, patient_key, medicine_class, start, end, days, is_open, occasions, longest_gap (own issues only).
    ``current``: one row per line taken: practice, patient_key, line, name, substance, own, last_issue, supply_end, run_start, lapsed,
    basis, units_min, units_max, unit, mg_per_unit, ome_min, ome_max, convertible, unclear, state, and the class columns.
    """

    as_of: date
    eras: ibis.Table
    current: ibis.Table


def derive(
    medicine_issues: ibis.Table, lines: ibis.Table, as_of: date, rules: Rules, con: ibis.BaseBackend
) -> Exposures:
    """Exposures at ``as_of`` from the derived tables ``medicine_issues`` and ``lines`` (see ``derived_schema``)."""
    day = number(as_of)
    up_to_now = medicine_issues.filter(_.issue_date <= as_of)
    people = kept(con, _numbered(up_to_now.select(*PERSON).distinct(), PERSON, "person_no"))
    known_lines = kept(con, _numbered(lines.distinct(on="line", keep="first"), ("line",), "line_no"))
    if con.execute(known_lines.count()) >= _MOST_LINES:
        raise ValueError("More lines than one whole number can hold")
    issues = _with_numbers(up_to_now, people, known_lines)
    on_days = kept(con, with_days(occasions(issues), rules))
    longest = con.execute(on_days.group_by("line_id").agg(n=_.count()).n.max())
    covered = covers(on_days, 0 if longest is None or longest != longest else int(longest), rules)
    covered = kept(con, _with_parts(covered))
    found_eras = eras(covered, known_lines, ERA_CLASSES, day, rules)
    last = taken(covered, known_lines, present_runs(covered, rules), day, rules)
    current = dosed(last, covered, day, rules)
    return Exposures(
        as_of=as_of,
        eras=kept(con, _named_eras(found_eras, people)),
        current=kept(con, _named_current(current, people)),
    )


def _numbered(table: ibis.Table, key: tuple[str, ...], number_name: str) -> ibis.Table:
    return table.mutate(**{number_name: ibis.row_number().over(order_by=list(key)).cast("int64")})


def _with_numbers(issues: ibis.Table, people: ibis.Table, lines: ibis.Table) -> ibis.Table:
    joined = issues.join(people, PERSON).join(lines.select("line", "line_no"), "line")
    # Plain columns first: ibis cannot join again on columns computed in the projection of a join.
    plain = joined.select(
        *_OF_ISSUE, "person_no", "line_no", "own", "issue_date", "template_end", "open_ended"
    )
    plain = plain.mutate(
        line_id=(_.person_no * _MOST_LINES + _.line_no) * 2 + _.own.cast("int64"),
        day=numbers(_.issue_date),
        end_day=numbers(_.template_end),
    )
    plain = plain.mutate(
        open_until=ibis.ifelse(_.open_ended, _.end_day.fill_null(_NEVER), ibis.null("int32")).cast("int32")
    )
    return plain.select(*_OF_ISSUE, "line_id", "day", "end_day", "open_until")


def _with_parts(covered: ibis.Table) -> ibis.Table:
    """Person, line and own taken out of the line id again."""
    line = _.line_id // 2
    return covered.mutate(
        own=_.line_id % 2 == 1,
        line_no=(line % _MOST_LINES).cast("int64"),
        person_no=(line // _MOST_LINES).cast("int64"),
    )


def _named_eras(found: ibis.Table, people: ibis.Table) -> ibis.Table:
    return found.join(people, "person_no").select(
        *PERSON,
        "medicine_class",
        "days",
        "is_open",
        "occasions",
        "longest_gap",
        start=dates(_.start),
        end=dates(_.end),
    )


def _named_current(current: ibis.Table, people: ibis.Table) -> ibis.Table:
    rounded = {name: _[name].round(4) for name in ("units_min", "units_max", "ome_min", "ome_max")}
    dated = {
        "last_issue": dates(_.day),
        "supply_end": dates(_.end),
        "run_start": dates(_.run_start),
    }
    dropped = ("person_no", "line_no", "line_id", "day", "start", "end", "end_day")
    kept = [c for c in current.columns if c not in {*dropped, *rounded, *dated} and not c.endswith("_right")]
    internal = {"quantity_rate", "lone", "rate", "asked", "known_days", "days", "ended", "open_until"}
    kept = [c for c in kept if c not in internal and not c.startswith("earlier_")]
    named = current.join(people, "person_no")
    return named.select(*PERSON, *kept, **rounded, **dated)
