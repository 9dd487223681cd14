"""A person as a patient row, an identity and a registration; and which practice a bundle is from."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from stepwell.knowledge import nhs_number
from stepwell.population.records.canonical import Identity
from stepwell.population.records.gp_connect import facts
from stepwell.population.records.gp_connect.accounting import Accountant
from stepwell.population.records.gp_connect.bundles import Bundle, Entry
from stepwell.population.records.gp_connect.fhir import (
    Node,
    extensions,
    fhir_date,
    first_code,
    full_day,
    node,
    nodes,
    part,
    reference,
    references,
    text,
    texts,
)
from stepwell.population.records.gp_connect.record import Record

Row = dict[str, object]
_MOBILE = re.compile(r"(\+44|0044|0)\s?7")
_SEX = {"female": "female", "male": "male", "other": "other"}


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose rows are being written. ``as_of`` is the extract's date."""

    key: str
    practice: str
    as_of: date

    def row(self, entry: Entry, **values: object) -> Row:
        """A canonical row: ``values``, whose it is, and where it came from."""
        return {
            **values,
            "patient_key": self.key,
            "practice": self.practice,
            "source_file": entry.file,
            "source_line": entry.position,
        }


def practice_of(bundle: Bundle, patient: Entry) -> tuple[str | None, str]:
    """ODS code and name of the practice a person's record is from; None where the bundle does not say."""
    managing = reference(patient.resource, "managingOrganization", "Organization")
    for entry in bundle.of("Organization"):
        if managing is not None and entry.id == managing:
            return _identifier(entry.resource, "ods_code"), text(entry.resource, "name") or ""
    return None, ""


def nhs_number_of(patient: Entry) -> str | None:
    """The NHS number, when what is there is a valid one; a placeholder is not."""
    return nhs_number.parse(_identifier(patient.resource, "nhs_number"))


def _identifier(resource: Node, holds: str) -> str | None:
    systems = facts.systems(holds)
    found = (text(item, "value") for item in nodes(resource, "identifier") if text(item, "system") in systems)
    return next((value for value in found if value), None)


def patient_row(record: Record, whose: Whose, accountant: Accountant) -> Row:
    """The row of ``patients``."""
    patient = record.patient
    born = fhir_date(text(patient.resource, "birthDate"))
    year, month = _death(patient, whose.as_of, accountant)
    if record.withheld:
        accountant.note("people of whose record the sender says that something is missing")
    return whose.row(
        patient,
        birth_year=born.day.year if born else None,
        birth_month=born.day.month if born and born.precision != "year" else None,
        death_year=year,
        death_month=month,
        sex=_SEX.get(text(patient.resource, "gender") or ""),
        no_nhs_number=nhs_number_of(patient) is None,
        sensitive=record.sensitive,
        withheld=record.withheld,
    )


def _death(patient: Entry, as_of: date, accountant: Accountant) -> tuple[int | None, int | None]:
    """Year and month. Someone said to be dead without a readable date was dead by the extract's date."""
    written = text(patient.resource, "deceasedDateTime")
    died = fhir_date(written)
    if died is not None:
        return died.day.year, died.day.month if died.precision != "year" else None
    if written is not None or patient.resource.get("deceasedBoolean") is True:
        accountant.note("people recorded as dead without a date, taken as dead by the extract date")
        return as_of.year, as_of.month
    return None, None


def identity(record: Record, whose: Whose) -> Identity:
    """Who it is, for the vault."""
    resource = record.patient.resource
    name = _preferred(resource, "name", ("official", "usual"))
    return Identity(
        patient_key=whose.key,
        practice=whose.practice,
        source_patient_id=record.patient.id or "",
        nhs_number=nhs_number_of(record.patient),
        given_name=" ".join(texts(name, "given")),
        family_name=text(name, "family") or "",
        date_of_birth=full_day(text(resource, "birthDate")),
        date_of_death=full_day(text(resource, "deceasedDateTime")),
        sex=_SEX.get(text(resource, "gender") or ""),
        postcode=text(_preferred(resource, "address", ("home", "temp")), "postalCode") or "",
        phone_mobile=next(_mobiles(resource), ""),
        email=next(_contacts(resource, "email"), ""),
        usual_gp=_usual_gp(record),
    )


def _preferred(resource: Node, name: str, uses: tuple[str, ...]) -> Node:
    found = [item for item in nodes(resource, name) if text(item, "use") not in ("old", "maiden")]
    for use in uses:
        for item in found:
            if text(item, "use") == use:
                return item
    return found[0] if found else {}


def _contacts(resource: Node, system: str, use: str | None = None) -> Iterator[str]:
    for item in nodes(resource, "telecom"):
        value = text(item, "value")
        if value and text(item, "system") == system and use in (None, text(item, "use")):
            yield value


def _mobiles(resource: Node) -> Iterator[str]:
    yield from _contacts(resource, "phone", "mobile")
    yield from (value for value in _contacts(resource, "phone") if _MOBILE.match(value))


def _usual_gp(record: Record) -> str:
    for found in references(record.patient.resource, "generalPractitioner", "Practitioner"):
        practitioner = record.find("Practitioner", found)
        if practitioner is not None:
            name = _preferred(practitioner.resource, "name", ("official", "usual"))
            written = [*texts(name, "prefix"), *texts(name, "given"), text(name, "family") or ""]
            return text(name, "text") or " ".join(written).strip()
    return ""


def registration_row(record: Record, whose: Whose, accountant: Accountant) -> Row:
    """The row of ``registrations``.

    A practice answers a structured request only for its own patients, so a bundle that states no period or type is
    taken as a regular registration of unknown start (our choice); how many were, is counted.
    """
    patient = record.patient
    period: Node = {}
    kind: str | None = None
    for details in extensions(patient.resource, "registration_details"):
        period = node(part(details, "registrationPeriod"), "valuePeriod") or period
        kind = first_code(node(part(details, "registrationType"), "valueCodeableConcept")) or kind
    if kind is None:
        accountant.note("registrations without a type, taken as regular")
    start, end = fhir_date(text(period, "start")), fhir_date(text(period, "end"))
    left = end.day if end else None
    if left is None and patient.resource.get("active") is False:
        left = whose.as_of
    known = facts.by_code("registration_types").get(kind or "R")
    if known is None:
        accountant.note("registrations of a type that is not known: to check")
    name = f"{whose.practice}\n{patient.id}"
    return whose.row(
        patient,
        registration_id=hashlib.sha256(name.encode()).hexdigest()[:32],
        start_date=start.day if start else None,
        end_date=left,
        registration_type=known["registration_type"] if known else None,
    )
