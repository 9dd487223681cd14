"""Small GP Connect bundles (FHIR STU3) of fictional people, written by hand, one method a resource."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

PRACTICE = "Z99901"
MADE = "2026-07-01T09:00:00+01:00"
PLACEHOLDER = "{{an NHS number goes here}}"
CODEINE_30 = ("42010411000001105", "Codeine 30mg tablets")

_GPC = "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-"
_CODES = "https://fhir.nhs.uk/STU3/CodeSystem/"
SNOMED = "http://snomed.info/sct"
DMD = "https://dmd.nhs.uk"
VENDOR = "https://fhir.hl7.org.uk/Id/emis-drug-codes"
DOSE_CHANGED = (
    "https://fhir.hl7.org.uk/STU3/StructureDefinition/"
    "Extension-CareConnect-MedicationStatementDosageLastChanged-1"
)

Resource = dict[str, Any]


class PersonBundle:
    """One person's record as a bundle. Each method adds a resource, returns it, and leaves it open to be spoilt."""

    def __init__(
        self,
        patient_id: str = "person-1",
        *,
        nhs_number: str | None = "9990000107",
        made: str | None = MADE,
        practice: str | None = PRACTICE,
        registered: str | None = "2015-04-01",
        family: str = "Alder",
        born: str = "1960-02-03",
    ) -> None:
        self.patient_id = patient_id
        self.made = made
        self.resources: list[Resource] = []
        self.organisation = self.add("Organization", f"practice-{practice}", name="The Fictional Practice")
        if practice:
            self.organisation["identifier"] = [
                {"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": practice}
            ]
        self.add(
            "Practitioner",
            "gp-1",
            name=[{"use": "usual", "prefix": ["Dr"], "given": ["Ada"], "family": "Wren"}],
        )
        self.patient = self.add(
            "Patient",
            patient_id,
            name=[
                {"use": "official", "family": family, "given": ["Robin"]},
                {"use": "old", "family": "Before"},
            ],
            gender="female",
            birthDate=born,
            address=[{"use": "home", "postalCode": "ZZ99 3VZ"}],
            telecom=[
                {"system": "phone", "use": "home", "value": "01632 960123"},
                {"system": "phone", "use": "mobile", "value": "07700 900123"},
                {"system": "email", "value": "robin@example.org"},
            ],
            generalPractitioner=[{"reference": "Practitioner/gp-1"}],
            managingOrganization={"reference": f"Organization/{self.organisation['id']}"},
            extension=[],
        )
        if nhs_number is not None:
            self.patient["identifier"] = [
                {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": nhs_number}
            ]
        if registered is not None:
            self.register({"start": registered}, "R")
        if made is not None:
            self.add("List", None, date=made, title="Medications and medical devices")

    def add(self, kind: str, resource_id: str | None, **elements: Any) -> Resource:
        """Any resource."""
        resource: Resource = {"resourceType": kind, **elements}
        if resource_id is not None:
            resource["id"] = resource_id
        self.resources.append(resource)
        return resource

    def register(self, period: Resource, kind: str | None) -> None:
        """State the registration."""
        parts: list[Resource] = [{"url": "registrationPeriod", "valuePeriod": period}]
        if kind is not None:
            parts.append({"url": "registrationType", "valueCodeableConcept": {"coding": [{"code": kind}]}})
        self.patient["extension"] = [{"url": f"{_GPC}RegistrationDetails-1", "extension": parts}]

    def medicine(
        self,
        medicine_id: str = "codeine",
        code: str | None = CODEINE_30[0],
        name: str = CODEINE_30[1],
        *,
        system: str = SNOMED,
        text: str | None = None,
    ) -> Resource:
        """A Medication with a vendor's code first, as real ones have, and the dm+d code second."""
        coding = [{"system": VENDOR, "code": "VEND1", "display": name, "userSelected": True}]
        if code is not None:
            coding.append({"system": system, "code": code, "display": name})
        concept: Resource = {"coding": coding}
        if text is not None:
            concept["text"] = text
        return self.add("Medication", medicine_id, code=concept)

    def plan(
        self,
        plan_id: str = "plan-1",
        *,
        start: str = "2026-01-05",
        kind: str = "repeat",
        status: str = "active",
        medicine: str = "codeine",
        dose: str | None = "One tablet four times a day",
        quantity: Any = 112,
        days: int | None = 28,
        agency: str | None = "prescribed-at-gp-practice",
        statement: bool = True,
        **elements: Any,
    ) -> Resource:
        """An authorisation, with its statement unless told otherwise."""
        plan = self._request(plan_id, "plan", start, kind, status, medicine, dose, quantity, days)
        plan.update(elements)
        if statement:
            self.statement(plan_id, start=start, medicine=medicine, dose=dose, agency=agency)
        return plan

    def statement(
        self,
        plan_id: str = "plan-1",
        *,
        start: str = "2026-01-05",
        medicine: str = "codeine",
        dose: str | None = "One tablet four times a day",
        agency: str | None = "prescribed-at-gp-practice",
        statement_id: str | None = None,
    ) -> Resource:
        """A MedicationStatement about a plan."""
        statement = self.add(
            "MedicationStatement",
            statement_id or f"{plan_id}-statement",
            basedOn=[{"reference": f"MedicationRequest/{plan_id}"}],
            status="active",
            medicationReference={"reference": f"Medication/{medicine}"},
            effectivePeriod={"start": start},
            dateAsserted=f"{start}T10:00:00+00:00",
            subject=self._subject(),
            dosage=[{"text": dose}] if dose is not None else [],
            extension=[],
        )
        if agency is not None:
            statement["extension"].append(
                extension("PrescribingAgency-1", coded("CareConnect-PrescribingAgency-1", agency))
            )
        return statement

    def order(
        self,
        order_id: str = "order-1",
        *,
        start: str = "2026-01-05",
        plan: str | None = "plan-1",
        kind: str = "repeat",
        status: str = "completed",
        medicine: str = "codeine",
        dose: str | None = "One tablet four times a day",
        quantity: Any = 112,
        days: int | None = 28,
        **elements: Any,
    ) -> Resource:
        """An issue."""
        order = self._request(order_id, "order", start, kind, status, medicine, dose, quantity, days)
        if plan is not None:
            order["basedOn"] = [{"reference": f"MedicationRequest/{plan}"}]
        order.update(elements)
        return order

    def _request(
        self,
        request_id: str,
        intent: str,
        start: str,
        kind: str,
        status: str,
        medicine: str,
        dose: str | None,
        quantity: Any,
        days: int | None,
    ) -> Resource:
        dispensed: Resource = {"validityPeriod": {"start": start}}
        if quantity is not None:
            dispensed["quantity"] = (
                quantity if isinstance(quantity, dict) else {"value": quantity, "unit": "tablet"}
            )
        if days is not None:
            dispensed["expectedSupplyDuration"] = {"value": days, "unit": "day", "code": "d"}
        return self.add(
            "MedicationRequest",
            request_id,
            intent=intent,
            status=status,
            subject=self._subject(),
            medicationReference={"reference": f"Medication/{medicine}"},
            authoredOn=f"{start}T11:22:33+00:00",
            dosageInstruction=[{"text": dose}] if dose is not None else [],
            dispenseRequest=dispensed,
            extension=[extension("PrescriptionType-1", coded("CareConnect-PrescriptionType-1", kind))],
        )

    def problem(
        self,
        problem_id: str = "problem-1",
        *,
        code: str = "999001",
        term: str = "A fictional problem",
        onset: str = "2014",
        **elements: Any,
    ) -> Resource:
        """A problem header."""
        return self.add(
            "Condition",
            problem_id,
            subject=self._subject(),
            clinicalStatus="active",
            code={"coding": [{"system": SNOMED, "code": code, "display": term}]},
            onsetDateTime=onset,
            **elements,
        )

    def observation(
        self,
        observation_id: str = "observation-1",
        *,
        code: str = "999002",
        term: str = "A fictional finding",
        on: str = "2026-03-04",
        **elements: Any,
    ) -> Resource:
        """A coded observation."""
        elements = {
            "code": {"coding": [{"system": SNOMED, "code": code, "display": term}]},
            **elements,
        }
        return self.add(
            "Observation",
            observation_id,
            subject=self._subject(),
            status="final",
            effectiveDateTime=on,
            **elements,
        )

    def _subject(self) -> Resource:
        return {"reference": f"Patient/{self.patient_id}"}

    def as_dict(self) -> Resource:
        """The bundle."""
        return {
            "resourceType": "Bundle",
            "type": "collection",
            "meta": {"profile": [f"{_GPC}Bundle-1"]},
            "entry": [{"resource": resource} for resource in self.resources],
        }

    def write(self, folder: Path, name: str | None = None) -> Path:
        """Write it as a file of ``folder``, which is made if need be."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / (name or f"{self.patient_id}.json")
        path.write_text(json.dumps(self.as_dict(), indent=1), encoding="utf-8")
        return path


def extension(name: str, value: Resource) -> Resource:
    """One of GP Connect's own extensions."""
    return {"url": f"{_GPC}{name}", **value}


def coded(system: str, code: str) -> Resource:
    """The value of an extension that holds a code."""
    return {"valueCodeableConcept": {"coding": [{"system": f"{_CODES}{system}", "code": code}]}}


def stopped(on: str, why: str = "No longer needed") -> Resource:
    """The extension of a plan that was stopped."""
    return extension(
        "MedicationStatusReason-1",
        {
            "extension": [
                {"url": "statusReason", "valueCodeableConcept": {"text": why}},
                {"url": "statusChangeDate", "valueDateTime": f"{on}T00:00:00+00:00"},
            ]
        },
    )


def repeats(issued: int, allowed: int | None = None) -> Resource:
    """The extension of a plan that counts its issues."""
    parts = [{"url": "numberOfRepeatPrescriptionsIssued", "valueUnsignedInt": issued}]
    if allowed is not None:
        parts.append({"url": "numberOfRepeatPrescriptionsAllowed", "valueUnsignedInt": allowed})
    return extension("MedicationRepeatInformation-1", {"extension": parts})


def long_term_opioid_candidate(patient_id: str = "candidate", last_issue: str = "2026-06-22") -> PersonBundle:
    """An adult on codeine 30 mg four times a day for half a year, issued every 28 days up to the extract."""
    bundle = PersonBundle(patient_id, family="Sorrel")
    bundle.medicine()
    last = date.fromisoformat(last_issue)
    days = [last - timedelta(days=28 * back) for back in range(6, -1, -1)]
    bundle.plan(f"{patient_id}-plan", start=days[0].isoformat())
    for number, day in enumerate(days, start=1):
        bundle.order(f"{patient_id}-order-{number}", start=day.isoformat(), plan=f"{patient_id}-plan")
    bundle.problem(f"{patient_id}-problem", term="A sore back", code="999003", onset="2019-05")
    return bundle
