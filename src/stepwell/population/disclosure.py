"""Counts for people who may not see who anyone is: small ones are not told, and the rest cannot give them away.

A count of 0 to 7 is "7 or fewer", nobody and somebody alike. Any other is rounded to the nearest 5. Where exactly one part of a
whole is not told, a second one is held back as well, or the first would follow by subtraction; and the whole itself is
held back too.
"""

from __future__ import annotations

from collections.abc import Mapping

SMALL = 7
STEP = 5
FEW = "7 or fewer"
HELD_BACK = "not shown"


def shown(count: int) -> str:
    """One count on its own."""
    if count <= SMALL:
        return FEW
    return f"{rounded(count):,}"


def rounded(count: int) -> int:
    """To the nearest 5; a half goes up, and never down to a small number."""
    return STEP * ((2 * count + STEP) // (2 * STEP))


def is_told(count: int) -> bool:
    """Whether something worked out from this count may be shown."""
    return count > SMALL


def parts(counts: Mapping[str, int]) -> dict[str, str]:
    """The parts of one whole. With exactly one small part, the next smallest is held back too."""
    small = [name for name, count in counts.items() if not is_told(count)]
    told = {name: shown(count) for name, count in counts.items()}
    others = [name for name, count in counts.items() if count > SMALL]
    if len(small) == 1 and others:
        told[min(others, key=lambda name: (counts[name], name))] = HELD_BACK
    return told


def whole(counts: Mapping[str, int]) -> str:
    """The sum of the parts of one whole, told beside ``parts`` of the same counts only where every part is told.

    Told beside a part that is not, even rounded, it can say more of that part than that it is 7 or fewer.
    """
    total = sum(counts.values())
    told = all(is_told(count) for count in counts.values())
    return shown(total) if told or total <= SMALL else HELD_BACK


def rate(count: int, of: int, *, per: int = 1000) -> str:
    """A rate from the rounded counts, or that it is not shown."""
    if not is_told(count) or not is_told(of) or not of:
        return HELD_BACK
    return f"about {round(per * rounded(count) / rounded(of)):,} in every {per:,}"
