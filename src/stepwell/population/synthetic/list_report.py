"""Writes the list report a practice can export by itself: one row an issue, patient cells blank on continuation rows."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import zip_longest
from pathlib import Path
from random import Random
from types import TracebackType
from typing import IO, Any

from openpyxl import Workbook

from stepwell.population.synthetic.codings import drug_name
from stepwell.population.synthetic.people import age_on, phone, postcode
from stepwell.population.synthetic.plan import Day, Person, Template
from stepwell.population.synthetic.wording import amount, instruction

PATIENT_HEADINGS = (
    "EMIS Number", "Organisation Code", "Organisation Name", "Usual GP's Full Name", "NHS Number", "Title", "Family Name",
    "Calling Name", "Age", "Date of Birth", "Gender", "House Name / Flat Number", "Number and Street", "Locality", "Town",
    "County", "Postcode", "Home Telephone", "Mobile Telephone", "Work Telephone", "E-mail Address",
)  # fmt: skip
ROW_HEADINGS = ("Name, Dosage and Quantity", "Date of Issue", "Code Term", "Date")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def write_workbook(
    path: Path,
    people: Iterable[Person],
    words: Callable[[Person], Random],
    *,
    ods: str,
    number: int,
    name: str,
    as_of: Day,
) -> None:
    """The list report of one practice as an XLSX workbook. ``words`` gives each person's chooser of words, as for CSV."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Report")
    for row in head_rows(name, as_of, number):
        sheet.append(list(row))
    for person in people:
        for row in person_rows(person, words(person), ods=ods, name=name, as_of=as_of, style=number % 3):
            sheet.append([cell or None for cell in row])
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


class ListReportWriter:
    """One practice's list report as CSV, open for writing."""

    def __init__(self, path: Path, *, ods: str, number: int, name: str, as_of: Day) -> None:
        self._path, self._ods, self._number, self._name, self._as_of = path, ods, number, name, as_of

    def __enter__(self) -> ListReportWriter:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._stream: IO[str] = self._path.open("w", encoding="utf-8-sig", newline="")
        self._writer: Any = csv.writer(self._stream, lineterminator="\r\n")
        self._writer.writerows(head_rows(self._name, self._as_of, self._number))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()

    def write(self, person: Person, rng: Random) -> None:
        """A person's rows, if the report would hold them."""
        self._writer.writerows(
            person_rows(
                person, rng, ods=self._ods, name=self._name, as_of=self._as_of, style=self._number % 3
            )
        )


def head_rows(name: str, as_of: Day, style: int) -> list[Sequence[str]]:
    """Title lines and the heading row."""
    return [
        ("Pain medicine issues and codes",),
        (f"{name}, run on {written_day(as_of, style % 3)}",),
        (),
        (*PATIENT_HEADINGS, *ROW_HEADINGS),
    ]


def person_rows(
    person: Person, rng: Random, *, ods: str, name: str, as_of: Day, style: int
) -> Iterator[Sequence[str]]:
    """The rows of one person: issues beside codes, patient cells on the first row only."""
    texts = [(template, instruction(template, rng, person.house_style)) for template in person.templates]
    if not is_reported(person, as_of):
        return
    issues = sorted(
        (supply.day, _cell(template, text, supply.quantity))
        for template, text in texts
        if template.own and not template.confidential
        for supply in template.supplies
        if supply.day <= as_of and not supply.deleted
    )
    codes = [
        (code.day, code.condition.term)
        for code in person.codes
        if code.day <= as_of and not code.confidential
    ]
    first = _patient_cells(person, ods, name, as_of, style)
    blank = ("",) * len(first)
    for number, (issue, code) in enumerate(zip_longest(issues, codes)):
        medicine = ("", "") if issue is None else (issue[1], written_day(issue[0], style))
        event = ("", "") if code is None else (code[1], written_day(code[0], style))
        yield (*(blank if number else first), *medicine, *event)


def is_reported(person: Person, as_of: Day) -> bool:
    """Whether a report over the practice's current list holds this person."""
    gone = any(day is not None and day <= as_of for day in (person.left, person.died))
    return (
        not (gone or person.sensitive or person.dummy or person.deleted)
        and person.registration != "Temporary"
    )


def written_day(day: Day, style: int) -> str:
    """12-Mar-2024, 12/03/2024 or 2024-03-12."""
    exact = date.fromordinal(day)
    if style == 0:
        return f"{exact.day:02d}-{_MONTHS[exact.month - 1]}-{exact.year}"
    return f"{exact.day:02d}/{exact.month:02d}/{exact.year}" if style == 1 else exact.isoformat()


def _cell(template: Template, text: str, quantity: Any) -> str:
    unit = template.product.unit
    parts = [drug_name(template), text, "" if quantity is None else f"{amount(quantity)} {unit}"]
    return ", ".join(part for part in parts if part)


def _patient_cells(person: Person, ods: str, name: str, as_of: Day, style: int) -> Sequence[str]:
    return (
        str(person.index + 1), ods, name, "EXAMPLE, Sam (Dr)", person.nhs_number, "", person.family_name,
        person.given_name, str(age_on(person.born, as_of)), written_day(person.born, style),
        "Female" if person.sex == "F" else "Male", "", "", "", "", "", postcode(person), "", phone(person), "", "",
    )  # fmt: skip
