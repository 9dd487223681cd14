"""Every caution asked of one person on one day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from stepwell.base.errors import StepwellError
from stepwell.knowledge import tables
from stepwell.knowledge.cautions import doses, groups, patches, person, taken
from stepwell.knowledge.cautions.answer import NO, Answer, Truth, all_of, any_of, negated, unknown, yes
from stepwell.knowledge.cautions.language import (
    Fired,
    Joined,
    Node,
    Question,
    Rule,
    Sex,
    Together,
    conditions,
    parameter,
    rules,
)
from stepwell.knowledge.cautions.model import (
    ENGINE_VERSION,
    Finding,
    Findings,
    Level,
    PersonFacts,
    State,
)

_RANK = {Level.STOP: 0, Level.WARN: 1, Level.INFORM: 2}


@cache
def _declared() -> dict[str, tables.Row]:
    return {row["caution_id"]: row for row in tables.rows("cautions")}


def check(facts: PersonFacts, on: date) -> Findings:
    """Every caution, on one day. What cannot be said is listed as not assessed, never left out.

    Raises StepwellError for a problem of a list no rule asks for.
    """
    if ({each.code_list for each in facts.problems} | facts.lists_searched) - conditions():
        raise StepwellError(
            "A condition list is named that no caution asks for.",
            next_step=f"The lists are: {', '.join(sorted(conditions()))}.",
        )
    sitting = _Sitting(facts, on)
    found = [finding for rule in rules() if (finding := sitting.finding(rule)) is not None]
    told = {each.caution_id for each in found}
    return Findings(
        on=on,
        fires=ranked(each for each in found if each.state is State.FIRES),
        not_assessed=ranked(each for each in found if each.state is State.NOT_ASSESSED),
        clear=tuple(rule.id for rule in rules() if rule.id not in told),
        unplaced=tuple(each for each in taken.active(facts, on) if not groups.is_placed(each)),
    )


def ranked(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Stop, warn, inform; then the most recent cause first."""
    return tuple(sorted(findings, key=lambda f: (_RANK[f.level], -f.latest.toordinal(), f.caution_id)))


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Somebody has seen a finding. ``fingerprint`` is the finding's, ``on`` the day."""

    fingerprint: str
    on: date


def to_raise(findings: Findings, acknowledged: Sequence[Acknowledgement]) -> tuple[Finding, ...]:
    """What to raise now: all that fires, but not what was acknowledged unchanged within 90 days.

    Acknowledging a stop only keeps it from being raised again: it stays in ``findings.stops``.
    """
    days = parameter("acknowledged_days")
    seen = {each.fingerprint for each in acknowledged if 0 <= (findings.on - each.on).days < days}
    return tuple(each for each in findings.fires if each.fingerprint not in seen)


class _Sitting:
    """The answers of one person on one day; a caution may ask whether an earlier one fires."""

    def __init__(self, facts: PersonFacts, on: date) -> None:
        self.facts = facts
        self.on = on
        self.told: dict[str, Answer] = {}

    def finding(self, rule: Rule) -> Finding | None:
        answer = self.ask(rule.when)
        if rule.unless is not None:
            answer = self.exempted(answer, rule.unless)
        self.told[rule.id] = answer
        if answer.truth is Truth.NO:
            return None
        state = State.FIRES if answer.truth is Truth.YES else State.NOT_ASSESSED
        level, detail, gaps = self.varied(rule, answer)
        row = _declared()[rule.id]
        return Finding(
            caution_id=rule.id,
            title=row["title"],
            level=level,
            state=state,
            message=row["message"],
            detail=detail,
            notes=answer.notes,
            source=row["source"],
            status=row["status"],
            because=answer.causes,
            gaps=gaps,
            settings=rule.settings,
            table_version=tables.version("cautions"),
            rules_version=tables.version("caution_rules"),
            engine_version=ENGINE_VERSION,
            on=self.on,
        )

    def exempted(self, answer: Answer, unless: Node) -> Answer:
        """An exemption that is known takes the caution away; one that is not known leaves it, and is named as a gap."""
        exempt = self.ask(unless)
        if answer.truth is Truth.NO or exempt.truth is Truth.YES:
            return NO
        if exempt.truth is Truth.NO:
            return answer
        return Answer(answer.truth, answer.causes, (*answer.gaps, *exempt.gaps), answer.notes)

    def varied(self, rule: Rule, answer: Answer) -> tuple[Level, tuple[str, ...], tuple[str, ...]]:
        """Level, further sentences and gaps, by the first variant that holds. Of one that is not known, only the gap."""
        level, gaps = Level(_declared()[rule.id]["level"]), list(answer.gaps)
        for variant in rule.variants:
            held = self.ask(variant.when)
            if held.truth is Truth.YES:
                detail = (variant.detail,) if variant.detail else ()
                return variant.level or level, detail, tuple(dict.fromkeys(gaps))
            gaps += held.gaps
        return level, (), tuple(dict.fromkeys(gaps))

    def ask(self, node: Node) -> Answer:
        match node:
            case Joined("not", (part,)):
                return negated(self.ask(part))
            case Joined(word, parts):
                answers = [self.ask(part) for part in parts]
                return all_of(answers) if word == "all" else any_of(answers)
            case Together():
                return taken.together(self.facts, self.on, node)
            case Fired(ids):
                return any_of(self.earlier(each) for each in ids)
            case Sex(wanted):
                return person.sex(self.facts, wanted)
            case Question():
                return self.question(node)

    def earlier(self, caution_id: str) -> Answer:
        told = self.told[caution_id]
        if told.truth is Truth.YES:
            return yes(*told.causes)
        return NO if told.truth is Truth.NO else unknown(f"{caution_id} could not be assessed.")

    def question(self, asked: Question) -> Answer:
        facts, on, given = self.facts, self.on, asked.given
        match asked.word:
            case "taking":
                return taken.taking(facts, on, given["of"])
            case "problem":
                return person.problem(facts, on, given, self.ask)
            case "flag":
                return person.flag(facts, given, self.ask)
            case "age":
                return person.age(facts, given)
            case "value":
                return person.value(facts, on, given)
            case word:
                return _DOSE_QUESTIONS[word](facts, on, given)


_DOSE_QUESTIONS = {
    "daily_dose": doses.daily_dose,
    "low_dose": doses.low_dose,
    "dose_above_renal_limit": doses.above_renal_limit,
    "dose_per_kg": doses.per_kg,
    "daily_ome": doses.daily_ome,
    "opioid_era": doses.opioid_era,
    "issue": doses.issue,
    "patch_in_naive": patches.in_naive,
    "interval_misfit": patches.interval_misfit,
}
