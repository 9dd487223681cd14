"""``stepwell prescribing spc``: rows for scripts, words for people, and refusals that name the line."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from stepwell.base.errors import StepwellError
from stepwell.cli.app import app

run = CliRunner()
EXAMPLE = (42, 45, 41, 44, 43, 47, 44, 42, 46, 43, 45, 44, 39, 38, 37, 38, 36, 38)


@pytest.fixture
def example(tmp_path: Path) -> Path:
    rows = [f"{2025 + i // 12}-{i % 12 + 1:02d}-01,{value}" for i, value in enumerate(EXAMPLE)]
    file = tmp_path / "example.csv"
    file.write_text("date,value\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return file


def asked(file: Path, *words: str):
    return run.invoke(app, ["prescribing", "spc", str(file), *words])


def test_a_row_for_each_point(example):
    done = asked(example, "--direction", "decrease")
    assert done.exit_code == 0, done.output
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert list(rows[0]) == [
        "date", "value", "segment", "centre", "lower_limit", "upper_limit", "near_lower_limit", "near_upper_limit",
        "special_cause", "meaning",
    ]  # fmt: skip
    assert len(rows) == 18
    assert (rows[14]["date"], rows[14]["value"]) == ("2026-03-01", "37.0")
    assert (rows[14]["special_cause"], rows[14]["meaning"]) == ("two_in_three_low", "improvement")
    assert float(rows[0]["lower_limit"]) == pytest.approx(35.206, abs=5e-4)


def test_the_icon_is_said_with_the_marked_points(example):
    done = asked(example, "--direction", "decrease", "--target", "30", "--rebase", "2024-05-01")
    assert "Common cause: nothing unusual about the latest point." in done.stderr
    assert "2026-03-01, two of three near the lower limit (improvement)" in done.stderr
    assert "would not reach the target" in done.stderr
    assert "No value is dated 2024-05-01" in done.stderr


def test_the_shape_of_json(example):
    made = json.loads(asked(example, "--json", "--direction", "decrease", "--rebase", "2026-01-01").stdout)
    assert set(made) == {
        "direction", "target", "variation", "variation_words", "assurance", "assurance_words", "sentences", "marked",
        "warnings",
        "segments", "points",
    }  # fmt: skip
    assert [each["points"] for each in made["segments"]] == [12, 6]
    assert made["segments"][1]["short"] is True
    assert made["assurance"] == "none"


def test_limits_fixed_and_not_screened(example):
    fixed = json.loads(asked(example, "--json", "--fix-after", "12", "--no-screen").stdout)
    assert fixed["segments"][0]["fixed_on"] == 12
    assert fixed["segments"][0]["centre"] == pytest.approx(sum(EXAMPLE[:12]) / 12)
    with pytest.raises(StepwellError, match="fewer than 12"):
        run.invoke(app, ["prescribing", "spc", str(example), "--fix-after", "3"], catch_exceptions=False)


def test_months_and_other_columns(tmp_path):
    file = tmp_path / "measure.csv"
    file.write_text("measure,Month,organisation,Value\nm,2017-10,A,3\nm,2017-09,A,1.5\n", encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(asked(file).stdout)))
    assert [(row["date"], row["value"]) for row in rows] == [("2017-09-01", "1.5"), ("2017-10-01", "3.0")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("date,value\n", "no values"),
        ("day,amount\n2025-01-01,1\n", r"bad\.csv, line 1: The file has no columns date and value"),
        ("date,value\n2025-01-01,1\n2025-02-01,secret\n", r"bad\.csv, line 3, column value: .*not a number"),
        ("date,value\n2025-01-01,\n", r"line 2, column value: .*not a number"),
        ("date,value\n2025-01-01,nan\n", r"line 2, column value: .*not a number"),
        ("date,value\n01/02/2025,1\n", r"line 2, column date: .*not a date"),
        ("date,value\n2025-01-01,1\n2025-02-01,1\n2025-01-01,2\n", r"line 4, column date: .*line 2 already"),
    ],
)
def test_a_refusal_names_the_line_and_never_the_cell(tmp_path, text, said):
    file = tmp_path / "bad.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(StepwellError, match=said) as refused:
        run.invoke(app, ["prescribing", "spc", str(file)], catch_exceptions=False)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("words", "said"),
    [(["--direction", "up"], "increase, decrease or neutral"), (["--rebase", "May"], "--rebase")],
)
def test_options_that_mean_nothing_are_refused(example, words, said):
    with pytest.raises(StepwellError, match=said):
        run.invoke(app, ["prescribing", "spc", str(example), *words], catch_exceptions=False)
