"""The dosage texts of two real GP Connect records: read as a person would, or refused."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from stepwell.knowledge.dosage import Dosage, Status, parse

# Read by a person, by their beginnings: texts that say no dose a day, or say it elsewhere.
SAY_NO_DAILY_DOSE = (
    "1", "n/a", "not applicable", "nmkl", "od", "once per day", "twice daily", "as ", "to be used", "use ", "apply", "for sub",
    "dosage with", "this is some", "one tablet daily for 21 days; sub", "two to be taken each day with breakfast and then",
    "one to be taken each day with breakfast and then", "inhale 2 doses as needed", "two sprays to be used in each",
    "one spray to be used in each", "four sprays to be used in each", "take 2 spoons",
)  # fmt: skip


@pytest.fixture
def texts() -> list[str]:
    folder = os.environ.get("STEPWELL_REFERENCE")
    if not folder:
        pytest.fail("Set STEPWELL_REFERENCE to the folder of reference data.")
    with (Path(folder) / "data/records/gpconnect_stu3/dose_texts.csv").open(
        encoding="utf-8", newline=""
    ) as rows:
        return sorted({row["dose_text"] for row in csv.DictReader(rows)})


def _says_none(text: str) -> bool:
    folded = text.lower()
    return folded == "1" or any(folded.startswith(start) for start in SAY_NO_DAILY_DOSE if start != "1")


@pytest.mark.reference
def test_every_text_that_says_a_daily_dose_is_read(texts: list[str]) -> None:
    unread = [text for text in texts if not _says_none(text) and parse(text).daily_max is None]

    assert unread == []


@pytest.mark.reference
def test_no_text_that_says_none_is_given_one(texts: list[str]) -> None:
    def has_number(dosage: Dosage) -> bool:
        return dosage.status is Status.PARSED and dosage.daily_max is not None and dosage.unit != "spoonful"

    assert [text for text in texts if _says_none(text) and has_number(parse(text))] == []
