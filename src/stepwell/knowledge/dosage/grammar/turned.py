"""Words whose neighbours make them another kind: "x2 qds", "drop one tablet a week", "; extra 1 prn"."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from stepwell.knowledge.dosage.tokens import Token

_FURTHER = frozenset({"extra", "additional", "further", "another"})
_RELEASES = frozenset({"sr", "mr", "xl", "er", "cr", "la", "pr"})
_AMOUNT_BEGINS = frozenset({"number", "fraction", "a"})
_SAYS_OFTEN = frozenset({"latin", "count", "when", "every", "times"})


def turned(tokens: list[Token], place: int, token: Token, settled: list[Token]) -> Token | None:
    """The token itself, another in its stead, or None where it says nothing. ``settled``: the tokens kept before it."""
    turn = _TURNS.get(token.kind)
    return token if turn is None else turn(tokens, place, token, settled)


def _kind(tokens: list[Token], place: int) -> str:
    return tokens[place].kind if 0 <= place < len(tokens) else "end"


def _as(token: Token, kind: str) -> Token:
    return Token(kind, None, token.start, token.end, token.word)


def _unit(tokens: list[Token], place: int, token: Token, settled: list[Token]) -> Token | None:
    del settled
    return _turned_unit(token, _kind(tokens, place - 1) in _AMOUNT_BEGINS, _kind(tokens, place + 1))


def _cross(tokens: list[Token], place: int, token: Token, settled: list[Token]) -> Token | None:
    """ "x2 qds": before the first number the cross says nothing."""
    if _kind(tokens, place + 1) != "number" or any(t.kind in _AMOUNT_BEGINS for t in settled):
        return token
    return None if not settled or settled[-1].kind in ("stop", "comma") else token


def _filler(tokens: list[Token], place: int, token: Token, settled: list[Token]) -> Token | None:
    """ "100mg SR 1 bd": the strength, and then how many; and "another", "extra"."""
    if token.word in _RELEASES and settled and settled[-1].kind == "unit":
        settled[-1].behind = "form"
        return None
    if token.word in _FURTHER and settled:
        return _further(tokens, place, token, settled)
    return token


def _total(tokens: list[Token], place: int, token: Token, settled: list[Token]) -> Token | None:
    """ "1.2g total a day"."""
    inside = _kind(tokens, place - 1) == "unit" and _kind(tokens, place + 1) in (
        "a",
        "per",
        "adverb",
        "slash",
    )
    return token if not inside or any(t.kind in _SAYS_OFTEN for t in settled) else None


def _rider(tokens: list[Token], place: int, token: Token, settled: list[Token]) -> Token | None:
    """ "Can take another if no better"."""
    ends = token.word.startswith("if ") and _kind(tokens, place + 1) in ("end", "stop", "close")
    return _as(token, "prn") if ends and not any(t.kind == "change" for t in settled) else token


def _divided(tokens: list[Token], place: int, token: Token, settled: list[Token]) -> Token | None:
    """ "1 four times a day, spread out"."""
    del tokens, place
    often = any(t.kind in ("latin", "count", "times") for t in settled)
    return None if token.word.startswith(("spread", "spaced")) and often else token


def _on_or_off(tokens: list[Token], place: int, token: Token, settled: list[Token]) -> Token | None:
    """ "..., then off" is a stop; "then on day 2" a step."""
    del settled
    if token.word == "then on" and _kind(tokens, place + 1) == "period":
        return _as(token, "then")
    ends = token.word == "off" and _kind(tokens, place + 1) in ("end", "stop")
    marked = _kind(tokens, place - 1) in ("then", "comma", "dash", "semicolon")
    return _as(token, "stop") if ends and marked else token


def _further(tokens: list[Token], place: int, token: Token, settled: list[Token]) -> Token | None:
    """ "; extra 1 prn", "plus 1 extra at night": one more, which joins the part to the one before and is marked on its number."""
    before, after = _kind(tokens, place - 1), _kind(tokens, place + 1)
    if after in _AMOUNT_BEGINS:
        tokens[place + 1].behind = "extra"
        joined = settled[-1].kind in ("and", "max") or before in _AMOUNT_BEGINS
        return None if joined else Token("and", None, token.start, token.end, token.word)
    if before == "number" and any(earlier.kind == "max" for earlier in settled):
        return Token(
            "ambiguous", None, token.start, token.end, token.word
        )  # "max 2 extra doses": beyond what is regular
    if before in ("number", "fraction"):
        settled[-1].behind = "extra"
        return None
    return token


def _turned_unit(token: Token, counted: bool, after: str) -> Token | None:
    """Units that are something else where no number stands before them."""
    if counted:
        return token
    if token.word == "cc":
        return None  # cum cibo: with food
    if token.word == "t":
        return Token("number", Decimal(1), token.start, token.end, token.word)  # a stroke for one
    if token.value == "drop" and after in _AMOUNT_BEGINS | {"by"}:
        return Token("change", "down", token.start, token.end, token.word)  # "drop one tablet a week"
    return token


_TURNS: dict[str, Callable[[list[Token], int, Token, list[Token]], Token | None]] = {
    "unit": _unit,
    "x": _cross,
    "filler": _filler,
    "total": _total,
    "change_rider": _rider,
    "divided": _divided,
    "onoff": _on_or_off,
}
