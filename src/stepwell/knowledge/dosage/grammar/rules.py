"""The register of rules: each has a name, the kinds of word it may start with, and examples that are its tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from stepwell.knowledge.dosage.grammar.parts import Atom
from stepwell.knowledge.dosage.tokens import Token

Yield = tuple[list[Atom], int]
"""The atoms a rule read and the place after them."""

Reader = Callable[[list[Token], int, list[Atom]], "Yield | None"]
"""Tokens, the place to read from, and the atoms read before; None when the rule does not apply."""


@dataclass(frozen=True, slots=True)
class Example:
    """An instruction and its answer, ``min/max`` a day with "-" for none, or "refused"."""

    text: str
    answer: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the grammar."""

    name: str
    starts: tuple[str, ...]
    read: Reader
    examples: tuple[Example, ...]


REGISTER: list[Rule] = []


def rule(starts: str, *examples: tuple[str, str]) -> Callable[[Reader], Reader]:
    """Enter a rule into the register, tried in the order entered. ``starts`` are token kinds."""

    def enter(read: Reader) -> Reader:
        name = getattr(read, "__name__", "rule")
        REGISTER.append(
            Rule(name, tuple(starts.split()), read, tuple(Example(*example) for example in examples))
        )
        return read

    return enter


def kind(tokens: list[Token], place: int) -> str:
    """The kind of the token at ``place``, "end" beyond the last."""
    return tokens[place].kind if 0 <= place < len(tokens) else "end"


def value(tokens: list[Token], place: int) -> object:
    """The value of the token at ``place``, None beyond the last."""
    return tokens[place].value if 0 <= place < len(tokens) else None


def sentence_end(tokens: list[Token], place: int) -> int:
    """The place of the next end of a sentence."""
    while kind(tokens, place) not in ("end", "stop", "semicolon", "close", "then"):
        place += 1
    return place
