"""Assurance cases: small made-up people who must be in, to check, out or not found, readable by a clinician.

One YAML file per search in ``assurance/``. The same cases run in the test suite and are shown beside the definition. They go the
whole way: written as canonical rows, derived, searched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources

import ibis
import pyarrow as pa
import yaml

from stepwell.knowledge import code_lists
from stepwell.population.records import derived
from stepwell.population.records.canonical import TABLES
from stepwell.population.records.searches.model import search
from stepwell.population.records.searches.run import Result, prepare, run

_PACKAGE = "stepwell.population.records.searches.assurance_cases"
_PRACTICE = "Z99901"


@dataclass(frozen=True, slots=True)
class Case:
    """One made-up person: what they show, their record as written in the YAML, and the outcome they must have.

    ``expect`` is in, check, out or none (not found at all); ``reasons`` must all be among those given.
    """

    search_id: str
    as_of: date
    name: str
    expect: str
    reasons: tuple[str, ...]
    record: Mapping[str, object]


@cache
def cases(search_id: str) -> tuple[Case, ...]:
    """The cases of one search, in the order written."""
    file = resources.files(_PACKAGE) / f"{search_id.replace('-', '_')}.yaml"
    raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    return tuple(
        Case(
            search_id=search_id,
            as_of=raw["as_of"],
            name=person["name"],
            expect=person["expect"],
            reasons=tuple(person.get("reasons", ())),
            record=person,
        )
        for person in raw["people"]
    )


def outcomes(of: Sequence[Case], con: ibis.BaseBackend) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Case name to (outcome, reasons), by running the search over the cases' records. All of one search and date."""
    result = searched(of, con)
    found = {c.patient_key: (c.outcome, c.reasons) for c in result.candidates}
    return {case.name: found.get(case.name, ("none", ())) for case in of}


def searched(of: Sequence[Case], con: ibis.BaseBackend) -> Result:
    """The result of the cases' search over the cases' records."""
    canonical = tables(of, con)
    everything = {**canonical, **derived.derive(canonical, con)}
    return run(search(of[0].search_id), prepare(everything, of[0].as_of, con))


def tables(of: Sequence[Case], con: ibis.BaseBackend) -> dict[str, ibis.Table]:
    """The canonical tables, in ``con``, that hold the cases' records; the patient key is the case's name."""
    rows: dict[str, list[dict[str, object]]] = {name: [] for name in TABLES}
    for case in of:
        _write(case, rows)
    return {
        name: con.create_table(
            ibis.util.gen_name(name), pa.Table.from_pylist(rows[name], schema=schema), temp=True
        )
        for name, schema in TABLES.items()
    }


def _write(case: Case, rows: dict[str, list[dict[str, object]]]) -> None:
    record, key = case.record, case.name
    born = str(record.get("born", "1960-06"))
    died = record.get("died")
    known = born != "unknown"
    rows["patients"].append(
        {
            "patient_key": key,
            "practice": _PRACTICE,
            "birth_year": int(born[:4]) if known else None,
            "birth_month": int(born[5:7]) if known and len(born) > 4 else None,
            "death_year": died.year if isinstance(died, date) else None,
            "death_month": died.month if isinstance(died, date) else None,
            "no_nhs_number": False,
            "sensitive": bool(record.get("sensitive", False)),
            "withheld": bool(record.get("withheld", False)),
        }
    )
    rows["registrations"].append(
        {
            "registration_id": key,
            "patient_key": key,
            "practice": _PRACTICE,
            "start_date": record.get("registered", date(2001, 1, 1)),
            "end_date": record.get("left"),
            "registration_type": record.get("registration", "regular"),
        }
    )
    for n, line in enumerate(_list(record.get("medicines"))):
        _write_line(case, n, line, rows)
    for n, event in enumerate(_list(record.get("codes"))):
        rows["events"].append(_event(key, n, event))


def _list(value: object) -> list[Mapping[str, object]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _write_line(
    case: Case, n: int, line: Mapping[str, object], rows: dict[str, list[dict[str, object]]]
) -> None:
    template = f"{case.name}/{n}"
    rows["templates"].append(
        {
            "template_id": template,
            "patient_key": case.name,
            "practice": _PRACTICE,
            "start_date": line.get("began"),
            "end_date": line.get("ended"),
            "status": line.get("status"),
            "kind": line.get("kind", "repeat"),
            "drug_code": line.get("dmd"),
            "drug_name": line["medicine"],
            "issues_made": line.get("issues_made"),
            "prescribed_here": "from" not in line,
        }
    )
    days = [*_days(line), None] if line.get("undated") else _days(line)
    for m, day in enumerate(days):
        rows["issues"].append(
            {
                "issue_id": f"{template}/{m}",
                "patient_key": case.name,
                "practice": _PRACTICE,
                "template_id": template,
                "issue_date": day,
                "kind": line.get("kind", "repeat"),
                "drug_code": line.get("dmd"),
                "drug_name": line["medicine"],
                "dosage_instruction": line.get("instruction"),
                "quantity_value": line.get("quantity"),
                "duration_days": line.get("days"),
                "prescribed_here": "from" not in line,
                "elsewhere_source": line.get("from"),
            }
        )


def _days(line: Mapping[str, object]) -> list[date | None]:
    """``on_days`` lists days; or ``first``, ``every`` (days) and ``times``. ``undated`` adds an issue whose day is not known."""
    if "on_days" in line:
        listed = line["on_days"]
        return [d for d in listed if isinstance(d, date)] if isinstance(listed, list) else []
    first, every, times = line["first"], line["every"], line["times"]
    if not (isinstance(first, date) and isinstance(every, int) and isinstance(times, int)):
        raise TypeError("A medicine needs on_days, or first, every and times")
    return [first + timedelta(days=every * k) for k in range(times)]


def _event(key: str, n: int, event: Mapping[str, object]) -> dict[str, object]:
    """The ``code`` given, a code of a condition's list (its first by number), or only ``words``."""
    condition = event.get("condition")
    code = min(code_lists.code_list(str(condition)).codes) if condition else event.get("code")
    return {
        "event_id": f"{key}/e{n}",
        "patient_key": key,
        "practice": _PRACTICE,
        "event_date": event.get("date"),
        "date_precision": event.get("precision", "day" if "date" in event else None),
        "snomed_id": code,
        "term": event.get("words"),
    }
