"""Questions about a person's conditions, values, age and what was asked of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from stepwell.knowledge.cautions.answer import NO, Answer, Truth, unknown, yes
from stepwell.knowledge.cautions.language import Node, parameter
from stepwell.knowledge.cautions.model import Cause, PersonFacts, Value

Ask = Callable[[Node], Answer]

_VALUE_WORDS = {"egfr": "eGFR", "creatinine_clearance": "creatinine clearance", "weight_kg": "weight", "audit": "AUDIT score"}  # fmt: skip
_FLAG_WORDS = {
    "breastfeeding": "Whether this person is breastfeeding is not known.",
    "about_to_taper": "Whether a taper is about to start is not known.",
    "after_taper": "Whether a taper has ended is not known.",
    "contraception_plan": "Whether contraception was discussed is not known.",
    "treatment_aim": "Whether a treatment aim and a plan for ending are recorded is not known.",
}
_MONTHS_WORDS = {456: "15 months"}


def problem(facts: PersonFacts, on: date, given: Mapping[str, Any], ask: Ask) -> Answer:
    """Whether an entry of a condition list is recorded, on or before the day (within so many days, if the rule says so)."""
    name = given["list"]
    words = name.replace("_", " ")
    days = given.get("within_days")
    held = [each for each in facts.problems if each.code_list == name]
    earliest = date.min if days is None else on - timedelta(days=int(days))
    dated = [each for each in held if each.on is not None and earliest <= each.on <= on]
    undated = [each for each in held if each.on is None]
    if dated or (undated and days is None):
        return yes(*(Cause(words, f"problem:{name}", each.rows, each.on) for each in dated or undated))
    if undated:
        return unknown(f"An entry for {words} has no date.")
    if name not in facts.lists_searched:
        return _unless_presumed_no(f"Whether there is a record of {words} is not known.", given, ask)
    return NO


def flag(facts: PersonFacts, given: Mapping[str, Any], ask: Ask) -> Answer:
    """Whether something was said of the person."""
    name = given["name"]
    said = facts.flags.get(name)
    if said is None:
        return _unless_presumed_no(_FLAG_WORDS[name], given, ask)
    return yes(Cause(name.replace("_", " "), f"flag:{name}")) if said else NO


def _unless_presumed_no(gap: str, given: Mapping[str, Any], ask: Ask) -> Answer:
    presumed = given.get("presumed_no_when")
    if presumed is not None and ask(presumed).truth is Truth.YES:
        return NO
    return unknown(gap)


def age(facts: PersonFacts, given: Mapping[str, Decimal]) -> Answer:
    """Whether the age, in whole years, is below, above or at least a number."""
    if facts.age is None:
        return unknown("Age is not known.")
    ((word, limit),) = given.items()
    holds = {"below": facts.age < limit, "above": facts.age > limit, "at_least": facts.age >= limit}[word]
    return yes(Cause(f"age {facts.age}", f"age:{word}:{limit}")) if holds else NO


def sex(facts: PersonFacts, wanted: str) -> Answer:
    """Whether the recorded sex is this. "Other" is not known for a rule that asks for one of two."""
    if facts.sex in (None, "other"):
        return unknown("Sex is not known.")
    return yes(Cause(wanted, f"sex:{wanted}")) if facts.sex == wanted else NO


def latest(facts: PersonFacts, on: date, name: str) -> Value | None:
    """The last value with a date not after the day; failing that, one without a date."""
    held = [each for each in facts.values if each.name == name and (each.on is None or each.on <= on)]
    return max(held, key=lambda each: each.on or date.min, default=None)


def is_stale(value: Value, on: date) -> bool:
    """Whether a value is too old, or of no known day, to be read as reassurance."""
    return value.on is None or on - value.on > timedelta(days=parameter("value_stale_days"))


def value(facts: PersonFacts, on: date, given: Mapping[str, Any]) -> Answer:
    """Whether the latest value is below, or at least, a number. An old value may raise a caution but never clears one."""
    name = given["name"]
    words = _VALUE_WORDS[name]
    found = latest(facts, on, name)
    if found is None:
        return unknown(f"No {words} is known.")
    word, limit = next((key, each) for key, each in given.items() if key != "name")
    holds = found.number < limit if word == "below" else found.number >= limit
    old = gap_of_age(found, on)
    if holds:
        cause = Cause(
            f"{words} {found.number.normalize():f}", f"value:{name}:{word}:{limit}", found.rows, found.on
        )
        return yes(cause, gaps=[old] if old else ())
    return unknown(old) if old else NO


def gap_of_age(found: Value, on: date) -> str:
    """ "No eGFR in 15 months.", or "" where the value is recent enough."""
    if not is_stale(found, on):
        return ""
    days = parameter("value_stale_days")
    return f"No {_VALUE_WORDS[found.name]} in {_MONTHS_WORDS.get(days, f'{days} days')}."
