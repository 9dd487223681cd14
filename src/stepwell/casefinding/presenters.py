"""Turns lists, candidates and searches into what their pages say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stepwell.base.clock import LONDON
from stepwell.casefinding.models import Candidate, CandidateList
from stepwell.casefinding.models.candidates import HARMS
from stepwell.casefinding.obstacles import Obstacle, decided_words, obstacle
from stepwell.casefinding.record import reasons, words
from stepwell.organisations.tables import TableState
from stepwell.people.models import Person
from stepwell.population.records.canonical import Identity
from stepwell.population.records.searches import Search, reason

FLAGS = {
    "ome_120": ("120mg or more", "red"),
    "ome_90": ("90mg or more", "red"),
    "benzodiazepine": ("Benzodiazepine or Z-drug", "red"),
    "gabapentinoid": ("Gabapentinoid", "yellow"),
    "two_opioids": ("2 or more opioids", "yellow"),
    "tramadol": ("Tramadol", "grey"),
    "patch": ("Patch", "grey"),
    "elsewhere": ("From elsewhere", "purple"),
    "age_75": ("Age 75 or over", "grey"),
    "dose_unclear": ("Dose not clear", "yellow"),
    "no_nhs_number": ("No NHS number", "yellow"),
}
# 120mg or more is also 90mg or more.
HARMS_IN_WORDS = ", ".join(
    text if name.startswith("ome") else text.lower().replace("z-drug", "Z-drug")
    for name, (text, _) in FLAGS.items()
    if name in HARMS and name != "ome_120"
)
OUTCOMES = {"in": ("In", "blue"), "check": ("To check", "yellow"), "out": ("Out", "grey")}


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """A line of a candidate list."""

    pk: Any
    name: str
    nhs_number: str
    age: str
    medicines: tuple[str, ...]
    ome: str
    basis: str
    flags: tuple[tuple[str, str], ...]
    outcome: tuple[str, str]
    why: str
    top: str
    decision: str
    action: str  # adopt, decide, adopted or nothing
    obstacle: Obstacle | None
    person_pk: Any


def candidate_rows(
    candidates: Iterable[Candidate],
    who: Mapping[str, Identity],
    search: Search,
    on_list: Mapping[str, Any] | None = None,
    left: Mapping[str, Candidate] | None = None,
) -> list[CandidateRow]:
    """Candidates as rows. ``who`` is by patient key; someone it lacks is shown without a name.

    ``on_list`` has the ids of people the practice took on from any list, and ``left`` where a clinician decided that
    somebody is not to be contacted, both by patient key.
    """
    taken, said = on_list or {}, left or {}
    return [
        candidate_row(
            c, who.get(c.patient_key), search, taken.get(c.patient_key), left=said.get(c.patient_key)
        )
        for c in candidates
    ]


def candidate_row(
    candidate: Candidate,
    identity: Identity | None,
    search: Search,
    person_pk: Any = None,
    *,
    left: Candidate | None = None,
) -> CandidateRow:
    """One line. ``left``: the decision, on this list or another, that this person is not to be contacted."""
    elsewhere = left is not None and left.pk != candidate.pk
    person_pk = candidate.person_id or person_pk
    in_the_way = obstacle(candidate, left)
    return CandidateRow(
        pk=candidate.pk,
        name=words.full_name(identity.given_name, identity.family_name)
        if identity
        else "Name not in the extract kept",
        nhs_number=(identity.nhs_number if identity else "") or "",
        age=f"{candidate.age}" if candidate.age is not None else "age not known",
        medicines=tuple(str(name) for name in candidate.medicines),
        ome=words.span(candidate.daily_ome_min, candidate.daily_ome_max, at_least=candidate.ome_at_least),
        basis=words.bases(candidate.basis),
        flags=tuple(FLAGS.get(name, (name.replace("_", " "), "grey")) for name in candidate.flag_names),
        outcome=OUTCOMES[candidate.outcome],
        why=why(candidate, search),
        top=top_reason(candidate, search),
        decision=f"Not to be contacted. {decided_words(left)}"
        if left is not None and elsewhere
        else (candidate.get_decision_display() if candidate.decision else ""),
        action="adopted" if person_pk else _action(in_the_way),
        obstacle=in_the_way,
        person_pk=person_pk,
    )


def _action(in_the_way: Obstacle | None) -> str:
    if in_the_way is None:
        return "adopt"
    return "decide" if in_the_way.decide_pk else ""


def why(candidate: Candidate, search: Search) -> str:
    """Why someone is where they are on the list, in a sentence or two."""
    rules = [reason(search, name) for name in candidate.reasons]
    texts = [rule.reason for rule in rules if rule]
    return " ".join([*texts, supply(candidate, search)]).strip()


def top_reason(candidate: Candidate, search: Search) -> str:
    """The one sentence of ``why`` that a card on a phone has room for: what puts them out or asks first, else the supply."""
    rule = next((rule for name in candidate.reasons if (rule := reason(search, name))), None)
    return rule.reason if rule else supply(candidate, search) or "Meets the definition."


def supply(candidate: Candidate, search: Search) -> str:
    """The supply that met the definition, as found."""
    return " ".join(reasons.short(kept) for kept in reasons.kept_with(candidate, search))


def already_on_list(people: Sequence[Person]) -> str:
    """Who took these people on, and when. Names nobody but the members: it is kept with the session until shown."""
    by = dict.fromkeys(
        f"by {person.added_by.user.name} on {words.long_date(person.added_at.astimezone(LONDON).date())}"
        for person in people
    )
    whom = "1 person was" if len(people) == 1 else f"{len(people):,} people were"
    return f"{whom} on the practice's list already: taken on {' and '.join(by)}."


def signed_by(states: Sequence[TableState]) -> str:
    """Who signed the definition, in words."""
    signed = next((state.sign_off for state in states if state.sign_off is not None), None)
    if signed is None:
        return "Nobody here yet"
    demonstration = ", demonstration only" if signed.demonstration else ""
    return f"{signed.signed_by.user.name}, {words.long_date(signed.at.date())}{demonstration}"


def options_words(of: CandidateList) -> list[str]:
    """How a list was narrowed, in words; nothing for a whole one."""
    options = of.options
    found = []
    if name := options.get("medicine_class"):
        found.append(f"takes now: {str(name).replace('_', ' ')}")
    if (ome := options.get("minimum_ome")) is not None:
        found.append(
            f"daily OME at least {words.figure(ome)}mg by its highest reading (people whose dose is not known, or only a least dose, stay on it)"
        )
    if (low := options.get("age_from")) is not None:
        found.append(f"age {low} or over")
    if (high := options.get("age_to")) is not None:
        found.append(f"age {high} or under")
    if (size := options.get("sample")) is not None:
        found.append(f"random sample of {size:,} from those in, seed {options.get('seed')}")
    return found


_PARTS = {
    "base": "Does the definition hold?",
    "out": "Does anything put them out?",
    "check": "Is there anything to check?",
}
_STATES = {
    "read": "read",
    "open": "as needed, no maximum written",
    "empty": "no instruction",
    "unreadable": "could not be read",
    "implausible": "not believable as written",
}


def known(value: object) -> str:
    """A recorded fact in words."""
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if hasattr(value, "year"):
        return words.long_date(value)  # type: ignore[arg-type]
    if isinstance(value, float):
        return words.figure(value)
    return f"{value:,}" if isinstance(value, int) else str(value).replace("_", " ")


def rule_parts(answer: Any) -> list[dict[str, Any]]:
    """An explanation as three questions, each with its rules, their questions and the recorded facts."""
    parts = []
    for part, heading in _PARTS.items():
        rules = [
            {
                "reason": a.reason,
                "holds": a.holds,
                "source": a.source,
                "status": a.status,
                "steps": [
                    {
                        "depth": step.depth,
                        "question": step.question,
                        "holds": step.holds,
                        "known": None
                        if step.known is None and step.question in _GROUPS_OF_STEPS
                        else known(step.known),
                    }
                    for step in a.steps
                ],
            }
            for a in answer.answers
            if a.part == part
        ]
        parts.append({"heading": heading, "rules": rules, "held": sum(rule["holds"] for rule in rules)})
    return parts


_GROUPS_OF_STEPS = ("all of these", "at least one of these", "not the following")


# How many issues the page of every rule shows before the rest is folded away.
ISSUES_SHOWN = 8


def issue_rows(answer: Any) -> list[dict[str, Any]]:
    """The issues an explanation rests on, as recorded and as read."""
    return [
        {
            "on": issue.issue_date,
            "medicine": issue.drug_name or "medicine not named",
            "instruction": issue.instruction or "no instruction",
            "read": _STATES.get(issue.state, issue.state),
            "quantity": words.figure(issue.quantity) if issue.quantity is not None else "not known",
            "here": "here" if issue.own else "elsewhere",
        }
        for issue in answer.issues
    ]
