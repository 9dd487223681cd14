"""What stands beside a dose and takes it back, moves it, or makes it another: refused before anything is read."""

from __future__ import annotations

from stepwell.knowledge.dosage.grammar.parts import RefusedError
from stepwell.knowledge.dosage.tokens import Token

_TELLS_WHICH = frozenset({"extra", "additional", "further", "another"})
_COUNTED = frozenset({"number", "fraction"})
_TIMED = frozenset("latin count times every adverb hourly when alternate alternate_day clock".split())
_SAID_OF_A_PERSON = frozenset({"taking", "takes", "using", "uses"})
_TELLS_HOW_LONG = frozenset("period change then dated ordinal date ended slash".split())
_MARKS = frozenset("stop comma semicolon dash open close".split())
_CHANGED = frozenset({"increased", "reduced", "decreased", "changed", "raised", "lowered"})
_LARGEST_ROMAN = "iv"
_MOST_PATCHES_SAID = 5


def doubts(kept: list[Token], text: str) -> None:
    """RefusedError where one of the doubts below holds."""
    for place, token in enumerate(kept):
        if (
            _is_bare_stop(kept, place, text)
            or _says_what_is_taken(kept, place)
            or _is_same_again(kept, place)
            or _is_into_a_vein(token, text)
            or _is_worse_days(kept, place)
            or _was_changed(kept, place)
            or _is_of_one_or_both(kept, place)
            or token.kind == "too_much"  # "2 nocte. One if sleepy": one instead, and when is not said
        ):
            raise RefusedError("ambiguous")
        if _is_strength_of_a_patch(kept, place):
            raise RefusedError("mg_suspect", "mg_suspect")


def _kind(kept: list[Token], place: int) -> str:
    return kept[place].kind if 0 <= place < len(kept) else "end"


def _is_bare_stop(kept: list[Token], place: int, text: str) -> bool:
    """ "2 qds. STOP": the dose, or none at all. "for 5 days. Stop", "4, 3, 2, 1 then stop" tell when."""
    token = kept[place]
    if token.kind != "stop" or not token.word.isalpha():
        return False
    last = _kind(kept, place - 1) in _TIMED | {"prn"} and _kind(kept, place + 1) == "end"
    if (not last and _kind(kept, place - 1) not in _MARKS | {"end"}) or _kind(
        kept, place + 1
    ) not in _MARKS | {"end"}:
        return False
    since = kept[place - 1].end if place else 0
    following = kept[place + 1].start if place + 1 < len(kept) else len(text)
    if any(char.isalnum() for char in text[since : token.start] + text[token.end : following]):
        return False  # "do not stop suddenly": the words beside it were left unread
    return not any(other.kind in _TELLS_HOW_LONG for other in kept)


def _says_what_is_taken(kept: list[Token], place: int) -> bool:
    """ "2 qds. Only taking one at night": what is taken is not what is written."""
    token = kept[place]
    if token.kind != "verb" or _kind(kept, place + 1) not in _COUNTED:
        return False
    before = kept[:place]
    only = place > 0 and kept[place - 1].word == "only"
    if token.word not in _SAID_OF_A_PERSON and not only:
        return False
    return any(t.kind in _COUNTED for t in before) and any(t.kind in _TIMED for t in before)


def _is_same_again(kept: list[Token], place: int) -> bool:
    """ "1 nocte. Same at lunch", "1 nocte. Another if needed": as much once more, and how often is not said."""
    token = kept[place]
    if token.kind != "filler" or token.word not in ("same", "another"):
        return False
    if not any(t.kind in _COUNTED for t in kept[:place]):
        return False
    after = place + 1
    while _kind(kept, after) in ("at", "in", "filler", "on"):
        after += 1
    if token.word == "another":
        return _kind(kept, after) in ("prn", "end", "stop", "change_rider")
    return _kind(kept, after) == "when"


def _is_into_a_vein(token: Token, text: str) -> bool:
    """ "IV bd" in capitals may be four, or into a vein."""
    return (
        token.kind == "number"
        and token.word == _LARGEST_ROMAN
        and text[token.start : token.end] == _LARGEST_ROMAN.upper()
    )


def _is_worse_days(kept: list[Token], place: int) -> bool:
    """ "1 tds, 2 tds on bad days": instead, not as well, of what is taken on the others."""
    if kept[place].kind != "prn" or not kept[place].word.startswith("on bad"):
        return False
    before = kept[:place]
    part = max((at for at, t in enumerate(before) if t.kind in _MARKS), default=0)
    earlier = before[:part]
    return any(t.kind in _COUNTED for t in earlier) and any(t.kind in _TIMED for t in earlier)


def _is_strength_of_a_patch(kept: list[Token], place: int) -> bool:
    """ "with a 12 patch": nobody wears twelve."""
    token = kept[place]
    return (
        token.kind == "number"
        and token.number >= _MOST_PATCHES_SAID
        and _kind(kept, place + 1) == "unit"
        and kept[place + 1].value == "patch"
    )


def _is_of_one_or_both(kept: list[Token], place: int) -> bool:
    """ "1 in the morning and 1 in the evening as needed": the second as needed, or both. "Plus", "regularly" and "extra" tell."""
    if kept[place].kind != "prn" or _kind(kept, place - 1) != "when" or place + 1 < len(kept) - 1:
        return False
    before = kept[:place]
    joined = [at for at, t in enumerate(before) if t.kind == "and"]
    if len(joined) != 1 or before[joined[0]].word not in ("and", "&"):
        return False
    if any(t.kind in (_MARKS - {"stop"}) | (_TIMED - {"when"}) for t in before):
        return False
    if any(t.word in _TELLS_WHICH or t.word.startswith("regular") for t in before):
        return False
    first, second = before[: joined[0]], before[joined[0] :]
    return all(any(t.kind in _COUNTED for t in half) for half in (first, second)) and any(
        t.kind == "when" for t in first
    )


def _was_changed(kept: list[Token], place: int) -> bool:
    """ "1 bd (increased to 2 bd)": which of the two is taken now is not said."""
    token = kept[place]
    marked = _kind(kept, place - 1) in ("open", "stop", "semicolon", "dash")
    if token.kind != "change" or token.word not in _CHANGED or not marked or _kind(kept, place + 1) != "to":
        return False
    return any(t.kind in _COUNTED for t in kept[:place]) and any(t.kind in _COUNTED for t in kept[place:])
