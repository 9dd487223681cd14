"""Writes one practice's people as EMIS bulk 8.2 files, person by person."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from types import TracebackType
from typing import IO, Any

from stepwell.population.synthetic.codings import clinical_codes, clinical_id, drug_code, drug_codes
from stepwell.population.synthetic.people import phone, postcode
from stepwell.population.synthetic.plan import Code, Day, Person, Supply, Template
from stepwell.population.synthetic.tables import all_conditions, emis_columns
from stepwell.population.synthetic.wording import amount, instruction

_METHODS = {
    "hospital": "Hospital (Record for notes)",
    "drug_service": "Outside drug service (Record for notes)",
    "over_the_counter": "Over The Counter (Record for notes)",
}
_STAMP = "063516"
_TABLE_NUMBER = {name: number for number, name in enumerate(emis_columns(), start=1)}


def guid(table: str, practice: int, row: int) -> str:
    """A GUID in braces, unique to a table, practice and row."""
    return f"{{{0xD5000000 + _TABLE_NUMBER[table]:08X}-{practice:04X}-4000-8000-{row:012X}}}"


@cache
def written_day(day: Day) -> str:
    """yyyy-MM-dd."""
    return date.fromordinal(day).isoformat()


class EmisWriter:
    """One practice's folder of EMIS files, open for writing. Rows go to disk as they come."""

    def __init__(self, folder: Path, *, ods: str, number: int, name: str, as_of: Day) -> None:
        self._folder, self._ods, self._number, self._name, self._as_of = folder, ods, number, name, as_of
        self._organisation = guid("Admin_Organisation", number, 0)
        self._doctor = guid("Admin_UserInRole", number, 1)
        self._stack = ExitStack()
        self._writers: dict[str, Any] = {}
        self._counts = dict.fromkeys(emis_columns(), 0)

    def __enter__(self) -> EmisWriter:
        self._folder.mkdir(parents=True, exist_ok=True)
        for table, columns in emis_columns().items():
            stream: IO[str] = self._stack.enter_context(
                (self._folder / self._file_name(table)).open("w", encoding="utf-8", newline="")
            )
            writer = csv.writer(stream, lineterminator="\r\n")
            writer.writerow(columns)
            self._writers[table] = writer
        self._write_practice()
        self._write_codes()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def write(self, person: Person, rng: Random) -> None:
        """A person and all their rows. ``rng`` chooses the words."""
        patient = guid("Admin_Patient", self._number, person.index)
        base = person.index << 16
        self._write_patient(person, patient)
        for position, code in enumerate(person.codes):
            self._write_code(code, patient, base + position)
        issue = 0
        for position, template in enumerate(person.templates):
            text = instruction(template, rng, person.house_style)
            record = guid("Prescribing_DrugRecord", self._number, base + position)
            self._write_template(template, patient, record, text)
            for supply in template.supplies:
                row = guid("Prescribing_IssueRecord", self._number, base + issue)
                self._write_issue(template, supply, patient, record, text, row)
                issue += 1

    def _file_name(self, table: str) -> str:
        day = written_day(self._as_of).replace("-", "")
        agreement = guid("Agreements_SharingOrganisation", self._number, 0).strip("{}")
        return f"{_TABLE_NUMBER[table]}_{table}_{day}{_STAMP}_{agreement}.csv"

    def _put(self, table: str, values: Mapping[str, object]) -> None:
        """A row by column names, for tables with few rows."""
        self._counts[table] += 1
        columns = emis_columns()[table]
        given = {"ProcessingId": self._counts[table], "Deleted": "FALSE", **values}
        self._writers[table].writerow([given.get(column, "") for column in columns])

    def _write_practice(self) -> None:
        place = guid("Admin_Location", self._number, 0)
        here = {"OrganisationGuid": self._organisation}
        self._put(
            "Admin_Location",
            {
                "LocationGuid": place,
                "LocationName": self._name,
                "LocationTypeDescription": "Main Surgery",
                "Postcode": "ZZ99 1AA",
            },
        )
        self._put(
            "Admin_Organisation",
            {
                **here,
                "CDB": 59000 + self._number,
                "OrganisationName": self._name,
                "ODSCode": self._ods,
                "OrganisationType": "General Practice",
                "OpenDate": "2001-04-02",
                "MainLocationGuid": place,
            },
        )
        self._put("Admin_OrganisationLocation", {**here, "LocationGuid": place, "IsMainLocation": "TRUE"})
        self._put(
            "Admin_UserInRole",
            {
                **here,
                "UserInRoleGuid": self._doctor,
                "Title": "Dr",
                "GivenName": "Sam",
                "Surname": "Example",
                "JobCategoryCode": "R0260",
                "JobCategoryName": "General Medical Practitioner",
            },
        )
        self._put(
            "Agreements_SharingOrganisation",
            {
                **here,
                "IsActivated": "TRUE",
                "Disabled": "FALSE",
                "LastModifiedDate": f"{written_day(self._as_of)} 06:35:16",
            },
        )

    def _write_codes(self) -> None:
        for term, dmd_id, code in drug_codes():
            self._put(
                "Coding_DrugCode",
                {"CodeId": code, "Term": term, "DmdProductCodeId": dmd_id, "BNFChapterRef": "NULL"},
            )
        for number, condition in enumerate(all_conditions()):
            self._put(
                "Coding_ClinicalCode",
                {
                    "CodeId": clinical_id(number),
                    "Term": condition.term,
                    "SnomedCTConceptId": condition.snomed_id,
                },
            )

    def _write_patient(self, person: Person, patient: str) -> None:
        rights = {
            "Deleted": _flag(person.deleted),
            "SpineSensitive": "FALSE",
            "IsConfidential": _flag(person.sensitive),
        }
        registered, left, died = person.registered, person.left, person.died
        self._put(
            "Admin_Patient",
            {
                "PatientGuid": patient,
                "OrganisationGuid": self._organisation,
                "UsualGpUserInRoleGuid": self._doctor,
                "Sex": person.sex,
                "DateOfBirth": written_day(person.born),
                "DateOfDeath": "" if died is None else written_day(died),
                "GivenName": person.given_name,
                "Surname": person.family_name,
                "DateOfRegistration": written_day(registered),
                "NhsNumber": person.nhs_number,
                "PatientNumber": person.index + 1,
                "PatientTypeDescription": person.registration,
                "DummyType": _flag(person.dummy),
                "Postcode": postcode(person),
                "PersonGuid": patient.replace("{D5", "{D6"),
                "DateofDeactivation": "" if left is None else written_day(left),
                "MobilePhone": phone(person),
                **rights,
            },
        )
        self._put(
            "Admin_PatientHistory",
            {
                "PatientGuid": patient,
                "OrganisationGuid": self._organisation,
                "HistoryDate": written_day(registered),
                "HistoryTime": "09:00:00",
                "StatusDescription": "Registered",
            },
        )

    def _write_code(self, code: Code, patient: str, row: int) -> None:
        key = guid("CareRecord_Observation", self._number, row)
        day = written_day(code.day)
        shared = {"ObservationGuid": key, "PatientGuid": patient, "OrganisationGuid": self._organisation}
        who = {"ClinicianUserInRoleGuid": self._doctor, "EnteredByUserInRoleGuid": self._doctor}
        self._put(
            "CareRecord_Observation",
            {
                **shared,
                **who,
                "EffectiveDate": day,
                "EffectiveDatePrecision": code.precision,
                "EnteredDate": day,
                "EnteredTime": "10:00:00",
                "CodeId": clinical_codes()[code.condition],
                "ObservationType": "Observation",
                "IsConfidential": _flag(code.confidential),
            },
        )
        if code.condition.kind not in ("everyday", "family"):
            self._put(
                "CareRecord_Problem",
                {
                    **shared,
                    "LastReviewDate": "",
                    "ProblemStatusDescription": "Active Problem",
                    "SignificanceDescription": "Significant Problem",
                },
            )

    def _write_template(self, template: Template, patient: str, record: str, text: str) -> None:
        self._counts["Prescribing_DrugRecord"] += 1
        day, end = written_day(template.start), template.end
        quantity = template.supplies[0].quantity if template.supplies else None
        made = sum(not supply.deleted for supply in template.supplies)
        self._writers["Prescribing_DrugRecord"].writerow(
            (
                record, patient, self._organisation, day, "YMD", day, "10:00:00", self._doctor, self._doctor,
                drug_code(template), text, "" if quantity is None else amount(quantity), template.product.unit, "",
                template.kind, "FALSE" if end is not None else "TRUE", "" if end is None else written_day(end), made,
                max(12, made), _flag(template.confidential), "FALSE", "", self._counts["Prescribing_DrugRecord"],
            )
        )  # fmt: skip

    def _write_issue(
        self, template: Template, supply: Supply, patient: str, record: str, text: str, key: str
    ) -> None:
        self._counts["Prescribing_IssueRecord"] += 1
        day, source = written_day(supply.day), template.source
        self._writers["Prescribing_IssueRecord"].writerow(
            (
                key, patient, self._organisation, record, day, "YMD", day, "08:30:00", self._doctor, self._doctor,
                drug_code(template), text, "" if supply.quantity is None else amount(supply.quantity),
                template.product.unit, "", "" if supply.days is None else supply.days, "", "FALSE", "", "", "", "", "",
                "FALSE", _flag(source == "private"), "", "", "", "NULL", "", _METHODS.get(source, template.kind),
                _flag(supply.deleted), self._counts["Prescribing_IssueRecord"],
            )
        )  # fmt: skip


def _flag(value: bool) -> str:
    return "TRUE" if value else "FALSE"
