"""The closed language of ``caution_rules``: read from the table, refused where it is not exactly a rule.

A node is a mapping of one word to what it asks. ``all``, ``any`` and ``not`` join nodes; every other word is a question
(``QUESTIONS``), whose numbers are written out or name a parameter. There is no code in a rule and no way to write any.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from stepwell.base.errors import Place, StepwellError
from stepwell.knowledge import tables
from stepwell.knowledge.cautions import groups
from stepwell.knowledge.cautions.model import FLAGS, VALUES, Level

_TABLE = "caution_rules"
_PLACE = Place("caution_rules.yaml")

# Question: its words, each with the kind of its value. Words ending in "?" may be left out.
QUESTIONS: Mapping[str, Mapping[str, str]] = {
    "taking": {"group?": "groups", "substance?": "words", "release?": "words", "patch?": "yes_no", "unit?": "word", "strength_mg_per_unit?": "number"},
    "problem": {"list": "condition", "within_days?": "number", "presumed_no_when?": "node"},
    "age": {"below?": "number", "above?": "number", "at_least?": "number"},
    "flag": {"name": "flag", "presumed_no_when?": "node"},
    "value": {"name": "value", "below?": "number", "at_least?": "number"},
    "daily_dose": {"of": "selector", "substance": "word", "above": "number"},
    "low_dose": {"of": "selector", "at_most": "number"},
    "dose_above_renal_limit": {"substance": "word", "bands": "bands"},
    "dose_per_kg": {"substance": "word", "group": "group", "above": "number", "weight_below": "number"},
    "daily_ome": {"line": "word"},
    "opioid_era": {"at_least_days?": "number", "above_days?": "number"},
    "issue": {"of": "selector", "quantity_above": "number"},
    "patch_in_naive": {"substance": "word", "within_days": "number", "new_days": "number"},
    "interval_misfit": {"group": "group", "leeway_hours": "number"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Selector:
    """Which medicines are meant: in one of the groups or of one of the substances, and of that release, kind or unit."""

    group: frozenset[str] = frozenset()
    substance: frozenset[str] = frozenset()
    release: frozenset[str] = frozenset()
    patch: bool | None = None
    unit: str | None = None
    strength_mg_per_unit: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question of QUESTIONS, with its words read."""

    word: str
    given: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Together:
    """Two medicines, with at least one common day of cover."""

    first: Selector
    second: Selector


@dataclass(frozen=True, slots=True)
class Fired:
    """One of these cautions, which stand earlier in the table, fires."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sex:
    """The person's sex is this."""

    is_: str


@dataclass(frozen=True, slots=True)
class Joined:
    """``all``, ``any`` or ``not`` of the parts."""

    word: str
    parts: tuple[Node, ...]


Node = Question | Together | Fired | Sex | Joined


@dataclass(frozen=True, slots=True)
class Variant:
    """If ``when`` holds: this level instead of the table's (None: the same), and one more sentence ("" for none)."""

    when: Node
    level: Level | None
    detail: str


@dataclass(frozen=True, slots=True)
class Rule:
    """When one caution fires. ``settings`` are the parameters it names, in words with their status."""

    id: str
    when: Node
    unless: Node | None
    variants: tuple[Variant, ...]
    settings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HiddenSupply:
    """Medicines that may be taken without being in the record, where a person has this problem."""

    problem: str
    groups: frozenset[str]
    substances: frozenset[str]
    gap: str


@dataclass(frozen=True, slots=True)
class ConditionLists:
    """Where a condition of the rules is found in a record: the ids of its ``code_lists``.

    ``whole``: none of them in a record means no. Otherwise they may find it, never clear it, and ``why`` says what they lack.
    ``cancelled_by``: a code list whose later entry takes the condition away.
    """

    lists: tuple[str, ...]
    whole: bool
    cancelled_by: str | None
    why: str


def parameter(name: str) -> int:
    """A whole-number parameter of the rules, such as ``acknowledged_days``."""
    return int(_document()["parameters"][name]["value"])


@cache
def conditions() -> frozenset[str]:
    """Every condition list a rule asks for."""
    return frozenset(_document()["conditions"])


@cache
def condition_lists() -> Mapping[str, ConditionLists]:
    """The conditions that code lists are held for. Every other condition of ``conditions`` is asked of the clinician."""
    return {
        name: ConditionLists(tuple(raw["lists"]), raw["whole"], raw.get("cancelled_by"), raw.get("why", ""))
        for name, raw in _document()["condition_lists"].items()
    }


@cache
def hidden_supply() -> HiddenSupply:
    """What the absence of an opioid does not prove."""
    raw = _document()["hidden_supply"]
    return HiddenSupply(raw["problem"], frozenset(raw["groups"]), frozenset(raw["substances"]), raw["gap"])


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, in the order of the table. Raises StepwellError for anything that is not exactly a rule."""
    found: list[Rule] = []
    for raw in _document()["rules"]:
        found.append(read_rule(raw, earlier=[rule.id for rule in found]))
    return tuple(found)


def _document() -> Any:
    return tables.document(_TABLE)


def read_rule(raw: Mapping[str, Any], *, earlier: list[str]) -> Rule:
    """One rule from its mapping. ``earlier`` are the ids a ``fired`` may name."""
    rule_id = str(raw.get("id"))
    _check_words(raw, {"id", "when"}, {"unless", "variants"}, rule_id)
    reader = _Reader(rule_id, earlier)
    variants = tuple(reader.variant(each) for each in raw.get("variants", ()))
    unless = reader.node(raw["unless"]) if "unless" in raw else None
    return Rule(rule_id, reader.node(raw["when"]), unless, variants, tuple(sorted(reader.settings)))


def _wrong(rule_id: str, what: str) -> StepwellError:
    return StepwellError(f"{rule_id}: {what}", where=_PLACE, next_step="Mend the rule.")


def _check_words(raw: Mapping[str, Any], needed: set[str], allowed: set[str], rule_id: str) -> None:
    if needed - raw.keys() or raw.keys() - needed - allowed:
        raise _wrong(rule_id, f"expected {', '.join(sorted(needed))}, this has {', '.join(map(str, raw))}.")


class _Reader:
    """Reads the nodes of one rule, and notes the parameters it names."""

    def __init__(self, rule_id: str, earlier: list[str]) -> None:
        self.rule_id = rule_id
        self.earlier = earlier
        self.settings: set[str] = set()

    def variant(self, raw: Mapping[str, Any]) -> Variant:
        _check_words(raw, {"when"}, {"level", "detail"}, self.rule_id)
        level = Level(raw["level"]) if "level" in raw else None
        return Variant(self.node(raw["when"]), level, raw.get("detail", ""))

    def node(self, raw: Any) -> Node:
        if not isinstance(raw, dict) or len(raw) != 1:
            raise _wrong(self.rule_id, "a node is a mapping of one word.")
        ((word, inside),) = raw.items()
        if word in ("all", "any") and isinstance(inside, list) and inside:
            return Joined(word, tuple(self.node(part) for part in inside))
        if word == "not":
            return Joined(word, (self.node(inside),))
        if word == "taking_together" and isinstance(inside, list) and len(inside) == 2:
            return Together(self.selector(inside[0]), self.selector(inside[1]))
        if word == "fired" and isinstance(inside, list) and set(inside) <= set(self.earlier):
            return Fired(tuple(inside))
        if word == "sex" and inside in ("female", "male"):
            return Sex(inside)
        if word in QUESTIONS and isinstance(inside, dict):
            return self.question(word, inside)
        raise _wrong(self.rule_id, f"{word!r} is not a question, or is asked the wrong way.")

    def question(self, word: str, raw: Mapping[str, Any]) -> Question:
        if word == "taking":
            return Question(word, {"of": self.selector(raw)})
        kinds = {name.rstrip("?"): kind for name, kind in QUESTIONS[word].items()}
        needed = {name for name in QUESTIONS[word] if not name.endswith("?")}
        _check_words(raw, needed, set(kinds), self.rule_id)
        if word in ("age", "value", "opioid_era") and len(raw.keys() - {"name"}) != 1:
            raise _wrong(self.rule_id, f"{word} needs exactly one comparison.")
        return Question(word, {name: self.value(kinds[name], each) for name, each in raw.items()})

    def selector(self, raw: Mapping[str, Any]) -> Selector:
        kinds = {name.rstrip("?"): kind for name, kind in QUESTIONS["taking"].items()}
        _check_words(raw, set(), set(kinds), self.rule_id)
        if not {"group", "substance"} & raw.keys():
            raise _wrong(self.rule_id, "a selector names a group or a substance.")
        return Selector(**{name: self.value(kinds[name], each) for name, each in raw.items()})

    def value(self, kind: str, raw: Any) -> Any:
        if kind == "number":
            return self.number(raw)
        if kind == "node":
            return self.node(raw)
        if kind == "selector":
            return self.selector(raw)
        if kind == "bands":
            return tuple((self.number(each["from"]), self.number(each["most"])) for each in raw)
        return self.word_of(kind, raw)

    def word_of(self, kind: str, raw: Any) -> Any:
        allowed = {"groups": groups.names(), "group": groups.names(), "condition": conditions(), "flag": FLAGS, "value": VALUES}  # fmt: skip
        if kind in ("words", "groups"):
            if not isinstance(raw, list) or not raw:
                raise _wrong(self.rule_id, "a list of words was expected.")
            return frozenset(self.word_of("group" if kind == "groups" else "word", each) for each in raw)
        right_type = isinstance(raw, bool) if kind == "yes_no" else isinstance(raw, str)
        if not right_type or (kind in allowed and raw not in allowed[kind]):
            raise _wrong(self.rule_id, f"{raw!r} is not known here.")
        return raw

    def number(self, raw: Any) -> Decimal:
        if isinstance(raw, str):
            held = _document()["parameters"].get(raw)
            if held is None:
                raise _wrong(self.rule_id, f"there is no parameter {raw!r}.")
            self.settings.add(f"{raw} = {held['value']} ({held['status']}; {held['source']})")
            raw = held["value"]
        try:
            return Decimal(str(raw))
        except InvalidOperation:
            raise _wrong(self.rule_id, "a number was expected.") from None
