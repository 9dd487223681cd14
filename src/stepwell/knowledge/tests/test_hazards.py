"""The check of the hazard log finds what is planted in a copy of it."""

from __future__ import annotations

import importlib.util
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[4]


def _check() -> Any:
    loader = SourceFileLoader("check_hazards", str(ROOT / "scripts" / "check_hazards"))
    spec = importlib.util.spec_from_loader("check_hazards", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def _hazards() -> Any:
    return yaml.safe_load((ROOT / "docs" / "safety" / "hazards.yaml").read_text(encoding="utf-8"))


def _matrix() -> Any:
    return yaml.safe_load((ROOT / "docs" / "safety" / "risk_matrix.yaml").read_text(encoding="utf-8"))


def test_the_log_holds() -> None:
    assert _check().check(ROOT) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rating": 3}, "a rating is typed"),
        ({"harm": ""}, "harm is missing"),
        ({"severity_proposed": "Mild"}, "not in the matrix"),
        ({"status": "controlled"}, "the status is none of"),
        ({"controls": []}, "no control is named"),
        ({"controls": [{"control": "x", "shown_by": []}]}, "lacks its sentence or its test"),
        ({"controls": [{"control": "x", "shown_by": ["src/none.py::test_x"]}]}, "no such file"),
        (
            {
                "controls": [
                    {"control": "x", "shown_by": ["src/stepwell/knowledge/tests/test_hazards.py::test_gone"]}
                ]
            },
            "no such test",
        ),
    ],
)
def test_a_planted_fault_is_found(change: dict[str, Any], said: str) -> None:
    faults = _check().faults_of(_hazards()[0] | change, _matrix(), ROOT)
    assert any(said in fault for fault in faults)


TEST = "def test_x():\n    assert True\n"
SKIPPED = [
    ("@pytest.mark.skip\n" + TEST, "the test is skipped"),
    ("@pytest.mark.skipif(True, reason='')\n" + TEST, "the test is skipped"),
    ("@pytest.mark.xfail\n" + TEST, "the test is skipped"),
    ("@unittest.skip('no')\n" + TEST, "the test is skipped"),
    ("def test_x():\n    pytest.skip('no')\n", "the test is skipped"),
    ("def test_x():\n    pytest.importorskip('duckdb')\n", "the test is skipped"),
    ("pytestmark = pytest.mark.skip\n\n" + TEST, "the file is skipped as a whole"),
    (
        "pytestmark = [pytest.mark.django_db, pytest.mark.skipif(True, reason='')]\n" + TEST,
        "skipped as a whole",
    ),
    ("pytestmark: list = [pytest.mark.skip]\n" + TEST, "skipped as a whole"),
    ("duckdb = pytest.importorskip('duckdb')\n" + TEST, "skipped as a whole"),
    ("pytest.importorskip('duckdb')\n" + TEST, "skipped as a whole"),
    ("if True:\n    pytest.skip('no', allow_module_level=True)\n" + TEST, "skipped as a whole"),
    ("def other():\n" + "    " + TEST.replace("\n", "\n    ").rstrip(), "no such test"),
]


@pytest.mark.parametrize(("content", "said"), SKIPPED)
def test_a_test_that_does_not_run_shows_nothing(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "test_a.py").write_text(content)
    assert said in (_check().test_fault(tmp_path, "test_a.py::test_x") or "")


@pytest.mark.parametrize(
    ("content", "node"),
    [
        ("pytestmark = pytest.mark.django_db\n" + TEST, "test_x"),
        ("@pytest.mark.slow\n" + TEST, "test_x"),
        ("def skipping():\n    pytest.skip('no')\n\n" + TEST, "test_x"),
        ("class TestA:\n    def test_x(self): ...\n", "TestA::test_x"),
    ],
)
def test_a_test_that_runs_is_taken(tmp_path: Path, content: str, node: str) -> None:
    (tmp_path / "test_a.py").write_text(content)
    assert _check().test_fault(tmp_path, f"test_a.py::{node}") is None


def test_a_skipped_class_shows_nothing(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text("@pytest.mark.skip\nclass TestA:\n    def test_x(self): ...\n")
    assert "skipped" in _check().test_fault(tmp_path, "test_a.py::TestA::test_x")


WORST = {"severity_proposed": "Catastrophic", "likelihood_proposed": "High"}


@pytest.mark.parametrize(
    ("accepted", "refused"),
    [
        ({}, True),
        ({"by": "A. Officer"}, True),
        ({"because": "Nothing more can be done."}, True),
        ({"by": " ", "because": "Nothing more can be done."}, True),
        ({"by": "A. Officer", "because": "Nothing more can be done."}, False),
    ],
)
def test_a_rating_at_the_highest_level_needs_who_accepts_it_and_why(
    accepted: dict[str, str], refused: bool
) -> None:
    faults = _check().faults_of(_hazards()[0] | WORST | {"accepted": accepted}, _matrix(), ROOT)
    assert any("rating 5 is unacceptable" in fault for fault in faults) is refused


def test_every_rating_is_printed_from_the_matrix() -> None:
    lines = _check().ratings(ROOT)
    assert [line[:6] for line in lines] == [hazard["id"] for hazard in _hazards()]
    for line, hazard in zip(lines, _hazards(), strict=True):
        column = _matrix()["severities"].index(hazard["severity_proposed"])
        assert f"rating {_matrix()['ratings'][hazard['likelihood_proposed']][column]} " in line


def test_what_is_planned_is_a_sentence_and_no_control() -> None:
    change = {"planned": [{"control": "x", "shown_by": []}]}
    assert any(
        "planned holds sentences" in f for f in _check().faults_of(_hazards()[0] | change, _matrix(), ROOT)
    )
