"""Every rule of the grammar carries its own examples; each is a test."""

from __future__ import annotations

import pytest

from stepwell.knowledge.dosage import Dosage, Status, parse
from stepwell.knowledge.dosage.grammar import read  # noqa: F401  (fills the register)
from stepwell.knowledge.dosage.grammar.rules import REGISTER, Example, Rule

EXAMPLES = [(rule, example) for rule in REGISTER for example in rule.examples]


def answer(dosage: Dosage) -> str:
    """A dosage as ``min/max`` a day, "-" for no safe answer."""
    if dosage.status is Status.REFUSED:
        return "refused"
    return "/".join(
        "-" if number is None else format(number, "f") for number in (dosage.daily_min, dosage.daily_max)
    )


@pytest.mark.parametrize(
    ("rule", "example"), EXAMPLES, ids=[f"{rule.name}: {example.text}" for rule, example in EXAMPLES]
)
def test_a_rule_answers_its_own_examples(rule: Rule, example: Example) -> None:
    assert answer(parse(example.text)) == example.answer


def test_rule_names_are_unique() -> None:
    names = [rule.name for rule in REGISTER]

    assert len(names) == len(set(names))
