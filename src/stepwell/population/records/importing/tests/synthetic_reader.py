"""A reader that needs no files: it pushes people and issues made up on the spot. For tests of the import itself."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from stepwell.base.progress import Progress
from stepwell.population.records.canonical import TABLES, Identity
from stepwell.population.records.extracts import Description, Kind, Sink, SourceFile

PRACTICE = "Z99901"
PATIENT_FILE = "patients.csv"
ISSUE_FILE = "issues.csv"


def row(table: str, **known: object) -> dict[str, object]:
    """A canonical row: what is not said is NULL."""
    names = TABLES[table].names
    assert set(known) <= set(names)
    practice = {"practice": PRACTICE} if "practice" in names else {}
    return {**dict.fromkeys(names), **practice, "source_file": ISSUE_FILE, **known}


def number_of(index: int) -> str:
    """A valid NHS number of the test range."""
    while True:
        nine = f"999{index:06d}"
        check = (
            11 - sum(int(digit) * weight for digit, weight in zip(nine, range(10, 1, -1), strict=True)) % 11
        )
        if check != 10:
            return nine + str(check % 11)
        index += 500_000


def identity(key: str, source_id: str, number: str | None, **known: object) -> Identity:
    """Who somebody fictional is."""
    facts: dict[str, object] = {
        "patient_key": key,
        "practice": PRACTICE,
        "source_patient_id": source_id,
        "nhs_number": number,
        "given_name": "Ada",
        "family_name": f"Example{source_id}",
        "date_of_birth": date(1950, 2, 3),
        "date_of_death": None,
        "sex": "female",
        "postcode": "",
        "phone_mobile": "",
        "email": "",
        "usual_gp": "",
        **known,
    }
    return Identity(**facts)  # type: ignore[arg-type]


def add_person(sink: Sink, source_id: str, number: str | None, line: int = 2, **known: object) -> str:
    """Push one person and who they are; returns the key."""
    key = sink.patient_key(nhs_number=number, source_patient_id=source_id)
    sink.identities([identity(key, source_id, number, **known)])
    facts = {"birth_year": 1950, "birth_month": 2, "no_nhs_number": number is None}
    facts |= {"sensitive": False, "withheld": False}
    sink.rows(
        "patients", [row("patients", patient_key=key, source_file=PATIENT_FILE, source_line=line, **facts)]
    )
    return key


def issue(issue_id: str, key: str, line: int = 2, **known: object) -> dict[str, object]:
    """An issue of codeine."""
    facts: dict[str, object] = {
        "issue_date": date(2026, 5, 20),
        "kind": "repeat",
        "drug_name": "Codeine 30mg tablets",
        "drug_code": "322503008",
        "dosage_instruction": "Take 1-2 four times a day",
        "quantity_value": Decimal(100),
        "prescribed_here": True,
        **known,
    }
    return row("issues", issue_id=issue_id, patient_key=key, source_line=line, **facts)


@dataclass
class ScriptedReader:
    """Pushes whatever ``script`` pushes."""

    script: Callable[[Sink], None]
    kind: Kind = Kind.FULL
    extract_date: date = date(2026, 6, 1)
    practice: str = PRACTICE
    source: str = "emis"
    content: str = "1"
    notes: tuple[str, ...] = field(default=())

    def describe(self) -> Description:
        digest = hashlib.sha256(self.content.encode()).hexdigest()
        files = (SourceFile("extract.zip", digest, len(self.content)),)
        return Description(
            self.source, self.practice, "Example Surgery", self.extract_date, self.kind, files, self.notes
        )

    def read(self, sink: Sink, progress: Progress) -> None:
        progress.step("Reading")
        self.script(sink)


def crowd(
    people: int, issues_each: int, *, first: date = date(2026, 1, 5), pause: float = 0.0
) -> Callable[[Sink], None]:
    """A script of so many people, each with so many monthly issues; it sleeps ``pause`` seconds between people."""

    def script(sink: Sink) -> None:
        for index in range(people):
            key = add_person(sink, f"S{index}", number_of(index), line=index + 2)
            sink.rows(
                "issues",
                [
                    issue(
                        f"I{index}-{n}",
                        key,
                        line=index * issues_each + n + 2,
                        issue_date=first + timedelta(28 * n),
                    )
                    for n in range(issues_each)
                ],
            )
            if pause:
                time.sleep(pause)
        sink.read(PATIENT_FILE, people)
        sink.read(ISSUE_FILE, people * issues_each)

    return script
