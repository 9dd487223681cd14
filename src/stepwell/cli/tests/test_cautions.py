"""The cautions at the command line: one person's facts in, findings out."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from stepwell.base.errors import StepwellError
from stepwell.cli.app import app

run = CliRunner()

KNOWN = {
    "on": "2026-11-02", "age": 50, "sex": "male", "medicines_complete": True, "lists_searched": "all",
    "opioid_history_known": True, "opioid_era_start": "2026-10-20",
    "values": [{"name": "egfr", "number": 80.5, "on": "2026-09-01"}],
    "flags": {"about_to_taper": False, "after_taper": False, "treatment_aim": True},
}  # fmt: skip
PAIR = [
    {"name": "Codeine 30mg tablets", "instruction": "2 qds", "issued_on": "2026-10-20", "rows": ["i1"]},
    {"name": "Diazepam 2mg tablets", "instruction": "1 nocte", "issued_on": "2026-10-20", "rows": ["i2"]},
]


def answer(facts, tmp_path, *, piped=False):
    file = tmp_path / "person.json"
    file.write_text(json.dumps(facts), encoding="utf-8")
    where = ["-"] if piped else [str(file)]
    done = run.invoke(app, ["cautions", "check", *where], input=json.dumps(facts) if piped else None)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return json.loads(done.stdout)


@pytest.mark.parametrize("piped", [False, True])
def test_a_person_is_checked(tmp_path, piped):
    found = answer({**KNOWN, "medicines": PAIR}, tmp_path, piped=piped)
    s01 = next(each for each in found["findings"] if each["caution_id"] == "S01")
    assert (s01["level"], s01["state"], s01["status"]) == ("warn", "fires", "verified")
    assert [cause["rows"] for cause in s01["because"]] == [["i1"], ["i2"]]
    assert "S02" in found["clear"]
    assert found["modal"] == ["S01"]
    assert found["stops"] == []


def test_the_oral_morphine_equivalent_is_worked_out(tmp_path):
    high = [{"name": "Morphine 60mg modified-release tablets", "instruction": "1 bd"}]
    found = answer({**KNOWN, "medicines": high}, tmp_path)
    s16 = next(each for each in found["findings"] if each["caution_id"] == "S16")
    assert s16["notes"] == ["Oral morphine equivalent: 120 mg OME a day. Lines reached: 50, 90, 120 mg."]


def test_an_opioid_of_unknown_dose_leaves_the_high_dose_check_open(tmp_path):
    found = answer({**KNOWN, "medicines": [{"name": "Morphine 10mg tablets"}]}, tmp_path)
    states = {each["caution_id"]: each["state"] for each in found["findings"]}
    assert states["S16"] == "not_assessed"


def test_what_is_left_out_is_not_known(tmp_path):
    found = answer({"on": "2026-11-02", "medicines": PAIR}, tmp_path)
    states = {each["caution_id"]: each["state"] for each in found["findings"]}
    assert states["S01"] == "fires"
    assert states["S11A"] == "not_assessed"
    assert found["clear"] == []


def test_a_medicine_nobody_can_place_is_named(tmp_path):
    found = answer({**KNOWN, "medicines": [{"name": "Amlodipine 5mg tablets"}]}, tmp_path)
    assert found["not_recognised"] == [{"name": "Amlodipine 5mg tablets", "rows": ["medicines[0]"]}]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"agee": 5}, "the statement has a field that is not known"),
        ({"age": "Zzyzx"}, "age is not a whole number"),
        ({"on": "Zzyzx"}, "on is not a day"),
        ({"on": None}, "The day, on, is missing"),
        ({"medicines": {}}, "medicines is not a list"),
        ({"medicines": [{"instruction": "1 od"}]}, r"medicines\[0\] has neither a name nor a code"),
        ({"medicines": [{"name": "Zzyzx", "quantity": "Zzyzx"}]}, r"medicines\[0\].quantity is not a number"),
        ({"problems": [{"list": "Zzyzx"}]}, r"problems\[0\].list is no list"),
        ({"lists_searched": ["Zzyzx"]}, "that no caution asks for"),
        ({"values": [{"name": "egfr"}]}, r"values\[0\] needs a name and a number"),
        ({"values": [{"name": "egfr", "number": -1}]}, r"values\[0\].number is not a number"),
        ({"flags": {"about_to_taper": "Zzyzx"}}, "flags.about_to_taper is not true or false"),
        ({"opioid_covers": [{"start": "2026-01-02", "end": "2026-01-02"}]}, "a later end"),
    ],
)
def test_what_cannot_be_read_is_refused_by_field(tmp_path, wrong, said):
    with pytest.raises(StepwellError, match=said) as refused:
        answer({**KNOWN, **wrong}, tmp_path)
    assert "Zzyzx" not in str(refused.value)


def test_a_file_that_is_not_json_is_refused_by_line_without_its_contents(tmp_path):
    file = tmp_path / "person.json"
    file.write_text('{"on": "2026-11-02",\n Zzyzx', encoding="utf-8")
    done = run.invoke(app, ["cautions", "check", str(file)])
    assert isinstance(done.exception, StepwellError)
    assert str(done.exception) == "person.json, line 2: The file is not JSON. Mend it there."
