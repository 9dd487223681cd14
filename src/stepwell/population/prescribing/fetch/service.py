"""What is known of the open-data service: where it is, what it publishes, how patient to be. Facts in ``service.yaml``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Dataset:
    """One published series. ``named`` matches the name of a month of it, with the month as its first group."""

    id: str
    named: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class LinkField:
    """A field of a resource that may hold the address of its file. ``described``: size and hash are of that file."""

    name: str
    described: bool


@dataclass(frozen=True, slots=True)
class Service:
    """The service. ``datasets`` and ``links`` are in order of preference; ``seconds`` is the longest silence borne."""

    address: str
    datasets: tuple[Dataset, ...]
    links: tuple[LinkField, ...]
    seconds: float
    tries: int
    tries_in_all: int


@cache
def service() -> Service:
    """The service, from its table of facts."""
    text = (resources.files(__package__) / "service.yaml").read_text(encoding="utf-8")
    facts: dict[str, Any] = yaml.safe_load(text)
    patience = facts["patience"]
    return Service(
        facts["address"]["value"],
        tuple(Dataset(each["id"], _named(each["prefix"])) for each in facts["datasets"]),
        tuple(LinkField(each["field"], each["described"]) for each in facts["links"]),
        float(patience["seconds"]["value"]),
        int(patience["tries"]["value"]),
        int(patience["tries_in_all"]["value"]),
    )


def _named(prefix: str) -> re.Pattern[str]:
    """Names like ``EPD_202607``; a corrected month may carry a word more. Nothing that could leave a folder."""
    return re.compile(rf"{re.escape(prefix)}(\d{{6}})[A-Za-z0-9_-]{{0,20}}", re.IGNORECASE)
