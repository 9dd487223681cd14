"""A small lake of made-up people for the cautions of a record. The patient key says what each shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import ibis
import pyarrow as pa

from stepwell.population.records import derived
from stepwell.population.records.canonical import TABLES
from stepwell.population.records.cautions import PersonCautions, person_cautions
from stepwell.population.records.importing.tests.synthetic_reader import PRACTICE, row
from stepwell.population.records.person import person_record

AS_OF = date(2026, 11, 2)
REPEATS = tuple(AS_OF - timedelta(days=14 + 28 * n) for n in range(6))

Row = dict[str, Any]


@dataclass
class Life:
    """One person's rows. A man of 60, registered since 2010, of whom nothing is withheld."""

    key: str
    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in TABLES})

    def __post_init__(self) -> None:
        self.about()
        self.registered(date(2010, 1, 1))

    def about(self, **known: Any) -> Life:
        facts = {
            "birth_year": 1966,
            "birth_month": 5,
            "sex": "male",
            "withheld": False,
            "no_nhs_number": False,
        }
        self.rows["patients"] = [row("patients", patient_key=self.key, **{**facts, **known})]
        return self

    def registered(self, start: date | None, kind: str = "regular") -> Life:
        facts = {"registration_id": self.key, "start_date": start, "registration_type": kind}
        self.rows["registrations"] = [row("registrations", patient_key=self.key, **facts)]
        return self

    def takes(
        self, name: str, text: str | None = None, *, on: Sequence[date | None] = REPEATS, **known: Any
    ) -> Life:
        """Issues of a repeat template. ``template``: what to say of it; None for issues without one."""
        about = known.pop("template", {})
        template = f"{self.key}/{len(self.rows['templates'])}"
        place = {k: known[k] for k in ("prescribed_here", "elsewhere_source") if k in known}
        if about is not None:
            told = {"status": "active", "kind": "repeat", "drug_name": name, "start_date": date(2026, 1, 1)}
            facts = {**told, "dosage_instruction": text, **place, **about}
            self.rows["templates"].append(
                row("templates", patient_key=self.key, template_id=template, **facts)
            )
        for n, day in enumerate(on):
            facts = {"kind": "repeat", "drug_name": name, "dosage_instruction": text, **known}
            self.rows["issues"].append(
                row(
                    "issues",
                    patient_key=self.key,
                    issue_id=f"{template}/{n}",
                    template_id=template if about is not None else None,
                    issue_date=day,
                    **facts,
                )
            )
        return self

    def has(self, code: str | None, on: date | None = date(2026, 9, 1), **known: Any) -> Life:
        """A coded entry, with a number where it is a value."""
        n = len(self.rows["events"])
        facts = {"snomed_id": code, "event_date": on, "date_precision": "day" if on else None, **known}
        self.rows["events"].append(row("events", patient_key=self.key, event_id=f"{self.key}/e{n}", **facts))
        return self


def tablets(number: int) -> Decimal:
    """A quantity."""
    return Decimal(number)


def tables_of(lives: Sequence[Life], con: ibis.BaseBackend) -> dict[str, ibis.Table]:
    """The canonical and derived tables that hold these people."""
    canonical = {
        name: con.create_table(
            ibis.util.gen_name(name),
            pa.Table.from_pylist([r for life in lives for r in life.rows[name]], schema=schema),
            temp=True,
        )
        for name, schema in TABLES.items()
    }
    worked_out = {
        name: con.create_table(ibis.util.gen_name(name), table.to_pyarrow(), temp=True)
        for name, table in derived.derive(canonical, con).items()
    }
    return {**canonical, **worked_out}


def asked(tables: Mapping[str, ibis.Table], key: str) -> PersonCautions:
    """Every caution asked of one of them."""
    record = person_record(tables, PRACTICE, key, AS_OF)
    return person_cautions(tables, PRACTICE, key, record)


def said(found: PersonCautions, caution_id: str) -> str:
    """``stop``, ``warn``, ``inform``, ``not assessed`` or ``clear``."""
    for each in found.findings.fires:
        if each.caution_id == caution_id:
            return str(each.level)
    if caution_id in found.findings.clear:
        return "clear"
    return "not assessed"


def gaps(found: PersonCautions, caution_id: str) -> str:
    """What is said to be missing for one caution that could not be checked."""
    (open_,) = [each for each in found.findings.not_assessed if each.caution_id == caution_id]
    return " ".join(open_.gaps)
