"""A value of the wrong type is a reader's mistake, said so, and never coerced."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from stepwell.population.records.importing.columns import Columns, ReaderMistake
from stepwell.population.records.importing.tests.synthetic_reader import PRACTICE, issue, row


def batch(table: str, *rows: dict[str, object]) -> list[dict[str, Any]]:
    return Columns(PRACTICE).batch(table, rows, range(len(rows))).to_pylist()


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"issue_date": "2026-01-01"}, "issues.issue_date was given str, not date32"),
        ({"issue_date": datetime(2026, 1, 1)}, "issues.issue_date was given datetime"),  # noqa: DTZ001
        ({"duration_days": 28.5}, "issues.duration_days was given float, not int32"),
        ({"duration_days": True}, "issues.duration_days was given bool"),
        ({"duration_days": 2**40}, "does not fit int32"),
        ({"drug_code": 322503008}, "issues.drug_code was given int, not string"),
        ({"quantity_value": 2.5}, "issues.quantity_value was given float"),
        ({"quantity_value": Decimal("0.33333")}, "does not fit decimal"),
        ({"quantity_value": Decimal("Infinity")}, "does not fit decimal"),
        ({"prescribed_here": 1}, "issues.prescribed_here was given int, not bool"),
        ({"issue_id": None}, "issues.issue_id is empty"),
        ({"issue_id": ""}, "issues.issue_id is empty"),
        ({"patient_key": None}, "issues.patient_key is empty"),
        ({"source_file": None}, "issues.source_file is empty"),
        ({"practice": "Z99902"}, "issues.practice is not the practice this extract is of"),
    ],
)
def test_refused(known: dict[str, object], said: str):
    with pytest.raises(ReaderMistake, match=said):
        batch("issues", {**issue("I1", "k"), **known})


def test_a_missing_or_unknown_column_is_refused():
    rows = issue("I1", "k")
    with pytest.raises(ReaderMistake, match="exactly the columns"):
        batch("issues", {**rows, "note": "x"})
    renamed = {("dose" if name == "kind" else name): value for name, value in rows.items()}
    with pytest.raises(ReaderMistake, match='no column "kind"'):
        batch("issues", renamed)


def test_a_mistake_never_shows_the_value():
    with pytest.raises(ReaderMistake) as refused:
        batch("issues", issue("I1", "k", issue_date="Ada Example"))
    assert "Ada" not in str(refused.value)


def test_unknown_is_null():
    [event] = batch(
        "events", row("events", event_id="E1", patient_key="k", term="", unit="", numeric_value=float("nan"))
    )
    assert (event["term"], event["unit"], event["numeric_value"]) == (None, None, None)


def test_values_come_through_as_they_are():
    [given] = batch("issues", issue("I1", "k", quantity_value=Decimal("2.5"), issue_date=date(2026, 1, 31)))
    assert given["quantity_value"] == Decimal("2.5")
    assert given["issue_date"] == date(2026, 1, 31)


def test_free_text_is_masked_and_codes_are_not():
    [given] = batch(
        "issues", issue("I1", "k", dosage_instruction="one daily 07700 900123", drug_code="9990000018")
    )
    assert given["dosage_instruction"] == "one daily [masked]"
    assert given["drug_code"] == "9990000018"
