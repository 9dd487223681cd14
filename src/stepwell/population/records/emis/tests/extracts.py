"""A small fictional EMIS extract for tests: rows by column name, written in the layout of 8.2 or of 5.x."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stepwell.base.progress import Silent
from stepwell.population.records.emis import EmisReader
from stepwell.population.records.extracts import Kind, Options
from stepwell.population.records.tests.fakes import FakeSink

Row = dict[str, str]

_ENTRY = "EnteredDate EnteredTime ClinicianUserInRoleGuid EnteredByUserInRoleGuid"
V8: dict[str, list[str]] = {
    "Admin_Organisation": "OrganisationGuid CDB OrganisationName ODSCode ParentOrganisationGuid CCGOrganisationGuid "
    "OrganisationType OpenDate CloseDate MainLocationGuid ProcessingId".split(),
    "Admin_OrganisationLocation": "OrganisationGuid LocationGuid IsMainLocation Deleted ProcessingId".split(),
    "Admin_UserInRole": "UserInRoleGuid OrganisationGuid Title GivenName Surname JobCategoryCode JobCategoryName "
    "ContractStartDate ContractEndDate RegistrationNumber ProcessingId".split(),
    "Agreements_SharingOrganisation": "OrganisationGuid IsActivated LastModifiedDate Disabled Deleted".split(),
    "Admin_Patient": "PatientGuid OrganisationGuid UsualGpUserInRoleGuid Sex DateOfBirth DateOfDeath Title GivenName "
    "MiddleNames Surname DateOfRegistration NhsNumber PatientNumber PatientTypeDescription DummyType Postcode "
    "PersonGuid DateofDeactivation Deleted SpineSensitive IsConfidential EmailAddress HomePhone MobilePhone "
    "ContactComments ProcessingId".split(),
    "Coding_DrugCode": "CodeId Term DmdProductCodeId BNFChapterRef ProcessingId".split(),
    "Coding_ClinicalCode": "CodeId Term ReadTermId SnomedCTConceptId SnomedCTDescriptionId NationalCode "
    "ParentCodeID ProcessingId".split(),
    "Prescribing_DrugRecord": f"DrugRecordGuid PatientGuid OrganisationGuid EffectiveDate EffectiveDatePrecision {_ENTRY} "
    "CodeId Dosage Quantity QuantityUnit ProblemObservationGuid PrescriptionType IsActive CancellationDate "
    "NumberOfIssues NumberOfIssuesAuthorised IsConfidential Deleted ExpiryDate ProcessingId".split(),
    "Prescribing_IssueRecord": f"IssueRecordGuid PatientGuid OrganisationGuid DrugRecordGuid EffectiveDate "
    f"EffectiveDatePrecision {_ENTRY} CodeId Dosage Quantity QuantityUnit ProblemObservationGuid CourseDurationInDays "
    "EstimatedNhsCost IsConfidential IsPrivatelyPrescribed ExpiryDate ReviewDate IssueMethodDescription Deleted "
    "ProcessingId".split(),
    "CareRecord_Observation": f"ObservationGuid PatientGuid OrganisationGuid EffectiveDate EffectiveDatePrecision {_ENTRY} "
    "ParentObservationGuid CodeId ProblemGuid ConsultationGuid Value NumericUnit ObservationType Deleted "
    "IsConfidential ProcessingId".split(),
    "CareRecord_Problem": "ObservationGuid PatientGuid OrganisationGuid ParentProblemObservationGuid Deleted EndDate "
    "EndDatePrecision LastReviewDate ProblemStatusDescription SignificanceDescription ProcessingId".split(),
    "CareRecord_ObservationReferral": "ObservationGuid PatientGuid OrganisationGuid ReferralUrgency ReferralMode "
    "ReferralReasonCodeId ProcessingId".split(),
}
# What 5.x calls otherwise, and what it has not got.
_OLD_NAMES = {"DateofDeactivation": "DateOfDeactivation", "ClinicianUserInRoleGuid": "ClinicanUserInRoleGuid"}
_NEW = {"IsPrivatelyPrescribed", "IssueMethodDescription", "ExpiryDate", "ReviewDate", "BNFChapterRef", "ParentCodeID",
        "RegistrationNumber", "ContactComments"}  # fmt: skip
V5 = {
    table: [_OLD_NAMES.get(column, column) for column in columns if column not in _NEW]
    for table, columns in V8.items()
}

PRACTICE = "{0A000000-0000-0000-0000-000000000001}"
OTHER = "{0A000000-0000-0000-0000-000000000002}"
NO = {"Deleted": "FALSE", "IsConfidential": "FALSE"}


def guid(kind: str, number: int) -> str:
    """As EMIS writes an id: guid("P", 1)."""
    return f"{{{ord(kind):08X}-0000-0000-0000-{number:012d}}}"


def bare(kind: str, number: int) -> str:
    """As Stepwell keeps it."""
    return guid(kind, number).strip("{}")


@dataclass
class Extract:
    """Tables of rows. Starts with one practice, one person, one repeat with one issue, one event and its codes."""

    columns: Mapping[str, list[str]] = field(default_factory=lambda: V8)
    tables: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, table: str, **row: str) -> Row:
        """A row; cells that are not given are blank, and ProcessingIds count up."""
        rows = self.tables.setdefault(table, [])
        rows.append({"ProcessingId": str(len(rows) + 1), **row})
        return rows[-1]

    def patient(self, number: int = 1, **row: str) -> Row:
        """A person registered as ordinary patients are."""
        return self.add(
            "Admin_Patient",
            **{
                "PatientGuid": guid("P", number), "OrganisationGuid": PRACTICE, "Sex": "F", "DateOfBirth": "1961-04-12",
                "GivenName": "Ann", "Surname": "Example", "DateOfRegistration": "2009-05-11",
                "NhsNumber": NUMBERS[number - 1], "PatientTypeDescription": "Regular", "DummyType": "FALSE",
                "SpineSensitive": "FALSE", **NO, **row,
            },
        )  # fmt: skip

    def template(self, number: int = 1, **row: str) -> Row:
        """A repeat template."""
        return self.add(
            "Prescribing_DrugRecord",
            **{
                "DrugRecordGuid": guid("T", number), "PatientGuid": guid("P", 1), "EffectiveDate": "2026-01-05",
                "EnteredDate": "2026-01-05", "CodeId": "9100", "Dosage": "one twice a day", "Quantity": "56",
                "QuantityUnit": "tablet", "PrescriptionType": "Repeat", "IsActive": "TRUE", **NO, **row,
            },
        )  # fmt: skip

    def issue(self, number: int = 1, **row: str) -> Row:
        """An issue of template 1."""
        return self.add(
            "Prescribing_IssueRecord",
            **{
                "IssueRecordGuid": guid("I", number), "PatientGuid": guid("P", 1), "DrugRecordGuid": guid("T", 1),
                "EffectiveDate": "2026-06-02", "CodeId": "9100", "Dosage": "one twice a day", "Quantity": "56",
                "QuantityUnit": "tablet", "CourseDurationInDays": "28", "IssueMethodDescription": "Repeat",
                "IsPrivatelyPrescribed": "FALSE", **NO, **row,
            },
        )  # fmt: skip

    def event(self, number: int = 1, **row: str) -> Row:
        """A coded event."""
        return self.add(
            "CareRecord_Observation",
            **{
                "ObservationGuid": guid("O", number), "PatientGuid": guid("P", 1), "EffectiveDate": "2024-10-02",
                "EffectiveDatePrecision": "YMD", "EnteredDate": "2026-07-01", "CodeId": "9200", **NO, **row,
            },
        )  # fmt: skip

    def problem(self, number: int = 1, **row: str) -> Row:
        """What makes event ``number`` a problem."""
        return self.add(
            "CareRecord_Problem",
            **{"ObservationGuid": guid("O", number), "PatientGuid": guid("P", 1),
               "ProblemStatusDescription": "Active Problem", **NO, **row},
        )  # fmt: skip

    def write(self, folder: Path, stamp: str = "", **how: object) -> Path:
        """One file a table."""
        folder.mkdir(parents=True, exist_ok=True)
        for at, table in enumerate(self.tables, start=1):
            name = f"{at}_{table}_{stamp}_{bare('A', 1)}.csv" if stamp else f"{table}.csv"
            (folder / name).write_bytes(self.text(table, **how).encode())  # type: ignore[arg-type]
        return folder

    def text(self, table: str, *, change: object = None) -> str:
        """The file of a table. ``change`` maps the list of column names to another."""
        columns = self.columns[table]
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        shown = change(columns) if callable(change) else columns
        writer.writerow([str(heading) for heading in shown])
        for row in self.tables[table]:
            by_name = {
                _OLD_NAMES.get(name, name) if columns is V5[table] else name: text
                for name, text in row.items()
            }
            lowered = {name.lower(): text for name, text in by_name.items()}
            writer.writerow([lowered.get(str(heading).lower(), "") for heading in shown])
        return out.getvalue()


# In the range kept for fictional people.
NUMBERS = ["9990000077", "9990000212", "9990000352", "9990000425", "9990000492"]


def a_practice(columns: Mapping[str, list[str]] | None = None) -> Extract:
    """An extract that is complete and small."""
    extract = a_delta(columns)
    extract.add("Coding_DrugCode", CodeId="9100", Term="Codeine 30mg tablets", DmdProductCodeId="322503009")
    extract.add("Coding_ClinicalCode", CodeId="9200", Term="Chronic back pain", SnomedCTConceptId="278860009")
    extract.patient()
    extract.template()
    extract.issue()
    extract.event()
    return extract


def a_delta(columns: Mapping[str, list[str]] | None = None) -> Extract:
    """The practice and empty tables."""
    extract = Extract(columns or V8)
    extract.add(
        "Admin_Organisation", OrganisationGuid=OTHER, ODSCode="Z99909", OrganisationName="Another Surgery"
    )
    extract.add(
        "Admin_Organisation", OrganisationGuid=PRACTICE, ODSCode="z99901", OrganisationName="Sample Surgery"
    )
    for table in ("Admin_Patient", "Coding_DrugCode", "Coding_ClinicalCode", "Prescribing_DrugRecord",
                  "Prescribing_IssueRecord", "CareRecord_Observation", "CareRecord_Problem"):  # fmt: skip
        extract.tables.setdefault(table, [])
    return extract


def read(path: Path, sink: FakeSink | None = None, **options: object) -> FakeSink:
    """Read an extract into memory."""
    sink = sink or FakeSink()
    reader = EmisReader(path, Options(**options))  # type: ignore[arg-type]
    reader.describe()
    reader.read(sink, Silent())
    return sink


DELTA = Kind.DELTA
