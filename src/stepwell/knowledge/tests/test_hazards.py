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


def test_a_skipped_test_shows_nothing(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text(
        "@pytest.mark.skip\ndef test_x(): ...\n\ndef test_y():\n    pytest.skip('no')\n"
    )
    check = _check()
    assert "skipped" in check.test_fault(tmp_path, "test_a.py::test_x")
    assert "skipped" in check.test_fault(tmp_path, "test_a.py::test_y")
