"""When a comparison may be drawn or put in order: ``data/limits.yaml``."""

from __future__ import annotations

from functools import cache
from importlib import resources

import yaml


@cache
def limit(name: str) -> int:
    """The limit so called."""
    text = (resources.files(__package__) / "data" / "limits.yaml").read_text(encoding="utf-8")
    return int(yaml.safe_load(text)[name]["value"])
