"""``stepwell taper plan``: the shape other people's scripts rely on, and what is refused."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from stepwell.base.errors import StepwellError
from stepwell.cli.app import app

run = CliRunner()
MORPHINE = ("Morphine 60mg modified-release tablets", "1 bd")


def asked(*words):
    return run.invoke(app, ["taper", "plan", *words])


def answer(*words):
    done = asked(*words, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_the_shape_of_a_plan():
    made = answer(*MORPHINE, "--profile", "OPI-FPM", "--start", "2026-12-01")
    assert set(made) == {"steps", "cautions", "profile", "stopped_on"}
    assert (made["profile"], made["stopped_on"]) == ("OPI-FPM", made["steps"][-1]["starts_on"])
    first = made["steps"][0]
    assert set(first) == {
        "starts_on", "days", "regimen", "daily_dose", "unit", "ome_before", "ome_after", "ome_reason", "percent_change",
        "within_profile", "flags", "reason", "review_on", "scripts",
    }  # fmt: skip
    assert (first["daily_dose"], first["unit"], first["ome_before"], first["ome_after"]) == (
        110,
        "mg",
        120,
        110,
    )
    assert "2026-12-01" < first["review_on"] <= "2026-12-28"
    assert first["regimen"][0] == {"product": MORPHINE[0], "units_by_time": {"night": 1}}
    assert first["scripts"][0] == {
        "product": MORPHINE[0],
        "quantity": 28,
        "quantity_words": "twenty-eight",
        "instruction": "1 tablet at night",
        "issue_on": "2026-12-01",
        "starts_on": "2026-12-01",
        "runs_out_on": "2026-12-28",
    }
    assert all(each["id"] and each["message"] for each in made["cautions"])


def test_a_plan_begins_with_what_is_written_and_its_scripts_name_the_brand():
    words = ["--profile", "OPI-FPM", "--start", "2026-12-01"]
    made = answer("Zomorph 10mg capsules", "4 in the morning, 1 at night", *words)
    first = made["steps"][0]
    assert (first["ome_before"], first["daily_dose"]) == (50, 40)
    assert first["regimen"] == [
        {"product": "Zomorph 30mg modified-release capsules", "units_by_time": {"morning": 1}},
        {"product": "Zomorph 10mg modified-release capsules", "units_by_time": {"night": 1}},
    ]
    assert [script["product"] for script in first["scripts"]] == [
        each["product"] for each in first["regimen"]
    ]


def test_script_days_and_stock():
    words = ["--profile", "CMP-TABLET", "--start", "2026-12-01", "--script-days", "7", "--stock", "10"]
    first = answer("Co-codamol 30mg/500mg tablets", "2 qds", *words)["steps"][0]
    assert [script["quantity"] for script in first["scripts"]] == [39, 49]


def test_patches_and_a_medicine_without_equivalent():
    words = ["--profile", "OPI-FPM", "--start", "2026-12-01"]
    patch = answer("Fentanyl 50micrograms/hour transdermal patches", "1 every 72 hours", *words)["steps"][0]
    assert patch["regimen"][0]["units_by_time"] == {"every 72 hours": 1}
    gabapentin = answer("Gabapentin 300mg capsules", "1 tds", "--start", "2026-12-01")
    assert gabapentin["profile"] == "GBP-MDG-MOD"
    assert gabapentin["steps"][0]["ome_before"] is None
    assert "not opioids" in gabapentin["steps"][0]["ome_reason"]
    assert patch["unit"] == "microgram/h"


def test_a_plan_for_reading():
    shown = asked(*MORPHINE, "--profile", "OPI-FPM", "--start", "2026-12-01").stdout
    assert "28 (twenty-eight). 1 tablet at night." in shown and "8.3 % lower" in shown
    assert (
        "Oral morphine equivalent 120 to 110 mg a day, of this medicine alone. Review by 2026-12-28." in shown
    )
    gabapentin = asked("Gabapentin 300mg capsules", "1 tds", "--start", "2026-12-01").stdout
    assert "No oral morphine equivalent: Gabapentin and pregabalin are not opioids" in gabapentin


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("Methadone 5mg tablets", "1 bd", "--profile", "OPI-FPM", "--start", "2026-12-01"), "specialist"),
        (("Diazepam 2mg tablets", "1 bd", "--start", "2026-12-01"), "No profile is held for benzodiazepines"),
        (("Zopiclone 7.5mg tablets", "1 nocte", "--start", "2026-12-01"), "No profile is held for benzodiazepines"),
        (("Methadone 5mg tablets", "1 bd", "--start", "2026-12-01"), "not tapered here"),
        (("Nonsense 5mg", "1 bd", "--start", "2026-12-01"), "Not recognised"),
        (("Codeine 30mg tablets", "as directed", "--profile", "OPI-FPM", "--start", "2026-12-01"), "Ask"),
        ((*MORPHINE, "--profile", "NOPE", "--start", "2026-12-01"), "OPI-FPM"),
        ((*MORPHINE, "--profile", "OPI-FPM", "--start", "tomorrow"), "date"),
        ((*MORPHINE, "--profile", "OPI-FPM", "--start", "2026-12-01", "--script-days", "10"), "days"),
        ((*MORPHINE, "--profile", "OPI-FPM", "--start", "2026-12-01", "--stock", "a few"), "number"),
        (("Morphine 200mg modified-release tablets", "1 bd", "--profile", "OPI-FPM", "--start", "2026-12-01"), "specialist"),
    ],
)  # fmt: skip
def test_what_cannot_be_planned_says_why(words, said):
    done = asked(*words)
    assert isinstance(done.exception, StepwellError)
    assert said in str(done.exception)
    assert done.stdout == ""


def test_a_specialist_named_lets_a_high_dose_be_planned():
    words = ["--profile", "OPI-FPM", "--start", "2026-12-01", "--specialist", "the pain clinic"]
    made = answer("Morphine 200mg modified-release tablets", "1 bd", *words)
    assert made["steps"] and "override_specialist" in {each["id"] for each in made["cautions"]}
