"""A day written as a row of numbers: 1-0-0-1 is one in the morning and one at night."""

from __future__ import annotations

from stepwell.knowledge.dosage.grammar.parts import Amount, Atom, Mark, When
from stepwell.knowledge.dosage.grammar.rules import Yield, kind, rule
from stepwell.knowledge.dosage.tokens import Token

_OF_FOUR = ("morning", "noon", "tea", "night")
_OF_THREE = ("morning", "noon", "night")
_MOST_AT_ONCE = 9


@rule(
    "number",
    ("1-0-0-1", "2/2"),
    ("2-0-1", "3/3"),
    ("1-1-1-2", "5/5"),
    ("2/2/2/2", "8/8"),
    ("1-1-2 (morning-noon-night)", "4/4"),
    ("1 + 1 + 2 (am/noon/pm)", "4/4"),
    ("1-2-3", "refused"),
)
def row_of_numbers(tokens: list[Token], place: int, read: list[Atom]) -> Yield | None:
    """Four numbers in a row, or three with a nought among them, are morning, noon, (tea) and night. Three others may be anything."""
    if any(isinstance(atom, Amount) for atom in read):
        return None
    row = _row(tokens, place)
    end = place + 2 * len(row) - 1
    named = _named(tokens, end, len(row))
    if not (
        named or len(row) == len(_OF_FOUR) or (len(row) == len(_OF_THREE) and any(not n.number for n in row))
    ):
        return None
    if any(token.number != int(token.number) or token.number > _MOST_AT_ONCE for token in row):
        return None
    slots = named or (_OF_FOUR if len(row) == len(_OF_FOUR) else _OF_THREE)
    atoms: list[Atom] = []
    if kind(tokens, end) == "prn":  # of the whole row, not of its last time
        atoms.append(Mark(tokens[end].start, tokens[end].end, "prn"))
    for token, slot in zip(row, slots, strict=True):
        if token.number:
            behind_another = bool(atoms) and isinstance(atoms[-1], When)
            atoms += [Mark(token.start, token.start, "and")] if behind_another else []
            atoms += [
                Amount(token.start, token.end, token.number, token.number),
                When(token.start, token.end, slot),
            ]
    if named:
        while kind(tokens, end) != "close":
            end += 1
        end += 1
    return (atoms, end) if atoms else None


def _named(tokens: list[Token], place: int, many: int) -> tuple[str, ...]:
    """The times of day in brackets behind a row, as many as its numbers: "(morning-noon-night)"."""
    if many < len(_OF_THREE) or kind(tokens, place) != "open":
        return ()
    slots: list[str] = []
    at = place + 1
    while kind(tokens, at) in ("when", "dash", "slash", "comma"):
        slots += [str(tokens[at].value)] if tokens[at].kind == "when" else []
        at += 1
    return tuple(slots) if kind(tokens, at) == "close" and len(slots) == many else ()


def _row(tokens: list[Token], place: int) -> list[Token]:
    """Numbers in digits with the same mark tight between them."""
    row = [tokens[place]]
    mark = kind(tokens, place + 1)
    at = place
    while (
        mark == "and"
        and kind(tokens, at + 1) == "and"
        and tokens[at + 1].word == "+"
        and kind(tokens, at + 2) == "number"
    ):
        at += 2
        row.append(tokens[at])
    while (
        kind(tokens, at + 1) == mark in ("dash", "slash")
        and kind(tokens, at + 2) == "number"
        and tokens[at].end == tokens[at + 1].start
        and tokens[at + 1].end == tokens[at + 2].start
        and tokens[at + 2].word.isdigit()
    ):
        at += 2
        row.append(tokens[at])
    return row
