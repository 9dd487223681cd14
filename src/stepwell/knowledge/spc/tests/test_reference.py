"""Our charts against the sample cases of the R packages, to 1 part in a million. Needs the folder of reference data."""

from __future__ import annotations

import csv
import json
import math
import os
from datetime import date
from pathlib import Path

import pytest

from stepwell.knowledge import spc

pytestmark = pytest.mark.reference

# What the packages call a special cause, a point and an icon -> what we call it.
CAUSES = {
    "Common Cause": "common_cause",
    "Above UCL": "above_limit",
    "Below LCL": "below_limit",
    "7 Point Trend (Increasing)": "trend_rising",
    "7 Point Trend (Decreasing)": "trend_falling",
    "2 in 3 Above CL": "two_in_three_high",
    "2 in 3 Below CL": "two_in_three_low",
    "7 Points Above CL": "shift_high",
    "7 Points Below CL": "shift_low",
}
ASSURANCE = {
    None: "none",
    "consistent_pass": "pass",
    "consistent_fail": "fail",
    "inconsistent": "inconsistent",
}


@pytest.fixture
def folder() -> Path:
    root = os.environ.get("STEPWELL_REFERENCE")
    if not root:
        pytest.fail("Set STEPWELL_REFERENCE to the folder of reference data.")
    return Path(root) / "data" / "spc"


def cases(folder: Path, name: str) -> list[dict]:
    found = json.loads((folder / f"{name}_cases_sample.json").read_text(encoding="utf-8"))
    assert found
    return found


def same(ours: float | None, theirs: float | None) -> bool:
    if ours is None or theirs is None:
        return ours is None and theirs is None
    return math.isclose(ours, theirs, rel_tol=1e-6, abs_tol=1e-9)


def test_xmr_charts(folder: Path) -> None:
    for case in cases(folder, "xmr"):
        asked, wanted = case["options"], case["expected"]
        made = spc.xmr(
            [(date.fromisoformat(each["x"]), each["y"]) for each in wanted["points"]],
            direction=spc.Direction(asked["improvement_direction"]),
            target=asked["target"],
            rebase_on=[date.fromisoformat(each) for each in asked["rebase"]],
            fix_after=asked["fix_after_n_points"],
            screen_outliers=asked["screen_outliers"],
        )
        name = case["name"]
        assert made.assurance == ASSURANCE[wanted["assurance_type"]], name
        for point, theirs in zip(made.points, wanted["points"], strict=True):
            lines = point.lines
            assert same(lines.centre, theirs["mean"]), (name, point.on)
            assert same(lines.lower, theirs["lpl"]), (name, point.on)
            assert same(lines.upper, theirs["upl"]), (name, point.on)
            assert point.special_cause == CAUSES[theirs["special_cause_type"]], (name, point.on)
            assert point.meaning == theirs["point_type"].removeprefix("special_cause_"), (name, point.on)
            assert made.segments[point.segment].short == theirs["short_group_warning"], (name, point.on)
        for segment, theirs in zip(made.segments, wanted["segments"], strict=True):
            meanings = [point.meaning for point in made.points if point.segment == segment.number]
            assert segment.points == theirs["n"], name
            for meaning in spc.Meaning:
                assert meanings.count(meaning) == theirs[meaning.value], (name, meaning)


def test_control_charts(folder: Path) -> None:
    for case in cases(folder, "qicharts2"):
        asked, given = case["options"], case["input"]
        made = spc.control_chart(
            spc.Kind(case["chart"]),
            given["y"],
            given.get("n"),
            labels=given["x"],
            freeze=asked["freeze"],
            parts=asked["part"] or (),
            exclude=asked["exclude"] or (),
            multiply=asked["multiply"],
            screen=asked["screened_mr"],
        )
        for point, theirs in zip(made.points, case["expected"], strict=True):
            where = (case["name"], point.label)
            runs = made.parts[point.part - 1].runs
            assert runs.limits is not None
            assert (point.label, point.part) == (theirs["x"], theirs["part"])
            assert (point.baseline, point.included) == (theirs["baseline"], theirs["include"]), where
            assert same(point.value, theirs["y"]), where
            assert same(point.centre, theirs["cl"]), where
            assert same(point.lower, theirs["lcl"]), where
            assert same(point.upper, theirs["ucl"]), where
            assert same(point.lower_95, theirs["lcl95"]), where
            assert same(point.upper_95, theirs["ucl95"]), where
            assert point.outside == theirs["sigma_signal"], where
            assert made.parts[point.part - 1].shifted == theirs["runs_signal"], where
            counted = (runs.useful, runs.longest_run, runs.crossings)
            assert counted == (theirs["n_useful"], theirs["longest_run"], theirs["n_crossings"]), where
            allowed = (runs.limits.longest_run, runs.limits.fewest_crossings)
            assert allowed == (theirs["longest_run_max"], theirs["n_crossings_min"]), where


def test_funnels(folder: Path) -> None:
    for case in cases(folder, "funnel"):
        asked, wanted = case["options"], case["expected"]
        made = spc.funnel(
            [spc.Unit(each["group"], each["numerator"], each["denominator"]) for each in wanted["points"]],
            compared=spc.Compared(asked["data_type"]),
            method=spc.Method(asked["sr_method"]),
            trim=asked["trim_by"],
            multiply=asked["multiplier"],
        )
        assert same(made.target, wanted["target"])
        assert same(made.phi, wanted["phi"])
        assert same(made.tau2, wanted["tau2"])
        assert len(made.points) == wanted["n"]
        for point, theirs in zip(made.points, wanted["points"], strict=True):
            plain, wide = point.unadjusted, point.adjusted
            pairs = [
                (point.ratio, "rr"), (point.z, "z"), (point.z_used, "w"),
                (plain.lower_95, "ll95"), (plain.upper_95, "ul95"), (plain.lower_998, "ll998"), (plain.upper_998, "ul998"),
                (wide.lower_95, "odll95"), (wide.upper_95, "odul95"), (wide.lower_998, "odll998"), (wide.upper_998, "odul998"),
            ]  # fmt: skip
            assert [key for ours, key in pairs if not same(ours, theirs[key])] == [], (
                case["name"],
                point.unit,
            )
            far = {spc.Position.FAR_ABOVE, spc.Position.FAR_BELOW}
            assert (point.position is not spc.Position.WITHIN) == theirs["outlier_od95"]
            assert (point.position in far) == theirs["outlier_od998"]
            assert (point.position_unadjusted in far) == theirs["outlier_998"]


def test_anhoej_limits(folder: Path) -> None:
    with (folder / "anhoej_limits.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found = spc.anhoej_limits(int(row["n_useful"]))
            assert found == spc.RunLimits(int(row["longest_run_max"]), int(row["n_crossings_min"])), row


def test_poisson_limits(folder: Path) -> None:
    wanted = json.loads((folder / "poisson_limits.json").read_text(encoding="utf-8"))
    for place, expected in enumerate(wanted["expected_count"]):
        found = spc.poisson_limits(expected)
        ours = (found.lower_95, found.upper_95, found.lower_998, found.upper_998)
        theirs = [wanted[key][place] for key in ("ll95", "ul95", "ll998", "ul998")]
        assert all(map(same, ours, theirs)), expected
