"""Questions about a person's conditions, values, age and what was asked of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from stepwell.knowledge.cautions.answer import NO, Answer, Truth, unknown, yes
from stepwell.knowledge.cautions.language import Node, parameter
from stepwell.knowledge.cautions.model import Cause, PersonFacts, Problem, Value

Ask = Callable[[Node], Answer]

_VALUE_WORDS = {"egfr": "eGFR", "creatinine_clearance": "creatinine clearance", "weight_kg": "weight", "creatinine_umol_l": "creatinine", "audit": "AUDIT score"}  # fmt: skip
_CONDITION_WORDS = {
    "ckd": "chronic kidney disease",
    "copd": "COPD",
    "fall": "a fall",
    "overdose": "an overdose",
    "tonsillectomy_for_sleep_apnoea": "removal of the tonsils for sleep apnoea",
}
_FLAG_WORDS = {
    "breastfeeding": "Whether this person is breastfeeding is not known.",
    "about_to_taper": "Whether a taper is about to start is not known.",
    "after_taper": "Whether a taper has ended is not known.",
    "contraception_plan": "Whether contraception was discussed is not known.",
    "treatment_aim": "Whether a treatment aim and a plan for ending are recorded is not known.",
}
_MONTHS_WORDS = {456: "15 months"}


def condition_words(name: str) -> str:
    """A condition list as it is said: chronic kidney disease, peptic ulcer."""
    return _CONDITION_WORDS.get(name, name.replace("_", " "))


def problem(facts: PersonFacts, on: date, given: Mapping[str, Any], ask: Ask) -> Answer:
    """Whether an entry of a condition list is recorded, on or before the day (within so many days, if the rule says so)."""
    name = given["list"]
    words = condition_words(name)
    days = given.get("within_days")
    held = [each for each in facts.problems if each.code_list == name]
    earliest = date.min if days is None else on - timedelta(days=int(days))
    dated = [each for each in held if each.on is not None and earliest <= each.on <= on]
    undated = [each for each in held if each.on is None]
    if dated or (undated and days is None):
        return yes(*(_cause(words, each) for each in dated or undated))
    if undated:
        return unknown(f"An entry for {words} has no date.")
    if name not in facts.lists_searched:
        gap = facts.why_unknown.get(name, f"Whether there is a record of {words} is not known.")
        return _unless_presumed_no(gap, given, ask)
    return NO


def _cause(words: str, found: Problem) -> Cause:
    said = f" ({found.said})" if found.said else ""
    return Cause(words + said, f"problem:{found.code_list}", found.rows, found.on)


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
    """Whether the age, in whole years, is below, above or at least a number. Between two ages it may be not known."""
    if facts.age is None or facts.oldest is None:
        return unknown("Age is not known.")
    ((word, limit),) = given.items()
    holds = {_compared(each, word, limit) for each in (facts.age, facts.oldest)}
    said = str(facts.age) if facts.age == facts.oldest else f"{facts.age} or {facts.oldest}"
    if len(holds) > 1:
        return unknown(f"Age is {said}: the day of birth is not held.")
    return yes(Cause(f"age {said}", f"age:{word}:{limit}")) if holds.pop() else NO


def _compared(number: int, word: str, limit: Decimal) -> bool:
    return {"below": number < limit, "above": number > limit, "at_least": number >= limit}[word]


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
        return unknown(facts.why_unknown.get(name, f"No {words} is known."))
    word, limit = next((key, each) for key, each in given.items() if key != "name")
    holds = found.number < limit if word == "below" else found.number >= limit
    old = gap_of_age(found, on)
    if holds:
        said = f" ({found.said})" if found.said else ""
        what = f"{words} {found.number.normalize():f}{said}"
        cause = Cause(what, f"value:{name}:{word}:{limit}", found.rows, found.on)
        return yes(cause, gaps=[old] if old else ())
    return unknown(old) if old else NO


def gap_of_age(found: Value, on: date) -> str:
    """ "No eGFR in 15 months.", what else speaks against it, or "" where it is recent and there is no doubt."""
    if not is_stale(found, on):
        return found.doubt
    days = parameter("value_stale_days")
    return f"No {_VALUE_WORDS[found.name]} in {_MONTHS_WORDS.get(days, f'{days} days')}."
