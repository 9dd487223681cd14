"""How commands show things: JSON for machines, plain lines for people, progress on standard error."""

from __future__ import annotations

import dataclasses
import json
import sys
import time
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path

import typer


def plain(value: object) -> object:
    """``value`` as JSON can hold it. Decimals become numbers; sets are sorted."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, frozenset | set):
        return sorted((plain(v) for v in value), key=str)
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return _plain_scalar(value)


def _plain_scalar(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Path):
        return value.name
    return value


def show_json(value: object) -> None:
    """Print ``value`` as JSON."""
    typer.echo(json.dumps(plain(value), ensure_ascii=False, indent=2))


def show_lines(lines: Iterable[str]) -> None:
    """Print lines."""
    for line in lines:
        typer.echo(line)


def show_fields(fields: Mapping[str, object]) -> None:
    """Print one line per field that has something to say."""
    width = max((len(name) for name in fields), default=0)
    for name, value in fields.items():
        if value not in (None, "", (), [], {}):
            typer.echo(f"{name:<{width}}  {in_words(plain(value))}")


def in_words(value: object) -> str:
    """A plain value on one line: yes and no, lists with commas, pairs by name; nothing of JSON."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "not known"
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')} {in_words(each)}" for name, each in value.items())
    if isinstance(value, list):
        apart = "; " if any(isinstance(each, dict) for each in value) else ", "
        return apart.join(in_words(each) for each in value)
    return str(value)


class Lines:
    """Progress as lines on standard error, at most one a second while rows go by; silent when ``quiet``."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._name = ""
        self._rows = 0
        self._shown = time.monotonic()

    def step(self, name: str) -> None:
        """A named step begins."""
        self._name, self._rows = name, 0
        self._say(name)

    def done(self, rows: int) -> None:
        """So many more rows."""
        self._rows += rows
        if time.monotonic() - self._shown > 1:
            self._say(f"{self._name}: {self._rows:,} rows")

    def _say(self, text: str) -> None:
        self._shown = time.monotonic()
        if not self._quiet:
            print(text, file=sys.stderr)  # noqa: T201  (progress is for the person at the terminal)
