"""Reads ``matrix.yaml``: which role holds which permission, and where. Values only; no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from stepwell.base.errors import Place, StepwellError
from stepwell.organisations.roles import Kind, Role

FILE = Path(__file__).with_name("matrix.yaml")


class Scope(StrEnum):
    """Where a permission holds, seen from the member's own organisation."""

    OWN = "own"
    GRANTED = "granted"
    BENEATH = "beneath"


@dataclass(frozen=True, slots=True)
class Permission:
    """One row of the matrix. ``roles`` says, per scope, who holds it; ``ask``, who can give it."""

    name: str
    about: str
    ask: str
    kinds: frozenset[Kind]
    roles: Mapping[Scope, frozenset[Role]]

    def scopes(self, role: str) -> frozenset[Scope]:
        """The scopes in which a role holds this permission; empty for none."""
        return frozenset(scope for scope, roles in self.roles.items() if role in roles)


@cache
def permissions() -> Mapping[str, Permission]:
    """The whole matrix by permission name. Raises ``StepwellError`` for a word it does not know."""
    return parse(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def permission(name: str) -> Permission:
    """One permission. Raises ``StepwellError`` when the matrix has no such row."""
    found = permissions().get(name)
    if found is None:
        raise StepwellError(
            f"There is no permission called {name}.",
            where=Place(FILE.name),
            next_step="Add it to the matrix, with the roles that hold it.",
        )
    return found


def parse(document: Mapping[str, Any]) -> Mapping[str, Permission]:
    """The permissions of a document in the shape of ``matrix.yaml``."""
    return {name: _row(name, row) for name, row in document["permissions"].items()}


def _row(name: str, row: Mapping[str, Any]) -> Permission:
    unknown = set(row) - {"about", "ask", "kinds", *Scope}
    if unknown or not row.get("about") or not row.get("ask"):
        raise _wrong(name, "needs about and ask, and only known scopes")
    try:
        kinds = frozenset(Kind(word) for word in row.get("kinds", Kind.values))
        roles = {scope: frozenset(Role(word) for word in row.get(scope, ())) for scope in Scope}
    except ValueError as wrong:
        raise _wrong(name, str(wrong)) from wrong
    return Permission(name=name, about=row["about"], ask=row["ask"], kinds=kinds, roles=roles)


def _wrong(name: str, why: str) -> StepwellError:
    return StepwellError(
        f"The row {name} cannot be read: {why}.", where=Place(FILE.name), next_step="Correct the row."
    )
