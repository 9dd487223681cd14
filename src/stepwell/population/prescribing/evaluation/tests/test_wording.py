"""Every sentence of the wording is used, and every one that is used is there."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from stepwell.population.prescribing.evaluation import Design, Method, Selection, Weights, evaluate
from stepwell.population.prescribing.evaluation.tests.panels import (
    COUNT,
    MONTHS,
    START,
    T,
    lines,
    panel,
    starting,
)

ROOM = Path(__file__).resolve().parents[1]
WORDING = yaml.safe_load((ROOM / "data" / "wording.yaml").read_text(encoding="utf-8"))
RULES = yaml.safe_load((ROOM / "data" / "rules.yaml").read_text(encoding="utf-8"))
CODE = "\n".join(file.read_text(encoding="utf-8") for file in ROOM.glob("*.py"))


@pytest.mark.parametrize("name", WORDING["sentences"])
def test_every_sentence_is_named_in_the_code(name: str) -> None:
    stems = [name, *(name[: match.start() + 1] for match in re.finditer("_", name))]
    refusals = re.findall(r'_refusal\(\s*"(\w+)"', CODE)
    named = f'"{name}"' in CODE or any(f'f"{stem}{{' in CODE for stem in stems) or name in ("lower", "higher")
    assert named or name.removeprefix("refuse_").removeprefix("next_") in refusals


def test_every_refusal_has_its_sentence_and_its_next_step() -> None:
    for name in re.findall(r'_refusal\(\s*"(\w+)"', CODE):
        assert {f"refuse_{name}", f"next_{name}"} <= set(WORDING["sentences"])


def test_wording_and_rules_say_where_they_are_from_and_that_nobody_has_checked_them() -> None:
    assert WORDING["source"] and WORDING["status"] == "unverified"
    assert all(each["source"] and each["why"] and each["status"] == "unverified" for each in RULES["rules"])


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("treated", [1, 20])
def test_no_place_in_a_sentence_is_left_open(method: Method, treated: int) -> None:
    values = lines(60, noise=1.0, seed=6)
    values[:treated] += np.where(START <= T, -9, 0)
    starts = starting(range(treated)) | (starting([2, 3], START + 3) if treated > 1 else {})
    design = Design(
        primary=method,
        wash_in=1,
        selection=Selection(MONTHS[6], MONTHS[17]),
        weights=Weights.EQUAL,
        unit_cost=np.full(COUNT, 0.5),
    )
    for one in (design, replace(design, selection=None, autoregression=0, anticipation=1, wash_in=0)):
        found = evaluate(panel(values), starts, one)
        for said in (
            *found.verdict.sentences,
            *found.assumptions,
            *found.warnings,
            *(s.what for s in found.sensitivity),
        ):
            assert "{" not in said and "nan" not in said
        assert any("pounds" in sentence for sentence in found.verdict.sentences)
