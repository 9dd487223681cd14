"""The rule tree of a search: read from YAML, checked before any data is touched, compiled to Ibis, or traced for one person.

A node is one of ``all: [nodes]``, ``any: [nodes]``, ``not: node`` or a test of one fact:
``{fact: NAME, is: true|false|word}``, ``{fact: NAME, at_least: n}``, ``{fact: NAME, less_than: n}``.
A yes or no that is not recorded is no. A test on any other unknown value is false, so ``not`` of it is true. In a rule that includes or leaves out, ``not`` is therefore refused on
facts that may be unknown; in a check rule it is what asks a clinician to look, and is allowed (``unknown_asks``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import ibis

from stepwell.base.errors import StepwellError
from stepwell.population.records.searches.vocabulary import FACTS, column

_OPERATORS = ("is", "at_least", "less_than")


@dataclass(frozen=True, slots=True)
class Test:
    """One question about one fact."""

    __test__ = False  # not a test case, whatever its name says to pytest

    fact: str
    operator: str
    value: object


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part holds."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold. Only over facts that are always known."""

    part: Node


Node = Test | All | Any | Not


def read(raw: object, where: str, *, unknown_asks: bool = False) -> Node:
    """A node from YAML. Raises ``StepwellError`` for anything that is not exactly a rule."""
    if not isinstance(raw, dict):
        raise StepwellError(f"{where}: a rule is a mapping, this is {type(raw).__name__}.")
    if "fact" in raw:
        return _read_test(raw, where)
    if len(raw) != 1:
        raise StepwellError(f"{where}: a rule has one of all, any, not or fact, this has {sorted(raw)}.")
    ((word, inside),) = raw.items()
    if word in ("all", "any") and isinstance(inside, list) and inside:
        parts = tuple(read(part, where, unknown_asks=unknown_asks) for part in inside)
        return All(parts) if word == "all" else Any(parts)
    if word == "not":
        part = read(inside, where, unknown_asks=unknown_asks)
        if not unknown_asks:
            _check_always_known(part, where)
        return Not(part)
    raise StepwellError(f"{where}: {word!r} is not a rule, or is empty.")


def _read_test(raw: Mapping[str, object], where: str) -> Test:
    name = raw["fact"]
    if name not in FACTS:
        raise StepwellError(f"{where}: there is no fact named {name!r}.")
    rest = [key for key in raw if key != "fact"]
    if len(rest) != 1 or rest[0] not in _OPERATORS:
        raise StepwellError(f"{where}: {name} needs one of {', '.join(_OPERATORS)}, this has {rest}.")
    operator, value = rest[0], raw[rest[0]]
    _check_type(str(name), operator, value, where)
    return Test(str(name), operator, value)


def _check_type(name: str, operator: str, value: object, where: str) -> None:
    kind = FACTS[name].kind
    fits = {
        "bool": operator == "is" and isinstance(value, bool),
        "text": operator == "is" and isinstance(value, str),
        "int": operator != "is" and isinstance(value, int) and not isinstance(value, bool),
        "number": operator != "is" and isinstance(value, int | float) and not isinstance(value, bool),
    }
    if not fits.get(kind, False):
        raise StepwellError(f"{where}: {name} is a {kind}; {operator} {value!r} does not fit it.")


def _check_always_known(node: Node, where: str) -> None:
    if isinstance(node, Test):
        if FACTS[node.fact].kind != "bool":
            raise StepwellError(
                f"{where}: not {node.fact} would hold for people about whom it is unknown. Say it the other way round."
            )
    elif isinstance(node, Not):
        _check_always_known(node.part, where)
    else:
        for part in node.parts:
            _check_always_known(part, where)


def compiled(node: Node, facts: ibis.Table) -> ibis.Value:
    """The node as a boolean column over the table of facts; never NULL."""
    if isinstance(node, Test):
        return _compiled_test(node, facts)
    if isinstance(node, Not):
        return ~compiled(node.part, facts)
    parts = [compiled(part, facts) for part in node.parts]
    return ibis.and_(*parts) if isinstance(node, All) else ibis.or_(*parts)


def _compiled_test(test: Test, facts: ibis.Table) -> ibis.Value:
    value = facts[column(test.fact)]
    if FACTS[test.fact].kind == "bool":
        return value.fill_null(False) == test.value  # nothing recorded is "no", as it is for one person
    if test.operator == "is":
        found = value == test.value
    else:
        found = value >= test.value if test.operator == "at_least" else value < test.value
    return found.fill_null(False)


def holds(node: Node, facts: Mapping[str, object]) -> bool:
    """Whether the node holds on one person's facts (fact name to value, None or absent for unknown)."""
    if isinstance(node, Test):
        return _holds_test(node, facts.get(node.fact))
    if isinstance(node, Not):
        return not holds(node.part, facts)
    found = (holds(part, facts) for part in node.parts)
    return all(found) if isinstance(node, All) else any(found)


def _holds_test(test: Test, value: object) -> bool:
    if FACTS[test.fact].kind == "bool":
        return bool(value) == test.value
    if value is None:
        return False
    if test.operator == "is":
        return value == test.value
    number, limit = Decimal(str(value)), Decimal(str(test.value))
    return number >= limit if test.operator == "at_least" else number < limit


@dataclass(frozen=True, slots=True)
class Step:
    """One line of an explanation: the question in words, what is known, and whether it holds."""

    depth: int
    question: str
    known: object
    holds: bool


def traced(node: Node, facts: Mapping[str, object], depth: int = 0) -> list[Step]:
    """Every question of the tree, asked of one person, in order."""
    if isinstance(node, Test):
        return [Step(depth, _question(node), facts.get(node.fact), holds(node, facts))]
    if isinstance(node, Not):
        return [
            Step(depth, "not the following", None, holds(node, facts)),
            *traced(node.part, facts, depth + 1),
        ]
    words = "all of these" if isinstance(node, All) else "at least one of these"
    steps = [Step(depth, words, None, holds(node, facts))]
    for part in node.parts:
        steps += traced(part, facts, depth + 1)
    return steps


def _question(test: Test) -> str:
    words = FACTS[test.fact].words
    if test.operator == "is":
        return words if test.value is True else f"{words}: {'no' if test.value is False else test.value}"
    return f"{words}: {'at least' if test.operator == 'at_least' else 'less than'} {test.value}"
