"""Quantities: 56 tablets, 2 x 28, "in 28s", "56/100", and what so many last."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from stepwell.knowledge.dosage.noise.alongside import is_told
from stepwell.knowledge.dosage.noise.cleaned import (
    BREAKS,
    COUNTED,
    TIMED,
    Cleaned,
    is_period,
    kind_at,
    span_of_time,
    take,
)
from stepwell.knowledge.dosage.noise.supply import SMALLEST_PACK, after_supply
from stepwell.knowledge.dosage.tokens import Token

_PACK = 28
_FEWEST_SUPPLIED = 5
_OFTEN = frozenset("every adverb hourly count per period times".split())
_FEWEST_PATCHES = 4
_SMALLEST_BOTTLE = Decimal(100)


def _goes_with(before: Token, number: Token) -> bool:
    """ "1-28", "every 28", "max 28": the number belongs to the word before it."""
    if before.kind == "dash":
        return before.end == number.start
    return before.kind in ("slash", "every", "max", "upto", "number", "fraction", "unit")


def pack(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """56 tabs. / 2 x 28 / (56) / x 56: how many were supplied. Only numbers too large to be one dose."""
    if tokens[place].kind == "number" and cleaned.kept and _goes_with(cleaned.kept[-1], tokens[place]):
        return place
    first = place + (tokens[place].kind in ("x", "open"))
    if kind_at(tokens, first) != "number":
        return place
    if _counts_packs(tokens, first, cleaned):
        return take(tokens, place, first + 2, cleaned)
    counted = _counted(tokens, first, tokens[place].kind == "open")
    after, unit = counted.after, counted.unit
    said = _past_what_it_lasts(tokens, counted, cleaned)
    if said > after or _patches_supplied(tokens, counted, cleaned):
        return take(tokens, place, said, cleaned)
    told = tokens[place].kind == "open" and _behind_supply(tokens, place, cleaned)
    enough = told or counted.many >= (_SMALLEST_BOTTLE if unit in ("ml", "g") else SMALLEST_PACK)
    if kind_at(tokens, after) == "slash" and kind_at(tokens, after + 1) == "number":
        enough = False  # "x14/7"
    if not enough or unit in ("mg", "microgram") or counted.many != counted.many.to_integral_value():
        return place
    end = _end_of_pack(tokens, place, counted, cleaned)
    return take(tokens, place, end, cleaned) if end > place else place


_WHOLES = frozenset(
    "op ops pack packs box boxes bottle bottles issue issues script scripts rx prescription prescriptions repeats".split()
)


def _counts_packs(tokens: list[Token], place: int, cleaned: Cleaned) -> bool:
    """ "1 OP", "x2 boxes", "6 issues": whole packs and issues, in no dose. At the start only before a fresh one."""
    behind = tokens[place + 1] if place + 1 < len(tokens) else None
    if behind is None or behind.kind != "supply" or behind.word not in _WHOLES:
        return False
    if kind_at(tokens, place + 2) not in ("end", "stop", "comma", "dash", "close", "semicolon"):
        return False
    return is_told(cleaned) or not any(token.kind in ("number", "fraction") for token in cleaned.kept)


def _end_of_pack(tokens: list[Token], place: int, counted: _Counted, cleaned: Cleaned) -> int:
    """The place behind a quantity; ``place`` where the number may be something else."""
    after, unit = counted.after, counted.unit
    if tokens[place].kind == "open":
        if kind_at(tokens, after) == "supply":
            after = after_supply(tokens, after + 1, False)  # "(100 tabs to last 1 month)"
        return after + 1 if kind_at(tokens, after) == "close" else place
    if unit is None and not counted.crossed and tokens[place].kind == "number":
        return after if _count_of_packs(tokens, after, counted, cleaned) else place
    if tokens[place].kind == "x" or counted.crossed:
        return after if kind_at(tokens, after) not in ("times", "hourly", "period", "adverb") else place
    if unit not in COUNTED and unit not in ("ml", "g"):
        return place
    if not any(token.kind in ("number", "fraction") for token in cleaned.kept):
        return after if _dose_follows(tokens, after) else place
    return _past_length(tokens, after) if _ends(tokens, after, cleaned) else place


def _past_what_it_lasts(tokens: list[Token], counted: _Counted, cleaned: Cleaned) -> int:
    """Past "only", "= 28 days", "per 28 days", "for 4 weeks" behind so many units, where a full dose and a mark stand before."""
    if _supplied_only(tokens, counted, cleaned):
        return counted.after + 1
    if _patches_supplied(tokens, counted, cleaned):
        return counted.after + (kind_at(tokens, counted.after) == "supply")
    marked = bool(cleaned.kept) and cleaned.kept[-1].kind in BREAKS | {"comma", "dash", "open"}
    if not marked or counted.unit not in COUNTED or not is_told(cleaned):
        return counted.after
    if kind_at(tokens, counted.after) not in ("equals", "per", "for", "every"):
        return counted.after
    spanned = span_of_time(tokens, counted.after + 1)
    if spanned == counted.after + 1 or kind_at(tokens, spanned) not in ("end", "stop", "close"):
        return counted.after
    enough = counted.many >= SMALLEST_PACK or counted.unit == "patch"
    return spanned if enough else counted.after


def _patches_supplied(tokens: list[Token], counted: _Counted, cleaned: Cleaned) -> bool:
    """ "- 10 patches", "x 5 patches" at the end of a full dose: nobody wears so many."""
    ends = kind_at(tokens, counted.after) in ("end", "stop", "close", "supply")
    many = counted.unit == "patch" and counted.many >= _FEWEST_PATCHES
    told = is_told(cleaned) or any(token.kind == "apply" for token in cleaned.kept)
    return many and ends and told and any(token.kind in _OFTEN for token in cleaned.kept)


def _supplied_only(tokens: list[Token], counted: _Counted, cleaned: Cleaned) -> bool:
    """ "1 nocte prn 7 tablets only": more than one dose, said behind a full one."""
    only = counted.after < len(tokens) and tokens[counted.after].word == "only"
    ends = kind_at(tokens, counted.after + 1) in BREAKS | {"end", "comma", "dash"}
    return (
        only
        and ends
        and counted.unit in COUNTED
        and counted.many >= _FEWEST_SUPPLIED
        and is_told(cleaned)
        and cleaned.kept[-1].kind in TIMED | BREAKS | {"comma", "dash", "open"}
    )


def _count_of_packs(tokens: list[Token], after: int, counted: _Counted, cleaned: Cleaned) -> bool:
    """ "1 bd 56", "2 qds - 224": a bare number of whole packs that ends a text with a full dose; no dose is as large."""
    if counted.many % _PACK or kind_at(tokens, after) not in ("end", "stop", "close") or not is_told(cleaned):
        return False
    behind = cleaned.kept[-1].kind
    return behind in TIMED or (behind in ("dash", "comma", "stop") and len(cleaned.kept) > 1)


def packs_of(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """ "in 28s": the size of the pack it comes in."""
    ends = place + 3
    if kind_at(tokens, place + 1) != "number" or ends > len(tokens) or tokens[place + 2].word != "s":
        return place
    tight = tokens[place + 2].start == tokens[place + 1].end
    return take(tokens, place, ends, cleaned) if tight and is_told(cleaned) else place


def share_of_packs(tokens: list[Token], place: int, cleaned: Cleaned) -> int:
    """ "2 qds 56/100", "2 bd 112/28 days": two quantities behind a full dose."""
    if kind_at(tokens, place + 1) != "slash" or kind_at(tokens, place + 2) != "number":
        return place
    if min(tokens[place].number, tokens[place + 2].number) < _PACK or not is_told(cleaned):
        return place
    after = place + 3
    if is_period(tokens, after, "day"):
        after += 1
    return (
        take(tokens, place, after, cleaned) if kind_at(tokens, after) in ("end", "stop", "close") else place
    )


def _behind_supply(tokens: list[Token], place: int, cleaned: Cleaned) -> bool:
    """ "Weekly scripts (7 tabs)": what stood right before the bracket told of supply."""
    return (
        bool(cleaned.noise)
        and place > 0
        and cleaned.noise[-1][1] == tokens[place - 1].end
        and tokens[place - 1].kind in ("supply", "adverb", "period")
    )


@dataclass(frozen=True, slots=True)
class _Counted:
    many: Decimal
    unit: str | None
    crossed: bool
    after: int


def _counted(tokens: list[Token], first: int, in_brackets: bool) -> _Counted:
    """56, 2 x 28, 56 tablets; in brackets also "28 days"."""
    after, many = first + 1, tokens[first].number
    crossed = kind_at(tokens, after) == "x" and kind_at(tokens, after + 1) == "number"
    if crossed:
        many = tokens[after + 1].number
        after += 2
    if kind_at(tokens, after) == "unit":
        return _Counted(many, str(tokens[after].value), crossed, after + 1)
    if in_brackets and is_period(tokens, after, "day", "week", "month"):
        many *= {"day": 1, "week": 7, "month": 28}[str(tokens[after].value)]
        after += 1
    return _Counted(many, None, crossed, after)


def _past_length(tokens: list[Token], after: int) -> int:
    """Past "= 28/7" behind a quantity."""
    return max(after, span_of_time(tokens, after + 1)) if kind_at(tokens, after) == "equals" else after


def _dose_follows(tokens: list[Token], after: int) -> bool:
    """A fresh dose stands next: a number that is not itself the frequency."""
    while kind_at(tokens, after) in ("stop", "comma", "dash", "verb", "filler", "semicolon", "apply"):
        after += 1
    if kind_at(tokens, after) == "upto":
        after += 1
    if kind_at(tokens, after) == "unit":
        after += 1
    if kind_at(tokens, after) not in ("number", "fraction", "a"):
        return False
    after += 1
    while kind_at(tokens, after) in ("dash", "to", "or", "slash") and kind_at(tokens, after + 1) in (
        "number",
        "fraction",
    ):
        after += 2
    if kind_at(tokens, after) == "x":
        return kind_at(tokens, after + 1) in ("number", "unit")
    return kind_at(tokens, after) not in ("times", "hourly", "period", "slash") and not (
        kind_at(tokens, after) == "dash" and kind_at(tokens, after + 1) == "hourly"
    )


def _ends(tokens: list[Token], after: int, cleaned: Cleaned) -> bool:
    following = kind_at(tokens, after)
    if following == "equals" and span_of_time(tokens, after + 1) > after + 1:
        following = "end"  # "56 caps = 28/7"
    listed = following in ("comma", "semicolon", "dash") and kind_at(tokens, after + 1) not in (
        TIMED | {"number", "fraction", "a", "end"}
    )
    if following not in ("end", "stop", "supply") and not (listed and is_told(cleaned)):
        return False
    previous = cleaned.kept[-1].kind if cleaned.kept else "end"
    return previous in TIMED | {
        "reason",
        "meal",
        "route",
        "stop",
        "comma",
        "semicolon",
        "open",
        "dash",
        "period",
        "close",
    }
