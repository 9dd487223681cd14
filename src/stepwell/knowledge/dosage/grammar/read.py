"""Tokens to atoms: at each place the rules that may start there, in the order of the register."""

from __future__ import annotations

from stepwell.knowledge.dosage.grammar import amounts, changes, lengths, limits, schemes, timings
from stepwell.knowledge.dosage.grammar.parts import Atom, RefusedError
from stepwell.knowledge.dosage.grammar.rules import REGISTER, Reader
from stepwell.knowledge.dosage.tokens import Token

RULE_MODULES = (schemes, amounts, timings, limits, lengths, changes)


def _by_start() -> dict[str, tuple[Reader, ...]]:
    """The rules that may start at each kind: those of ``schemes`` first, for a row of numbers looks like a range."""
    table: dict[str, list[Reader]] = {}
    for entry in sorted(REGISTER, key=lambda entry: entry.read.__module__ != schemes.__name__):
        for start in entry.starts:
            table.setdefault(start, []).append(entry.read)
    return {start: tuple(readers) for start, readers in table.items()}


_TABLE = _by_start()
_REASONS = {
    "unknown": "unknown_word",
    "none": "unknown_word",
    "prose": "unknown_word",
    "advice": "unknown_word",
    "condition": "unknown_word",
    "number": "ambiguous",
    "fraction": "ambiguous",
    "ambiguous": "ambiguous",
}


def read(tokens: list[Token]) -> list[Atom]:
    """All atoms, or RefusedError: nothing may be left over."""
    atoms: list[Atom] = []
    place = 0
    while place < len(tokens):
        for reader in _TABLE.get(tokens[place].kind, ()):
            result = reader(tokens, place, atoms)
            if result is not None:
                atoms.extend(result[0])
                place = result[1]
                break
        else:
            raise RefusedError(_REASONS.get(tokens[place].kind, "not_understood"))
    return atoms
