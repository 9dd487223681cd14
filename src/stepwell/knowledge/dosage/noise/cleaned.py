"""Tokens with the noise taken out, and the questions every noise rule asks of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from stepwell.knowledge.dosage.tokens import Token

MASS = frozenset({"mg", "microgram", "g"})


COUNTED = frozenset({"tablet", "capsule", "patch", "sachet", "suppository", "lozenge", "film", "ampoule"})


BREAKS = frozenset({"stop", "semicolon", "close"})


TIMED = frozenset("latin count adverb when every prn hourly times om on".split())


@dataclass(slots=True)
class Cleaned:
    """The tokens left to read, and what was taken out with the flags it raises."""

    kept: list[Token] = field(default_factory=list)
    noise: list[tuple[int, int]] = field(default_factory=list)
    # Remarks whose words say nothing of dose or time: left out without being understood.
    unread: list[tuple[int, int]] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    letter: str | None = None
    # Strengths written: mg in one hour (patches) or in one ml (liquids).
    strengths: list[tuple[Decimal, str]] = field(default_factory=list)

    # Bare numbers behind a name, "Zomorph 30 -": mg of one unit, or micrograms an hour of a patch.
    named: list[Decimal] = field(default_factory=list)

    # Strengths of what is taken beside it, in mg.
    beside: list[Decimal] = field(default_factory=list)

    def drop(self, start: int, end: int) -> None:
        self.noise.append((start, end))


Rule = Callable[[list[Token], int, Cleaned], int]


def kind_at(tokens: list[Token], place: int) -> str:
    return tokens[place].kind if 0 <= place < len(tokens) else "end"


def is_unit(tokens: list[Token], place: int, units: frozenset[str]) -> bool:
    return kind_at(tokens, place) == "unit" and tokens[place].value in units


def is_period(tokens: list[Token], place: int, *units: str) -> bool:
    return kind_at(tokens, place) == "period" and tokens[place].value in units


def take(tokens: list[Token], place: int, after: int, cleaned: Cleaned) -> int:
    cleaned.drop(tokens[place].start, tokens[after - 1].end)
    return after


def span_of_time(tokens: list[Token], place: int) -> int:
    """Past "4 weeks", "2-4 weeks", "2/52", "a month"; the same place when it is none of these."""
    after = place + 1
    if kind_at(tokens, after) in ("dash", "to", "slash") and kind_at(tokens, after + 1) == "number":
        slash = tokens[after].kind == "slash"
        if slash and tokens[after + 1].number in (7, 12, 52):
            return after + 2
        after += 2
    return after + 1 if is_period(tokens, after, "day", "week", "month", "fortnight") else place


_OF_FREQUENCY = frozenset({"every", "to", "slash", "intervals_of"})


def is_frequency(kept: list[Token]) -> bool:
    """Behind "every", or as the far end of a range, a number of hours is how often."""
    if not kept:
        return False
    return kept[-1].kind in _OF_FREQUENCY or (
        kept[-1].kind == "dash" and kind_at(kept, len(kept) - 2) == "number"
    )
