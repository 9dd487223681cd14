"""What is taken or worn beside the product: "with oramorph prn", "use with 12mcg patch", "with 60mg (total 90mg)"."""

from __future__ import annotations

from stepwell.knowledge.dosage.grammar.day import MASS_IN_MG
from stepwell.knowledge.dosage.noise.cleaned import (
    BREAKS,
    MASS,
    TIMED,
    Cleaned,
    is_period,
    is_unit,
    kind_at,
    take,
)
from stepwell.knowledge.dosage.tokens import Token

_NUMBERED = frozenset({"number", "fraction", "a"})
_ENDS = BREAKS | {"end", "comma", "open", "dash"}
_OF_ANOTHER_DRUG = frozenset("prn reason for filler route verb unit drug who and".split())
_WITH = ("with", "alongside", "in addition to", "as well as", "together with", "along with", "instead of")
_MAKES = frozenset({"make", "give", "total", "equal"})
_PATCHED = frozenset({"patch", "plaster"})


def is_told(cleaned: Cleaned) -> bool:
    """Whether a dose and its times stand before."""
    kinds = {token.kind for token in cleaned.kept}
    return bool(kinds & _NUMBERED) and bool(kinds & TIMED)


def alongside(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """Behind a full dose, another medicine or another strength with no number of its own to take."""
    if not is_told(cleaned):
        return place
    lead = tokens[place].word
    if tokens[place].kind != "and" and not lead.endswith(_WITH):
        return place
    after = place + 1
    while kind_at(tokens, after) in ("filler", "who", "a", "and", "verb"):
        after += 1
    if kind_at(tokens, after) == "drug" or (
        kind_at(tokens, after) == "prn" and tokens[after].word.startswith("breakthrough")
    ):
        end = _past_drug(tokens, after)
    else:
        end = _past_strength(tokens, after, cleaned, named=lead.endswith(_WITH))
    if end == after:
        return place
    return take(tokens, place, _past_total(tokens, end), cleaned)


def _past_drug(tokens: list[Token], place: int) -> int:
    """Past "oramorph prn for breakthrough pain"; the same place when a number or a time follows it."""
    after = place + 1
    while kind_at(tokens, after) in _OF_ANOTHER_DRUG:
        after += 1
    return after if kind_at(tokens, after) in _ENDS else place


def _past_strength(tokens: list[Token], place: int, cleaned: Cleaned, named: bool) -> int:
    """Past "60mg", "30mg tablets", "12mcg/hr patch", with nothing behind that says when."""
    if kind_at(tokens, place) != "number" or not is_unit(tokens, place + 1, MASS):
        return place
    after = place + 2
    if kind_at(tokens, after) in ("slash", "per") and is_period(tokens, after + 1, "hour"):
        after += 2
    patch = is_unit(tokens, after, _PATCHED)
    if kind_at(tokens, after) == "unit":
        after += 1
    after = _past_what_it_makes(tokens, after)
    timed = kind_at(tokens, after) in ("latin", "count", "when", "adverb", "every")
    if named and timed:
        cleaned.kept.append(Token("ambiguous", None, tokens[place].start, tokens[after].end, "with"))
        return place
    if not (named or patch) or kind_at(tokens, after) not in _ENDS:
        return place
    cleaned.beside.append(tokens[place].number * MASS_IN_MG.get(str(tokens[place + 1].value), 1000))
    return after


def _past_what_it_makes(tokens: list[Token], place: int) -> int:
    """Past "to make 35mg", "to make 15mg bd"."""
    if kind_at(tokens, place) != "to" or place + 1 >= len(tokens) or tokens[place + 1].word not in _MAKES:
        return place
    after = place + 2
    if kind_at(tokens, after) == "total":
        after += 1
    if kind_at(tokens, after) != "number" or not is_unit(tokens, after + 1, MASS):
        return place
    after += 2
    while kind_at(tokens, after) in ("latin", "count", "adverb", "when"):
        after += 1
    return after


def _past_total(tokens: list[Token], place: int) -> int:
    """Past "(total 90mg)": what both come to."""
    after = place
    while kind_at(tokens, after) in ("open", "comma", "dash", "equals", "stop"):
        after += 1
    bracketed = after > place and tokens[after - 1].kind == "open"
    if kind_at(tokens, after) not in ("total", "equals"):
        return place
    after += 1
    while kind_at(tokens, after) in ("unit", "equals", "comma", "filler"):
        after += 1
    if kind_at(tokens, after) != "number" or not is_unit(tokens, after + 1, MASS):
        return place
    after += 2
    if kind_at(tokens, after) in ("slash", "per") and is_period(tokens, after + 1, "hour", "day"):
        after += 2
    while kind_at(tokens, after) in ("latin", "adverb", "count"):
        after += 1
    if bracketed and kind_at(tokens, after) == "close":
        return after + 1
    return after if kind_at(tokens, after) in ("end", "stop") else place


def bare_maximum(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """ "(max dose)": that it is the most one may have, and no number."""
    ends = kind_at(tokens, place + 1) in BREAKS | {"end", "comma", "dash"}
    behind = cleaned.kept[-1].kind if cleaned.kept else "end"
    counted = behind in ("number", "unit", "fraction", "adverb", "period")
    if not tokens[place].word.endswith("dose") or not ends or counted or not is_told(cleaned):
        return place
    return take(tokens, place, place + 1, cleaned)


def together(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """ "(total dose 40mg bd with 30mg tabs)": behind a mark, what it comes to with another strength."""
    if not is_told(cleaned) or kind_at(tokens, place - 1) not in (
        "open",
        "comma",
        "dash",
        "stop",
        "semicolon",
    ):
        return place
    after = place
    with_another = False
    while kind_at(tokens, after) not in ("close", "end", "stop"):
        with_another = with_another or tokens[after].word.endswith(_WITH)
        after += 1
    return take(tokens, place, after, cleaned) if with_another else place
