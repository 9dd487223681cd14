"""One way to write exposure issues in tests, as the reference's values and as the Ibis version's rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import ibis
import pyarrow as pa

from stepwell.knowledge.exposure import Issue, Medicine, Rules, TextState
from stepwell.knowledge.exposure.occasions import known_days
from stepwell.knowledge.medicines.model import MedicineClass
from stepwell.population.records.derived_schema import CLASSES, DERIVED, STATE_RANK

OPIOID = frozenset({MedicineClass.OPIOID})


def medicine(
    line: str,
    *,
    substance: str = "morphine",
    release: str = "MR",
    classes: frozenset[MedicineClass] = OPIOID,
    mg: str | None = "10",
    factor: str | None = "1",
    patch_ome: str | None = None,
    interval: int | None = None,
) -> Medicine:
    """A medicine of ``mg`` a unit with an OME factor; a patch when ``patch_ome`` is given."""
    is_patch = patch_ome is not None
    strength = None if mg is None or is_patch else Decimal(mg)
    per_unit = strength * Decimal(factor) if strength is not None and factor is not None else None
    return Medicine(
        line=line,
        substance=substance,
        release=release,
        classes=classes,
        mg_per_unit=strength,
        ome_per_unit=per_unit,
        is_patch=is_patch,
        patch_interval_hours=interval,
        patch_ome=Decimal(patch_ome) if patch_ome else None,
        convertible=factor is not None,
    )


@dataclass(frozen=True)
class Row:
    """One issue of one person."""

    person: str
    issue: Issue


def issue(
    of: Medicine,
    on: date,
    *,
    daily: tuple[str | None, str | None] = ("2", "2"),
    state: TextState = TextState.READ,
    text: str | None = "one twice a day",
    quantity: str | None = "56",
    given: int | None = None,
    own: bool = True,
    ends: date | None = None,
    open_ended: bool = False,
) -> Issue:
    """An issue; its OME follows from its units where the medicine converts."""
    low, high = (Decimal(d) if d is not None else None for d in daily)
    if state is not TextState.READ:
        low, high = (Decimal(0), None) if state is TextState.OPEN else (None, None)
    if of.is_patch:
        ome = (of.patch_ome, of.patch_ome) if state is TextState.READ else (None, None)
    else:
        ome = tuple(
            u * of.ome_per_unit if u is not None and of.ome_per_unit is not None else None
            for u in (low, high)
        )
    return Issue(
        medicine=of,
        issue_date=on,
        own=own,
        text=text,
        state=state,
        units_min=low,
        units_max=high,
        ome_min=ome[0],
        ome_max=ome[1],
        quantity=Decimal(quantity) if quantity is not None else None,
        given_days=given,
        template_end=ends,
        open_ended=open_ended,
    )


def tables(rows: list[Row], rules: Rules) -> tuple[ibis.Table, ibis.Table]:
    """The derived tables ``medicine_issues`` and ``lines`` that hold these rows."""
    issues = [_issue_row(n, row, rules) for n, row in enumerate(rows)]
    lines = list({row.issue.medicine.line: _line_row(row.issue.medicine) for row in rows}.values())
    return (
        ibis.memtable(pa.Table.from_pylist(issues, schema=DERIVED["medicine_issues"])),
        ibis.memtable(pa.Table.from_pylist(lines, schema=DERIVED["lines"])),
    )


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _issue_row(n: int, row: Row, rules: Rules) -> dict[str, object]:
    i = row.issue
    return {
        "patient_key": row.person,
        "practice": "Z99901",
        "line": i.medicine.line,
        "own": i.own,
        "issue_date": i.issue_date,
        "text": i.text,
        "state": STATE_RANK[i.state.value],
        "units_min": _number(i.units_min),
        "units_max": _number(i.units_max),
        "ome_min": _number(i.ome_min),
        "ome_max": _number(i.ome_max),
        "quantity": _number(i.quantity),
        "known_days": known_days(i, rules),
        "template_end": i.template_end,
        "open_ended": i.open_ended,
        "issue_id": str(n),
        "kind": "repeat",
        "elsewhere_source": None if i.own else "hospital",
        "drug_name": i.medicine.line,
    }


def _line_row(m: Medicine) -> dict[str, object]:
    return {
        "line": m.line,
        "name": m.line,
        "substance": m.substance,
        "release": m.release,
        "unit": "tablet",
        "mg_per_unit": _number(m.mg_per_unit),
        "ome_per_unit": _number(m.ome_per_unit),
        "is_patch": m.is_patch,
        "patch_ome": _number(m.patch_ome),
        "convertible": m.convertible,
        **{name: MedicineClass(name) in m.classes for name in CLASSES},
    }
