"""A pasted medication screen: lines of text to medicines, each with the name, the instruction and the rest, as written.

    >>> from stepwell.knowledge.pasted import read
    >>> read("Morphine 30mg modified-release capsules | 1 bd | 56 capsule | 12 Oct 2026").entries[0].instruction
    '1 bd'

``identifiers`` and ``people`` (what may point at a person is refused, and never given back), ``cells`` (what a part of a line
is), ``screen`` (lines to entries), ``supply`` (the quantity and the days that stand beside a medicine). Nothing is guessed: what
fits nowhere is given back as ``left_over``, to be shown.
"""

from stepwell.knowledge.pasted.model import Covered, Entry, Screen
from stepwell.knowledge.pasted.screen import MOST_CHARACTERS, MOST_LINES, read
from stepwell.knowledge.pasted.supply import Supply, supply_of

__all__ = ["MOST_CHARACTERS", "MOST_LINES", "Covered", "Entry", "Screen", "Supply", "read", "supply_of"]
