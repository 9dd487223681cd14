"""What stands in an instruction without being one: taken out, and kept, before any number is read."""

from __future__ import annotations

from stepwell.knowledge.dosage.noise.alongside import alongside, bare_maximum, together
from stepwell.knowledge.dosage.noise.cleaned import Cleaned, Rule
from stepwell.knowledge.dosage.noise.notes import (
    begins_on,
    caution,
    contact,
    course,
    date,
    dated,
    dated_step,
    letter,
    month_and_year,
    named_doctor,
    numbered_step,
)
from stepwell.knowledge.dosage.noise.packs import pack, packs_of, share_of_packs
from stepwell.knowledge.dosage.noise.products import (
    before_an_hour,
    body_weight,
    gap,
    lead_time,
    named_strength,
    on_and_off,
    strength,
    taken_off,
    water,
    wear,
    worn_for,
)
from stepwell.knowledge.dosage.noise.remarks import leave_remarks
from stepwell.knowledge.dosage.noise.supply import supply
from stepwell.knowledge.dosage.tokens import Token

__all__ = ["Cleaned", "strip"]


_RULES: dict[str, tuple[Rule, ...]] = {
    "number": (
        course,
        share_of_packs,
        strength,
        body_weight,
        lead_time,
        on_and_off,
        wear,
        worn_for,
        gap,
        water,
        pack,
    ),
    "fraction": (lead_time,),
    "a": (lead_time, gap),
    "on": (on_and_off, wear),
    "clock": (on_and_off,),
    "in": (packs_of,),
    "for": (wear, worn_for),
    "after": (wear,),
    "remove": (wear, taken_off),
    "onoff": (taken_off,),
    "filler": (alongside, gap),
    "and": (alongside,),
    "none": (alongside,),
    "verb": (alongside, begins_on),
    "total": (together,),
    "at_least": (lead_time, gap),
    "caution": (caution,),
    "review": (dated,),
    "issue_before": (dated,),
    "supply": (supply,),
    "x": (pack,),
    "open": (pack,),
    "digits": (on_and_off, contact),
    "phone": (contact,),
    "contact": (contact,),
    "date": (date,),
    "letter": (letter,),
    "drug": (named_strength,),
    "from": (dated_step,),
    "stop": (begins_on,),
    "until": (dated_step,),
    "who": (named_doctor,),
    "before": (before_an_hour,),
    "month_name": (month_and_year,),
    "max": (bare_maximum, worn_for),
    "step": (numbered_step,),
}


def strip(tokens: list[Token]) -> Cleaned:
    """Tokens without noise. Each rule answers where reading goes on; the same place means it does not apply."""
    cleaned = Cleaned()
    place = 0
    while place < len(tokens):
        after = place
        for rule in _RULES.get(tokens[place].kind, ()):
            after = rule(tokens, place, cleaned)
            if after > place:
                break
        if after == place:
            cleaned.kept.append(tokens[place])
            after = place + 1
        place = after
    leave_remarks(cleaned)
    return cleaned
