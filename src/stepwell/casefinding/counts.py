"""The counts of a list: whole for those who may see the people too, and for others only what names nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from stepwell.casefinding.models import CandidateList
from stepwell.casefinding.record import words
from stepwell.population import disclosure
from stepwell.population.records.searches import Search


@dataclass(frozen=True, slots=True)
class Flow:
    """The counts of a list as the flow macro takes them, and the rate in words."""

    steps: list[dict[str, Any]]
    ends: list[dict[str, Any]]
    rate: str


def reason_texts(of: CandidateList, search: Search) -> list[tuple[str, str, int]]:
    """Each reason counted: where it puts people (out or check), its sentence, how many."""
    found = []
    for part, rules in (("out", search.out), ("check", search.check)):
        for rule in rules:
            if count := of.counts.get("reasons", {}).get(rule.id):
                found.append((part, rule.reason, int(count)))
    return found


def flow(of: CandidateList) -> Flow:
    """The whole counts, for those who may see the people too."""
    counts, outcomes = of.counts, of.counts["outcomes"]
    registered, base = int(counts["registered"]), int(counts["base"])
    here = of.registered_base
    left = base - here
    rate = (
        f"{words.figure(round(Decimal(1000 * here) / registered, 1))} in every 1,000 registered people "
        f"({here:,} of {registered:,})."
        if registered
        else "Nobody is registered, so there is no rate."
    )
    if of.options.get("sample") is not None:
        rate = "A sample has no rate."
    elif left:
        more = "1 more person meets" if left == 1 else f"{left:,} more people meet"
        rate += f" {more} the definition but {'is' if left == 1 else 'are'} not known to be registered and living at that date: not in the rate."
    return Flow(
        steps=[
            {"number": registered, "text": f"registered at {words.long_date(of.as_of)}"},
            {"number": int(counts["issued_in_window"]), "text": "had such a medicine in the last 12 months"},
            {
                "number": base,
                "text": "meet the definition" + (" and the narrowing" if of.is_narrowed else ""),
            },
        ],
        ends=[
            {"number": int(outcomes["in"]), "text": "in, with the reason for each person", "kind": "in"},
            {
                "number": int(outcomes["check"]),
                "text": "to check: a clinician decides before contact",
                "kind": "check",
            },
            {"number": int(outcomes["out"]), "text": "out, with the reason", "kind": "out"},
        ],
        rate=rate,
    )


def told(of: CandidateList, search: Search) -> dict[str, Any]:
    """The counts for somebody who may not see the people: small ones are not told, nobody and somebody alike."""
    counts = of.counts
    outcomes = {name: int(n) for name, n in counts["outcomes"].items()}
    reasons = {
        (part, rule.id): int(counts.get("reasons", {}).get(rule.id, 0))
        for part, rules in (("out", search.out), ("check", search.check))
        for rule in rules
    }
    said = disclosure.parts({rule: n for (_, rule), n in reasons.items()})
    texts = {rule.id: rule.reason for rule in (*search.out, *search.check)}
    return {
        "registered": disclosure.shown(int(counts["registered"])),
        "issued": disclosure.shown(int(counts["issued_in_window"])),
        "base": disclosure.whole(outcomes),
        "outcomes": disclosure.parts(outcomes),
        "reasons": [
            (part, texts[rule], said[rule]) for part, rule in reasons if said[rule] != disclosure.FEW
        ],
        "few": [texts[rule] for _, rule in reasons if said[rule] == disclosure.FEW],
        "rate": _told_rate(of, said),
    }


# Why somebody who meets the definition is not among the registered, as far as a reason tells it.
_NOT_REGISTERED = ("not_registered", "registration_not_certain")


def _told_rate(of: CandidateList, said: Mapping[str, str]) -> str:
    """The rate of registered people, from what is told beside it and nothing else, so that it tells no more.

    How many of those who meet the definition are not registered is taken off as it is told: a small number as 0 to 7.
    """
    counts = of.counts
    base, registered = int(counts["base"]), int(counts["registered"])
    outcomes = {name: int(n) for name, n in counts["outcomes"].items()}
    hidden = disclosure.HELD_BACK in (
        disclosure.whole(outcomes),
        *(said.get(name) for name in _NOT_REGISTERED),
    )
    if hidden or not disclosure.is_told(base) or not disclosure.is_told(registered):
        return disclosure.HELD_BACK
    found = [int(counts.get("reasons", {}).get(name, 0)) for name in _NOT_REGISTERED]
    found.append(max(base - of.registered_base - sum(found), 0))  # out for another reason first
    low = high = disclosure.rounded(base)
    for number in found:
        told = disclosure.is_told(number)
        low -= disclosure.rounded(number) if told else disclosure.SMALL
        high -= disclosure.rounded(number) if told else 0
    each = [round(1000 * max(n, 0) / disclosure.rounded(registered)) for n in (low, high)]
    return f"about {' to '.join(f'{n:,}' for n in dict.fromkeys(each))} in every 1,000"
