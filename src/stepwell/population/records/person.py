"""One person's record as the pages show it: what is taken now as written and as read, OME over time, conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import ibis
from ibis import _

from stepwell.knowledge import exposure
from stepwell.knowledge.exposure import Cover, CurrentLine, DailyOme, Issue, Medicine, Point, TextState
from stepwell.knowledge.exposure.disagreement import NOT_LOOKED_AT, Disagreement
from stepwell.knowledge.medicines.model import MedicineClass
from stepwell.population.records.derived_schema import CLASSES, STATE_RANK
from stepwell.population.records.supplied import SuppliedAgainstText

# How far back an issue of any other medicine is shown as "also issued".
_RECENT = timedelta(days=120)
_STATES = {rank: TextState(state) for state, rank in STATE_RANK.items()}


@dataclass(frozen=True, slots=True)
class IssueShown:
    """An issue as recorded, with what its instruction was read as."""

    issue_date: date
    line: str
    drug_name: str
    instruction: str | None
    state: TextState
    quantity: Decimal | None
    kind: str | None
    elsewhere: str | None
    opioid: bool
    ended: date | None  # when the record ends the medicine it was issued of


@dataclass(frozen=True, slots=True)
class MedicineNow:
    """A current line beside its latest instructions: as written, as read, and its OME written out as a sum."""

    current: CurrentLine
    name: str
    unit: str | None
    instructions: tuple[Mapping[str, object], ...]  # rows of the derived table ``instructions``
    issues: tuple[IssueShown, ...]  # those of its last day
    against_quantity: Disagreement = NOT_LOOKED_AT


@dataclass(frozen=True, slots=True)
class Condition:
    """A coded (or, with ``unmapped``, worded) event a search asks about."""

    condition: str
    event_date: date | None
    unmapped: bool


@dataclass(frozen=True, slots=True)
class OtherMedicine:
    """Something else issued of late, not an opioid or one of the medicines searches know."""

    drug_name: str
    last_issue: date
    instruction: str | None


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """Everything the lake holds about one person that bears on their pain medicines, at ``as_of``."""

    as_of: date
    now: tuple[MedicineNow, ...]
    ome: DailyOme
    history: tuple[Point, ...]
    issues: tuple[IssueShown, ...]
    conditions: tuple[Condition, ...]
    others: tuple[OtherMedicine, ...]
    withheld: bool = (
        False  # part of the record is withheld, or not known to be whole: ``ome`` is then at least that
    )
    covers: tuple[Cover, ...] = ()  # of every line, earlier and now


def person_record(
    tables: Mapping[str, ibis.Table], practice: str, patient_key: str, as_of: date
) -> PersonRecord:
    """The record of one person. Empty, not an error, for someone without any relevant issue."""
    mine = (_.practice == practice) & (_.patient_key == patient_key)
    rows = _rows(tables["medicine_issues"].filter(mine & (_.issue_date <= as_of)))
    medicines = _medicines(tables, {str(row["line"]) for row in rows})
    issues = [_issue(row, medicines) for row in rows]
    rules = exposure.current()
    lines = exposure.current_lines(issues, as_of, rules)
    shown = [_shown(row, medicines) for row in rows]
    withheld = _is_withheld(tables["patients"].filter(mine))
    history = exposure.ome_over_time([i for i in issues if _is_opioid(i)], as_of, rules)
    names = _lines(tables, {str(row["line"]) for row in rows})
    readings = _readings(tables, set(names))
    against = SuppliedAgainstText(
        issues=issues,
        now=lines,
        undated=_rows(tables["undated_issues"].filter(mine)),
        stepped=frozenset(key for key, row in readings.items() if "taper" in str(row["flags"]).split("|")),
        withheld=withheld,
        as_of=as_of,
    )
    now = (_now(line, names, readings, shown) for line in lines)
    return PersonRecord(
        as_of=as_of,
        now=tuple(replace(each, against_quantity=against.of(each.current)) for each in now),
        ome=_at_least(exposure.daily_ome(lines), withheld),
        history=tuple(replace(point, ome=_at_least(point.ome, withheld)) for point in history),
        issues=tuple(sorted(shown, key=lambda i: (i.issue_date, i.drug_name), reverse=True)),
        conditions=_conditions(tables["conditions"].filter(mine), as_of),
        others=_others(tables["issues"].filter(mine), {str(row["issue_id"]) for row in rows}, as_of),
        withheld=withheld,
        covers=tuple(
            cover
            for line in exposure.lines(issues, as_of).values()
            for cover in exposure.covers(exposure.occasions(line, rules), rules)
        ),
    )


def _rows(table: ibis.Table) -> list[dict[str, object]]:
    found: list[dict[str, object]] = table.to_pyarrow().to_pylist()
    return found


def _is_withheld(person: ibis.Table) -> bool:
    """Unknown is withheld, as it is for searches."""
    return any(row["withheld"] is not False for row in _rows(person.select("withheld")))


def _at_least(ome: DailyOme, withheld: bool) -> DailyOme:
    """What is withheld may be an opioid."""
    return replace(ome, at_least=ome.at_least or (withheld and ome.low is not None))


def _is_opioid(issue: Issue) -> bool:
    return MedicineClass.OPIOID in issue.medicine.classes


def _lines(tables: Mapping[str, ibis.Table], wanted: set[str]) -> dict[str, dict[str, object]]:
    rows = _rows(tables["lines"].filter(_.line.isin(sorted(wanted)))) if wanted else []
    return {str(row["line"]): row for row in rows}


def _medicines(tables: Mapping[str, ibis.Table], wanted: set[str]) -> dict[str, Medicine]:
    return {name: _medicine(row) for name, row in _lines(tables, wanted).items()}


def _medicine(row: Mapping[str, object]) -> Medicine:
    return Medicine(
        line=str(row["line"]),
        substance=str(row["substance"]),
        release=str(row["release"]),
        classes=frozenset(MedicineClass(name) for name in CLASSES if row[name]),
        mg_per_unit=_decimal(row["mg_per_unit"]),
        ome_per_unit=_decimal(row["ome_per_unit"]),
        is_patch=bool(row["is_patch"]),
        patch_interval_hours=None,  # days are already worked out per issue, in ``known_days``
        patch_ome=_decimal(row["patch_ome"]),
        convertible=bool(row["convertible"]),
    )


def _issue(row: Mapping[str, object], medicines: Mapping[str, Medicine]) -> Issue:
    known_days = row["known_days"]
    return Issue(
        medicine=medicines[str(row["line"])],
        issue_date=_day(row["issue_date"]) or date.min,
        own=bool(row["own"]),
        text=_text(row["text"]),
        state=_STATES[int(str(row["state"]))],
        units_min=_decimal(row["units_min"]),
        units_max=_decimal(row["units_max"]),
        ome_min=_decimal(row["ome_min"]),
        ome_max=_decimal(row["ome_max"]),
        quantity=_decimal(row["quantity"]),
        given_days=int(str(known_days)) if known_days is not None else None,
        template_end=_day(row["template_end"]),
        open_ended=bool(row["open_ended"]),
    )


def _shown(row: Mapping[str, object], medicines: Mapping[str, Medicine]) -> IssueShown:
    line = str(row["line"])
    return IssueShown(
        issue_date=_day(row["issue_date"]) or date.min,
        line=line,
        drug_name=_text(row["drug_name"]) or "",
        instruction=_text(row["text"]),
        state=_STATES[int(str(row["state"]))],
        quantity=_decimal(row["quantity"]),
        kind=_text(row["kind"]),
        elsewhere=None if row["own"] else _text(row["elsewhere_source"]) or "elsewhere",
        opioid=MedicineClass.OPIOID in medicines[line].classes,
        ended=_day(row["template_end"]),
    )


def _readings(
    tables: Mapping[str, ibis.Table], wanted: set[str]
) -> dict[tuple[str, str | None], dict[str, object]]:
    rows = _rows(tables["instructions"].filter(_.line.isin(sorted(wanted)))) if wanted else []
    return {(str(row["line"]), _text(row["text"])): row for row in rows}


def _now(
    current: CurrentLine,
    lines: Mapping[str, Mapping[str, object]],
    readings: Mapping[tuple[str, str | None], Mapping[str, object]],
    shown: list[IssueShown],
) -> MedicineNow:
    line = lines[current.medicine.line]
    last = [
        issue
        for issue in shown
        if issue.line == current.medicine.line
        and issue.issue_date == current.last.occasion.on
        and (issue.elsewhere is None) == current.own
    ]
    texts = list(dict.fromkeys((issue.line, issue.instruction) for issue in last))
    return MedicineNow(
        current=current,
        name=str(line["name"]),
        unit=_text(line["unit"]),
        instructions=tuple(readings[key] for key in texts if key in readings),
        issues=tuple(last),
    )


def _conditions(table: ibis.Table, as_of: date) -> tuple[Condition, ...]:
    rows = _rows(table.filter(_.event_date.isnull() | (_.event_date <= as_of)))
    found = [Condition(str(r["condition"]), _day(r["event_date"]), bool(r["unmapped"])) for r in rows]
    return tuple(sorted(found, key=lambda c: (c.condition, c.event_date or date.min)))


def _others(issues: ibis.Table, relevant: set[str], as_of: date) -> tuple[OtherMedicine, ...]:
    since = as_of - _RECENT
    recent = issues.filter((_.issue_date > since) & (_.issue_date <= as_of))
    newest: dict[str, OtherMedicine] = {}
    for row in _rows(recent.order_by("issue_date")):
        if str(row["issue_id"]) in relevant:
            continue
        name = _text(row["drug_name"]) or "medicine not named"
        newest[name] = OtherMedicine(name, _day(row["issue_date"]) or as_of, _text(row["dosage_instruction"]))
    return tuple(newest[name] for name in sorted(newest))


def _text(value: object) -> str | None:
    return str(value) if value not in (None, "") else None


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None


def _decimal(value: object) -> Decimal | None:
    # Through text: 0.1 as a float is not 0.1 as a decimal.
    return None if value is None else Decimal(str(value))
