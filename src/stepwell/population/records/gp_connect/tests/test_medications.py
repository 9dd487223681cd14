"""Plans are authorisations, orders are issues, and nothing is counted twice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from stepwell.population.records.gp_connect.tests.bundles import (
    DMD,
    DOSE_CHANGED,
    PersonBundle,
    coded,
    extension,
    repeats,
    stopped,
)
from stepwell.population.records.gp_connect.tests.reading import read_bundles

ELSEWHERE = "prescribed-by-another-organisation"
PREVIOUS = "prescribed-by-previous-practice"


@pytest.fixture
def bundle() -> PersonBundle:
    made = PersonBundle()
    made.medicine()
    return made


def test_a_plan_is_a_template_and_its_orders_are_issues(bundle: PersonBundle, tmp_path: Path):
    bundle.plan(start="2026-01-05")["extension"].append(repeats(2, 6))
    bundle.order("order-1", start="2026-01-05")
    bundle.order("order-2", start="2026-02-02")
    bundle.problem(
        extension=[
            {
                "url": "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-RelatedClinicalContent-1",
                "valueReference": {"reference": reference},
            }
            for reference in ("MedicationRequest/plan-1", "Encounter/other")
        ]
    )
    found = read_bundles(tmp_path, bundle)
    template = found.one("templates")
    assert {name: template[name] for name in template if name not in ("source_file", "source_line")} == {
        "template_id": "plan-1",
        "patient_key": "nhs-9990000107",
        "practice": "Z99901",
        "start_date": date(2026, 1, 5),
        "end_date": None,
        "status": "active",
        "kind": "repeat",
        "drug_code": "42010411000001105",
        "bnf_code": None,
        "drug_name": "Codeine 30mg tablets",
        "dosage_instruction": "One tablet four times a day",
        "quantity_value": Decimal(112),
        "quantity_unit": "tablet",
        "quantity_text": None,
        "issues_made": 2,
        "issues_authorised": 6,
        "prescribed_here": True,
        "elsewhere_source": None,
        "problem_id": "Condition/problem-1",
    }
    assert [(row["issue_id"], row["issue_date"]) for row in found.rows("issues")] == [
        ("order-1", date(2026, 1, 5)),
        ("order-2", date(2026, 2, 2)),
    ]
    issue = found.rows("issues")[0]
    assert issue["template_id"] == "plan-1"
    assert issue["duration_days"] == 28
    assert issue["problem_id"] == "Condition/problem-1"
    assert found.accounting.lines() == (
        "Condition: 1 read = 1 used as an event",
        "Medication: 1 read = 1 merged into the entries that name them",
        "MedicationRequest: 3 read = 2 used as orders + 1 used as plans",
        "MedicationStatement: 1 read = 1 merged into their plans",
        "Patient: 1 read = 1 used as people",
    )


# (authoredOn, validity start) -> issue date
DATES = [
    pytest.param("2026-01-01T09:00:00+00:00", "2026-03-30", date(2026, 3, 30), id="repeat dispensing"),
    pytest.param("2026-01-01T09:00:00+00:00", "2027-01-30", date(2027, 1, 30), id="in the future"),
    pytest.param("2026-01-01T09:00:00+00:00", None, date(2026, 1, 1), id="no validity"),
    pytest.param("2026-06-30T23:30:00+00:00", "not a date", date(2026, 7, 1), id="London, not UTC"),
    pytest.param("2026-01-01T09:00:00+00:00", "2026-03", date(2026, 1, 1), id="start known to the month"),
]


@pytest.mark.parametrize(("authored", "start", "expected"), DATES)
def test_an_issue_is_dated_by_when_its_validity_starts(
    bundle: PersonBundle, tmp_path: Path, authored: str, start: str | None, expected: date
):
    bundle.plan()
    order = bundle.order(authoredOn=authored)
    order["dispenseRequest"]["validityPeriod"] = {"start": start} if start else {}
    assert read_bundles(tmp_path, bundle).one("issues")["issue_date"] == expected


# (kind, status, end of validity, stopped on) -> (status, end date)
ENDS = [
    pytest.param("repeat", "active", None, None, ("active", None), id="running"),
    pytest.param("repeat", "active", "2026-12-31", None, ("active", None), id="running with an expiry"),
    pytest.param("repeat", "stopped", "2026-05-01", "2026-04-01", ("ended", date(2026, 4, 1)), id="stopped"),
    pytest.param("repeat", "stopped", "2026-05-01", None, ("ended", date(2026, 5, 1)), id="no reason"),
    pytest.param("repeat", "completed", "2026-05-01", None, ("ended", date(2026, 5, 1)), id="expired"),
    pytest.param(
        "acute", "completed", "2026-02-01", None, ("ended", None), id="a course that ran its length"
    ),
    pytest.param(
        "acute", "stopped", "2026-02-01", "2026-01-20", ("ended", date(2026, 1, 20)), id="cut short"
    ),
    pytest.param("repeat", "on-hold", None, None, ("active", None), id="on hold"),
    pytest.param("repeat", "unknown", None, None, (None, None), id="not known"),
    pytest.param("repeat", "cancelled", "2026-05-01", None, ("ended", date(2026, 5, 1)), id="cancelled"),
]


@pytest.mark.parametrize(("kind", "status", "validity_end", "stopped_on", "expected"), ENDS)
def test_how_a_plan_ends(
    bundle: PersonBundle,
    tmp_path: Path,
    kind: str,
    status: str,
    validity_end: str | None,
    stopped_on: str | None,
    expected: tuple[str | None, date | None],
):
    plan = bundle.plan(kind=kind, status=status)
    if validity_end:
        plan["dispenseRequest"]["validityPeriod"]["end"] = validity_end
    if stopped_on:
        plan["extension"].append(stopped(stopped_on))
    template = read_bundles(tmp_path, bundle).one("templates")
    assert (template["status"], template["end_date"]) == expected


def test_a_statement_can_tell_when_a_plan_began_and_ended(bundle: PersonBundle, tmp_path: Path):
    plan = bundle.plan(status="stopped", statement=False)
    del plan["dispenseRequest"]["validityPeriod"]
    bundle.statement()["effectivePeriod"] = {"start": "2026-01-03", "end": "2026-02-03"}
    template = read_bundles(tmp_path, bundle).one("templates")
    assert (template["start_date"], template["end_date"]) == (date(2026, 1, 3), date(2026, 2, 3))


@pytest.mark.parametrize(
    ("code", "kind", "noted"),
    [
        ("acute", "acute", 0),
        ("repeat", "repeat", 0),
        ("repeat-dispensing", "repeat_dispensing", 0),
        ("delayed-acute", "acute", 0),
        ("something new", None, 2),
    ],
)
def test_kinds(bundle: PersonBundle, tmp_path: Path, code: str, kind: str | None, noted: int):
    bundle.plan(kind=code)
    bundle.order(kind=code)
    found = read_bundles(tmp_path, bundle)
    assert found.one("templates")["kind"] == found.one("issues")["kind"] == kind
    assert found.sink.counts["prescriptions of a kind that is not known"] == noted


def test_an_order_without_a_kind_has_its_plans(bundle: PersonBundle, tmp_path: Path):
    bundle.plan(kind="repeat-dispensing")
    bundle.order()["extension"] = []
    assert read_bundles(tmp_path, bundle).one("issues")["kind"] == "repeat_dispensing"


# (agency, has an order) -> (prescribed here, the source, issues)
AGENCIES = [
    pytest.param("prescribed-at-gp-practice", True, (True, None, ["order-1"]), id="here"),
    pytest.param("prescribed-at-gp-practice", False, (True, None, []), id="here, never issued"),
    pytest.param(None, False, (True, None, []), id="not said, never issued"),
    pytest.param(ELSEWHERE, False, (False, "other", ["statement-plan-1-statement"]), id="elsewhere"),
    pytest.param(ELSEWHERE, True, (False, "other", ["order-1"]), id="elsewhere, recorded with an order"),
    pytest.param(PREVIOUS, False, (False, "other", ["statement-plan-1-statement"]), id="previous practice"),
    pytest.param(PREVIOUS, True, (True, None, ["order-1"]), id="previous practice's issues are history"),
    pytest.param("a new agency", False, (False, "other", ["statement-plan-1-statement"]), id="unknown"),
    pytest.param("a new agency", True, (True, None, ["order-1"]), id="unknown, issued here"),
]


@pytest.mark.parametrize(("agency", "issued", "expected"), AGENCIES)
def test_prescribed_elsewhere(
    bundle: PersonBundle, tmp_path: Path, agency: str | None, issued: bool, expected: tuple[Any, ...]
):
    bundle.plan(agency=agency, start="2026-05-06")
    if issued:
        bundle.order(start="2026-05-06")
    found = read_bundles(tmp_path, bundle)
    here, source, issues = expected
    for row in (found.one("templates"), *found.rows("issues")):
        assert (row["prescribed_here"], row["elsewhere_source"]) == (here, source)
    assert [row["issue_id"] for row in found.rows("issues")] == issues
    assert all(row["issue_date"] == date(2026, 5, 6) for row in found.rows("issues"))
    lone = [issue for issue in issues if issue.startswith("statement")]
    statements = found.accounting.outcomes["MedicationStatement"]
    assert statements["used as one issue from elsewhere"] == len(lone)


def test_a_prescription_type_can_say_elsewhere(bundle: PersonBundle, tmp_path: Path):
    bundle.plan(kind="prescribed-elsewhere", agency=None)
    found = read_bundles(tmp_path, bundle)
    assert found.one("templates")["prescribed_here"] is False
    assert found.one("issues")["elsewhere_source"] == "other"


def test_a_line_from_elsewhere_without_a_full_date_is_rejected_and_its_template_kept(
    bundle: PersonBundle, tmp_path: Path
):
    plan = bundle.plan(agency=ELSEWHERE, authoredOn="2025")
    plan["dispenseRequest"]["validityPeriod"] = {"start": "2025"}
    bundle.resources[-1]["effectivePeriod"] = {"start": "2025-03"}
    found = read_bundles(tmp_path, bundle)
    assert found.one("templates")["start_date"] is None
    assert found.rows("issues") == []
    assert found.reasons() == [("resource.effectivePeriod.start", "the entry has no date known to the day.")]


# coding and text -> (drug code, name)
MEDICINES = [
    pytest.param({}, ("42010411000001105", "Codeine 30mg tablets"), id="the dm+d code, not the vendor's"),
    pytest.param({"system": DMD}, ("42010411000001105", "Codeine 30mg tablets"), id="the other address"),
    pytest.param({"code": None}, (None, "Codeine 30mg tablets"), id="a name only"),
    pytest.param({"text": "As typed"}, ("42010411000001105", "As typed"), id="the words of the entry first"),
    pytest.param(
        {"code": "196421000000109", "text": "Codeine tabs 30"},
        (None, "Codeine tabs 30"),
        id="lost in a transfer: the name from the text",
    ),
]


@pytest.mark.parametrize(("how", "expected"), MEDICINES)
def test_medicines(tmp_path: Path, how: dict[str, Any], expected: tuple[str | None, str | None]):
    bundle = PersonBundle()
    bundle.medicine(**how)
    bundle.plan()
    bundle.order()
    found = read_bundles(tmp_path, bundle)
    for row in (found.one("templates"), found.one("issues")):
        assert (row["drug_code"], row["drug_name"]) == expected


def test_a_degraded_entry_without_words_names_no_medicine(tmp_path: Path):
    bundle = PersonBundle()
    bundle.medicine(code="196421000000109")
    bundle.plan()
    bundle.order()
    found = read_bundles(tmp_path, bundle)
    reason = ("resource.medicationReference", "the entry names no medicine.")
    assert found.reasons() == [reason, reason]
    assert found.accounting.outcomes["MedicationStatement"] == {"left out: its plan is not used": 1}


def test_of_two_dmd_codes_the_one_the_user_chose(tmp_path: Path):
    bundle = PersonBundle()
    coding = bundle.medicine()["code"]["coding"]
    coding.append({"system": DMD, "code": "42", "display": "A brand", "userSelected": True})
    bundle.plan()
    assert read_bundles(tmp_path, bundle).one("templates")["drug_code"] == "42"


def test_a_medicine_named_in_the_entry_itself(bundle: PersonBundle, tmp_path: Path):
    plan = bundle.plan()
    del plan["medicationReference"]
    plan["medicationCodeableConcept"] = {"coding": [{"system": DMD, "code": 42, "display": "Written in"}]}
    row = read_bundles(tmp_path, bundle).one("templates")
    assert (row["drug_code"], row["drug_name"]) == ("42", "Written in")


def test_a_medicine_that_is_missing_may_be_named_by_its_reference(bundle: PersonBundle, tmp_path: Path):
    bundle.plan(medicine="missing")["medicationReference"]["display"] = "Named here"
    row = read_bundles(tmp_path, bundle).one("templates")
    assert (row["drug_code"], row["drug_name"]) == (None, "Named here")


def test_a_medicine_nobody_names_is_left_out(bundle: PersonBundle, tmp_path: Path):
    bundle.medicine("spare")
    bundle.plan()
    found = read_bundles(tmp_path, bundle)
    assert found.accounting.outcomes["Medication"]["left out: no entry names them"] == 1


def words(text: str) -> dict[str, Any]:
    return extension("MedicationQuantityText-1", {"valueString": text})


# quantity -> (value, unit, text)
QUANTITIES = [
    pytest.param({"value": 28, "unit": "tablet"}, (Decimal(28), "tablet", None), id="number and unit"),
    pytest.param({"value": 2.5, "unit": "ml"}, (Decimal("2.5"), "ml", None), id="a decimal"),
    pytest.param({"extension": [words("14 capsules")]}, (None, None, "14 capsules"), id="words only"),
    pytest.param(
        {"value": 28, "extension": [words("capsule(s)")]},
        (Decimal(28), "capsule(s)", None),
        id="unit in words",
    ),
    pytest.param(
        {"value": 28, "unit": "tablet", "extension": [words("2 x 14")]},
        (Decimal(28), "tablet", "2 x 14"),
        id="all three",
    ),
    pytest.param({"value": 0, "unit": "tablet"}, (None, None, "0 tablet"), id="nought is not a quantity"),
    pytest.param({"value": -1}, (None, None, "-1"), id="less than nought"),
    pytest.param({"value": 0.33333}, (None, None, "0.33333"), id="finer than can be kept"),
    pytest.param({"value": 10**40}, (None, None, "1" + "0" * 40), id="more than can be kept"),
    pytest.param({"value": "28"}, (None, None, None), id="not a number"),
    pytest.param({"value": True}, (None, None, None), id="not a number either"),
]


@pytest.mark.parametrize(("written", "expected"), QUANTITIES)
def test_quantities(bundle: PersonBundle, tmp_path: Path, written: dict[str, Any], expected: tuple[Any, ...]):
    bundle.plan(quantity=written)
    row = read_bundles(tmp_path, bundle).one("templates")
    assert (row["quantity_value"], row["quantity_unit"], row["quantity_text"]) == expected


def test_a_quantity_in_words_beside_the_quantity(bundle: PersonBundle, tmp_path: Path):
    bundle.plan(quantity=None)["dispenseRequest"]["extension"] = [words("one box")]
    assert read_bundles(tmp_path, bundle).one("templates")["quantity_text"] == "one box"


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ({"value": 28, "unit": "day", "code": "d"}, 28),
        ({"value": 4, "unit": "week"}, 28),
        ({"value": 1, "code": "mo"}, None),
        ({"value": 0, "code": "d"}, None),
        ({"value": 0.5, "code": "d"}, None),
        ({"value": 99999, "code": "d"}, None),
        ({"unit": "day"}, None),
        (None, None),
    ],
)
def test_days(bundle: PersonBundle, tmp_path: Path, written: dict[str, Any] | None, days: int | None):
    bundle.plan(days=None)
    bundle.order()["dispenseRequest"]["expectedSupplyDuration"] = written
    assert read_bundles(tmp_path, bundle).one("issues")["duration_days"] == days


def test_an_order_says_only_what_differs_from_its_plan(bundle: PersonBundle, tmp_path: Path):
    bundle.plan()
    order = bundle.order(dose=None, quantity=None, days=None)
    del order["medicationReference"]
    row = read_bundles(tmp_path, bundle).one("issues")
    assert row["drug_code"] == "42010411000001105"
    assert row["dosage_instruction"] == "One tablet four times a day"
    assert (row["quantity_value"], row["duration_days"]) == (Decimal(112), 28)


def test_an_order_of_another_dose_keeps_its_own(bundle: PersonBundle, tmp_path: Path):
    bundle.plan()
    bundle.order(dose="Two tablets twice a day")
    assert read_bundles(tmp_path, bundle).one("issues")["dosage_instruction"] == "Two tablets twice a day"


@pytest.mark.parametrize("changed", ["2026-03-01", "not a date", None])
def test_a_plan_whose_dose_changed(bundle: PersonBundle, tmp_path: Path, changed: str | None):
    """Issues before the change that state no dose had one we do not know."""
    bundle.plan(dose="Four a day", statement=False)
    bundle.order("before", start="2026-02-01", dose=None)
    bundle.order("after", start="2026-04-01", dose=None)
    bundle.order("own", start="2026-02-02", dose="Four a day")
    statement = bundle.statement(dose="Two a day")
    statement["extension"].append({"url": DOSE_CHANGED, "valueDateTime": changed})
    found = read_bundles(tmp_path, bundle)
    doses = {key: row["dosage_instruction"] for key, row in found.by_id("issues", "issue_id").items()}
    after = "Two a day" if changed == "2026-03-01" else None
    assert doses == {"before": None, "after": after, "own": "Four a day"}
    assert found.one("templates")["dosage_instruction"] == "Two a day"


def test_several_instructions_are_joined_and_blank_ones_are_nothing(bundle: PersonBundle, tmp_path: Path):
    bundle.plan(dosageInstruction=[{"text": "One at night"}, {"text": " "}, {"text": "two if needed"}])
    assert (
        read_bundles(tmp_path, bundle).one("templates")["dosage_instruction"] == "One at night; two if needed"
    )


# (intent, status) -> outcome
OUTCOMES = [
    ("plan", "entered-in-error", "left out: entered in error"),
    ("order", "entered-in-error", "left out: entered in error"),
    ("plan", "draft", "left out: draft"),
    ("order", "draft", "left out: draft"),
    ("order", "cancelled", "left out: cancelled"),
    ("order", "stopped", "used as orders"),
    ("order", "on-hold", "used as orders"),
    ("option", "active", "rejected: the entry is neither a plan nor an order."),
    (None, "active", "rejected: the entry is neither a plan nor an order."),
    ("plan", "finished", "rejected: the status of the entry is not one that is known."),
    ("order", None, "rejected: the status of the entry is not one that is known."),
]


@pytest.mark.parametrize(("intent", "status", "outcome"), OUTCOMES)
def test_outcomes_of_a_request(
    bundle: PersonBundle, tmp_path: Path, intent: str | None, status: str | None, outcome: str
):
    bundle.order(plan=None, intent=intent, status=status)
    found = read_bundles(tmp_path, bundle)
    assert found.accounting.outcomes["MedicationRequest"] == {outcome: 1}
    assert len(found.sink.rejects) == outcome.startswith("rejected")
    assert found.accounting.total("MedicationRequest", outcome.split(":")[0]) == 1


def test_a_rejected_entry_says_where_it_is(bundle: PersonBundle, tmp_path: Path):
    order = bundle.order(plan=None, authoredOn=None)
    order["dispenseRequest"] = {}
    (reject,) = read_bundles(tmp_path, bundle).sink.rejects
    position = len(bundle.resources) - 1
    assert reject.file == "0.json"
    assert reject.line is None
    assert reject.column == f"Bundle.entry[{position}].resource.dispenseRequest.validityPeriod.start"
    assert "order-1" in reject.raw


@pytest.mark.parametrize("plan", ["missing", "order-0"])
def test_an_order_whose_plan_is_missing_is_still_an_issue(bundle: PersonBundle, tmp_path: Path, plan: str):
    bundle.order("order-0", plan=None)
    bundle.order("order-1", plan=plan)
    found = read_bundles(tmp_path, bundle)
    assert [row["template_id"] for row in found.rows("issues")] == [None, None]
    assert found.sink.counts["orders without their plan"] == 2


def test_a_statement_whose_plan_is_missing_is_rejected(bundle: PersonBundle, tmp_path: Path):
    bundle.statement("missing")
    assert read_bundles(tmp_path, bundle).reasons() == [
        ("resource.basedOn", "the plan of the entry is not in the record.")
    ]


def test_statements_that_add_nothing(bundle: PersonBundle, tmp_path: Path):
    bundle.plan("wrong", status="entered-in-error")
    bundle.plan("right", statement=False)
    bundle.statement("right", statement_id="new", start="2026-02-01", dose="x")
    bundle.statement("right", statement_id="old", start="2026-01-01", dose="y")
    bundle.statement("right", statement_id="void")["status"] = "entered-in-error"
    assert read_bundles(tmp_path, bundle).accounting.outcomes["MedicationStatement"] == {
        "left out: its plan is not used": 1,
        "left out: entered in error": 1,
        "merged with another about the same plan": 1,
        "merged into their plans": 1,
    }


def test_the_later_of_two_statements_stands(bundle: PersonBundle, tmp_path: Path):
    bundle.plan(agency=ELSEWHERE, statement=False)
    bundle.statement(statement_id="old", start="2026-01-01")
    bundle.statement(statement_id="new", start="2026-02-01", agency=ELSEWHERE)
    assert read_bundles(tmp_path, bundle).one("issues")["issue_id"] == "statement-new"


def test_a_statement_may_give_one_day(bundle: PersonBundle, tmp_path: Path):
    bundle.plan(agency=ELSEWHERE)
    del bundle.resources[-1]["effectivePeriod"]
    bundle.resources[-1]["effectiveDateTime"] = "2026-04-05"
    assert read_bundles(tmp_path, bundle).one("issues")["issue_date"] == date(2026, 4, 5)


def test_counts_of_issues_that_make_no_sense_are_not_known(bundle: PersonBundle, tmp_path: Path):
    plan = bundle.plan()
    plan["extension"] += [repeats(-1, 2**31)]
    template = read_bundles(tmp_path, bundle).one("templates")
    assert (template["issues_made"], template["issues_authorised"]) == (None, None)


def test_other_medication_entries_are_rejected(bundle: PersonBundle, tmp_path: Path):
    bundle.add("MedicationDispense", "x")
    assert read_bundles(tmp_path, bundle).reasons() == [
        ("resource.resourceType", "medicines of this resource type are not read.")
    ]


def test_extensions_that_hold_nothing_are_passed_over(bundle: PersonBundle, tmp_path: Path):
    plan = bundle.plan(agency=None)
    plan["extension"] = [extension("PrescriptionType-1", {}), *plan["extension"]]
    bundle.resources[-1]["extension"] = [
        extension("PrescribingAgency-1", {}),
        extension("PrescribingAgency-1", coded("x", ELSEWHERE)),
    ]
    template = read_bundles(tmp_path, bundle).one("templates")
    assert (template["kind"], template["prescribed_here"]) == ("repeat", False)
