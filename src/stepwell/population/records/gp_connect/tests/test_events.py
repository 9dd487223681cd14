"""Problems and observations are events, with the precision their date was written in."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from stepwell.population.records.gp_connect.tests.bundles import SNOMED, PersonBundle
from stepwell.population.records.gp_connect.tests.reading import read_bundles

READ_V2 = "http://read.info/readv2"
CTV3 = "http://read.info/ctv3"


def test_a_problem(tmp_path: Path):
    bundle = PersonBundle()
    bundle.problem(onset="2014-03", abatementDateTime="2020-01-02")["clinicalStatus"] = "inactive"
    row = read_bundles(tmp_path, bundle).one("events")
    assert (row["event_id"], row["snomed_id"]) == ("Condition/problem-1", "999001")
    assert (row["event_date"], row["date_precision"]) == (date(2014, 3, 1), "month")
    assert (row["is_problem"], row["problem_status"]) == (True, "past")
    assert row["problem_end_date"] == date(2020, 1, 2)


def test_an_observation_with_a_value(tmp_path: Path):
    bundle = PersonBundle()
    bundle.observation(valueQuantity={"value": 72.5, "unit": "kg"})
    row = read_bundles(tmp_path, bundle).one("events")
    assert (row["numeric_value"], row["unit"], row["is_problem"]) == (72.5, "kg", False)
    assert row["problem_status"] is None


@pytest.mark.parametrize(
    ("written", "day", "precision"),
    [
        ("2014", date(2014, 1, 1), "year"),
        ("2014-06", date(2014, 6, 1), "month"),
        ("2014-06-07", date(2014, 6, 7), "day"),
        ("2014-06-07T23:30:00+00:00", date(2014, 6, 8), "day"),
        ("2014-06-07T23:30:00", date(2014, 6, 7), "day"),
        ("9999-12-31T23:30:00-12:00", None, None),
        ("last June", None, None),
    ],
)
def test_dates(tmp_path: Path, written: str, day: date | None, precision: str | None):
    bundle = PersonBundle()
    bundle.observation(on=written)
    found = read_bundles(tmp_path, bundle)
    row = found.one("events")
    assert (row["event_date"], row["date_precision"]) == (day, precision)
    assert found.sink.counts["events without a date"] == (day is None)


def test_periods_begin_where_they_begin(tmp_path: Path):
    bundle = PersonBundle()
    del bundle.observation(effectivePeriod={"start": "2026-02-03"})["effectiveDateTime"]
    del bundle.problem(onsetPeriod={"start": "2026-02"})["onsetDateTime"]
    rows = read_bundles(tmp_path, bundle).by_id("events", "event_id")
    assert rows["Observation/observation-1"]["event_date"] == date(2026, 2, 3)
    assert rows["Condition/problem-1"]["date_precision"] == "month"


# code -> (SNOMED, Read v2, CTV3, words)
CODES = [
    ({"coding": [{"system": SNOMED, "code": "1", "display": "s"}]}, ("1", None, None, "s")),
    (
        {
            "coding": [
                {"system": READ_V2, "code": "A1...", "display": "r"},
                {"system": SNOMED, "code": "1", "display": "s"},
            ]
        },
        ("1", "A1...", None, "s"),
    ),
    ({"coding": [{"system": CTV3, "code": "X1", "display": "c"}]}, (None, None, "X1", "c")),
    ({"text": "only words"}, (None, None, None, "only words")),
    (
        {"text": "words", "coding": [{"system": SNOMED, "code": "1", "display": "s"}]},
        ("1", None, None, "words"),
    ),
]


@pytest.mark.parametrize(("concept", "expected"), CODES)
def test_codes(tmp_path: Path, concept: dict[str, Any], expected: tuple[str | None, ...]):
    bundle = PersonBundle()
    bundle.observation()["code"] = concept
    row = read_bundles(tmp_path, bundle).one("events")
    assert (row["snomed_id"], row["read_term_id"], row["ctv3"], row["term"]) == expected


def test_an_event_without_code_or_words_is_rejected(tmp_path: Path):
    bundle = PersonBundle()
    bundle.observation()["code"] = {"coding": "?"}
    assert read_bundles(tmp_path, bundle).reasons() == [
        ("resource.code", "the entry has neither a code nor words.")
    ]


def test_what_does_not_hold_is_left_out_and_lends_no_problem_to_a_medicine(tmp_path: Path):
    bundle = PersonBundle()
    bundle.medicine()
    bundle.order(plan=None)
    link = {
        "url": "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-RelatedClinicalContent-1",
        "valueReference": {"reference": "MedicationRequest/order-1"},
    }
    bundle.problem(verificationStatus="entered-in-error", extension=[link])
    bundle.problem("problem-2", verificationStatus="refuted")
    bundle.observation()["status"] = "cancelled"
    found = read_bundles(tmp_path, bundle)
    assert found.rows("events") == []
    assert found.one("issues")["problem_id"] is None
    assert found.accounting.outcomes["Condition"] == {
        "left out: entered in error": 1,
        "left out: refuted": 1,
    }
