"""Rules and wording of an evaluation."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import yaml


@cache
def _document(file: str) -> Any:
    return yaml.safe_load((resources.files(__name__) / file).read_text(encoding="utf-8"))


@cache
def rule(name: str) -> float:
    """The value of one rule of ``rules.yaml``."""
    return float(next(each["value"] for each in _document("rules.yaml")["rules"] if each["id"] == name))


@cache
def words(name: str) -> str:
    """One sentence of ``wording.yaml``, with its places to fill in braces."""
    return " ".join(str(_document("wording.yaml")["sentences"][name]).split())


def wording_status() -> str:
    """Whether anybody has checked the wording."""
    return str(_document("wording.yaml")["status"])
