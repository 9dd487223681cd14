"""Who a bundle is about, where they are registered, and what must keep them out of lists."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from stepwell.population.records.gp_connect.tests.bundles import PLACEHOLDER, PersonBundle
from stepwell.population.records.gp_connect.tests.reading import read_bundles


def test_a_person(tmp_path: Path):
    found = read_bundles(tmp_path, PersonBundle())
    row = found.one("patients")
    assert (row["patient_key"], row["practice"], row["sex"]) == ("nhs-9990000107", "Z99901", "female")
    assert (row["birth_year"], row["birth_month"], row["death_year"]) == (1960, 2, None)
    assert (row["no_nhs_number"], row["sensitive"]) == (False, False)
    (who,) = found.sink.people
    assert (who.given_name, who.family_name, who.date_of_birth) == ("Robin", "Alder", date(1960, 2, 3))
    assert (who.postcode, who.phone_mobile, who.email) == ("ZZ99 3VZ", "07700 900123", "robin@example.org")
    assert (who.nhs_number, who.source_patient_id, who.usual_gp) == ("9990000107", "person-1", "Dr Ada Wren")


@pytest.mark.parametrize("number", [PLACEHOLDER, "1234567890", "2222222222", "", None, 9990000107])
def test_what_is_no_nhs_number_is_refused_and_the_person_kept(tmp_path: Path, number: Any):
    bundle = PersonBundle(nhs_number=None)
    bundle.patient["identifier"] = [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": number}]
    found = read_bundles(tmp_path, bundle)
    assert found.one("patients")["patient_key"] == "source-person-1"
    assert found.one("patients")["no_nhs_number"] is True
    assert found.sink.people[0].nhs_number is None


def test_the_number_of_another_system_is_not_an_nhs_number(tmp_path: Path):
    bundle = PersonBundle(nhs_number=None)
    bundle.patient["identifier"] = [{"system": "https://example.org/id", "value": "9990000107"}]
    assert read_bundles(tmp_path, bundle).one("patients")["no_nhs_number"] is True


# what the patient says -> birth, death
DATES = [
    ({"birthDate": "1960"}, (1960, None, None, None)),
    ({"birthDate": "1960-05"}, (1960, 5, None, None)),
    ({"birthDate": "?"}, (None, None, None, None)),
    ({"deceasedDateTime": "2025-11-30T10:00:00+00:00"}, (1960, 2, 2025, 11)),
    ({"deceasedDateTime": "2025"}, (1960, 2, 2025, None)),
    ({"deceasedBoolean": True}, (1960, 2, 2026, 7)),
    ({"deceasedDateTime": "soon"}, (1960, 2, 2026, 7)),
    ({"deceasedBoolean": False}, (1960, 2, None, None)),
]


@pytest.mark.parametrize(("said", "expected"), DATES)
def test_birth_and_death(tmp_path: Path, said: dict[str, Any], expected: tuple[int | None, ...]):
    bundle = PersonBundle()
    bundle.patient.update(said)
    found = read_bundles(tmp_path, bundle)
    row = found.one("patients")
    assert (row["birth_year"], row["birth_month"], row["death_year"], row["death_month"]) == expected
    undated = found.sink.counts["people recorded as dead without a date, taken as dead by the extract date"]
    assert undated == (expected[2] == 2026)


# period, type -> start, end, type
REGISTRATIONS = [
    ({"start": "2015-04-01"}, "R", (date(2015, 4, 1), None, "regular")),
    ({"start": "2015-04"}, "R", (date(2015, 4, 1), None, "regular")),
    ({"start": "2015-04-01", "end": "2026-01-02"}, "R", (date(2015, 4, 1), date(2026, 1, 2), "regular")),
    ({"start": "2015-04-01"}, "T", (date(2015, 4, 1), None, "temporary")),
    ({"start": "2015-04-01"}, "P", (date(2015, 4, 1), None, "other")),
    ({"start": "2015-04-01"}, "a new type", (date(2015, 4, 1), None, None)),
    ({"start": "2015-04-01"}, None, (date(2015, 4, 1), None, "regular")),
    (None, None, (None, None, "regular")),
]


@pytest.mark.parametrize(("period", "kind", "expected"), REGISTRATIONS)
def test_registration(
    tmp_path: Path, period: dict[str, str] | None, kind: str | None, expected: tuple[Any, ...]
):
    bundle = PersonBundle(registered=None)
    if period is not None:
        bundle.register(period, kind)
    found = read_bundles(tmp_path, bundle)
    row = found.one("registrations")
    assert (row["start_date"], row["end_date"], row["registration_type"]) == expected
    assert "person-1" not in row["registration_id"]
    assert found.sink.counts["registrations without a type, taken as regular"] == (kind is None)


def test_somebody_no_longer_active_is_not_registered(tmp_path: Path):
    bundle = PersonBundle()
    bundle.patient["active"] = False
    assert read_bundles(tmp_path, bundle).one("registrations")["end_date"] == date(2026, 7, 1)


LIST_WARNING = "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-ListWarningCode-1"
CONFIDENTIALITY = "http://hl7.org/fhir/v3/Confidentiality"
LABELS = [
    ({"system": CONFIDENTIALITY, "code": "R"}, True),
    ({"system": CONFIDENTIALITY, "code": "V"}, True),
    ({"system": CONFIDENTIALITY, "code": "N"}, False),
    ({"system": CONFIDENTIALITY, "code": "a new degree"}, True),
    ({"system": "http://hl7.org/fhir/v3/ActCode", "code": "NOPAT"}, True),
    ({"system": "http://example.org/tags", "code": "blue"}, False),
    ({}, False),
]


@pytest.mark.parametrize(("label", "sensitive"), LABELS)
@pytest.mark.parametrize("where", ["patient", "medicine", "list"])
def test_labels_that_restrict_a_record(tmp_path: Path, label: dict[str, str], sensitive: bool, where: str):
    bundle = PersonBundle()
    bundle.medicine()
    order = bundle.order(plan=None)
    labelled = {"patient": bundle.patient, "medicine": order, "list": bundle.resources[3]}[where]
    labelled["meta"] = {"security": [label]}
    expected = sensitive and where != "list"  # a list says nothing of the person
    assert read_bundles(tmp_path, bundle).one("patients")["sensitive"] is expected


@pytest.mark.parametrize("warning", ["confidential-items", "data-in-transit", "a warning of tomorrow"])
def test_a_list_that_warns_of_missing_items_makes_the_record_withheld(tmp_path: Path, warning: str):
    bundle = PersonBundle()
    bundle.resources[3]["extension"] = [{"url": LIST_WARNING, "valueCode": warning}]
    found = read_bundles(tmp_path, bundle)
    assert found.one("patients")["withheld"] is True
    assert found.sink.counts["people of whose record the sender says that something is missing"] == 1


def test_a_list_with_another_extension_warns_of_nothing(tmp_path: Path):
    bundle = PersonBundle()
    bundle.resources[3]["extension"] = [
        {"url": "https://example.org/other", "valueCode": "confidential-items"}
    ]
    assert read_bundles(tmp_path, bundle).one("patients")["withheld"] is False


def test_names_and_contacts_that_are_given_otherwise(tmp_path: Path):
    bundle = PersonBundle()
    bundle.patient["name"] = [{"family": "Plain"}]
    bundle.patient["address"] = [{"postalCode": "ZZ99 3WZ"}]
    bundle.patient["telecom"] = [{"system": "phone", "value": "07700 900124"}]
    bundle.patient["gender"] = "unknown"
    bundle.resources[1]["name"] = [{"text": "Dr A Wren"}]
    (who,) = read_bundles(tmp_path, bundle).sink.people
    assert (who.family_name, who.given_name, who.sex) == ("Plain", "", None)
    assert (who.postcode, who.phone_mobile, who.email) == ("ZZ99 3WZ", "07700 900124", "")
    assert who.usual_gp == "Dr A Wren"


def test_a_person_of_whom_nearly_nothing_is_known(tmp_path: Path):
    bundle = PersonBundle()
    for element in ("name", "address", "telecom", "gender", "birthDate"):
        del bundle.patient[element]
    bundle.patient["generalPractitioner"] = [{"reference": "Practitioner/missing"}]
    (who,) = read_bundles(tmp_path, bundle).sink.people
    assert (who.family_name, who.postcode, who.phone_mobile, who.usual_gp) == ("", "", "", "")
    assert who.date_of_birth is None
